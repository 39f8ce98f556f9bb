"""Bright areas are connected, ranked by their best cell, drawn exactly and measured on the ellipsoid."""

import numpy as np
import pytest
import shapely
from rasterio.warp import transform as reproject
from shapely.geometry import Point, shape

from tiles.errors import InvalidPoint
from tiles.footprint import ECCENTRICITY2, SEMI_MAJOR
from tiles.grid import Grid
from tiles.scores.highlights import highlights


def grid_of(picture, zoom=12, west=2040, north=2041):
    """A grid and, for each cell, the digit that stands for it: 0 not bright, ? without data, blank not wanted."""
    rows = picture.strip("\n").split("\n")
    letters = np.array([list(row.ljust(max(map(len, rows)))) for row in rows])
    wanted = letters != " "
    grid = Grid(zoom, west, north, letters.shape[1], letters.shape[0], wanted)
    digits = np.where(letters == "?", "nan", letters)
    return grid, digits[wanted].astype(np.float32)


def found_in(picture, limit=20, bbox=None, **grid):
    """Highlights of digits: scores are tenths of them, percentiles ten times as much, bright from 1 on."""
    grid, digits = grid_of(picture, **grid)
    return grid, highlights(grid, digits / 10, digits * 10, min_percentile=10, limit=limit, bbox=bbox)


def test_areas_are_ranked_by_their_best_cell():
    grid, found = found_in("""
1100300
1200030
0000000
5000019
""")
    assert found.found == 4
    assert [area.best.score for area in found.shown] == pytest.approx([0.9, 0.5, 0.3, 0.2])
    assert [area.cells for area in found.shown] == [2, 1, 2, 4]
    best = found.shown[0].best
    assert best.percentile == pytest.approx(90)
    last = grid.count - 1
    assert (best.lat, best.lon) == (grid.cells.lat[last], grid.cells.lon[last])
    assert found.shown[3].mean_score == pytest.approx(0.125)


def test_no_more_are_shown_than_asked_for_and_the_best_are():
    _, found = found_in("10203\n00000\n40506", limit=2)
    assert found.found == 6
    assert [area.best.score for area in found.shown] == pytest.approx([0.6, 0.5])


def test_of_equal_areas_the_northern_then_western_comes_first():
    grid, found = found_in("00100\n10000\n00001")
    assert [(area.best.lat, area.best.lon) for area in found.shown] == [
        (grid.cells.lat[cell], grid.cells.lon[cell]) for cell in (2, 5, 14)
    ]


def test_nothing_bright_is_a_possible_answer():
    _, found = found_in("000\n0?0")
    assert found.found == 0
    assert found.shown == ()


def test_cells_without_data_are_never_bright():
    _, found = found_in("1?1\n   \n2 2")
    assert found.found == 4


@pytest.mark.parametrize(
    "picture",
    ["1", "11\n11", "111\n101\n111", "1010\n0101", "10001\n11011\n01110", "111111\n100001\n101101\n100001\n111111"],
)
def test_an_outline_holds_the_centres_of_its_cells_and_no_others(picture):
    grid, found = found_in(picture)
    seen = np.zeros(grid.count, bool)
    for area in found.shown:
        outline = shape(area.geometry)
        assert outline.is_valid
        inside = np.array(
            [outline.contains(Point(lon, lat)) for lat, lon in zip(*vars(grid.cells).values(), strict=True)]
        )
        assert inside.sum() == area.cells
        seen |= inside
        for polygon in getattr(outline, "geoms", [outline]):
            assert polygon.exterior.is_ccw
            assert not any(hole.is_ccw for hole in polygon.interiors)
    bright = grid_of(picture)[1] > 0
    np.testing.assert_array_equal(seen, bright)


