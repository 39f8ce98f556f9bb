"""Roads hum, cars pass, horns and sirens keep to their pitches."""

import numpy as np
import pytest
from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.noise import band, noise
from model.synthesis.foley.sources.passing import Path
from model.synthesis.foley.sources.road import _car, _revs, _toot, _town
from tests.model.synthesis.foley.sources.listening import SECONDS, centroid, crest, envelope, rms, share


@pytest.fixture
def rng():
    return Generator(SFC64(1))


def test_the_motorway_hums_far_below_the_songbirds(source):
    assert 2 * centroid(source("motorway", SECONDS, 1)) < centroid(source("songbirds", SECONDS, 1))
    assert share(source("motorway", SECONDS, 1), 100, 2000) > 0.7
    assert share(source("songbirds", SECONDS, 1), 1500, 8500) > 0.95


def test_a_siren_sweeps_or_steps_between_400_and_4000_hertz(source):
    assert share(source("siren", SECONDS, 1), 400, 4500) > 0.8


def test_a_toot_is_as_long_as_the_driver_leans_on_it(rng):
    for seconds in (0.13, 0.3):
        toot = _toot(rng, seconds)
        assert len(toot) == pytest.approx(seconds * RATE, abs=2)
        assert np.abs(toot[[0, -1]]).max() < 1e-3


def test_the_towns_hum_is_as_loud_as_it_is_told(rng):
    quiet, loud = (rms(_town(RATE // 2, Generator(SFC64(1)), level)) for level in (0.02, 0.2))
    assert loud == pytest.approx(10 * quiet, rel=1e-3)


def test_a_car_is_loudest_where_it_passes_and_goes_from_side_to_side(rng):
    n = RATE
    tyres = noise(rng, n, band(450, 1500, 1.3), channels=1)[0]
    car = _car(n, rng, Path(0.5, 5.0, 12.0), tyres)
    level = envelope(car, 10)
    assert 3 <= int(level.argmax()) <= 6
    first, last = car[:, : n // 5], car[:, -n // 5 :]
    assert rms(first[0]) > rms(first[1])
    assert rms(last[1]) > rms(last[0])


def test_an_engine_has_unit_strength_whatever_its_pipe(rng):
    firing = np.full(RATE // 2, 30.0, np.float32)
    assert _revs(RATE // 2, rng, firing, [(100, 50, 1.0)], 0.2).std() == pytest.approx(1, abs=1e-3)


def test_no_two_pulses_of_an_engine_are_alike(rng):
    firing = np.full(RATE, 30.0, np.float32)
    rough, smooth = (_revs(RATE, Generator(SFC64(1)), firing, [(100, 50, 1.0)], r) for r in (0.5, 0.0))
    assert envelope(rough[None], 30).std() > envelope(smooth[None], 30).std()


def test_the_motorway_is_steady_and_a_street_is_not(source):
    hum, street = envelope(source("motorway", SECONDS, 1), 5), envelope(source("street_traffic", SECONDS, 1), 5)
    assert hum.std() / hum.mean() < street.std() / street.mean()


def test_an_engine_is_lower_than_a_horn(source):
    assert centroid(source("engine", SECONDS, 1)) < centroid(source("car_horns", SECONDS, 1))


def test_a_motorway_has_no_strokes(source):
    assert crest(source("motorway", SECONDS, 1)) < 8
