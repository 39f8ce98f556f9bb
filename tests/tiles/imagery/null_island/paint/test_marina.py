"""A marina: boats along pontoons in the water; a promenade, a car park and a boatyard ashore."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import assert_paint, blank, is_blank, patch_at
from tiles.imagery.null_island.paint.marina import marina

X, Y = 30e3, 41e3


def berth(across, gsd=0.5, pixels=200, along=0.0):
    """What is drawn around a point `across` metres out from the quay's edge, and how far each pixel is from it."""
    patch = patch_at(X, Y, gsd, pixels)
    u, v = patch.x - np.float32(X - along), patch.y - np.float32(Y - across)
    colour = blank(patch)
    marina(patch, colour, u, v, u)
    return patch, u, v, colour


@pytest.mark.parametrize("gsd", [0.3, 1.0, 5.0, 40.0])
@pytest.mark.parametrize("across", [150.0, 0.0, -250.0])
def test_it_is_painted_at_every_scale(across, gsd):
    patch, _, _, colour = berth(across, gsd, 32)
    assert_paint(colour, patch)


def test_boats_are_white_and_lie_along_the_pontoons():
    _, _, v, colour = berth(150.0)
    afloat = colour[:, v > 20]
    assert 0.05 < (afloat.min(axis=0) > 180).mean() < 0.6
    assert is_blank(colour)[v > 20].mean() > 0.1, "with water between them"


def test_pontoons_run_out_from_the_quay():
    _, u, v, colour = berth(150.0)
    along = np.abs(u) < 1.0
    assert (~is_blank(colour))[along & (v > 20) & (v < 270)].mean() > 0.95


def test_beyond_the_pontoons_the_water_is_left_alone():
    _, _, v, colour = berth(350.0)
    assert is_blank(colour)[v > 295].all()
    _, u, _, colour = berth(150.0, along=300.0)
    assert is_blank(colour)[np.abs(u) > 192].all(), "and beside the berth"


def test_ashore_there_is_a_promenade_with_cars():
    _, _, v, colour = berth(-120.0)
    promenade = np.abs(v + 120) < 65
    assert not is_blank(colour)[promenade].any()
    assert colour[:, promenade].std() > 15


def test_boats_are_laid_up_in_the_yard():
    _, _, v, colour = berth(-290.0)
    yard = (v < -210) & (v > -380)
    assert 0.1 < (~is_blank(colour))[yard].mean() < 1


def test_from_afar_it_is_a_calm_pattern():
    near, far = berth(150.0, gsd=0.5, pixels=64)[3], berth(150.0, gsd=20.0, pixels=32)[3]
    assert far.std(axis=1).mean() < near.std(axis=1).mean()
