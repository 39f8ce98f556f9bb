"""Phrases of captions that could name a sound: one to three words, articles left out, that end in no stop word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from model.explain.stop_words import STOP_WORDS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_WORDS = 3
MIN_LETTERS = 3

ARTICLES = frozenset({"a", "an", "the"})
"""Left out of phrases, as names leave them out: "surf on the sand" is surf on sand."""
BETWEEN = _words("against along among at behind beside from in inside into of off on over past through under")
"""Words that say where a sound is: a phrase may hold them between others."""

_CLAUSE_END = re.compile(r"[,.;:!?()\[\]\"“”…/]|\s[-–—]+\s|—")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

HEARING = _words(
    """
    able almost area areas audible away background briefly certain clear come comes constant
    constantly coming day days distance distant ear ears expect expected faint faintly far fill fills
    followed gives going hangs happen hear heard hearing hears image imagine joined just kind
    landscape lie lies like likely listen listener listening long lot main mainly make makes meet mixed near
    nearby noise noises occasional occasionally perhaps picture place places point points
    possible probably recording scene sound sounded sounding sounds soundscape suggest suggests
    surrounding surely today tell tells time times typical usual usually view visible way ways
    """
)
"""Words captions use to speak of hearing and seeing, not of what is heard."""

SOUNDING = _words("bill call cry fire mill system")
"""Stop words that name a sound or where it comes from."""


@cache
def stop_words() -> frozenset[str]:
    """Words no phrase begins or ends with: the English ones, and what captions say of hearing itself."""
    return (STOP_WORDS - SOUNDING) | HEARING


def phrases(text: str) -> list[str]:
    """The phrases of a text, each once, in the order they come; none runs across punctuation."""
    return list(dict.fromkeys(_phrases(text)))


def _phrases(text: str) -> Iterator[str]:
    for clause in _CLAUSE_END.split(text.lower()):
        words = [word for word in _WORD.findall(clause) if word not in ARTICLES]
        for start in range(len(words)):
            for end in range(start + 1, min(start + MAX_WORDS, len(words)) + 1):
                if _is_name(words[start:end]):
                    yield " ".join(words[start:end])


def _is_name(words: Sequence[str]) -> bool:
    """Whether words may stand alone: no stop word at either end, and between them only those that say where."""
    inner = words[1:-1]
    return _can_bound(words[0]) and _can_bound(words[-1]) and all(_can_bound(w) or w in BETWEEN for w in inner)


def _can_bound(word: str) -> bool:
    return len(word) >= MIN_LETTERS and word not in stop_words()


def same_name(phrase: str) -> frozenset[str]:
    """What two phrases have in common that read as the same name: their words, whatever their order and number.

    Words that say where do not count: "surf on sand" is "surf, sand".
    """
    return frozenset(_singular(word) for word in _WORD.findall(phrase) if word not in BETWEEN)


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > MIN_LETTERS else word
