"""People: murmuring crowds, children, footsteps, applause."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import call, glide, place, ring, shape, silence
from model.synthesis.foley.sources.noise import RATE, Resonances, Samples, band, curve, noise, outdoors
from model.synthesis.foley.sources.source import Source

VOWELS: tuple[tuple[float, float, float], ...] = (
    (700, 1150, 2500),
    (530, 1850, 2480),
    (300, 2200, 2900),
    (450, 850, 2400),
    (330, 900, 2300),
    (600, 1500, 2450),
)
"""First three formants in Hz of a, e, i, o, u and the neutral vowel (adult)."""


def _formants(vowel: tuple[float, float, float], scale: float) -> Resonances:
    first, second, third = (hz * scale for hz in vowel)
    return [(first, 100, 1.0), (second, 140, 1.0), (third, 250, 0.8)]


def _speech(rng: Generator, pitch: float, scale: float, syllables: int) -> Samples:
    """Speech without words (n,): four or five syllables a second, vowels on a falling pitch, hisses between."""
    parts = []
    for i in range(syllables):
        seconds = rng.uniform(0.11, 0.24)
        start = pitch * (1.15 - 0.3 * i / syllables) * rng.uniform(0.92, 1.1)
        hz = glide([start, start * rng.uniform(0.95, 1.1), start * 0.92], seconds)
        voiced = call(rng, hz, _formants(VOWELS[int(rng.integers(len(VOWELS)))], scale), 0.06, 0.01)
        parts.append(voiced * shape(len(voiced), 0.03, 0.06))
        m = int(rng.uniform(0.02, 0.09) * RATE)
        hiss = noise(rng, m, band(2500, 7000, 1.5), channels=1)[0] * shape(m, 0.01, 0.015)
        parts.append(hiss * np.float32(rng.choice((0.0, 0.03, 0.08))))
    return np.concatenate(parts)


def crowd(n: int, rng: Generator) -> Samples:
    """A crowd talking: a dozen voices, men and women, near and far, none of them to be understood, and a laugh.

    Each voice is a glottal pulse train through an adult's three first formants, four or five syllables a second.
    """
    voices, seconds = silence(n), n / RATE
    phrases = [_speech(rng, p, s, int(rng.integers(3, 9))) for p, s in _voices(rng, 10)]
    at = -1.0
    while at < seconds:
        phrase = phrases[int(rng.integers(len(phrases)))]
        loud = rng.uniform(0.12, 1.0) ** 1.5
        place(voices, phrase, at + rng.uniform(0, 0.4), rng.uniform(-0.95, 0.95), loud)
        at += rng.exponential(0.16)
    hum = noise(rng, n, band(250, 900, 1.3), width=0.9) * curve(rng, n, 3.0, 0.7, 1.0)
    return outdoors(rng, voices, 0.6, 0.4, 3000) + 0.06 * hum


def _voices(rng: Generator, count: int) -> list[tuple[float, float]]:
    """(pitch, vocal tract scale) of as many adults: half of them men."""
    return [
        (rng.uniform(95, 140), rng.uniform(0.95, 1.03)) if i % 2 else (rng.uniform(170, 240), rng.uniform(1.1, 1.2))
        for i in range(count)
    ]


def _shout(rng: Generator) -> Samples:
    """A child's shout, squeal or laugh: 300 to 900 Hz, gliding, formants a third above an adult's."""
    kind, scale = rng.random(), rng.uniform(1.3, 1.45)
    vowel = _formants(VOWELS[int(rng.integers(2))], scale)
    if kind < 0.2:
        pitch = rng.uniform(700, 1100)
        hz = glide([0.8 * pitch, 1.15 * pitch, 1.1 * pitch, 0.8 * pitch], rng.uniform(0.4, 0.8))
        squeal = call(rng, hz, [(1400, 700, 1.0), (3200, 1200, 0.6)], 0.08, 0.015)
        return squeal * shape(len(squeal), 0.05, 0.15)
    if kind < 0.4:
        pitch = rng.uniform(380, 520)
        laughs = [
            call(rng, glide([pitch * 1.1, pitch * 0.9], 0.1), vowel, 0.3, 0.02) for _ in range(rng.integers(3, 7))
        ]
        return np.concatenate([np.pad(ha * shape(len(ha), 0.02, 0.05), (0, int(0.07 * RATE))) for ha in laughs])
    if kind < 0.75:
        return _speech(rng, rng.uniform(290, 380), scale, int(rng.integers(2, 6)))
    pitch = rng.uniform(360, 560)
    hz = glide([pitch, 1.3 * pitch, 1.2 * pitch, 0.8 * pitch], rng.uniform(0.3, 0.7))
    shout = call(rng, hz, vowel, 0.12, 0.015)
    return shout * shape(len(shout), 0.04, 0.15)


def children(n: int, rng: Generator) -> Samples:
    """Children playing outdoors: shouts, squeals, laughter and chatter from all sides, with the echo of a yard.

    Shorter tracts and folds: formants a third above an adult's, pitches of 300 to 1100 Hz.
    """
    canvas, at = silence(n), rng.uniform(0.0, 0.2)
    while at < n / RATE:
        place(canvas, _shout(rng), at, rng.uniform(-0.95, 0.95), rng.uniform(0.15, 1.0))
        at += rng.exponential(0.13)
    yard = noise(rng, n, band(60, 1500, 0.8), width=0.9) * curve(rng, n, 0.8, 0.7, 1.0)
    far = noise(rng, n, band(550, 1700, 1.5), width=0.9) * curve(rng, n, 4.0, 0.3, 1.0)
    return np.asarray(outdoors(rng, canvas, 0.6, 0.4, 3000) + 0.05 * yard + 0.05 * far, dtype=np.float32)


def footsteps(n: int, rng: Generator) -> Samples:
    """Someone walking, about two steps a second: heel, then sole, on stone, on boards or on gravel.

    The leg's mass thuds at 90 and 210 Hz, the heel clicks as hard as it and the ground are, gravel grinds.
    """
    canvas, at, step = silence(n), rng.uniform(0.05, 0.3), 0
    pace, ground = rng.uniform(0.38, 0.5), rng.integers(3)
    pans = rng.choice((-1, 1)) * np.linspace(-0.7, 0.7, int(n / RATE / pace) + 2)
    while at < n / RATE:
        for delay, loud in ((0.0, 1.0), (rng.uniform(0.06, 0.1), 0.45)):
            foot = _gravel(rng) if ground == 2 else _heel(rng, (1.0, 0.55)[ground])
            place(canvas, foot, at + delay, float(pans[min(step, len(pans) - 1)]), loud * rng.uniform(0.8, 1.0))
        at, step = at + pace * rng.uniform(0.95, 1.05), step + 1
    return outdoors(rng, canvas, 0.4, 0.15, 4000) + 0.01 * noise(rng, n, band(60, 2000, 0.8))


def _heel(rng: Generator, hard: float) -> Samples:
    """A heel on stone (hard 1) or boards (softer): a thud of the leg's mass and a click of the heel."""
    n = int(0.12 * RATE)
    thud = ring(0.12, [(90 * rng.uniform(0.9, 1.1), 1.0, 0.1), (210, 0.6, 0.07)])
    click = noise(rng, n, band(500 * hard + 150, 1600 * hard, 1.6), channels=1)[0] * shape(n, 0.001, 0.1, 6.0)
    return np.asarray(0.5 * thud + 0.5 * hard * click, dtype=np.float32)


