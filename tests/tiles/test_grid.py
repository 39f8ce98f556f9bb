"""Cells are the map tiles whose centre lies inside, everywhere on Earth."""

import mercantile
import numpy as np
import pytest

from tiles.errors import InvalidRegion
from tiles.region import Grid

SQUARE = {"type": "Polygon", "coordinates": [[[10, 40], [14, 40], [14, 44], [10, 44], [10, 40]]]}
CUT_AT_THE_DATELINE = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[170, -20], [180, -20], [180, -10], [170, -10], [170, -20]]],
        [[[-180, -20], [-170, -20], [-170, -10], [-180, -10], [-180, -20]]],
    ],
}
DRAWN_PAST_IT = {"type": "Polygon", "coordinates": [[[170, -20], [190, -20], [190, -10], [170, -10], [170, -20]]]}


def tiles_of(grid):
    x = (grid.west + grid.positions[:, 1]) % (1 << grid.zoom)
    return [
        mercantile.Tile(int(x), int(grid.north + row), grid.zoom)
        for x, row in zip(x, grid.positions[:, 0], strict=True)
    ]


@pytest.mark.parametrize("bounds", [(-2.2, -2.2, 2.2, 2.2), (5.3, 45.1, 9.9, 47.7), (-75, -60, -60, -50)])
def test_a_box_holds_exactly_the_tiles_whose_centre_lies_inside(bounds):
    grid = Grid.over(bounds, 8)
    west, south, east, north = bounds
    expected = []
    for tile in mercantile.tiles(*bounds, zooms=8):
        box = mercantile.xy_bounds(tile)
        lon, lat = mercantile.lnglat((box.left + box.right) / 2, (box.bottom + box.top) / 2)
        if west <= lon <= east and south <= lat <= north:
            expected.append(tile)
    assert sorted(tiles_of(grid)) == sorted(expected)
    assert grid.wanted.all()


def test_null_island_has_2500_cells_at_zoom_12():
    assert Grid.over((-2.2, -2.2, 2.2, 2.2), 12).count == 2500


def test_cells_go_row_by_row_from_the_north_west():
    grid = Grid.over((5, 45, 9, 47), 8)
    assert (np.diff(grid.positions[:, 0] * grid.columns + grid.positions[:, 1]) == 1).all()
    lat, lon = grid.cells.lat.reshape(grid.rows, -1), grid.cells.lon.reshape(grid.rows, -1)
    assert (np.diff(lat, axis=0) < 0).all()
    assert (np.diff(lon, axis=1) > 0).all()


def test_every_wanted_tile_is_one_cell():
    grid = Grid.within(SQUARE, 7)
    seen = np.zeros_like(grid.wanted)
    seen[grid.positions[:, 0], grid.positions[:, 1]] = True
    assert (seen == grid.wanted).all()
    assert grid.wanted.sum() == grid.count == len(grid.cells.lat) == len(np.unique(grid.positions, axis=0))


def test_corners_and_bounds_are_those_of_the_tiles():
    grid = Grid.over((5, 45, 9, 47), 8)
    for tile, corners in zip(tiles_of(grid), grid.corners(np.arange(grid.count)), strict=True):
        np.testing.assert_allclose(corners, mercantile.bounds(tile), atol=1e-9)
    boxes = np.array([mercantile.bounds(tile) for tile in tiles_of(grid)])
    np.testing.assert_allclose(grid.bounds, [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)], atol=1e-9)


def test_a_box_across_the_dateline_is_one_narrow_grid():
    grid = Grid.over((178, -18, -178, -16), 8)
    assert grid.columns == 2 * Grid.over((178, -18, 180, -16), 8).columns
    assert grid.bounds[0] > 0 > grid.bounds[2]
    assert set(np.sign(grid.cells.lon)) == {-1, 1}
    assert (np.abs(grid.cells.lon) <= 180).all()


@pytest.mark.parametrize(("bounds", "side"), [((170, 10, 180, 20), 1), ((-180, 10, -170, 20), -1)])
def test_a_box_that_ends_at_the_dateline_does_not_cross_it(bounds, side):
    assert set(np.sign(Grid.over(bounds, 7).cells.lon)) == {side}


