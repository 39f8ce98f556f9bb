"""Birds that call: each voice in its own range."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.birds import SOURCES, _gull_cry
from tests.model.synthesis.foley.sources.listening import SECONDS, centroid, crest, loudest, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_a_gulls_cry_begins_and_ends_in_silence(rng):
    cry = _gull_cry(rng, 0.5, 800)
    assert len(cry) == pytest.approx(0.5 * RATE, abs=2)
    assert np.abs(cry[[0, -1]]).max() < 1e-3
    assert np.abs(cry).max() > 0.3


def test_a_gulls_cry_is_strongest_in_its_overtones(rng):
    assert 500 < loudest(_gull_cry(rng, 0.5, 800)) < 4000


def test_an_owl_is_nearly_a_pure_tone_near_800_hertz(source):
    assert share(source("owl", SECONDS, 1), 650, 950) > 0.8


def test_a_pigeon_coos_lower_than_a_crow_caws(source):
    assert centroid(source("pigeons", SECONDS, 1)) < centroid(source("crows", SECONDS, 1))


def test_a_crow_lets_little_through_below_a_kilohertz(source):
    assert share(source("crows", SECONDS, 1), 0, 800) < 0.2


def test_a_woodpecker_is_strokes_on_wood(source):
    assert crest(source("woodpecker", SECONDS, 1)) > 8
    assert share(source("woodpecker", SECONDS, 1), 300, 5000) > 0.8


@pytest.mark.parametrize("one", SOURCES, ids=lambda one: one.name)
def test_a_bird_is_a_little_quieter_than_what_is_steady(one):
    assert one.level_db < 0
