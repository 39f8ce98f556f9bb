"""Rain, thunder and wind: steady or gusty, low or bright as they are outdoors."""

from numpy.random import SFC64, Generator

from model.synthesis.foley.sources import RATE
from model.synthesis.foley.sources.weather import _drops
from tests.model.synthesis.foley.sources.listening import SECONDS, centroid, crest, envelope, rms, share


def test_rain_is_steady_and_bright(source):
    samples = source("rain", 10.0, 1)
    level = envelope(samples, 10)
    assert level.std() / level.mean() < 0.3
    assert 2000 < centroid(samples) < 7000
    assert crest(samples) < 16


def test_wind_in_the_open_is_low_and_gusty_and_trees_are_brighter(source):
    low, trees = source("wind_in_the_open", 20.0, 1), source("wind_in_trees", 20.0, 1)
    assert centroid(low) < 1000 < centroid(trees)
    for samples in (low, trees):
        level = envelope(samples, 10)
        assert level.std() / level.mean() > 0.1


def test_thunder_rumbles_below_300_hertz(source):
    assert share(source("thunder", 10.0, 1), 0, 300) > 0.7


def test_more_drops_a_second_are_more_rain():
    few, many = (rms(_drops(RATE // 2, Generator(SFC64(3)), count, 0.9)) for count in (20, 2000))
    assert many > 2 * few


def test_calm_air_is_weak_above_and_never_still(source):
    samples = source("calm", SECONDS, 1)
    assert share(samples, 50, 2000) > 0.7
    assert envelope(samples, 10).min() > 0.1 * envelope(samples, 10).max()
