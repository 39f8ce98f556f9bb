"""The painters' shortcuts for few, some, most and all pixels give what the plain formulas give, to the last bit."""

import numpy as np
import pytest

from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.lattice import Grid, _band, _taps
from tiles.imagery.null_island.paint.brush import Patch, over, palette
from tiles.imagery.null_island.paint.wild import region
from tiles.imagery.null_island.render import _add
from tiles.imagery.null_island.survey import Survey

COLOURS = np.array([[10, 20, 30], [200, 100, 50], [0, 255, 128], [90, 90, 90]])


@pytest.fixture
def random():
    return np.random.default_rng(5)


def patch(gsd=0.6, pixels=64):
    along = (np.arange(pixels) - pixels / 2) * gsd
    grid = Grid(30e3 + along, 41e3 - along, gsd)
    return Patch(Survey(geography(), grid), grid, np.arange(pixels * pixels))


@pytest.mark.parametrize("covered", [0.0, 0.05, 0.3, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("paints", [1, 500])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_paint_is_laid_where_it_is_thick_enough_to_see(random, covered, paints, dtype):
    colour, paint = random.random((3, 500)).astype(dtype) * dtype(255), random.random((3, paints)) * 255
    alpha = np.where(random.random(500) < covered, 0.01 + 0.9 * random.random(500), 0.002).astype(np.float32)
    before, thick = colour.copy(), alpha > 0.004
    over(colour, paint, alpha)
    expected = (before + (paint - before) * alpha).astype(dtype)
    np.testing.assert_array_equal(colour[:, thick], expected[:, thick])
    if covered < 0.6:
        np.testing.assert_array_equal(colour[:, ~thick], before[:, ~thick])


@pytest.mark.parametrize("covered", [0.3, 1.0])
def test_a_class_is_added_to_the_picture_by_its_share(random, covered):
    picture = random.random((3, 400)).astype(np.float32)
    share = np.where(random.random(400) < covered, random.random(400) + 0.01, 0).astype(np.float32)
    at = np.flatnonzero(share)
    paint = random.random((3, len(at))) * 255
    expected = picture.copy()
    expected[:, at] += paint * share[at]
    _add(picture, paint, share, at)
    np.testing.assert_array_equal(picture, expected)


@pytest.mark.parametrize("wavelength", [40.0, 9e3])
def test_a_region_blends_neighbouring_colours_of_its_palette(wavelength):
    here = patch()
    place = np.clip(here.noise(wavelength, 3) * 0.42 + 0.5, 0, 0.999) * (len(COLOURS) - 1)
    low = place.astype(int)
    assert (len(np.unique(low)) == 1) == (wavelength > 1000), "one chip of each kind"
    part, table = place - low, COLOURS.astype(np.float32).T
    expected = table[:, low] * (1 - part) + table[:, low + 1] * part
    np.testing.assert_array_equal(region(here, COLOURS, wavelength, 3), expected)


def test_a_palette_gives_each_pixel_its_colour(random):
    pick = random.random(300).astype(np.float32)
    np.testing.assert_array_equal(palette(COLOURS, pick), COLOURS[(pick * 4).astype(int)].T)


@pytest.mark.parametrize("span", [0.2, 1.5, 40.0])
def test_a_band_holds_four_weights_a_row_where_its_taps_are(span):
    t = 7.3 + np.linspace(0, span, 50)
    first, matrix = _band(t)
    base, weights = _taps(t)
    assert matrix.shape == (50, base.max() - base.min() + 4)
    expected = np.zeros_like(matrix)
    for row in range(50):
        expected[row, base[row] - first : base[row] - first + 4] = weights[:, row]
    np.testing.assert_array_equal(matrix, expected)
    np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-6)
