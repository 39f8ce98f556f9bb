"""A motorway: grey carriageways either side of a median, white lines, traffic, and green verges."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import assert_paint, patch_of
from tiles.imagery.null_island.paint.road import road


def corridor(gsd=0.3, pixels=160):
    patch = patch_of("road", gsd, pixels)
    lateral = patch.of(patch.survey.road[0])
    return patch, np.abs(lateral), road(patch)


@pytest.mark.parametrize("gsd", [0.3, 1.0, 3.0, 10.0, 29.0])
def test_it_is_painted_at_every_scale(gsd):
    patch = patch_of("road", gsd, 64)
    assert_paint(road(patch), patch)


def test_carriageways_are_grey_and_verges_green():
    _, side, colour = corridor(1.0)
    lanes, verge = np.abs(side - 10) < 7, (side > 21) & (side < 28)
    assert np.ptp(np.median(colour[:, lanes], axis=1)) < 25
    assert np.median(colour[1, verge]) > np.median(colour[2, verge]) + 15


def test_its_edges_are_lined_in_white():
    _, side, colour = corridor(0.3)
    edge = (np.abs(side - 1.9) < 0.1) | (np.abs(side - 18.1) < 0.1)
    lanes = np.abs(side - 10) < 7
    assert (colour[:, lanes].min(axis=0) > 190).mean() > 0.01
    assert edge.any()


def test_there_is_traffic_up_close_and_none_from_afar():
    near, far = corridor(0.3), corridor(6.0, 64)
    spread = [colour[:, np.abs(side - 10) < 6].std(axis=1).mean() for _, side, colour in (near, far)]
    assert spread[0] > 2 * spread[1]


def test_from_far_above_it_is_a_pale_line_of_mixed_tone():
    patch = patch_of("road", 10.0, 64)
    patch.grid.gsd = 31.0
    colour = road(patch)
    assert_paint(colour, patch)
    assert colour.std(axis=1).max() < 15
