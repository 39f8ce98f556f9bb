"""Bells: a peal in a church tower."""

from __future__ import annotations

from numpy.random import Generator

from model.synthesis.foley.sources.grains import place, ring, shape, silence
from model.synthesis.foley.sources.noise import RATE, Samples, band, noise, outdoors
from model.synthesis.foley.sources.source import Source

PARTIALS = (
    (0.5, 0.16, 9.0),
    (1.0, 0.5, 6.0),
    (1.183, 0.7, 4.5),
    (1.506, 0.45, 3.2),
    (2.0, 1.3, 3.2),
    (2.514, 0.9, 2.2),
    (2.662, 0.5, 2.0),
    (3.011, 1.2, 1.8),
    (4.166, 1.1, 1.6),
    (5.433, 1.0, 1.4),
    (6.796, 0.8, 1.1),
)
"""A church bell's hum, prime, tierce (minor third), quint, nominal and above: (ratio to prime, level, T60 s)."""


def _stroke(rng: Generator, prime: float) -> Samples:
    """One blow of the clapper: a knock, and every partial doubled a fraction of a hertz apart, so the bell warbles."""
    size = (440 / prime) ** 0.7
    partials = []
    for ratio, level, fall in PARTIALS:
        beat = rng.uniform(0.15, 0.7)
        partials += [(ratio * prime, level, fall * size), (ratio * prime + beat, 0.4 * level, fall * size)]
    knock = noise(rng, RATE // 20, band(1500, 6000, 1), channels=1)[0] * shape(RATE // 20, 0.001, 0.049, 3.0)
    sound = ring(min(6.0, 5.0 * size), partials)
    sound[: len(knock)] += 0.25 * knock
    return sound


def church_bells(n: int, rng: Generator) -> Samples:
    """A peal of three swinging bells in a tower, each at its own pace, heard across roofs with their echo.

    A bell has a hum, a prime, a minor third, a quint and a nominal, tuned to 0.5 : 1 : 1.18 : 1.5 : 2, and each
    falls by 60 dB in its own time; what is not quite round doubles each of them, and it warbles.
    """
    canvas = silence(n)
    prime = rng.uniform(295, 410)
    for ratio, pan, loud in ((1.0, -0.2, 1.0), (1.1892, 0.15, 0.8), (1.4983, 0.3, 0.6)):
        every, at = rng.uniform(1.15, 1.45) / ratio**0.4, rng.uniform(-0.5, 0.6)
        strokes = [_stroke(rng, prime * ratio) for _ in range(2)]
        side = 0
        while at < n / RATE:
            place(canvas, strokes[side % 2], at, pan, loud * rng.uniform(0.85, 1.0))
            at, side = at + every * rng.uniform(0.98, 1.02), side + 1
    return outdoors(rng, canvas, 1.6, 0.6, 4000)


SOURCES = (
    Source(
        "church_bells",
        church_bells,
        ("city", "residential"),
        ("church bells ringing", "a bell tolls from the tower", "the chimes of a cathedral clock"),
        -2,
    ),
)
