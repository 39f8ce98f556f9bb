"""Farmland: parcels of one crop each between hedges and lanes, and a patchwork cloth from afar."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import assert_paint, patch_of
from tiles.imagery.null_island.paint.farmland import _halved, _quarters, farmland


@pytest.mark.parametrize("gsd", [0.3, 1.0, 4.0, 20.0, 60.0, 150.0])
def test_it_is_painted_at_every_scale(gsd):
    patch = patch_of("farmland", gsd, 32)
    assert_paint(farmland(patch), patch)


def test_fields_differ_more_between_than_within():
    patch = patch_of("farmland", 4.0, 160)
    colour = farmland(patch).mean(axis=0)
    word, _ = _quarters(patch)
    assert colour.std() > 8
    assert len(np.unique(word)) < 6, "a neighbourhood is kilometres wide"


def test_crops_are_green_or_straw_never_blue():
    colour = np.median(farmland(patch_of("farmland", 1.0, 96)), axis=1)
    assert colour[2] < min(colour[0], colour[1])


def test_a_split_parcel_has_two_crops_and_others_one():
    words = np.arange(1, 2001, dtype=np.uint32) * np.uint32(2654435769)
    west, east = _halved(words, np.full(2000, -5.0)), _halved(words, np.full(2000, 5.0))
    np.testing.assert_array_equal(west, words)
    assert 0.25 < (east != words).mean() < 0.45


def test_a_lane_runs_along_the_edge_of_a_neighbourhood():
    _, lane = _quarters(patch_of("farmland", 10.0, 96))
    assert lane.max() <= 1600


def test_from_afar_it_is_a_calm_cloth():
    near, far = farmland(patch_of("farmland", 1.0, 128)), farmland(patch_of("farmland", 100.0, 48))
    assert far.std(axis=1).mean() < 1.5 * near.std(axis=1).mean()
    assert np.ptp(far.mean(axis=1)) < 90
