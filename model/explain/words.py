"""The words of a text: where they stand, which were chosen, and which of them say what is heard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from model.errors import InvalidInput
from model.explain.phrases import stop_words

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True)
class Word:
    """A word of a text and the characters [start, end) it stands at."""

    word: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of a text, in order."""
    return [Word(found[0], *found.span()) for found in _WORD.finditer(text)]


def choose_words(text: str, chosen: Sequence[str]) -> list[Word]:
    """Every place in a text at which one of the chosen words stands, whole and in whatever case.

    Raises:
        InvalidInput: naming the first that is not in the text.
    """
    words = words_of(text)
    wanted = [word.casefold() for word in chosen]
    there = {word.word.casefold() for word in words}
    missing = [word for word in chosen if word.casefold() not in there]
    if missing:
        told = ", ".join(dict.fromkeys(word.word for word in words[:30])) or "none"
        raise InvalidInput(f"words: {missing[0][:60]!r} is not a word of q, whose words are {told}")
    return [word for word in words if word.word.casefold() in wanted]


def telling_words(text: str) -> list[Word]:
    """The words that say what is heard; all of them where none does."""
    words = words_of(text)
    return [word for word in words if word.word.lower() not in stop_words()] or words
