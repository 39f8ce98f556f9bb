import dataclasses

import numpy as np
import pytest

from tiles.chip import Chip, check_point, chip_bounds, pixel_grid
from tiles.errors import InvalidPoint
from tiles.footprint import to_geographic


def a_chip(lat=10.0, lon=20.0, gsd=0.6, size=32):
    pixels = np.zeros((size, size, 3), np.uint8)
    pixels[:, : size // 2] = (200, 30, 60)
    return Chip.around(lat, lon, gsd, pixels, "test", "nobody")


def test_a_chip_knows_where_it_is_and_whose():
    chip = a_chip()
    assert (chip.lat, chip.lon, chip.gsd, chip.source, chip.attribution) == (10, 20, 0.6, "test", "nobody")
    assert chip.bounds == chip_bounds(10, 20, 0.6, 32)


@pytest.mark.parametrize("lat", [0.0, 60.0, -77.0])
def test_a_chip_of_32_pixels_at_60_cm_is_19_metres_high_at_every_latitude(lat):
    _, south, _, north = a_chip(lat=lat).bounds
    degree = 111_132.95 - 559.85 * np.cos(2 * np.radians(lat)) + 1.17 * np.cos(4 * np.radians(lat))
    assert (north - south) * degree == pytest.approx(19.2, rel=1e-4)


def test_a_chip_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        a_chip().lat = 0.0


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((8, 8, 3), np.float32),
        [[0, 0, 0]],
        None,
    ],
)
def test_pixels_that_are_not_rgb_bytes_are_refused(pixels):
    with pytest.raises(ValueError, match="pixels"):
        Chip(pixels, 0.0, 0.0, 1.0, (0, 0, 0, 0), "test", "nobody")


@pytest.mark.parametrize(("field", "value"), [("lat", 91.0), ("lon", float("nan")), ("gsd", 0.0)])
def test_a_place_that_is_not_on_earth_is_refused(field, value):
    with pytest.raises(InvalidPoint, match=f"^{field}"):
        a_chip(**{field: value})


def test_the_footprint_is_at_hand_with_the_chip():
    check_point(0, 0, 1, 1)
    assert pixel_grid(0, 0, 1, 4)[0].shape == (4, 4)


def test_a_chip_may_be_wider_than_high():
    chip = Chip(np.zeros((4, 9, 3), np.uint8), 0.0, 0.0, 1.0, (0, 0, 0, 0), "test", "nobody")
    assert chip.pixels.shape == (4, 9, 3)


def test_patch_corners_are_those_of_the_metric_footprint():
    made = a_chip(47.0, 8.0, size=56)
    lats, lons = made.patch_corners(14)
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
    made = a_chip(-33.0, 151.0)
    lats, lons = made.patch_corners(4)
    lat, lon = made.patch_centre(4, 1, 2)
    assert lat == pytest.approx(lats[1:3, 2:4].mean(), abs=1e-9)
    assert lon == pytest.approx(lons[1:3, 2:4].mean(), abs=1e-9)


@pytest.mark.parametrize("lat", [0.0, 89.999, -90.0])
def test_the_one_patch_of_a_grid_of_one_is_centred_on_the_chip(lat):
    made = a_chip(lat, 30.0)
    assert made.patch_centre(1, 0, 0) == pytest.approx((lat, 30.0))


def test_patches_across_the_dateline_stay_within_180_degrees():
    _, lons = a_chip(10.0, 180.0).patch_corners(4)
    assert np.abs(lons).max() <= 180
    assert (lons[:, 0] > 0).all()
    assert (lons[:, -1] < 0).all()
