"""Colour jitter stays within what it was told."""

import numpy as np
import pytest
from PIL import Image

from model.training.paired.colour_jitter import ColourJitter, turn_hue


@pytest.fixture
def image() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8))


def test_without_amounts_nothing_changes(image):
    still = ColourJitter(0, 0, 0, 0)(image, np.random.default_rng(0))
    assert np.array_equal(np.asarray(still), np.asarray(image))


def test_the_same_seed_gives_the_same_colours_and_another_gives_others(image):
    one, again, other = (np.asarray(ColourJitter()(image, np.random.default_rng(seed))) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_brightness_stays_within_its_amount():
    grey = Image.new("RGB", (4, 4), (100, 100, 100))
    rng = np.random.default_rng(0)
    levels = [np.asarray(ColourJitter(0.3, 0, 0, 0)(grey, rng))[0, 0, 0] for _ in range(200)]
    assert 70 <= min(levels) < 75
    assert 125 < max(levels) <= 130


@pytest.mark.parametrize(("turn", "expected"), [(1 / 3, (0, 255, 0)), (-1 / 3, (0, 0, 255)), (1.0, (255, 0, 0))])
def test_hue_turns_red_into_the_other_primaries(turn, expected):
    turned = np.asarray(turn_hue(Image.new("RGB", (1, 1), (255, 0, 0)), turn))[0, 0]
    assert np.abs(turned.astype(int) - expected).max() <= 6
