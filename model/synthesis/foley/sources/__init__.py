"""Foley's sources: each a function from (samples, generator) to stereo sound, modelled on how the thing itself sounds.

`SOURCES` maps a source's name to its `Source`: the function, the words that describe it and the scenes it belongs to.
"""

from model.synthesis.foley.sources import (
    aircraft,
    animals,
    bells,
    birds,
    harbour,
    insects,
    people,
    rail,
    road,
    songbirds,
    sports,
    water,
    weather,
    works,
)
from model.synthesis.foley.sources.noise import RATE
from model.synthesis.foley.sources.source import Source

_FAMILIES = (
    water,
    weather,
    songbirds,
    birds,
    insects,
    animals,
    road,
    rail,
    aircraft,
    people,
    bells,
    works,
    harbour,
    sports,
)
SOURCES: dict[str, Source] = {source.name: source for family in _FAMILIES for source in family.SOURCES}

__all__ = ["RATE", "SOURCES", "Source"]
