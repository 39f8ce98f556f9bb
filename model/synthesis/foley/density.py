"""Density: the same source as a few calls or as many."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.noise import RATE, Samples, stretched

FEW = 0.4
"""Share of the time in which a source that is heard now and then sounds."""
SPELL = (0.9, 2.2)
"""Seconds that one such spell lasts."""


def crowded(render: Callable[[], Samples]) -> Samples:
    """Two of the same at once: twice as many events, from as many more places."""
    first = render()
    return np.asarray(first + 0.8 * render(), dtype=np.float32)


def sparse(samples: Samples, rng: Generator, share: float = FEW) -> Samples:
    """A source (2, n) that sounds only in spells, about `share` of the time; the loudest moment is always heard."""
    n = samples.shape[-1]
    step = RATE // 50
    frames = n // step + 1
    loud = np.abs(samples[:, ::8]).mean(axis=0)
    at = float(np.convolve(loud, np.ones(800), "same").argmax()) * 8 / RATE if len(loud) > 800 else 0.0
    open_at = np.zeros(frames, dtype=np.float64)
    spells = [at]
    while len(spells) * np.mean(SPELL) < share * n / RATE:
        spells.append(rng.uniform(0, n / RATE))
    t = np.arange(frames) / 50
    for middle in spells:
        half = rng.uniform(*SPELL) / 2
        open_at = np.maximum(open_at, np.clip((half + 0.25 - np.abs(t - middle)) / 0.25, 0, 1))
    return np.asarray(samples * stretched(0.5 - 0.5 * np.cos(np.pi * open_at), n), dtype=np.float32)
