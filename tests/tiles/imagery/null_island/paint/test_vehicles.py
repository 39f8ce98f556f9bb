"""Cars keep to their lanes and stalls, as many as there should be, and are not drawn where none could be seen."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import blank, is_blank, patch_at
from tiles.imagery.null_island.paint.vehicles import car_park, lane_of_cars

X, Y = 30e3, 41e3


def street(share=1.0, gsd=0.6, where=None):
    """A lane along the middle of a patch: the patch, how far pixels lie beside it, and what was drawn."""
    patch = patch_at(X, Y, gsd, 200)
    along, across = patch.x, patch.y - np.float32(Y)
    colour = blank(patch)
    chosen = np.ones(len(along), bool) if where is None else where(patch)
    lane_of_cars(patch, colour, along, np.zeros_like(along), across, chosen, share, 8.0)
    return patch, across, colour


def test_cars_keep_to_their_lane():
    _, across, colour = street()
    drawn = ~is_blank(colour)
    assert drawn.any()
    assert np.abs(across[drawn]).max() < 2.2


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.3, 0.05, 0.45), (1.0, 0.4, 1)])
def test_as_many_places_are_taken_as_should_be(share, least, most):
    _, across, colour = street(share)
    taken = (~is_blank(colour))[np.abs(across) < 0.6].mean()
    assert least <= taken <= most


def test_no_car_stands_where_there_is_no_street():
    patch, _, colour = street(where=lambda patch: patch.x > X)
    assert is_blank(colour)[patch.x <= X].all()
    assert not is_blank(colour).all()


def test_cars_too_small_to_see_are_not_drawn():
    assert is_blank(street(gsd=2.0)[2]).all()


def test_lanes_of_other_numbers_hold_other_cars():
    patch = patch_at(X, Y, 0.3, 96)
    across, drawn = patch.y - np.float32(Y), []
    for lane in (0.0, 1.0):
        colour = blank(patch)
        lane_of_cars(patch, colour, patch.x, np.full_like(across, lane), across, np.abs(across) < 9, 0.6, 8.0)
        drawn.append(colour)
    assert not np.array_equal(*drawn)


def parked(share, gsd=0.3):
    patch = patch_at(X, Y, gsd, 96)
    colour = blank(patch)
    car_park(patch, colour, patch.x, patch.y, patch.x > X, share, 883)
    return patch, colour


def test_a_car_park_ends_where_it_ends():
    patch, colour = parked(0.7)
    assert is_blank(colour)[patch.x <= X].all()
    assert 0.05 < (~is_blank(colour))[patch.x > X].mean() < 0.9


def test_the_fuller_it_is_the_more_is_covered():
    shares = [(~is_blank(parked(share)[1])).mean() for share in (0.0, 0.3, 0.9)]
    assert shares[0] == 0
    assert shares[0] < shares[1] < shares[2]


def test_from_afar_a_car_park_is_a_grain_on_the_ground():
    patch, colour = parked(0.7, gsd=6.0)
    inside = patch.x > X
    assert not is_blank(colour)[inside].any()
    assert is_blank(colour)[~inside].all()
    assert colour[:, inside].std(axis=1).max() < 12
