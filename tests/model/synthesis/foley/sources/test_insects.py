"""Pulse trains: crickets, bees, frogs and shrimp."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.insects import _croak, _pulse_train
from tests.model.synthesis.foley.sources.listening import SECONDS, loudest, modulation, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_crickets_sing_between_four_and_nine_kilohertz_in_chirps(source):
    samples = source("crickets", 10.0, 1)
    assert share(samples, 4000, 9000) > 0.7
    assert 1.5 <= modulation(samples, 1.0, 10.0) <= 9.0


@pytest.mark.parametrize(("rate", "duty"), [(20.0, 0.5), (30.0, 0.8)])
def test_pulses_come_at_their_rate_and_last_their_share(rate, duty):
    pulses = _pulse_train(RATE, rate, duty, 0.0)
    assert int(((pulses[1:] > 0) & (pulses[:-1] == 0)).sum()) == pytest.approx(rate, abs=1)
    assert float((pulses > 0).mean()) == pytest.approx(duty, abs=0.02)
    assert pulses.max() <= 1


def test_a_croak_rings_at_the_sacs_resonance(rng):
    croak = _croak(rng, 1800.0, 8, 45.0)
    assert loudest(croak) == pytest.approx(1800, rel=0.05)
    assert np.abs(croak).max() <= 1.001


def test_a_longer_croak_has_more_pulses(rng):
    short, long = _croak(rng, 1800.0, 4, 45.0), _croak(rng, 1800.0, 12, 45.0)
    assert len(long) - len(short) == pytest.approx(8 / 45 * RATE, abs=2)


def test_bees_hum_low_and_crickets_sing_high(source):
    assert share(source("insects", SECONDS, 1), 80, 2500) > 0.5
    assert share(source("crickets", SECONDS, 1), 3500, 12_000) > 0.7


def test_snapping_shrimp_are_clicks_over_a_dull_wash(source):
    samples = source("shrimp", SECONDS, 1)
    assert share(samples, 2000, 16_000) > 0.3
    assert share(samples, 0, 300) > 0.02
