"""What of a raster is data: an alpha is believed where it is one; a half-clear picture keeps its colours."""

import numpy as np
import pytest
from rasterio.enums import ColorInterp

from tests.tiles.imagery.raster.writing import centre, halves, sides, write
from tiles.errors import NoImagery
from tiles.imagery.raster import RasterImagery

COLOURS = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
RNG = np.random.default_rng(4)


def rgba(tmp_path, alpha, dtype=np.uint8):
    bands = halves().astype(dtype) * (257 if dtype == np.uint16 else 1)
    return RasterImagery(write(tmp_path / "a.tif", np.concatenate([bands, alpha[None].astype(dtype)]), colours=COLOURS))


def test_near_infrared_that_was_written_as_alpha_is_no_mask(tmp_path):
    source = rgba(tmp_path, RNG.integers(4, 220, (64, 64)))
    west, _ = sides(source)
    np.testing.assert_allclose(west, (40, 140, 60), atol=1)
    assert source.notes == ("Band 4 is declared as alpha but holds many values, so it was not taken for a mask.",)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_an_alpha_of_nothing_and_all_is_a_mask(tmp_path, dtype):
    alpha = np.full((64, 64), np.iinfo(dtype).max)
    alpha[:, :20] = 0
    source = rgba(tmp_path, alpha, dtype)
    assert source.notes == ()
    assert source._masked
    assert source.read(*centre(), 10.0, 60).pixels.min() > 30


def test_an_alpha_with_a_soft_rim_is_a_mask(tmp_path):
    alpha = np.full((64, 64), 255)
    alpha[:, :20] = np.linspace(0, 255, 20).astype(int)
    assert rgba(tmp_path, alpha)._masked


@pytest.mark.parametrize("clear", [255, 200, 128])
def test_a_picture_that_is_half_clear_keeps_its_colours(tmp_path, clear):
    source = rgba(tmp_path, np.full((64, 64), clear))
    west, east = sides(source)
    np.testing.assert_allclose(west, (40, 140, 60), atol=1)
    np.testing.assert_allclose(east, (220, 190, 120), atol=1)


def test_where_all_is_clear_there_is_no_imagery(tmp_path):
    alpha = np.full((64, 64), 255)
    alpha[:, :48] = 0
    source = rgba(tmp_path, alpha)
    lat, lon = centre()
    with pytest.raises(NoImagery):
        source.read(lat, lon, 5.0, 32)
