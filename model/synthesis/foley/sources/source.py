"""Source: one kind of sound Foley can make: what it is called, what it is like in words, where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from numpy.random import Generator

from model.synthesis.foley.sources.noise import Samples

Render = Callable[[int, Generator], Samples]
"""(samples n, private generator) -> stereo (2, n) at 44.1 kHz, at any level."""


@dataclass(frozen=True)
class Source:
    """One procedural source.

    `descriptions` are short sentences of what it is; captions are compared with them by meaning. `scenes` are the
    places where it is heard. `level_db` is how loud it is beside the others at its natural distance.
    """

    name: str
    render: Render
    scenes: tuple[str, ...]
    descriptions: tuple[str, ...]
    level_db: float = 0.0
