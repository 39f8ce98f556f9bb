"""Noise has the spectrum and width it is asked for; filters and echoes keep to their bands and times."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources.noise import RATE, band, curve, echo, filtered, noise, outdoors, resonated, stretched
from tests.model.synthesis.foley.sources.listening import loudest, rms, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_a_band_is_whole_inside_and_falls_outside():
    gain = band(500, 2000, 2)(np.array([1000.0, 250.0, 125.0, 4000.0, 8000.0], np.float32))
    assert gain[0] == pytest.approx(1, abs=0.07)
    assert 20 * np.log10(gain[2] / gain[1]) == pytest.approx(-12, abs=1)
    assert 20 * np.log10(gain[4] / gain[3]) == pytest.approx(-12, abs=1)


def test_a_tilt_is_decibels_an_octave():
    low, high = band(20, 20_000, 2, tilt=-3)(np.array([500.0, 1000.0], np.float32))
    assert 20 * np.log10(high / low) == pytest.approx(-3, abs=0.1)


@pytest.mark.parametrize("order", [0.5, 1, 4, 8])
def test_the_steepest_band_does_not_overflow(order):
    gain = band(1000, 1100, order)(np.linspace(0, RATE / 2, 1000, dtype=np.float32))
    assert np.isfinite(gain).all()


@given(st.integers(100, 9000), st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_noise_has_as_many_samples_and_channels_as_asked(n, channels):
    assert noise(Generator(SFC64(1)), n, band(100, 8000), channels).shape == (channels, n)


def test_noise_has_unit_strength_and_lies_in_its_band(rng):
    samples = noise(rng, RATE, band(500, 2000, 3))
    assert rms(samples) == pytest.approx(1, abs=0.05)
    assert share(samples, 400, 2500) > 0.9


@pytest.mark.parametrize(("width", "alike"), [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0)])
def test_width_says_how_unlike_both_ears_are(rng, width, alike):
    left, right = noise(rng, RATE, band(200, 8000), width=width)
    assert np.corrcoef(left, right)[0, 1] == pytest.approx(alike, abs=0.06)


@given(st.floats(0.1, 20), st.floats(-2, 0.9), st.integers(1, 20_000))
@settings(max_examples=25, deadline=None)
def test_a_curve_stays_between_its_ends(hz, low, n):
    slow = curve(Generator(SFC64(3)), n, hz, low, 1.0)
    assert len(slow) == n
    assert slow.min() >= low - 1e-5
    assert slow.max() <= 1 + 1e-5


def test_a_quicker_curve_turns_more_often(rng):
    turns = [int((np.diff(np.sign(np.diff(curve(rng, 5 * RATE, hz, 0, 1)[::441]))) != 0).sum()) for hz in (0.5, 5)]
    assert turns[1] > 2 * turns[0]


def test_stretching_keeps_both_ends():
    drawn = stretched(np.array([1.0, 3.0, 2.0]), 101)
    assert (drawn[0], drawn[50], drawn[-1]) == (1, 3, 2)
    assert drawn.dtype == np.float32


@pytest.mark.parametrize(
    ("options", "kept", "lost"),
    [({"low": 2000.0}, 6000, 200), ({"high": 500.0}, 100, 5000), ({"low": 500.0, "high": 2000.0}, 1000, 12_000)],
)
def test_a_filter_keeps_its_side_and_takes_the_other(options, kept, lost):
    time = np.arange(RATE // 2) / RATE

    def level(hz: float) -> float:
        return rms(filtered(np.sin(2 * np.pi * hz * time).astype(np.float32), **options)[RATE // 8 :])

    assert level(kept) > 0.5
    assert level(lost) < 0.05


def test_a_filter_beyond_hearing_is_taken_at_the_edge():
    assert np.isfinite(filtered(np.ones(100, np.float32), high=1e6)).all()


def test_resonances_ring_where_they_are_told(rng):
    sound = resonated(noise(rng, RATE, band(50, 15_000), channels=1), [(1200, 60, 1.0)])[0]
    assert loudest(sound) == pytest.approx(1200, abs=80)


def test_any_shape_is_resonated_along_its_last_axis():
    assert resonated(np.ones((2, 3, 50), np.float32), [(100, 50, 1)]).shape == (2, 3, 50)


def test_an_echo_comes_after_and_is_gone_in_its_time(rng):
    click = np.zeros((2, RATE), np.float32)
    click[:, 100] = 1
    tail = echo(rng, click, 0.4, 4000)
    assert tail[:, :100] == pytest.approx(0, abs=1e-6)
    early, late = rms(tail[:, 1000:5000]), rms(tail[:, 100 + int(0.38 * RATE) : 100 + int(0.4 * RATE)])
    assert early > 50 * late
    assert rms(tail[:, 200 + int(0.4 * RATE) :]) < 1e-4


def test_outdoors_is_the_sound_itself_and_its_echo():
    x = np.zeros((2, 4410), np.float32)
    x[:, 10] = 1
    both = outdoors(Generator(SFC64(5)), x, 0.05, 0.3)
    np.testing.assert_allclose(both, x + 0.3 * echo(Generator(SFC64(5)), x, 0.05, 3000.0), atol=1e-6)
