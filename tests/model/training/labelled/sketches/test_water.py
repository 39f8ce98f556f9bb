"""Water is of one colour; shores, rivers and lakes have another side."""

import numpy as np
import pytest

from model.training.labelled.sketches.brush import SIDE
from model.training.labelled.sketches.water import beach, lake, river, water
from tests.model.training.labelled.sketches.ground import drawn


def test_a_sheet_of_water_has_one_colour():
    for seed in range(6):
        sheet = water(np.random.default_rng(seed))
        assert sheet.shape == (SIDE, SIDE, 3)
        hue = sheet / sheet.sum(axis=2, keepdims=True)
        assert hue.std(axis=(0, 1)).max() < 0.02


@pytest.mark.parametrize("draw", [beach, river, lake])
def test_a_sketch_is_a_picture_and_never_twice_the_same(draw):
    one, other = drawn(draw, 1), drawn(draw, 2)
    assert one.shape == (SIDE, SIDE, 3)
    assert np.isfinite(one).all()
    assert not np.allclose(one, other)


@pytest.mark.parametrize("draw", [beach, river, lake])
def test_it_holds_water_and_land(draw):
    spread = [np.percentile(drawn(draw, seed).mean(axis=2), 95) - np.percentile(drawn(draw, seed).mean(axis=2), 5)
              for seed in range(4)]  # fmt: skip
    assert np.mean(spread) > 0.1


def test_a_lake_lies_in_the_middle():
    for seed in range(3):
        picture = drawn(lake, seed)
        middle = picture[SIDE // 2 - 6 : SIDE // 2 + 6, SIDE // 2 - 6 : SIDE // 2 + 6]
        assert middle.std(axis=(0, 1)).max() < 0.12
