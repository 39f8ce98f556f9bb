"""Phrases are what could name a sound: short, across no punctuation, bounded by words that say something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.explain.phrases import ARTICLES, BETWEEN, HEARING, MAX_WORDS, SOUNDING, phrases, same_name, stop_words

TEXTS = st.lists(
    st.sampled_from(["surf", "on", "the", "sand", "gulls", ",", "of", "a", "bell", "hear", "wind", ".", "bird's"]),
    max_size=12,
).map(" ".join)


def test_a_text_gives_its_words_and_what_they_make_together():
    assert phrases("surf on the sand") == ["surf", "surf on sand", "sand"]


def test_no_phrase_runs_across_punctuation():
    found = phrases("gulls cry, surf breaks")
    assert "gulls cry" in found
    assert "cry surf" not in found


@pytest.mark.parametrize("mark", [". ", "; ", " - ", " – ", "—", " (", "/", "… "])
def test_whatever_the_mark(mark):
    assert "bell surf" not in phrases(f"bell{mark}surf")


def test_a_hyphen_inside_a_word_parts_nothing():
    assert phrases("wood-pigeon coos") == ["wood-pigeon", "wood-pigeon coos", "coos"]


def test_words_of_hearing_and_seeing_name_nothing():
    assert phrases("you can hear the sound of a distant place") == []


def test_a_phrase_comes_once_however_often_it_is_said():
    assert phrases("surf. Surf. SURF") == ["surf"]


@given(TEXTS)
def test_every_phrase_is_short_lower_case_and_begins_and_ends_with_a_word_that_says_something(text):
    for phrase in phrases(text):
        words = phrase.split()
        assert 1 <= len(words) <= MAX_WORDS
        assert phrase == phrase.lower()
        for word in (words[0], words[-1]):
            assert word not in stop_words()
            assert len(word) >= 3
        assert not ARTICLES & set(words)


@given(TEXTS)
def test_what_stands_inside_says_where_or_what(text):
    for phrase in phrases(text):
        assert all(word in BETWEEN or word not in stop_words() for word in phrase.split()[1:-1])


def test_a_name_is_the_same_whatever_the_order_number_and_place_words():
    assert same_name("surf on sand") == same_name("sand, surfs") == {"surf", "sand"}


@pytest.mark.parametrize(("word", "single"), [("waves", "wave"), ("grass", "grass"), ("gas", "gas"), ("bus", "bus")])
def test_a_plural_is_read_as_its_singular_where_it_is_one(word, single):
    assert same_name(word) == {single}


def test_words_of_the_list_that_sound_are_no_stop_words():
    assert not SOUNDING & stop_words()
    assert stop_words() >= HEARING
    assert "the" in stop_words()


def test_nothing_gives_no_phrases():
    assert phrases("") == phrases("... !? 42") == []
    assert same_name("") == frozenset()
