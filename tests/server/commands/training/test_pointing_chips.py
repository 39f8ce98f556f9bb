"""The pointing game on Null Island: chips hold what is sought in part, where the ground truth says."""

import numpy as np
import pytest

from model.sat2sound import ModelConfig
from server.commands.training.pointing_chips import SHARE, SOUGHT, mixed_chips
from tiles.imagery.null_island import CLASSES


@pytest.fixture(scope="module")
def cases():
    return list(mixed_chips(ModelConfig.tiny(), 6, seed=3))


def test_the_queries_take_turns_and_each_seeks_land_covers_there_are(cases):
    assert [case.query for case in cases] == [*SOUGHT, *SOUGHT]
    assert {cover for covers in SOUGHT.values() for cover in covers} <= set(CLASSES)


def test_what_is_sought_fills_part_of_every_chip(cases):
    for case in cases:
        assert case.pixels.shape == (64, 64, 3)
        assert case.sought.shape == (4, 4)
        assert SHARE[0] <= case.sought.mean() <= SHARE[1]
        assert case.gsd == pytest.approx(0.6 * round(case.gsd / 0.6))


def test_the_same_seed_draws_the_same_chips(cases):
    again = list(mixed_chips(ModelConfig.tiny(), 3, seed=3))
    for one, other in zip(cases, again, strict=False):
        np.testing.assert_array_equal(one.pixels, other.pixels)
        np.testing.assert_array_equal(one.sought, other.sought)
