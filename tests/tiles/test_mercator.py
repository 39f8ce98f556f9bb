import math

import mercantile
import numpy as np
import pytest

from tiles.errors import InvalidPoint
from tiles.footprint import LATTICE
from tiles.mercator import MAX_LATITUDE, MAX_ZOOM, TILE_PIXELS, check_tile, from_world, tile_lattice, to_world, zoom_for


def resolution(lat, zoom):
    """Metres of ground per tile pixel, by mercantile's width of a tile on the map."""
    box = mercantile.xy_bounds(0, 0, zoom)
    return (box.right - box.left) / TILE_PIXELS * math.cos(math.radians(lat))


@pytest.mark.parametrize("tile", [(0, 0, 0), (1, 1, 0), (5, 17, 11), (14, 8186, 8192), (19, 524287, 0)])
def test_a_tiles_lattice_spans_mercantiles_bounds(tile):
    z, x, y = tile
    lats, lons = tile_lattice(z, x, y)
    assert lats.shape == lons.shape == (LATTICE, LATTICE)
    bounds = mercantile.bounds(x, y, z)
    np.testing.assert_allclose([lons[0, 0], lats[-1, -1]], [bounds.west, bounds.south], atol=1e-9)
    np.testing.assert_allclose([lons[-1, -1], lats[0, 0]], [bounds.east, bounds.north], atol=1e-9)


def test_a_place_falls_in_mercantiles_tile():
    lat, lon, zoom = 46.58, 12.21, 14
    x, y = to_world(lat, lon)
    assert mercantile.tile(lon, lat, zoom)[:2] == (int(x * 2**zoom), int(y * 2**zoom))


def test_the_world_square_and_back():
    lats, lons = np.linspace(-85, 85, 35), np.linspace(-180, 180, 35)
    back = from_world(*to_world(lats, lons))
    np.testing.assert_allclose(back, (lats, lons), atol=1e-9)


def test_the_square_ends_where_mercator_does():
    assert math.isclose(MAX_LATITUDE, 85.0511287798)
    assert to_world(MAX_LATITUDE, 0)[1] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("lat", [0, 45, -70, 84])
@pytest.mark.parametrize("gsd", [0.15, 0.6, 3, 10, 50])
def test_the_zoom_for_a_gsd_is_the_coarsest_that_is_fine_enough(lat, gsd):
    zoom = zoom_for(lat, gsd)
    assert resolution(lat, zoom) <= gsd * 1.0201
    assert resolution(lat, zoom - 1) > gsd


def test_60_cm_at_the_equator_is_zoom_18():
    assert zoom_for(0, 0.6) == 18
    assert resolution(0, 18) == pytest.approx(0.597, abs=1e-3)


@pytest.mark.parametrize(
    ("tile", "field"),
    [((-1, 0, 0), "z"), ((25, 0, 0), "z"), ((3, 8, 0), "x"), ((3, -1, 0), "x"), ((3, 0, 8), "y"), ((0, 0, 1), "y")],
)
def test_a_tile_that_does_not_exist_names_its_field(tile, field):
    with pytest.raises(InvalidPoint, match=f"^{field}: "):
        check_tile(*tile)


@pytest.mark.parametrize("tile", [(0, 0, 0), (3, 7, 7), (MAX_ZOOM, (1 << MAX_ZOOM) - 1, 0)])
def test_the_last_tile_of_a_zoom_exists(tile):
    check_tile(*tile)


@pytest.mark.parametrize("lat", [90.0, -90.0])
def test_the_poles_lie_beyond_every_tile(lat):
    with np.errstate(divide="ignore"):
        _, y = to_world(lat, 0.0)
    assert not 0 <= y <= 1


@pytest.mark.parametrize(("lat", "gsd", "zoom"), [(0, 1e9, 0), (0, 1e-9, MAX_ZOOM), (90, 0.6, 0)])
def test_a_zoom_is_never_beyond_those_there_are(lat, gsd, zoom):
    assert zoom_for(lat, gsd) == zoom


def test_west_and_east_of_the_dateline_lie_at_either_end_of_the_world():
    x, y = to_world([0, 0], [-180, 180])
    assert x.tolist() == [0, 1]
    assert y.tolist() == [0.5, 0.5]
