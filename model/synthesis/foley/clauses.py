"""Captions taken apart: clauses that each name a sound, how near, many and moving it is, and what is not heard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Movement = Literal["", "passing", "circling"]

_FRAME = re.compile(
    r"\b(?:from (?:this|the|an) (?:aerial|overhead|satellite|bird'?s[- ]eye) (?:view|image|perspective),?|"
    r"(?:in )?(?:this|the|an) (?:aerial|overhead|satellite) (?:view|image|scene|photo(?:graph)?)|seen from above,?|"
    r"(?:the )?sounds? (?:of|from)|(?:we|you|one|i|listeners?) (?:can|could|may|might|would|should|will)?\s*"
    r"(?:also |probably |likely |expect to |be able to )*(?:hear|expect|imagine|catch|make out)s?|"
    r"(?:can|could|may|might|would) be heard|"
    r"is heard|are heard|there (?:is|are|would be|may be|might be)|(?:is|are) audible|suggests?)\b",
    re.IGNORECASE,
)
"""Words about the listening rather than the sound; "aerial view" must not call an aircraft."""

_BREAK = re.compile(
    r"[.;:,!?()\u2013\u2014]+|\s-\s|\b(?:and|with|while|as|plus|but|along with|mixed with|mixing with|"
    r"punctuated by|broken (?:only )?by|over|under|beneath|against|amid|among|alongside|accompanied by|together with|"
    r"where|from which|(?:beyond|behind)(?=\s+\w)|then|when|until|before|after|except(?: for)?|apart from|"
    r"other than|besides)\b",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"\b(?:no|not (?:a|any|much)|nothing|little|hardly any(?:thing)?|no other|few)\b[^.;,]*?"
    r"\b(?:but|except(?: for)?|save(?: for)?|apart from|other than|besides|than)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:no|not|cannot|can't|without|never|nor|neither|(?:far |well |miles )?away from|(?:far|miles|remote) from|"
    r"(?:free|clear|empty) (?:of|from)|absence of|lack of|devoid of|out of earshot of|instead of|rather than|"
    r"hardly (?:a|any)|hidden from|sheltered from|undisturbed by|untouched by|unspoil(?:t|ed) by|too far for)\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\b(?:(?:is|are) (?:absent|missing|inaudible|not (?:heard|audible|present))|(?:cannot|can't|can not) be heard|"
    r"(?:is|are) never heard)\b",
    re.IGNORECASE,
)
"""Denials that follow what they deny; they become the one word `absent`."""
_FREE = re.compile(r"\b(\w+)[- ]free\b", re.IGNORECASE)
"""A "car-free" town is one without cars."""
_AFFIRMED = re.compile(r"\b(?:never|not|nor|no \w+) without\b", re.IGNORECASE)
"""Two denials that cancel each other."""
_NOW_AND_THEN = re.compile(r"\bnow and (?:then|again)\b", re.IGNORECASE)
_END_OF_DENIAL = re.compile(r"[.;:,!?]|\b(?:but|only|just|instead|while|where|and (?:the|a|an)\b)", re.IGNORECASE)
_FAR = re.compile(
    r"\b(?:distan(?:t|ce|tly)|far[- ]?(?:off|away|ther)?|farther|faint(?:ly)?|muffled|beyond|background|"
    r"behind|horizon|murmurs?|barely|dim(?:ly)?)\b",
    re.IGNORECASE,
)
_VERY_FAR = re.compile(
    r"\b(?:(?:very|quite) (?:distant|far|faint(?:ly)?)|barely|horizon|miles away|far in the distance|far, far)\b", re.I
)
_NEAR = re.compile(
    r"\b(?:near ?by|close(?: by| up)?|overhead|at one's feet|right (?:here|beside|next to)|next to)\b", re.I
)
_SOFT = re.compile(r"\b(?:soft(?:ly)?|gentl[ey]|quiet(?:ly)?|slight(?:ly)?|subtle|light|low)\b", re.I)
_LOUD = re.compile(
    r"\b(?:loud(?:ly|er)?|roar(?:s|ing)?|busy|heavy|thunder(?:s|ing|ous)|"
    r"blar(?:e|es|ing)|constant(?:ly)?|strong|dominates?|dominated|pounding|deafening)\b",
    re.I,
)
_FEW = re.compile(
    r"\b(?:a few|few|an? (?:single|lone|solitary|odd|stray)|one|some|occasional(?:ly)?|sparse(?:ly)?|"
    r"scattered|rare(?:ly)?|every so often|from time to time|intermittent(?:ly)?|sometimes|once in a while)\b",
    re.I,
)
_MANY = re.compile(
    r"\b(?:many|busy|countless|hundreds of|dozens of|thousands of|a chorus of|swarms? of|crowded|dense|"
    r"incessant(?:ly)?|lots of|full of|packed|everywhere|non-?stop|bustling|teeming)\b",
    re.I,
)
_CIRCLING = re.compile(r"\b(?:circl(?:es?|ing)|wheel(?:s|ing) (?:over|above|around)|all around and around)\b", re.I)
_PASSING = re.compile(
    r"\b(?:pass(?:es|ing)?(?: by| over| through)?|goes by|going by|cross(?:es|ing)|(?:fl(?:y|ies|ying)|driv(?:es?|ing)|"
    r"rid(?:es?|ing)|r(?:u|a)n(?:s|ning)?|walk(?:s|ing)?|speed(?:s|ing)?|rush(?:es|ing)?) (?:by|past|over|across))\b",
    re.I,
)
DISTANCES = {"near": 0.6, "far": 5.0, "very far": 12.0}
"""How many times as far as usual what is called so is heard from."""
MAX_CLAUSES = 24


@dataclass(frozen=True)
class Clause:
    """A part of a caption: its words, and what they say of the sound beyond its name.

    `times` is its distance, 1 where nothing is said; `level_db` what loud and soft words add; `density` -1 for a few
    and 1 for many; `movement` how it moves; `denied` that it is said not to be heard.
    """

    text: str
    times: float = 1.0
    level_db: float = 0.0
    denied: bool = False
    density: int = 0
    movement: Movement = ""

    @property
    def far(self) -> bool:
        """Whether it is heard from further off than usual."""
        return self.times > 1


def clauses(caption: str) -> list[Clause]:
    """The clauses of a caption in order, at most 24; those under a negation are marked as denied."""
    text = _ABSENT.sub("absent", _NOW_AND_THEN.sub("occasionally", " ".join(caption.split())))
    text = _FREE.sub(r"without \1,", _AFFIRMED.sub("with", text))
    text = _ONLY.sub(", ", _FRAME.sub(" ", text))
    found: list[Clause] = []
    position = 0
    while denial := _DENIAL.search(text, position):
        found += _split(text[position : denial.start()], denied=False)
        end = _END_OF_DENIAL.search(text, denial.end())
        position = end.start() if end else len(text)
        found += _split(text[denial.end() : position], denied=True)
    found += _split(text[position:], denied=False)
    return found[:MAX_CLAUSES]


def _split(text: str, denied: bool) -> list[Clause]:
    """Clauses between conjunctions; a word such as "beyond" breaks before itself and colours what follows."""
    pieces, start = [], 0
    for word in _BREAK.finditer(text):
        pieces.append(text[start : word.start()])
        start = word.start() if _FAR.fullmatch(word.group()) else word.end()
    pieces.append(text[start:])
    kept = [piece.strip(" -'\"") for piece in pieces]
    return [_clause(piece, denied) for piece in kept if re.search(r"[^\W\d_]{3,}", piece)]


def _clause(text: str, denied: bool) -> Clause:
    soft, loud, few, many = (bool(pattern.search(text)) for pattern in (_SOFT, _LOUD, _FEW, _MANY))
    denied = denied or re.search(r"\babsent\b", text) is not None
    return Clause(text, _times(text), 3.0 * loud - 4.0 * soft, denied, many - few, _movement(text))


def _times(text: str) -> float:
    if _VERY_FAR.search(text):
        return DISTANCES["very far"]
    if _FAR.search(text):
        return DISTANCES["far"]
    return DISTANCES["near"] if _NEAR.search(text) else 1.0


def _movement(text: str) -> Movement:
    if _CIRCLING.search(text):
        return "circling"
    return "passing" if _PASSING.search(text) else ""
