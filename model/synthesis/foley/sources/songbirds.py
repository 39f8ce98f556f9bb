"""Songbirds: several singers, each with the song of a species-like model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import glide, place, shape, silence, tone
from model.synthesis.foley.sources.noise import RATE, Samples, outdoors
from model.synthesis.foley.sources.source import Source

Song = Callable[[Generator], Samples]


def _note(hz: list[float], seconds: float, release: float = 0.6) -> Samples:
    """A whistled note (n,) through the pitches in `hz`: a nearly pure tone, as a syrinx makes it."""
    sound = tone(glide(hz, seconds), (1.0, 0.06, 0.02))
    return sound * shape(len(sound), 0.2 * seconds, release * seconds)


def _phrase(notes: list[Samples], gaps: list[float]) -> Samples:
    """Notes one after another, each followed by its gap in seconds."""
    rests = [np.zeros(int(gap * RATE), dtype=np.float32) for gap in gaps]
    return np.concatenate([part for pair in zip(notes, rests, strict=True) for part in pair])


def _two_note(rng: Generator) -> Samples:
    """A tit: the same high-low pair, 'tea-cher', four to seven times at about 4.4 and 3 kHz."""
    high, low, pace = rng.uniform(3900, 4900), rng.uniform(2800, 3400), rng.uniform(0.8, 1.2)
    pair = [_note([high, high * 1.02, high * 0.98], 0.11 * pace), _note([low * 1.1, low, low], 0.16 * pace)]
    count = int(rng.integers(3, 6))
    return _phrase(pair * count, [0.03 * pace, 0.08 * pace] * count)


def _thrush(rng: Generator) -> Samples:
    """A blackbird: unhurried fluted notes of 1.7 to 2.9 kHz that bend, then a short high squeak."""
    notes = []
    for _ in range(rng.integers(3, 6)):
        start, bend = rng.uniform(1700, 2700), rng.uniform(0.8, 1.25)
        notes.append(_note([start, start * bend, start * rng.uniform(0.9, 1.1)], rng.uniform(0.15, 0.32)))
    squeak = rng.uniform(4500, 6500)
    notes += [0.3 * _note([squeak, squeak * 1.2, squeak * 0.8, squeak * 1.1], 0.14)]
    return _phrase(notes, list(rng.uniform(0.02, 0.08, len(notes))))


def _trill(rng: Generator) -> Samples:
    """A wren or finch: a rattle of fast down-slurs, 12 to 22 a second, about 5 to 3.5 kHz."""
    top, rate, count = rng.uniform(4600, 6000), rng.uniform(12, 22), int(rng.integers(9, 20))
    notes = [_note([top, top * 0.75, top * 0.65], 0.6 / rate) * (0.5 + 0.5 * i / count) for i in range(count)]
    return _phrase(notes, [0.4 / rate] * count)


def _warbler(rng: Generator) -> Samples:
    """A warbler or lark: a rapid stream of unlike syllables between 2.3 and 5.6 kHz."""
    kinds = [rng.uniform(2300, 5600, int(rng.integers(2, 5))).tolist() for _ in range(5)]
    notes = [_note(kinds[int(rng.integers(5))], rng.uniform(0.05, 0.12)) for _ in range(rng.integers(8, 18))]
    return _phrase(notes, list(rng.uniform(0.01, 0.05, len(notes))))


def _sparrow(rng: Generator) -> Samples:
    """A sparrow: single chirps, each a steep rise and fall with strong overtones."""
    top = rng.uniform(3600, 4800)
    notes = []
    for _ in range(rng.integers(2, 6)):
        sound = tone(glide([top * 0.6, top, top * 0.7, top * 0.62], rng.uniform(0.06, 0.1)), (1.0, 0.35, 0.1))
        notes.append(sound * shape(len(sound), 0.01, 0.04))
    return _phrase(notes, list(rng.uniform(0.12, 0.4, len(notes))))


SONGS: tuple[Song, ...] = (_two_note, _thrush, _trill, _warbler, _sparrow)


def songbirds(n: int, rng: Generator) -> Samples:
    """A dawn chorus of three to five birds, near and far, each keeping to its own song and perch.

    Songs come every 2 to 5 s a bird; far ones are weaker and come with more of the echo of trunks and leaves.
    """
    near, far = silence(n), silence(n)
    order = rng.permutation(len(SONGS))[: rng.integers(3, 6)]
    for bird, kind in enumerate(order):
        pan, loud, at = rng.uniform(-0.95, 0.95), rng.uniform(0.25, 1.0), rng.uniform(0.0, 0.6) + 0.5 * bird
        canvas = near if loud > 0.6 or bird == 0 else far
        phrase = SONGS[kind](rng)
        while at < n / RATE:
            place(canvas, phrase, at, pan, max(loud, 0.8 * (bird == 0)))
            at += len(phrase) / RATE + rng.uniform(0.6, 3.0)
            phrase = SONGS[kind](rng) if rng.random() < 0.6 else phrase
    return outdoors(rng, near + 1.5 * outdoors(rng, far, 0.5, 0.8, 6000), 0.35, 0.2, 6000)


SOURCES = (
    Source(
        "songbirds",
        songbirds,
        ("forest", "meadow", "scrub", "suburb", "orchard", "golf", "farmland", "river", "lake", "residential"),
        (
            "birds singing",
            "songbirds chirping in the trees",
            "birdsong",
            "a skylark or warbler sings",
            "sparrows twitter in the bushes",
            "the dawn chorus of birds",
        ),
        -2,
    ),
)
