"""Surf breaks in its own time, bubbles ring where Minnaert says, and water is heard as what it is."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.water import _bubbles, _gulp, _wave
from tests.model.synthesis.foley.sources.listening import LONG, SECONDS, centroid, loudest, modulation, rms, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_surf_breaks_every_three_to_twenty_seconds(source):
    for seed in range(3):
        assert 0.05 <= modulation(source("surf", LONG, seed), 0.04, 8.0) <= 0.3


def test_surf_rumbles_and_hisses_like_a_beach(source):
    samples = source("surf", LONG, 1)
    assert 800 < centroid(samples) < 2500
    assert share(samples, 0, 500) > 0.2
    assert share(samples, 2000, 8000) > 0.1


def test_a_wave_rises_to_its_moment_and_ebbs_away():
    wave = _wave(3 * RATE, 1.0, 0.5, 0.2, 0.5)
    assert wave[: RATE // 3].max() < 1e-6
    assert int(wave.argmax()) == pytest.approx(RATE, abs=0.3 * RATE)
    assert (np.diff(wave[int(1.3 * RATE) :]) <= 1e-6).all()
    assert wave[-1] < 0.05


@pytest.mark.parametrize(("low", "high"), [(450, 900), (2000, 4000)])
def test_bubbles_ring_between_the_frequencies_of_their_sizes(rng, low, high):
    bubbles = _bubbles(RATE // 2, rng, 200, low, high)
    assert share(bubbles, 0.7 * low, 2.0 * high) > 0.8


def test_more_bubbles_a_second_are_more_sound(rng):
    few, many = (rms(_bubbles(RATE // 2, Generator(SFC64(2)), count, 450, 4500)) for count in (20, 2000))
    assert many > 2 * few


def test_a_gulp_is_one_big_bubble_that_closes(rng):
    for _ in range(5):
        gulp = _gulp(rng)
        assert 200 < loudest(gulp) < 1500
        assert np.abs(gulp[-1]) < 1e-3


def test_a_brook_is_bubbles_over_broken_water(source):
    assert share(source("stream", SECONDS, 1), 300, 6000) > 0.7


def test_a_fountain_is_broad(source):
    assert share(source("fountain", SECONDS, 1), 350, 6000) > 0.7


def test_the_open_sea_has_no_breakers_to_be_bright(source):
    assert centroid(source("swell", SECONDS, 1)) < centroid(source("surf", SECONDS, 1))
