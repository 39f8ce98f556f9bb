"""Mountains are bare, woods dark, deserts of one colour, fields a patchwork."""

import numpy as np
import pytest

from model.training.labelled.sketches.brush import SIDE
from model.training.labelled.sketches.land import alpine_forest, desert, fields, massif, mountain
from tests.model.training.labelled.sketches.ground import drawn

ALL = (mountain, massif, alpine_forest, desert, fields)


@pytest.mark.parametrize("draw", ALL)
def test_a_sketch_is_a_picture_and_never_twice_the_same(draw):
    one, other = drawn(draw, 1), drawn(draw, 2)
    assert one.shape == (SIDE, SIDE, 3)
    assert np.isfinite(one).all()
    assert one.std() > 0.005
    assert not np.allclose(one, other)
    assert np.array_equal(one, drawn(draw, 1))


def test_woods_on_a_slope_are_dark():
    assert np.mean([drawn(alpine_forest, seed).mean() for seed in range(4)]) < 0.4


def test_sand_is_redder_than_blue():
    for seed in range(4):
        red, _, blue = drawn(desert, seed).mean(axis=(0, 1))
        assert red > blue


def test_fields_lie_side_by_side_with_edges_between():
    picture = drawn(fields, 3).mean(axis=2)
    steps = np.abs(np.diff(picture, axis=1))
    assert np.median(steps) < 0.1


def test_a_massif_has_shadow_and_light():
    for seed in range(3):
        picture = drawn(massif, seed)
        assert np.percentile(picture, 95) - np.percentile(picture, 5) > 0.2
