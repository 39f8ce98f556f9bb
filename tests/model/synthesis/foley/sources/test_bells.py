"""A church bell has the partials of one, and rings out."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.bells import PARTIALS, _stroke
from tests.model.synthesis.foley.sources.listening import SECONDS, crest, partials, rms


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_church_bells_have_partials_that_are_no_harmonic_series(source):
    from model.synthesis.foley.sources.bells import PARTIALS, _stroke

    stroke = _stroke(np.random.default_rng(1), 400.0)[None]
    found = partials(stroke, 150, 1100, 8)
    for ratio, _, _ in PARTIALS[:6]:
        assert np.abs(found - 400 * ratio).min() < 6
    ratios = found / found[0]
    assert np.abs(ratios - np.round(ratios)).max() > 0.2


def test_church_bells_ring_out_for_seconds(source):
    assert crest(source("church_bells", SECONDS, 1)) < 12


def test_the_hum_of_a_bell_outlasts_its_nominal():
    falls = {ratio: fall for ratio, _, fall in PARTIALS}
    assert falls[0.5] > falls[1.0] > falls[2.0]


def test_a_stroke_is_loudest_at_once_and_falls(rng):
    stroke = _stroke(rng, 400.0)
    tenth = len(stroke) // 10
    assert rms(stroke[:tenth]) > rms(stroke[5 * tenth : 6 * tenth]) > rms(stroke[-tenth:])


def test_a_larger_bell_rings_longer(rng):
    assert len(_stroke(rng, 300.0)) > len(_stroke(rng, 800.0))
    assert len(_stroke(rng, 200.0)) <= 6 * RATE
