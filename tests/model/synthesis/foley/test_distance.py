"""What a way through air, leaves and surroundings does to a sound, against the standards' own numbers."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.distance import air_absorption, carried, foliage, heard_from, level_db, wetness
from model.synthesis.foley.habits import Habit
from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.noise import band, noise
from model.synthesis.foley.surroundings import SURROUNDINGS

OPEN, WOODS = SURROUNDINGS["open"], SURROUNDINGS["woods"]


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def centroid(samples):
    power = np.abs(np.fft.rfft(samples[0])) ** 2
    hz = np.fft.rfftfreq(samples.shape[1], 1 / RATE)
    return float((hz * power).sum() / power.sum())


# ISO 9613-1:1993, table 1, at 15 degrees and 70 % relative humidity, dB per kilometre.
@pytest.mark.parametrize(
    ("hz", "loss"), [(125, 0.381), (250, 1.13), (500, 2.36), (1000, 4.08), (2000, 8.75), (4000, 26.4)]
)
def test_air_takes_of_a_tone_what_the_standard_says(hz, loss):
    assert 1000 * air_absorption(np.array([float(hz)]))[0] == pytest.approx(loss, rel=0.05)


def test_leaves_take_what_the_standard_says():
    assert foliage(np.array([1000.0, 8000.0])) == pytest.approx([0.06, 0.12])


def test_a_point_loses_six_decibels_a_doubling_and_a_road_three():
    assert level_db(Habit(spread="point"), 2.0) == pytest.approx(-6.02)
    assert level_db(Habit(spread="line"), 2.0) == pytest.approx(-3.01)
    assert level_db(Habit(), 1.0) == 0


def test_the_further_the_duller_and_woods_dull_more(rng):
    hiss = noise(rng, RATE, band(500, 9000))
    near, far, further = (
        centroid(heard_from(hiss, Habit(40), times, OPEN, Generator(SFC64(2)))) for times in (1, 5, 12)
    )
    assert near > far > further
    assert centroid(heard_from(hiss, Habit(40), 5, WOODS, Generator(SFC64(2)))) < far


def test_a_thing_far_off_is_narrow_and_to_one_side(rng):
    wide = noise(rng, RATE, band(200, 2000))
    far = heard_from(wide, Habit(10), 12, OPEN, rng)
    assert np.corrcoef(far)[0, 1] > 0.7 > np.corrcoef(wide)[0, 1]


def test_the_echo_is_stronger_in_a_hall_and_from_further_off():
    assert wetness(1, OPEN) < wetness(1, SURROUNDINGS["street"]) < wetness(1, SURROUNDINGS["hall"])
    assert wetness(1, WOODS) < wetness(5, WOODS) < wetness(12, WOODS)


def test_what_passes_goes_from_one_side_to_the_other(rng):
    left, right = np.square(carried(noise(rng, RATE, band(200, 2000)), "passing", rng))
    early, late = slice(0, RATE // 5), slice(-RATE // 5, None)
    balance = [float(left[part].sum() / right[part].sum()) for part in (early, late)]
    assert min(balance) < 0.2
    assert max(balance) > 5