def test_an_area_is_as_large_as_its_outline_in_an_equal_area_projection():
    _, found = found_in("1110\n0111\n0010", zoom=7, west=60, north=20)
    (area,) = found.shown
    rings = shapely.segmentize(shape(area.geometry), 0.05)  # parallels are not straight in the projection
    flat = shapely.transform(rings, lambda xy: np.column_stack(reproject("EPSG:4326", "EPSG:6933", *xy.T)))
    assert area.area_km2 == pytest.approx(flat.area / 1e6, rel=1e-6)


@pytest.mark.parametrize("north", [0, 3, 7])
def test_a_cell_is_as_large_as_the_integral_over_it(north):
    grid = Grid(4, 5, north, 1, 1, np.ones((1, 1), bool))
    ones = np.ones(1, np.float32)
    (area,) = highlights(grid, ones, ones, min_percentile=1, limit=1).shown
    latitude = np.radians(np.linspace(grid.bounds[1], grid.bounds[3], 100_001))
    curved = 1 - ECCENTRICITY2 * np.sin(latitude) ** 2  # radii of curvature: (1 - e2) a / curved^1.5, a / curved^0.5
    integrand = SEMI_MAJOR**2 * (1 - ECCENTRICITY2) * np.cos(latitude) / curved**2
    assert area.area_km2 == pytest.approx(np.trapezoid(integrand, latitude) * 2 * np.pi / 16 / 1e6, rel=1e-9)


def test_a_box_keeps_the_cells_whose_centre_lies_in_it():
    grid, _ = grid_of("1111")
    lon, lat = grid.cells.lon, grid.cells.lat
    box = (float(lon[1]) - 1e-9, float(lat[0]) - 1, float(lon[2]) + 1e-9, float(lat[0]) + 1)
    _, found = found_in("1111", bbox=box)
    assert [area.cells for area in found.shown] == [2]


def test_across_the_dateline_an_area_is_one_and_cut_in_two():
    _, found = found_in("011110", zoom=8, west=253, north=100)
    (area,) = found.shown
    assert area.cells == 4
    outline = shape(area.geometry)
    assert outline.geom_type == "MultiPolygon"
    assert sorted(part.bounds[::2] for part in outline.geoms) == [
        pytest.approx((-180, -180 + 2 * 360 / 256)),
        pytest.approx((180 - 2 * 360 / 256, 180)),
    ]


def test_a_box_across_the_dateline_keeps_both_sides():
    picture, place = "1111111", {"zoom": 8, "west": 253, "north": 100}  # three columns before it, four behind it
    cell = 360 / 256
    _, found = found_in(picture, bbox=(180 - 1.9 * cell, -85.0, -180 + 2.9 * cell, 85.0), **place)
    assert [area.cells for area in found.shown] == [5]
    _, found = found_in(picture, bbox=(-180 + 2.9 * cell, -85.0, 180 - 1.9 * cell, 85.0), **place)
    assert [area.cells for area in found.shown] == [1, 1]


def test_a_grid_once_around_the_world_has_no_seam():
    grid = Grid(3, 0, 2, 8, 1, np.ones((1, 8), bool))
    digits = np.array([3, 1, 0, 0, 0, 0, 1, 2], np.float32)
    found = highlights(grid, digits, digits, min_percentile=1, limit=9)
    assert [area.cells for area in found.shown] == [4]


@pytest.mark.parametrize(
    "bbox",
    [(0, 1, 1, 0), (-181, 0, 1, 1), (0, 0, 181, 1), (0, -91, 1, 1), (0, 0, 1, float("nan")), (0, 0, float("inf"), 1)],
)
def test_what_is_no_box_is_refused_by_name(bbox):
    with pytest.raises(InvalidPoint, match=r"^bbox: "):
        found_in("1", bbox=bbox)


def test_a_noisy_continent_is_searched_in_a_moment():
    grid = Grid(11, 300, 700, 500, 448, np.ones((448, 500), bool))
    percentiles = np.random.default_rng(0).uniform(0, 100, grid.count).astype(np.float32)
    found = highlights(grid, percentiles / 100, percentiles, min_percentile=90, limit=20)
    assert len(found.shown) == 20
    assert found.found > 1000
