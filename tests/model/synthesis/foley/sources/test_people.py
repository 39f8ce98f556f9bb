"""Voices without words, steps and hands."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.people import (
    VOWELS,
    _formants,
    _gravel,
    _heel,
    _hurrah,
    _shout,
    _speech,
    _voices,
    spectators,
)
from tests.model.synthesis.foley.sources.listening import SECONDS, centroid, crest, rms, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_voices_of_children_are_higher_than_those_of_a_crowd(source):
    assert centroid(source("children", SECONDS, 1)) > centroid(source("crowd", SECONDS, 1))


def test_half_of_the_voices_are_deep(rng):
    voices = _voices(rng, 10)
    deep = [pitch for pitch, _ in voices if pitch < 150]
    assert len(voices) == 10
    assert len(deep) == 5


def test_a_smaller_tract_has_higher_formants():
    for (adult, _, _), (child, _, _) in zip(_formants(VOWELS[0], 1.0), _formants(VOWELS[0], 1.4), strict=True):
        assert child == pytest.approx(1.4 * adult)


@pytest.mark.parametrize("syllables", [1, 4])
def test_speech_has_four_or_five_syllables_a_second(rng, syllables):
    speech = _speech(rng, 120, 1.0, syllables)
    assert 0.13 * syllables < len(speech) / RATE < 0.34 * syllables
    assert np.isfinite(speech).all()


def test_every_kind_of_shout_is_short_and_audible():
    for seed in range(12):
        shout = _shout(Generator(SFC64(seed)))
        assert 0.1 < len(shout) / RATE < 2.5
        assert 0.01 < np.abs(shout).max() <= 1.5


def test_a_hurrah_is_one_long_open_vowel(rng):
    hurrah = _hurrah(rng)
    assert 0.45 < len(hurrah) / RATE < 1.5
    assert np.abs(hurrah[[0, -1]]).max() < 1e-3


def test_stone_clicks_brighter_than_boards():
    stone, boards = (_heel(Generator(SFC64(2)), hard) for hard in (1.0, 0.4))
    assert centroid(stone[None]) > centroid(boards[None])


def test_gravel_grinds_for_a_fifth_of_a_second(rng):
    gravel = _gravel(rng)
    assert len(gravel) == int(0.22 * RATE)
    assert crest(gravel) > 3


def test_a_stand_is_a_hum_in_the_band_of_voices(rng):
    assert share(spectators(RATE, rng), 150, 2500) > 0.8


def test_steps_are_strokes_and_talk_is_not(source):
    assert crest(source("footsteps", SECONDS, 1)) > crest(source("crowd", SECONDS, 1))
    assert rms(source("crowd", SECONDS, 1)) > 0
