"""Machines hum, clank, hammer and beep at their own rates."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.works import _clank, _two_stroke
from tests.model.synthesis.foley.sources.listening import SECONDS, centroid, crest, modulation, rms, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_a_clank_rings_high_and_dies_away(rng):
    clank = _clank(rng, 500)
    assert len(clank) == int(0.7 * RATE)
    assert rms(clank[:3000]) > 2 * rms(clank[-3000:])
    assert share(np.stack([clank, clank]), 400, 13_000) > 0.9


def test_a_small_motor_has_unit_strength_and_a_bright_one_more_highs():
    firing = np.full(RATE // 2, 80.0, np.float32)
    dull, bright = (_two_stroke(RATE // 2, Generator(SFC64(1)), firing, b) for b in (0.0, 2.0))
    assert dull.std() == pytest.approx(1, abs=1e-3)
    assert centroid(bright[None]) > centroid(dull[None])


def test_a_reversing_lorry_beeps_at_a_kilohertz_once_a_second(source):
    samples = source("reversing", SECONDS, 1)
    assert share(samples, 1000, 1350) > 0.3


@pytest.mark.parametrize("name", ["hammering", "machinery"])
def test_blows_stand_out(source, name):
    assert crest(source(name, SECONDS, 1)) > 4


def test_a_sprinkler_ticks_a_few_times_a_second(source):
    assert 3 < modulation(source("sprinkler", SECONDS, 1), 2.0, 20.0) < 15


def test_a_chainsaw_is_brighter_than_ventilation(source):
    assert centroid(source("chainsaw", SECONDS, 1)) > centroid(source("ventilation", SECONDS, 1))


def test_ventilation_hums_below_a_kilohertz(source):
    assert share(source("ventilation", SECONDS, 1), 0, 1000) > 0.85
