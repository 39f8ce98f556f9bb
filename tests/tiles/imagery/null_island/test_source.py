"""Null Island as an imagery source: chips, tiles, errors, determinism."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mercantile
import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import somewhere
from tiles.chip import Chip
from tiles.errors import InvalidPoint, NoImagery
from tiles.footprint import chip_bounds
from tiles.imagery import ImagerySource, open_imagery
from tiles.imagery.null_island import CLASSES, NullIsland, land_cover, places, sample_land_cover

GSDS = (0.3, 0.6, 1.8, 3.0, 10.0, 30.0, 150.0)


@pytest.fixture(scope="module")
def island():
    return NullIsland()


@pytest.fixture(scope="module")
def capital():
    return places()[0]


def mean_colour(island, name, count=2, gsd=0.6, seed=3):
    """Mean RGB over the pixels of a class in a few chips around points of it."""
    colours = []
    for lat, lon in zip(*sample_land_cover(name, count, seed), strict=True):
        chip = island.read(lat, lon, gsd, 48)
        west, south, east, north = chip.bounds
        lats = np.linspace(north, south, 97)[1::2, None]
        lons = np.linspace(west, east, 97)[None, 1::2]
        colours.append(chip.pixels[land_cover(lats, lons) == name])
    return np.concatenate(colours).mean(axis=0)


def test_it_is_an_imagery_source_and_opens_by_name():
    source = open_imagery("null-island")
    assert isinstance(source, NullIsland)
    assert isinstance(source, ImagerySource)
    assert (source.name, source.gsd, source.min_zoom, source.max_zoom) == ("null-island", 0.6, 5, 19)
    assert "Null Island" in source.attribution


def test_a_chip_says_where_and_how_fine_it_is(island, capital):
    chip = island.read(capital.lat, capital.lon, 0.6, 112)
    assert isinstance(chip, Chip)
    assert chip.pixels.shape == (112, 112, 3)
    assert chip.pixels.dtype == np.uint8
    assert (chip.lat, chip.lon, chip.gsd, chip.source) == (capital.lat, capital.lon, 0.6, "null-island")
    assert chip.bounds == chip_bounds(capital.lat, capital.lon, 0.6, 112)


@pytest.mark.parametrize("gsd", GSDS)
@pytest.mark.parametrize("name", CLASSES)
def test_every_class_is_drawn_at_every_scale(island, name, gsd):
    lat, lon = somewhere(name)
    pixels = island.read(lat, lon, gsd, 40).pixels
    assert pixels.std() > 0.8, "a flat square is no photograph"
    assert 8 < pixels.mean() < 247


@pytest.mark.parametrize("pixels", [1, 2, 3, 33])
def test_chips_of_any_size_are_drawn(island, capital, pixels):
    assert island.read(capital.lat, capital.lon, 0.6, pixels).pixels.shape == (pixels, pixels, 3)


def test_the_same_chip_has_the_same_bytes_every_time(island, capital):
    first = island.read(capital.lat, capital.lon, 0.6, 96).pixels
    assert np.array_equal(first, NullIsland().read(capital.lat, capital.lon, 0.6, 96).pixels)


def test_another_process_draws_the_same_chip(island, capital):
    code = (
        "import hashlib; from tiles.imagery.null_island import NullIsland;"
        f"chip = NullIsland().read({capital.lat!r}, {capital.lon!r}, 3.0, 64);"
        "print(hashlib.sha256(chip.pixels.tobytes()).hexdigest())"
    )
    root = Path(__file__).parents[4]
    said = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
    here = island.read(capital.lat, capital.lon, 3.0, 64).pixels
    assert said.strip() == hashlib.sha256(here.tobytes()).hexdigest()


def test_eight_threads_draw_the_same_bytes(island):
    points = [(p.lat, p.lon) for p in places()[:4]] * 4
    alone = [island.read(lat, lon, 0.6, 64).pixels.tobytes() for lat, lon in points]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda p: island.read(*p, 0.6, 64).pixels.tobytes(), points))
    assert together == alone


def test_overlapping_chips_agree_where_they_overlap(island, capital):
    """Shifting the centre by whole pixels shifts the picture and changes nothing else."""
    gsd, shift = 0.6, 20
    step = gsd * shift / 111319.49 / np.cos(np.radians(capital.lat))
    here = island.read(capital.lat, capital.lon, gsd, 80).pixels.astype(int)
    there = island.read(capital.lat, capital.lon + step, gsd, 80).pixels.astype(int)
    assert np.abs(here[:, shift:] - there[:, :-shift]).mean() < 1.5


@pytest.mark.parametrize("zoom", [12, 18])
def test_a_tile_equals_the_chip_of_the_same_square(island, zoom):
    """On the equator a Web Mercator pixel is square on the ground, so both grids coincide nearly everywhere."""
    size = 2 * np.pi * 6378137.0 / 256 / 2**zoom
    x, y = 2 ** (zoom - 1), 2 ** (zoom - 1) - 1
    box = mercantile.bounds(x, y, zoom)
    chip = island.read((box.south + box.north) / 2, (box.west + box.east) / 2, size, 256)
    tile = island.tile(zoom, x, y)
    difference = np.abs(chip.pixels.astype(int) - tile.astype(int))
    inner = difference[64:192, 64:192]  # WGS84 and the Mercator sphere part by 0.7% towards the edges
    assert inner.mean() < 6
    assert difference.mean() < 12


@pytest.mark.parametrize("zoom", [9, 16])
def test_neighbouring_tiles_meet_without_a_seam(island, capital, zoom):
    middle = mercantile.tile(capital.lon, capital.lat, zoom)
    here = island.tile(zoom, middle.x, middle.y).astype(int)
    east = island.tile(zoom, middle.x + 1, middle.y).astype(int)
    south = island.tile(zoom, middle.x, middle.y + 1).astype(int)
    for inner, one, other in (
        (np.abs(np.diff(here, axis=1)).mean(), here[:, -1], east[:, 0]),
        (np.abs(np.diff(here, axis=0)).mean(), here[-1], south[0]),
    ):
        assert np.abs(one - other).mean() < 2.5 * inner + 2.5, "the step across the edge is like any step inside"


@pytest.mark.parametrize("name", ["forest", "farmland", "city", "ocean", "rock"])
def test_a_coarse_picture_has_the_mean_colour_of_the_fine_one(island, name):
    """Zooming out averages; it does not change what a place looks like, haze apart."""
    lat, lon = somewhere(name, seed=21)
    fine = island.read(lat, lon, 2.5, 256).pixels.reshape(-1, 3).mean(axis=0)
    coarse = island.read(lat, lon, 20.0, 32).pixels.reshape(-1, 3).mean(axis=0)
    assert np.abs(fine - coarse).max() < 40


def test_water_is_darker_and_bluer_than_sand(island):
    ocean, beach = mean_colour(island, "ocean"), mean_colour(island, "beach")
    assert ocean[2] > ocean[0] + 20
    assert beach[0] > beach[2]
    assert beach.mean() > ocean.mean() + 70


def test_each_class_wears_its_colours(island):
    red, green, blue = mean_colour(island, "forest")
    assert green > red
    assert green > blue
    assert green < 110
    assert mean_colour(island, "reef")[1:].min() > 100, "a lagoon is turquoise"
    assert np.ptp(mean_colour(island, "road")) < 45, "asphalt is grey"
    assert np.ptp(mean_colour(island, "city")) < 35, "a city is grey"
    lake, river, meadow = (mean_colour(island, name).mean() for name in ("lake", "river", "meadow"))
    assert max(lake, river) < meadow, "fresh water is darker than grass"


def test_a_city_has_more_texture_than_the_sea(island):
    def texture(name):
        points = zip(*sample_land_cover(name, 3, seed=5), strict=True)
        return np.mean([island.read(lat, lon, 0.6, 96).pixels.std(axis=(0, 1)) for lat, lon in points])

    assert texture("city") > 4 * texture("ocean")


@pytest.mark.parametrize(("lat", "lon"), [(2.3, 0), (-2.3, 0), (0, 2.3), (0, -2.3), (48.0, 11.0), (-90, 0), (0, 180)])
def test_outside_there_is_no_imagery_and_the_message_says_where_it_is(island, lat, lon):
    with pytest.raises(NoImagery, match="0N 0E"):
        island.read(lat, lon, 0.6, 32)


@pytest.mark.parametrize("corner", [(2.2, 2.2), (-2.2, 2.2), (2.2, -2.2), (-2.2, -2.2)])
def test_the_corners_of_the_bounds_are_sea(island, corner):
    pixels = island.read(*corner, 10.0, 32).pixels
    assert pixels[..., 2].mean() > pixels[..., 0].mean()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 91.0])
def test_a_point_that_is_not_on_earth_is_refused_by_name(island, bad):
    with pytest.raises(InvalidPoint, match="lat"):
        island.read(bad, 0, 0.6, 32)


@pytest.mark.parametrize("bad", [float("nan"), 0.0, -1.0, 0.09, 2001.0])
def test_a_gsd_out_of_range_is_refused_by_name(island, bad):
    with pytest.raises(InvalidPoint, match="gsd"):
        island.read(0, 0, bad, 32)


@pytest.mark.parametrize("bad", [0, -1, 2049])
def test_a_size_out_of_range_is_refused_by_name(island, bad):
    with pytest.raises(InvalidPoint, match="pixels"):
        island.read(0, 0, 0.6, bad)


@pytest.mark.parametrize(("z", "x", "y"), [(4, 8, 8), (20, 2**19, 2**19), (10, 0, 0), (10, 700, 512)])
def test_tiles_elsewhere_or_of_other_zooms_do_not_exist(island, z, x, y):
    with pytest.raises(NoImagery):
        island.tile(z, x, y)


@pytest.mark.parametrize("zoom", [5, 8, 19])
def test_there_is_a_tile_at_every_zoom(island, capital, zoom):
    at = mercantile.tile(capital.lon, capital.lat, zoom)
    tile = island.tile(zoom, at.x, at.y)
    assert tile.shape == (256, 256, 3)
    assert tile.dtype == np.uint8
