"""Words of a text: found where they stand, chosen whole, and those that say what is heard."""

import pytest

from model.errors import InvalidInput
from model.explain import choose_words, words_of
from model.explain.words import telling_words


def test_words_stand_where_they_are_said_to():
    text = "Waves, kids' voices – and a ferry-boat; naïve gulls 2x"
    for word in words_of(text):
        assert text[word.start : word.end] == word.word
    assert [word.word for word in words_of(text)] == [
        *("Waves", "kids", "voices", "and", "a", "ferry-boat", "naïve", "gulls", "2x"),
    ]


def test_a_text_of_signs_has_no_words():
    assert words_of("… — !?") == []


def test_a_word_is_chosen_wherever_it_stands_and_in_whatever_case():
    chosen = choose_words("Birds over birdsong, BIRDS", ["birds"])
    assert [(word.start, word.end) for word in chosen] == [(0, 5), (21, 26)]


@pytest.mark.parametrize("word", ["bird", "song", "waves", ""])
def test_part_of_a_word_or_another_word_is_refused_by_name(word):
    with pytest.raises(InvalidInput, match=f"words: '{word}' is not a word of q, whose words are Birds, over"):
        choose_words("Birds over birdsong", [word])


def test_words_that_hold_others_together_tell_nothing():
    assert [word.word for word in telling_words("the sound of waves on a beach")] == ["waves", "beach"]
    assert [word.word for word in telling_words("on and on")] == ["on", "and", "on"]
