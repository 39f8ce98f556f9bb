"""What a place does to the sounds heard there."""

import pytest

from model.synthesis.foley.habits import HABITS
from model.synthesis.foley.sources import SOURCES
from model.synthesis.foley.surroundings import SURROUNDINGS, USUAL


def test_companions_are_sources():
    assert {name for place in SURROUNDINGS.values() for name in place.companions} <= SOURCES.keys()


@pytest.mark.parametrize(
    ("caption", "place"),
    [("a bell in a tunnel", "hall"), ("a tractor on open farmland", "open"), ("an owl in the woods", "woods")],
)
def test_where_a_sound_is_heard_is_understood_from_the_caption(foley, caption, place):
    assert foley.scene(caption).surroundings == place


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_a_place_has_an_echo_that_can_be_and_words_to_find_it_by(name):
    place = SURROUNDINGS[name]
    assert 0.1 < place.decay < 5
    assert 0 < place.wet < 1
    assert 500 < place.bright < 10_000
    assert len(place.descriptions) >= 2


def test_the_usual_place_is_one_of_them_and_dry():
    assert SURROUNDINGS[USUAL].wet == min(place.wet for place in SURROUNDINGS.values())


def test_leaves_stand_in_the_woods_alone():
    assert [name for name, place in SURROUNDINGS.items() if place.foliage] == ["woods"]


def test_a_hall_echoes_longest_and_strongest():
    hall = SURROUNDINGS["hall"]
    assert hall.decay == max(place.decay for place in SURROUNDINGS.values())
    assert hall.wet == max(place.wet for place in SURROUNDINGS.values())


def test_no_two_places_are_told_in_the_same_words():
    said = [text for place in SURROUNDINGS.values() for text in place.descriptions]
    assert len(set(said)) == len(said)


def test_who_keeps_one_company_comes_and_goes_with_the_hour():
    companions = {name for place in SURROUNDINGS.values() for name in place.companions}
    assert companions
    assert all(HABITS[name].daily != "always" for name in companions)
