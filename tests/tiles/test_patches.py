"""Patches on the ground: they tile the chip's footprint exactly, at the dateline and at the poles too."""

import numpy as np
import pytest
from shapely.geometry import shape
from shapely.ops import unary_union

from tiles.chip import Chip
from tiles.footprint import to_geographic
from tiles.patches import patch_cells, patch_centre, patch_corners


def chip(lat, lon, gsd=0.6, pixels=56):
    return Chip.around(lat, lon, gsd, np.zeros((pixels, pixels, 3), np.uint8), "made", "up")


def test_corners_are_those_of_the_metric_footprint():
    made = chip(47.0, 8.0)
    lats, lons = patch_corners(made, 14)
    assert lats.shape == lons.shape == (15, 15)
    half = 0.6 * 56 / 2
    for (row, column), (east, north) in {
        (0, 0): (-half, half),
        (0, 14): (half, half),
        (14, 14): (half, -half),
        (14, 0): (-half, -half),
        (7, 7): (0.0, 0.0),
    }.items():
        lat, lon = to_geographic(47.0, 8.0, east, north)
        assert (lats[row, column], lons[row, column]) == pytest.approx((float(lat), float(lon)), abs=1e-12)
    west, south, east, north = made.bounds
    assert (lons.min(), lats.min(), lons.max(), lats.max()) == pytest.approx((west, south, east, north), abs=1e-12)


def test_a_patchs_centre_lies_amid_its_corners():
    made = chip(-33.0, 151.0)
    lats, lons = patch_corners(made, 4)
    lat, lon = patch_centre(made, 4, 1, 2)
    assert lat == pytest.approx(lats[1:3, 2:4].mean(), abs=1e-9)
    assert lon == pytest.approx(lons[1:3, 2:4].mean(), abs=1e-9)


@pytest.mark.parametrize(
    ("lat", "lon"), [(0.0, 0.0), (60.0, -120.0), (-45.0, 179.99), (10.0, 179.9999), (10.0, -180.0)]
)
def test_cells_are_valid_counterclockwise_and_cover_the_chip(lat, lon):
    made = chip(lat, lon, gsd=30.0)
    shapes = [shape(cell) for cell in patch_cells(made, 4)]
    assert len(shapes) == 16
    for cell in shapes:
        assert cell.is_valid
        assert cell.area > 0
        for part in getattr(cell, "geoms", [cell]):
            assert part.exterior.is_ccw
        west, _, east, _ = cell.bounds
        assert west >= -180
        assert east <= 180
    assert unary_union(shapes).area == pytest.approx(sum(cell.area for cell in shapes), rel=1e-6)


def test_a_cell_the_dateline_cuts_has_a_part_on_either_side():
    cells = [shape(cell) for cell in patch_cells(chip(10.0, 180.0, gsd=30.0), 3)]
    across = [cell for cell in cells if cell.geom_type == "MultiPolygon"]
    assert len(across) == 3
    for cell in across:
        (one, other) = cell.geoms
        assert {one.bounds[0] < 0, other.bounds[0] < 0} == {True, False}


def test_the_cell_that_holds_the_pole_reaches_it():
    cells = [shape(cell) for cell in patch_cells(chip(90.0, 0.0, gsd=30.0), 3)]
    assert all(cell.is_valid for cell in cells)
    assert cells[4].bounds == pytest.approx((-180, cells[4].bounds[1], 180, 90))
    assert cells[0].bounds[3] < 90
