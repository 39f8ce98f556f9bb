"""Captions taken apart: the clauses that each name a sound, how near it is, and what is said not to be heard."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    r"\b(?:no|not|cannot|can't|without|never|nor|neither|(?:far |well )?away from|far from|free (?:of|from)|absence of|"
    r"lack of|instead of|rather than|hardly (?:a|any)|hidden from|sheltered from|too far for)\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\b(?:(?:is|are) (?:absent|missing|inaudible|not (?:heard|audible|present))|(?:cannot|can't|can not) be heard|"
    r"(?:is|are) never heard)\b",
    re.IGNORECASE,
)
"""Denials that follow what they deny; they become the one word `absent`."""
_END_OF_DENIAL = re.compile(r"[.;:,!?]|\b(?:but|only|just|instead|while|where|and (?:the|a|an)\b)", re.IGNORECASE)
_FAR = re.compile(
    r"\b(?:distan(?:t|ce|tly)|far[- ]?(?:off|away|ther)?|farther|faint(?:ly)?|muffled|beyond|background|"
    r"behind|horizon|murmurs?|barely|dim(?:ly)?)\b",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"\b(?:soft(?:ly)?|gentl[ey]|quiet(?:ly)?|occasional(?:ly)?|slight(?:ly)?|subtle|light|some|low)\b", re.I
)
_LOUD = re.compile(
    r"\b(?:loud(?:ly|er)?|roar(?:s|ing)?|near(?:by)?|clos[es]e?(?: by)?|overhead|busy|heavy|thunder(?:s|ing|ous)|"
    r"blar(?:e|es|ing)|constant(?:ly)?|strong|dominates?|dominated|pounding|deafening)\b",
    re.I,
)
MAX_CLAUSES = 24


@dataclass(frozen=True)
class Clause:
    """A part of a caption: its words, whether they are far, level words in dB, and whether they are denied."""

    text: str
    far: bool = False
    level_db: float = 0.0
    denied: bool = False


def clauses(caption: str) -> list[Clause]:
    """The clauses of a caption in order, at most 24; those under a negation are marked as denied."""
    text = _ABSENT.sub("absent", " ".join(caption.split()))
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
    far, soft, loud = (bool(pattern.search(text)) for pattern in (_FAR, _SOFT, _LOUD))
    denied = denied or re.search(r"\babsent\b", text) is not None
    return Clause(text, far, 3.0 * loud - 4.0 * soft, denied)
