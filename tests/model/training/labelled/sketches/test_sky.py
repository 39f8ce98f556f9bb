"""Images that show nothing: one colour, or cloud over anything."""

import numpy as np
import pytest

from model.training.labelled.sketches.brush import SIDE
from model.training.labelled.sketches.sky import blank, cloud
from tests.model.training.labelled.sketches.ground import drawn


@pytest.mark.parametrize("draw", [blank, cloud])
def test_a_sketch_is_a_picture_of_its_size(draw):
    for seed in range(5):
        picture = drawn(draw, seed)
        assert picture.shape == (SIDE, SIDE, 3)
        assert np.isfinite(picture).all()


def test_a_blank_has_hardly_anything_in_it():
    for seed in range(12):
        detail = np.abs(np.diff(drawn(blank, seed), axis=1)).mean()
        assert detail < 0.08


def test_black_and_white_are_blank_too():
    means = [drawn(blank, seed).mean() for seed in range(60)]
    assert min(means) < 0.1
    assert max(means) > 0.9


def test_cloud_is_bright_and_without_colour():
    for seed in range(5):
        picture = drawn(cloud, seed)
        assert picture.mean() > 0.5
        assert np.abs(picture.mean(axis=(0, 1)) - picture.mean()).max() < 0.2
