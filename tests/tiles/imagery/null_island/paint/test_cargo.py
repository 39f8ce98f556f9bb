"""A cargo berth: warehouses and stacks ashore, cranes at the edge, ships alongside; nothing far out."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import assert_paint, blank, is_blank, patch_at
from tiles.imagery.null_island.paint.cargo import cargo

X, Y = 30e3, 41e3


def berth(across, gsd=1.0, pixels=200, along=0.0):
    """What is drawn around a point `across` metres out from the quay's edge, and how far each pixel is from it."""
    patch = patch_at(X, Y, gsd, pixels)
    u, v = patch.x - np.float32(X - along), patch.y - np.float32(Y - across)
    colour = blank(patch)
    cargo(patch, colour, u, v, np.mod(u + 210, 420) - 210)
    return patch, u, v, colour


@pytest.mark.parametrize("gsd", [0.3, 1.0, 5.0, 40.0])
def test_it_is_painted_at_every_scale(gsd):
    patch, _, _, colour = berth(-100.0, gsd, 64)
    assert_paint(colour, patch)


def test_containers_are_stacked_ashore_in_bright_colours():
    _, _, v, colour = berth(-150.0, gsd=0.6)
    stacks = (v < -75) & (v > -225)
    saturation = np.ptp(colour[:, stacks & ~is_blank(colour)], axis=0)
    assert (saturation > 50).mean() > 0.15


def test_halls_stand_behind_the_stacks():
    _, _, v, colour = berth(-312.0)
    halls = np.abs(v + 312) < 40
    assert (~is_blank(colour))[halls].mean() > 0.5


def test_ships_lie_alongside():
    berths = [berth(20.0, gsd=2.0, pixels=100, along=420.0 * number) for number in range(8)]
    afloat = [(~is_blank(colour))[(v > 4) & (v < 40)].mean() for _, _, v, colour in berths]
    assert max(afloat) > 0.1
    assert min(afloat) < max(afloat), "some berths are free"


def test_far_out_the_water_is_left_alone():
    _, _, v, colour = berth(300.0)
    assert is_blank(colour)[v > 215].all()


def test_one_berth_is_not_as_the_next():
    one, other = berth(-150.0)[3], berth(-150.0, along=420.0)[3]
    assert not np.array_equal(one, other)
