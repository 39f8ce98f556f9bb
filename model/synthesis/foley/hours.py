"""Hour and month: which sources of a scene are awake, and what else is heard then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model.synthesis.foley.habits import HABITS
from model.synthesis.foley.planner import Part, Scene
from model.synthesis.foley.surroundings import SURROUNDINGS

LEAST_DB = -18.0
"""What a caption names is heard at any time, if only faintly: it may know better."""
SPARSE_BELOW, DENSE_FROM = 0.3, 0.95
"""Activities below which a source is heard now and then, and from which a chorus is many."""
COMPANION_DB = -9.0
AWAKE = 0.5
"""Activity from which a source that nobody named may be heard beside the others."""
CHORUS = "dawn"
"""The habit whose peak is a chorus."""


def at_time(scene: Scene, hour: int | None, month: int | None) -> Scene:
    """The scene at a local hour (0 to 23) and in a month (1 to 12, of the northern half of the world).

    What sleeps then is weaker and sparser, what is at its height denser; with an hour, companions of the surroundings
    that are awake join, unless the caption denies them.
    """
    if hour is None and month is None:
        return scene
    parts = tuple(_timed(part, hour, month) for part in scene.parts)
    return replace(scene, parts=(*parts, *_companions(scene, hour, month)))


def _timed(part: Part, hour: int | None, month: int | None) -> Part:
    habit = HABITS[part.name]
    active = habit.activity(hour, month)
    density = part.density
    if habit.calls and active < SPARSE_BELOW:
        density = -1
    elif hour is not None and habit.daily == CHORUS and active >= DENSE_FROM:
        density = max(density, 1) if density >= 0 else density
    return replace(part, level_db=part.level_db + _decibels(active), density=density)


def _companions(scene: Scene, hour: int | None, month: int | None) -> list[Part]:
    if hour is None:
        return []
    taken = {part.name for part in scene.parts} | scene.denied
    loudest = max((part.level_db for part in scene.parts), default=0.0)
    heard = []
    for name in SURROUNDINGS[scene.surroundings].companions:
        active = HABITS[name].activity(hour, month)
        if name not in taken and active >= AWAKE:
            heard.append(Part(name, loudest + COMPANION_DB + _decibels(active), density=0))
    return heard


def _decibels(active: float) -> float:
    """An activity as a level, in steps of half a decibel."""
    return float(max(LEAST_DB, round(40 * np.log10(max(active, 1e-3))) / 2))
