"""Voices of the farm: source and filter, each in its pitch."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.animals import _bark, _bleat, _moo
from tests.model.synthesis.foley.sources.listening import SECONDS, centroid, crest, loudest, modulation


@pytest.fixture
def rng():
    return Generator(SFC64(1))


@pytest.mark.parametrize(("voice", "low", "high"), [(_moo, 1.3, 2.7), (_bleat, 0.5, 1.2)])
def test_a_voice_lasts_as_long_as_the_animals(voice, low, high, rng):
    for _ in range(3):
        sound = voice(rng)
        assert low < len(sound) / RATE < high
        assert np.isfinite(sound).all()
        assert np.abs(sound[[0, -1]]).max() < 0.02


def test_a_moo_is_low(rng):
    assert loudest(_moo(rng)) < 1100


def test_a_small_dog_barks_higher_than_a_large_one():
    small = np.mean([loudest(_bark(Generator(SFC64(n)), 700, 1.3)) for n in range(4)])
    large = np.mean([loudest(_bark(Generator(SFC64(n)), 300, 0.85)) for n in range(4)])
    assert small > large


def test_a_bark_is_over_in_a_moment(rng):
    assert len(_bark(rng, 400, 1.0)) < 0.25 * RATE


def test_cattle_are_lower_than_sheep(source):
    assert centroid(source("cattle", SECONDS, 1)) < centroid(source("sheep", SECONDS, 1))


def test_hooves_are_strokes(source):
    assert crest(source("horses", SECONDS, 1)) > 8
    assert 3 < modulation(source("horses", SECONDS, 1), 2.0, 9.0) < 8
