"""Peaks: how far a sound swings in each of equal parts."""

import numpy as np
import pytest

from model.synthesis import Clip
from server.sound.peaks import peaks_of


def test_each_part_is_as_high_as_its_greatest_amplitude_in_either_direction():
    samples = np.array([[0.1, 0.2, -0.5, 0.0, 0.3, 0.25]], np.float32)
    assert peaks_of(Clip(samples, 4000), 3).peaks == [0.2, 0.5, 0.3]


def test_the_loudest_channel_counts():
    left, right = np.zeros(4, np.float32), np.array([0.0, 0.0, -0.75, 0.0], np.float32)
    assert peaks_of(Clip(np.stack([left, right]), 4000), 2).peaks == [0.0, 0.75]


@pytest.mark.parametrize("points", [1, 7, 800, 8000])
def test_there_are_as_many_parts_as_asked_for_but_none_without_a_sample(points):
    clip = Clip(np.full((1, 4000), 0.5, np.float32), 4000)
    drawn = peaks_of(clip, points)
    assert drawn.peaks == [0.5] * min(points, 4000)
    assert drawn.seconds == 1.0


def test_no_peak_is_lost_between_two_parts():
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 4410)).astype(np.float32)
    drawn = peaks_of(Clip(samples, 44100), 37)
    assert max(drawn.peaks) == pytest.approx(np.abs(samples).max(), abs=1e-3)
    assert len(drawn.peaks) == 37
