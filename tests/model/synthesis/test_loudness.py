"""Loudness is BS.1770's, and no sample leaves the limiter above its ceiling, whatever goes in."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.errors import AudioError
from model.synthesis.loudness import CEILING, LUFS, integrated_loudness, limited, to_loudness

RATE = 16_000


def tone(level: float = 0.5, seconds: float = 1.0, hz: float = 997.0) -> np.ndarray:
    time = np.arange(round(RATE * seconds)) / RATE
    return (level * np.sin(2 * np.pi * hz * time)).astype(np.float32)[None].repeat(2, axis=0)


def noise(seed: int, level: float, n: int = 4000) -> np.ndarray:
    return (level * np.random.default_rng(seed).normal(size=(2, n))).astype(np.float32)


@given(st.integers(0, 50), st.floats(0.01, 5.0))
@settings(max_examples=20, deadline=None)
def test_nothing_leaves_the_limiter_above_the_ceiling(seed, level):
    assert np.abs(limited(noise(seed, level), RATE)).max() <= CEILING


def test_what_stays_below_the_ceiling_is_left_bit_for_bit():
    quiet = noise(0, 0.05)
    assert np.array_equal(limited(quiet, RATE), quiet)


def test_the_limiter_turns_down_around_a_peak_and_not_far_from_it():
    samples = tone(0.5)
    samples[:, 8000] = 4.0
    out = limited(samples, RATE)
    np.testing.assert_allclose(out[:, :7000], samples[:, :7000], atol=1e-5)
    assert np.abs(out[:, 7990:8010]).max() <= CEILING
    assert np.abs(out[:, 7960:7999]).max() < np.abs(samples[:, 7960:7999]).max()


def test_both_ears_are_turned_down_alike():
    samples = tone(0.5)
    samples[0, 8000] = 4.0
    out = limited(samples, RATE)
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = out / samples
    both = np.isfinite(gains).all(axis=0) & (np.abs(samples).min(axis=0) > 1e-3)
    np.testing.assert_allclose(gains[0, both], gains[1, both], atol=1e-5)


def test_twice_the_amplitude_is_six_decibels_more():
    assert integrated_loudness(tone(0.5), RATE) - integrated_loudness(tone(0.25), RATE) == pytest.approx(6.02, abs=0.02)


@pytest.mark.parametrize("seconds", [0.01, 0.1, 0.4, 0.5, 1.0])
def test_a_clip_shorter_than_a_block_is_measured_too(seconds):
    assert math.isfinite(integrated_loudness(tone(0.5, seconds), RATE))


def test_silence_is_minus_infinity():
    assert integrated_loudness(np.zeros((2, RATE), np.float32), RATE) == -math.inf


@given(st.sampled_from([-40.0, -23.0, -16.0]), st.floats(1e-4, 2.0))
@settings(max_examples=12, deadline=None)
def test_a_sound_of_any_level_is_brought_to_the_loudness_asked_for(lufs, level):
    out = to_loudness(tone(level), RATE, lufs)
    assert integrated_loudness(out, RATE) == pytest.approx(lufs, abs=0.1)
    assert np.abs(out).max() <= CEILING


@pytest.mark.parametrize("lufs", [LUFS[0] - 0.1, LUFS[1] + 0.1, math.nan, math.inf])
def test_an_impossible_loudness_is_refused(lufs):
    with pytest.raises(AudioError, match="lufs"):
        to_loudness(tone(), RATE, lufs)


@pytest.mark.parametrize("level", [0.0, 1e-8])
def test_silence_cannot_be_made_loud(level):
    with pytest.raises(AudioError, match="silence"):
        to_loudness(tone(level), RATE, -23)
