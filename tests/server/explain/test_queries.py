"""What may be looked for in an image: words that stand in the query, or a concept, and each refusal names its field."""

import pytest
from pydantic import ValidationError

from model.explain import Word
from server.errors import InvalidInput
from server.explain.queries import AttentionPicture, AttentionQuery, WhyQuery

HERE = {"lat": 0.05, "lon": 0.02}
SURF = "Surf on sand, surf"


def asked(**more):
    return AttentionQuery(**HERE, **more)


def test_without_words_all_of_the_query_is_looked_for():
    assert asked(q=SURF).chosen == ()
    assert asked(concept=7).chosen == ()
    assert asked().chosen == ()


def test_a_word_is_chosen_wherever_it_stands_and_spaces_and_empty_parts_say_nothing():
    assert asked(q=SURF, words=" surf ,, sand ").chosen == (
        Word("Surf", 0, 4),
        Word("sand", 8, 12),
        Word("surf", 14, 18),
    )


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"q": SURF, "concept": 7}, "concept", "not both"),
        ({"method": "reference"}, "method", "for words"),
        ({"method": "reference", "concept": 7}, "method", "for words"),
        ({"words": "surf"}, "words", "missing"),
        ({"q": SURF, "words": ","}, "words", "no word"),
        ({"q": SURF, "words": "gulls"}, "words", "gulls"),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(more, field, said):
    with pytest.raises(InvalidInput, match=said) as refusal:
        _ = asked(**more).chosen
    assert refusal.value.field == field


def test_a_picture_goes_from_the_backgrounds_middle_to_its_most_unless_told():
    assert AttentionPicture(**HERE).range == (0.0, 1.0)
    assert AttentionPicture(**HERE, rescale="-1,2").range == (-1.0, 2.0)
    with pytest.raises(InvalidInput, match="rescale"):
        _ = AttentionPicture(**HERE, rescale="1").range


@pytest.mark.parametrize("entry", ["", "x" * 101])
def test_an_entry_is_named_in_a_line(entry):
    with pytest.raises(ValidationError, match="entry"):
        WhyQuery(**HERE, entry=entry)
