"""Water is dark where it is deep and turquoise at the shore; foam is where waves break, reeds where a bank is."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import assert_paint, patch_at, patch_of
from tiles.imagery.null_island.paint.water import beach, lake, ocean, reef, river, sea_floor, surf, waves

PAINTERS = {"ocean": ocean, "reef": reef, "beach": beach, "river": river, "lake": lake}
X, Y = 30e3, 41e3


@pytest.mark.parametrize("gsd", [0.3, 1.0, 10.0, 60.0])
@pytest.mark.parametrize("name", PAINTERS)
def test_it_is_painted_at_every_scale(name, gsd):
    patch = patch_of(name, gsd, 40)
    assert_paint(PAINTERS[name](patch), patch)


def depth(metres, gsd=2.0):
    """A patch all of whose pixels lie so many metres off the coast."""
    patch = patch_at(X, Y, gsd)
    return patch, np.full(len(patch.at), -metres, np.float32)


def test_the_deeper_the_darker():
    tones = [float(sea_floor(*depth(metres)).mean()) for metres in (0, 100, 400, 2000, 20_000)]
    assert tones == sorted(tones, reverse=True)
    assert tones[0] > 1.5 * tones[-1]


def test_deep_water_is_blue_and_shallow_water_turquoise():
    deep, shallow = sea_floor(*depth(30_000)).mean(axis=1), sea_floor(*depth(5)).mean(axis=1)
    assert deep[2] > deep[1] > deep[0]
    assert shallow[1] > 90
    assert shallow[1] - shallow[0] > 20


def test_waves_lighten_as_much_as_they_darken_and_vanish_from_afar():
    patch = patch_at(X, Y, 0.5, 160)
    assert abs(waves(patch).mean()) < 0.03
    assert waves(patch).std() > 0.02
    np.testing.assert_allclose(waves(patch, 2.0), 2 * waves(patch), rtol=1e-5)
    assert not waves(patch_at(X, Y, 500.0, 8)).any()


def test_foam_is_at_the_shore_and_none_far_off_it():
    patch = patch_at(X, Y, 1.0, 128)
    coast = patch.y - np.float32(Y) - 30
    foam = surf(patch, coast)
    assert foam.min() >= 0
    assert foam.max() <= 1
    assert foam[np.abs(coast) < 8].mean() > 0.1
    assert surf(*depth(900)).mean() < 0.01


def test_sand_is_pale_and_wet_sand_darker():
    patch = patch_of("beach", 0.6, 160)
    colour, coast = beach(patch).mean(axis=0), patch.of(patch.survey.coast)
    wet, dry = (coast > 2) & (coast < 10), coast > 35
    if wet.any() and dry.any():
        assert np.median(colour[wet]) < np.median(colour[dry])
    assert np.median(colour) > 120


def test_a_lagoon_is_brighter_than_the_sea_off_it():
    assert np.median(reef(patch_of("reef", 2.0, 96))[1]) > np.median(ocean(patch_of("ocean", 2.0, 96))[1])


@pytest.mark.parametrize("name", ["lake", "river"])
def test_fresh_water_is_dark_and_nearly_still(name):
    colour = PAINTERS[name](patch_of(name, 1.0, 96))
    assert np.median(colour.mean(axis=0)) < 110
    assert colour.std(axis=1).max() < 45
