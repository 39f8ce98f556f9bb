"""Rackets, balls, whistles and clubs."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.sports import _bounce, _racket
from tests.model.synthesis.foley.sources.listening import SECONDS, crest, loudest, rms, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


@pytest.mark.parametrize("stroke", [_racket, _bounce])
def test_a_stroke_is_over_in_an_eighth_of_a_second(stroke, rng):
    for _ in range(3):
        sound = stroke(rng)
        assert len(sound) <= RATE // 8
        assert rms(sound[: len(sound) // 3]) > 3 * rms(sound[-len(sound) // 3 :])


def test_strings_ring_near_550_hertz_and_the_ball_lower(rng):
    assert np.mean([loudest(_racket(rng)) for _ in range(5)]) > np.mean([loudest(_bounce(rng)) for _ in range(5)])


@pytest.mark.parametrize("name", ["tennis", "golf_swing"])
def test_hits_stand_out_of_the_air(source, name):
    assert crest(source(name, SECONDS, 1)) > 8


def test_a_club_cracks_above_three_kilohertz(source):
    assert share(source("golf_swing", SECONDS, 1), 900, 9000) > 0.7


def test_a_ball_thuds_low(source):
    assert share(source("ball_game", SECONDS, 1), 60, 4000) > 0.8
