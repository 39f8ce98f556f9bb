"""What flies over swells, whines and beats."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.aircraft import _combed
from tests.model.synthesis.foley.sources.listening import SECONDS, centroid, envelope, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_a_jet_is_a_low_roar_that_swells(source):
    samples = source("jet", 20.0, 1)
    level = envelope(samples, 2)
    assert centroid(samples) < 1200
    assert level.max() > 1.4 * level[0]


def test_the_echo_from_the_ground_comes_after_its_detour(rng):
    click = np.zeros((2, 1000), np.float32)
    click[:, 100] = 1
    combed = _combed(click, 0.005)
    assert combed[0, 100] == 1
    assert combed[0, 100 + int(0.005 * RATE)] == pytest.approx(0.45)
    assert np.count_nonzero(combed[0]) == 2


def test_a_comb_has_dips_where_the_echo_is_against_the_sound(rng):
    time = np.arange(RATE) / RATE
    against, along = (np.sin(2 * np.pi * hz * time).astype(np.float32)[None].repeat(2, 0) for hz in (100.0, 200.0))
    assert _combed(against, 0.005)[:, 1000:].std() < 0.7 * _combed(along, 0.005)[:, 1000:].std()


def test_a_propeller_is_a_low_hum(source):
    assert share(source("propeller", SECONDS, 1), 40, 1500) > 0.7


def test_a_helicopter_is_lower_than_a_jet_is_far(source):
    assert centroid(source("helicopter", SECONDS, 1)) < 1700
