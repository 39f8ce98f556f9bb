"""Foley's sources: each a function from (samples, generator) to stereo sound, modelled on how the thing itself sounds.

`SOURCES` maps a source's name to its `Source`: the function, the words that describe it and the scenes it belongs to.
"""

from model.synthesis.sources import water, weather
from model.synthesis.sources.noise import RATE
from model.synthesis.sources.source import Source

SOURCES: dict[str, Source] = {source.name: source for room in (water, weather) for source in room.SOURCES}

__all__ = ["RATE", "SOURCES", "Source"]