def test_the_whole_world_has_every_tile_once():
    grid = Grid.over((-180, -90, 180, 90), 4)
    assert len(set(tiles_of(grid))) == grid.count == 256
    assert grid.bounds == (-180, pytest.approx(-85.0511, abs=1e-4), 180, pytest.approx(85.0511, abs=1e-4))


@pytest.mark.parametrize("bounds", [(0, 84, 40, 90), (0, -90, 40, -84)])
def test_near_the_poles_cells_end_where_the_map_ends(bounds):
    grid = Grid.over(bounds, 7)
    assert grid.count > 0
    assert (np.abs(grid.cells.lat) < 85.06).all()


def test_a_box_smaller_than_a_cell_gets_the_cell_under_its_middle():
    grid = Grid.over((10.01, 10.01, 10.02, 10.02), 6)
    assert tiles_of(grid) == [mercantile.tile(10.015, 10.015, 6)]


def test_a_polygon_holds_the_centres_inside_it_and_nothing_around():
    triangle = {"type": "Polygon", "coordinates": [[[0, 40], [8, 40], [0, 48], [0, 40]]]}
    grid, box = Grid.within(triangle, 8), Grid.over((0, 40, 8, 48), 8)
    inside = box.cells.lon + box.cells.lat - 40 < 8
    assert sorted(tiles_of(grid)) == sorted(tile for tile, wanted in zip(tiles_of(box), inside, strict=True) if wanted)
    assert not grid.wanted.all()


def test_holes_and_several_features_are_heeded():
    ring = {
        "type": "Polygon",
        "coordinates": [SQUARE["coordinates"][0], [[11, 41], [13, 41], [13, 43], [11, 43], [11, 41]]],
    }
    far = {"type": "Polygon", "coordinates": [[[20, 40], [22, 40], [22, 42], [20, 42], [20, 40]]]}
    features = [{"type": "Feature", "properties": {}, "geometry": shape} for shape in (ring, far)]
    grid = Grid.within({"type": "FeatureCollection", "features": features}, 8)
    lat, lon = grid.cells.lat, grid.cells.lon
    assert not ((lon > 11) & (lon < 13) & (lat > 41) & (lat < 43)).any()
    assert (lon > 20).any()
    assert (lon < 11).any()


def test_a_polygon_over_the_dateline_is_the_same_region_however_it_is_drawn():
    cut, past = Grid.within(CUT_AT_THE_DATELINE, 6), Grid.within(DRAWN_PAST_IT, 6)
    assert (cut.west, cut.north, cut.columns, cut.rows) == (past.west, past.north, past.columns, past.rows)
    assert np.array_equal(cut.wanted, past.wanted)
    assert cut.columns < 8


@pytest.mark.parametrize(
    ("bounds", "field"),
    [
        ((1, 2, 3), "bbox"),
        ((0, 0, float("nan"), 1), "bbox"),
        ((0, 0, 181, 1), "bbox"),
        ((0, 5, 1, 5), "bbox"),
        ((0, 6, 1, 5), "bbox"),
        ((0, -91, 1, 5), "bbox"),
        ((3, 0, 3, 1), "bbox"),
        ((0, 86, 1, 89), "bbox"),
    ],
)
def test_a_bad_box_is_refused_by_name(bounds, field):
    with pytest.raises(InvalidRegion, match=f"^{field}: "):
        Grid.over(bounds, 8)


@pytest.mark.parametrize("zoom", [-1, 25, 2.5, True])
def test_a_bad_zoom_is_refused_by_name(zoom):
    with pytest.raises(InvalidRegion, match=r"^zoom: "):
        Grid.over((0, 0, 1, 1), zoom)


def test_a_zoom_that_would_make_billions_of_cells_is_refused():
    with pytest.raises(InvalidRegion, match=r"^zoom: .* cells"):
        Grid.over((-180, -85, 180, 85), 20)


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 1], [2, 0], ["a", "b"]]]},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Feature", "geometry": None},
        {"type": "FeatureCollection", "features": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [500000, 0], [500000, 400000], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0.1, 0.1], [0.2, 0.1], [0.2, 0.2], [0.1, 0.1]]]},
    ],
)
def test_what_is_no_polygon_with_cells_is_refused_by_name(geometry):
    with pytest.raises(InvalidRegion, match=r"^polygon: "):
        Grid.within(geometry, 5)
