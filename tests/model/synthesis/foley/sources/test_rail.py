"""Trains beat over their joints, trams whine and ring."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.rail import _joint, _train_horn
from tests.model.synthesis.foley.sources.listening import SECONDS, centroid, crest, rms, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_a_train_beats_over_its_joints(source):
    samples = source("train", 10.0, 1)
    assert centroid(samples) < 1200
    assert crest(samples) > 4


def test_a_joint_is_a_thud_and_a_short_ring(rng):
    joint = _joint(rng)
    assert len(joint) == int(0.16 * RATE)
    assert rms(joint[: len(joint) // 4]) > 2 * rms(joint[-len(joint) // 4 :])
    assert share(np.stack([joint, joint]), 30, 2500) > 0.8


def test_a_horn_is_a_chord_that_sounds_early_on(rng):
    horn = _train_horn(3 * RATE, rng)
    assert horn.shape == (2, 3 * RATE)
    assert np.abs(horn[:, : RATE // 4]).max() < 1e-5
    assert share(horn, 200, 3000) > 0.8


def test_a_tram_whines_higher_than_a_train_rolls(source):
    assert centroid(source("tram", SECONDS, 1)) > centroid(source("train", SECONDS, 1))