def _gravel(rng: Generator) -> Samples:
    """A sole on gravel: a few dozen stones grinding, a burst of tiny clicks for a fifth of a second."""
    n = int(0.22 * RATE)
    stones = np.where(rng.random(n) < 0.02, rng.lognormal(0, 0.8, n), 0.05) * rng.standard_normal(n)
    grind = noise(rng, n, band(450, 1400, 1.5), channels=1)[0]
    return np.asarray((0.03 * stones + 0.5 * grind * np.abs(stones)) * shape(n, 0.03, 0.16, 1.5), dtype=np.float32)


def cheering(n: int, rng: Generator) -> Samples:
    """Spectators: applause - hundreds of claps, each a 5 ms burst near 1 to 2 kHz - and a roar of open vowels.

    The hands enclose a small resonator, each pair another; a crowd's vowels are the open ones.
    """
    claps = silence(n)
    grains = [
        noise(rng, 900, band(rng.uniform(700, 1300), rng.uniform(1800, 3500), 1.2), channels=1)[0]
        * shape(900, 0.0005, 0.019, 5)
        for _ in range(24)
    ]
    for at in rng.uniform(-0.05, n / RATE, int(90 * n / RATE)):
        place(claps, grains[int(rng.integers(24))], at, rng.uniform(-1, 1), rng.lognormal(-0.6, 0.6))
    voices, shouts = silence(n), [_hurrah(rng) for _ in range(12)]
    for at in rng.uniform(-0.5, n / RATE, int(9 * n / RATE) + 3):
        place(voices, shouts[int(rng.integers(12))], at, rng.uniform(-0.9, 0.9), rng.uniform(0.1, 0.6))
    surge = curve(rng, n, 0.35, 0.35, 1.0)
    roar = noise(rng, n, band(450, 1600, 1.5), width=0.9)
    return outdoors(rng, (0.8 * claps + 0.5 * voices + 0.12 * roar) * surge, 0.8, 0.3, 3500)


def _hurrah(rng: Generator) -> Samples:
    """One spectator's long open vowel."""
    pitch, scale = rng.uniform(180, 420), rng.uniform(1.0, 1.25)
    hz = glide([0.85 * pitch, 1.1 * pitch, pitch, 0.8 * pitch], rng.uniform(0.5, 1.4))
    shout = call(rng, hz, _formants(VOWELS[int(rng.choice((0, 3)))], scale), 0.15, 0.02)
    return shout * shape(len(shout), 0.12, 0.3)


def spectators(n: int, rng: Generator) -> Samples:
    """A stand heard from the field: the hum of many voices at once, noise in the band of their first formants."""
    return noise(rng, n, band(350, 1100, 1.6), width=0.9) * curve(rng, n, 0.6, 0.4, 1.0)


SOURCES = (
    Source(
        "crowd",
        crowd,
        ("city", "beach", "harbour", "parking", "airport"),
        (
            "a crowd of people talking",
            "voices murmur in a busy square",
            "people chatting",
            "shoppers and tourists chatter",
            "people laughing",
            "workers shouting to each other",
            "distant voices",
        ),
        -2,
    ),
    Source(
        "children",
        children,
        ("residential", "sports", "beach", "suburb", "tennis"),
        ("children playing", "kids laugh and shout in a playground", "children shouting"),
        -2,
    ),
    Source(
        "footsteps",
        footsteps,
        ("street", "parking", "city", "golf"),
        ("footsteps", "people walking on the pavement", "a walker's steps crunch on gravel", "pedestrians pass by"),
        -4,
    ),
    Source(
        "cheering",
        cheering,
        ("sports", "baseball", "tennis"),
        ("spectators cheering and clapping", "applause", "a stadium crowd roars", "fans shout from the stands"),
        -1,
    ),
)
