"""Industry: halls and tank farms in yards, with lorries and cars between them."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import assert_paint, blank, is_blank, patch_of
from tiles.imagery.null_island.paint.works import _halls, _yard, industry


@pytest.mark.parametrize("gsd", [0.3, 1.0, 4.0, 5.0, 40.0])
def test_it_is_painted_at_every_scale(gsd):
    patch = patch_of("industry", gsd, 32)
    assert_paint(industry(patch), patch)


def test_it_is_grey_and_full_of_contrast():
    colour = industry(patch_of("industry", 0.6, 160))
    tone = colour.mean(axis=0)
    assert np.ptp(np.median(colour, axis=1)) < 30
    assert np.percentile(tone, 95) - np.percentile(tone, 5) > 50


def test_halls_keep_within_their_yards():
    patch = patch_of("industry", 1.0, 96)
    u, v = np.meshgrid(np.arange(-400, 400, 4, np.float32), np.arange(-300, 300, 4, np.float32))
    u, v = u.ravel(), v.ravel()
    lots = _halls(patch, u, v)
    standing = lots.cover > 0
    assert standing.any()
    assert np.abs(np.mod(u, 176.0) - 88)[standing].max() < 76.5
    assert np.abs(np.mod(v, 128.0) - 64)[standing].max() < 50.5
    assert 7 <= lots.height.min() <= lots.height.max() <= 13


@pytest.mark.parametrize(("gsd", "drawn"), [(0.6, True), (4.5, False)])
def test_lorries_are_drawn_only_where_they_could_be_seen(gsd, drawn):
    patch = patch_of("industry", gsd, 64)
    colour, always = blank(patch), np.full(len(patch.at), 50.0, np.float32)
    _yard(patch, colour, patch.x, patch.y, always * 0, always)
    assert is_blank(colour).all() != drawn
