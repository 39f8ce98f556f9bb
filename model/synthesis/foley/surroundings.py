"""Surroundings: what a place does to the sounds heard there, and what is heard there at its hour though unnamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Surroundings:
    """A kind of place.

    Its echo lasts `decay` seconds (T60), is as strong as `wet` beside the sound itself and holds nothing above
    `bright` Hz. `foliage` says whether leaves stand between a far sound and the listener. `companions` may be heard
    there although nobody says so, when the hour and the month are theirs.
    """

    decay: float
    wet: float
    bright: float
    descriptions: tuple[str, ...]
    foliage: bool = False
    companions: tuple[str, ...] = ()


SURROUNDINGS: Mapping[str, Surroundings] = {
    "open": Surroundings(
        0.4,
        0.05,
        3000,
        (
            "an open field",
            "farmland, meadows and pastures",
            "a golf course or a park lawn",
            "dry scrub",
        ),
        companions=("songbirds", "crickets"),
    ),
    "bare": Surroundings(
        0.5, 0.06, 3000, ("a desert of sand and stones", "a beach by the sea", "a runway or a wide car park")
    ),
    "woods": Surroundings(
        1.0,
        0.22,
        3500,
        ("a forest", "woodland, trunks and tall trees", "a jungle", "an orchard"),
        foliage=True,
        companions=("songbirds", "owl", "crickets"),
    ),
    "wetland": Surroundings(
        0.7,
        0.1,
        3000,
        ("a pond with reeds", "a marsh", "the bank of a lake or a river"),
        companions=("songbirds", "frogs", "crickets"),
    ),
    "street": Surroundings(
        1.3,
        0.28,
        4000,
        ("a city street between houses", "a narrow lane in the old town", "a square surrounded by buildings"),
    ),
    "gardens": Surroundings(
        0.6,
        0.12,
        3500,
        ("a suburb with gardens", "houses and back yards", "a village"),
        companions=("songbirds", "crickets"),
    ),
    "hall": Surroundings(
        2.2,
        0.5,
        3500,
        ("inside a large hall", "in a tunnel or under a bridge", "a stadium", "a factory hall", "inside a station"),
    ),
    "valley": Surroundings(
        2.0, 0.2, 2000, ("a mountain valley with echoing walls", "a canyon or a gorge", "rocky peaks and cliffs")
    ),
    "water": Surroundings(
        0.9, 0.12, 2500, ("a harbour basin with boats", "out on the open sea", "a wide bay or a reef")
    ),
}
"""The places Foley knows; a caption is of the one that is nearest to its meaning."""
USUAL = "open"
"""The surroundings of a caption that says nothing of them."""
