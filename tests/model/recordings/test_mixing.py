"""Channels become one by one rule: their mean, or the loudest where they cancel each other."""

import numpy as np
import pytest

from model.recordings.mixing import Mix, mono

SOUND = np.random.default_rng(0).normal(0, 0.1, 4000).astype(np.float32)


@pytest.mark.parametrize(
    ("others", "heard"),
    [
        ([], 1.0),
        ([1.0], 1.0),
        ([0.5], 0.75),
        ([-1.0], 1.0),
        ([-0.8], 1.0),
        ([-0.2], 0.4),
        ([-1 / 3, -1 / 3, -1 / 3], 1.0),
        ([0.0] * 15, 1.0),
    ],
)
def test_the_mean_is_heard_unless_it_has_lost_the_sound(others, heard):
    channels = np.stack([SOUND, *(gain * SOUND for gain in others)])
    np.testing.assert_allclose(mono(channels), heard * SOUND, atol=1e-6)


def test_the_loudest_is_told_whichever_it_is():
    mix = Mix(3)
    mix.mean(np.stack([-SOUND, 3 * SOUND, -2 * SOUND]))
    assert mix.loudest_if_collapsed == 1


def test_blocks_are_judged_together():
    mix = Mix(2)
    mix.mean(np.stack([SOUND, SOUND]))
    mix.mean(np.stack([SOUND, -SOUND]))
    assert mix.loudest_if_collapsed is None


def test_silence_is_its_own_mean():
    assert not mono(np.zeros((4, 10), np.float32)).any()
