import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from tiles.chip import Chip, check_point, chip_bounds, pixel_grid
from tiles.errors import InvalidPoint


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


def test_a_chip_is_an_image():
    image = a_chip().image()
    assert image.mode == "RGB"
    assert image.size == (32, 32)
    assert image.getpixel((0, 0)) == (200, 30, 60)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_chip_reads_back_from_its_file(kind):
    chip = a_chip()
    image = Image.open(io.BytesIO(chip.encode(kind)))
    assert image.format == kind.upper()
    difference = np.abs(np.asarray(image.convert("RGB")).astype(int) - chip.pixels)
    assert difference.mean() < (0.01 if kind == "png" else 6)


def test_a_format_that_is_no_image_is_refused():
    with pytest.raises(ValueError, match="format"):
        a_chip().encode("exe")


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
