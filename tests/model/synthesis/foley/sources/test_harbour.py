"""Ship horns, rigging and boats."""

from model.synthesis.foley.sources.harbour import SOURCES
from tests.model.synthesis.foley.sources.listening import SECONDS, centroid, crest, modulation, share


def test_a_ships_horn_is_low_and_rich(source):
    assert share(source("ship_horn", SECONDS, 1), 60, 2000) > 0.9
    assert centroid(source("ship_horn", SECONDS, 1)) < 900


def test_rigging_rings_high_and_in_strokes(source):
    assert share(source("rigging", SECONDS, 1), 700, 12_000) > 0.6
    assert crest(source("rigging", SECONDS, 1)) > 4


def test_a_diesel_knocks_slower_than_an_outboard_buzzes(source):
    assert 8 < modulation(source("boat", SECONDS, 1), 6.0, 30.0) < 17
    assert share(source("outboard", SECONDS, 1), 80, 3000) > 0.7


def test_every_sound_of_a_harbour_is_heard_in_one():
    assert all("harbour" in one.scenes for one in SOURCES)
