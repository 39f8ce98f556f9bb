"""Pieces of the country to test with: where a class lies, and the pixels there as the painters get them."""

from functools import cache

import numpy as np

from tiles.imagery.null_island import land_cover, sample_land_cover
from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.lattice import Grid
from tiles.imagery.null_island.paint.brush import Patch
from tiles.imagery.null_island.source import to_plane
from tiles.imagery.null_island.survey import Survey

BLANK = (150.0, 120.0, 90.0)


@cache
def somewhere(name, seed=8):
    """Latitude and longitude of a point of a class."""
    (lat,), (lon,) = sample_land_cover(name, 1, seed)
    return float(lat), float(lon)


def grid_at(x, y, gsd=0.6, pixels=48):
    """A square of pixels around a point of the plane."""
    along = (np.arange(pixels) - (pixels - 1) / 2) * gsd
    return Grid(x + along, y - along, gsd)


def patch_at(x, y, gsd=0.6, pixels=48):
    """All pixels of a square around a point of the plane."""
    grid = grid_at(x, y, gsd, pixels)
    return Patch(Survey(geography(), grid), grid, np.arange(pixels * pixels))


def patch_of(name, gsd=0.6, pixels=48, seed=8):
    """The pixels of a class in a square around a point of it."""
    lat, lon = somewhere(name, seed)
    whole = patch_at(*to_plane(lat, lon), gsd, pixels)
    return whole.part(np.flatnonzero(whole.survey.shares()[name].ravel() > 0.5))


def blank(patch):
    """Colours (3, n) of one tone, to draw on."""
    return np.repeat(np.float32(BLANK)[:, None], len(patch.at), axis=1)


def is_blank(colour):
    """Which pixels (n,) nothing was drawn on."""
    return np.abs(colour - np.float32(BLANK)[:, None]).max(axis=0) < 1e-4


def assert_paint(colour, patch):
    """Colours of the patch's pixels that a picture can show, give or take the sensor's reach."""
    assert colour.shape == (3, len(patch.at))
    assert np.isfinite(colour).all()
    assert colour.min() > -60
    assert colour.max() < 340


def covers(lats, lons):
    """The names of the land cover at points."""
    return land_cover(np.asarray(lats), np.asarray(lons))
