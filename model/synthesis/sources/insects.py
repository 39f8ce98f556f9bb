"""Insects, shrimp and frogs: sounds made of pulse trains."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.sources.grains import buzz, moved, place, shape, silence
from model.synthesis.sources.noise import RATE, Samples, band, curve, noise, resonated
from model.synthesis.sources.source import Source


def _pulse_train(n: int, rate: float, duty: float, offset: float) -> Samples:
    """Raised-cosine pulses (n,) at `rate` a second, each lasting `duty` of its period."""
    cycle = ((np.arange(n, dtype=np.float32) * np.float32(rate / RATE)) + np.float32(offset)) % 1
    return np.where(cycle < duty, np.sin(np.pi * cycle / duty) ** 2, 0).astype(np.float32)


def crickets(n: int, rng: Generator) -> Samples:
    """Field crickets at dusk.

    A wing stroke is a nearly pure tone of 4 to 5 kHz lasting some 15 ms; three or four strokes make a chirp, two or
    three chirps a second. Tree crickets further off trill without pause; together they shimmer.
    """
    total, t = silence(n), np.arange(n, dtype=np.float32) / RATE
    for insect in range(5):
        hz, strokes = rng.uniform(3900, 5000), rng.uniform(26, 34)
        pulses = _pulse_train(n, strokes, 0.55, rng.random())
        if insect < 3:
            cycle = (t * np.float32(rng.uniform(1.8, 2.9)) + np.float32(rng.random())) % 1
            pulses *= np.clip((rng.uniform(0.36, 0.48) - cycle) * 60, 0, 1) * np.clip(cycle * 60, 0, 1)
        loud = (1.0, 0.6, 0.4, 0.18, 0.14)[insect] * curve(rng, n, 0.4, 0.8, 1.0)
        carrier = np.sin((2 * np.pi * hz * np.arange(n) / RATE % (2 * np.pi)).astype(np.float32))
        total += moved(carrier * pulses * loud, float(rng.uniform(-0.9, 0.9)))
    return total + 0.025 * noise(rng, n, band(200, 6000, 1))


def insects(n: int, rng: Generator) -> Samples:
    """A hot day: cicadas and grasshoppers rasp at 5 to 9 kHz in swells, a bee or fly hums past at some 200 Hz."""
    total = silence(n)
    for _ in range(3):
        rasp = noise(rng, n, band(rng.uniform(4500, 6000), rng.uniform(7000, 9000), 4), channels=1)[0]
        strokes = _pulse_train(n, rng.uniform(40, 110), 0.5, rng.random())
        swells = np.maximum(0.05, curve(rng, n, rng.uniform(0.4, 1.2), -0.3, 1.0))
        total += moved(rasp * strokes * swells, float(rng.uniform(-0.9, 0.9)))
    passing = np.maximum(0, curve(rng, n, 0.7, -0.6, 1.0)) ** 1.5
    wings = resonated(
        buzz(rng.uniform(170, 240) * curve(rng, n, 2.5, 0.93, 1.07)), [(500, 600, 1.0), (1500, 1500, 0.5)]
    )
    return total + 0.9 * moved(wings / max(1e-6, float(wings.std())) * passing, curve(rng, n, 0.6, -1, 1))


def _croak(rng: Generator, pitch: float, pulses: int, rate: float) -> Samples:
    """One croak: a train of throat pulses, each ringing at the vocal sac's resonance and at about twice it."""
    n = int((pulses / rate + 0.05) * RATE)
    clicks = np.zeros(n, dtype=np.float32)
    for i in range(pulses):
        clicks[int(i / rate * (1 - 0.006 * i) * RATE)] = 0.4 + 0.6 * (i + 1) / pulses
    sound = resonated(clicks, [(pitch, 0.09 * pitch, 1.0), (2.1 * pitch, 0.2 * pitch, 0.8), (3.4 * pitch, 600, 0.3)])
    return sound * shape(n, 0.004, 0.04) / max(1e-6, float(np.abs(sound).max()))


def frogs(n: int, rng: Generator) -> Samples:
    """A frog pond at night: several males, each repeating its croak of ten to thirty pulses, taking turns."""
    canvas = silence(n)
    for frog in range(5):
        pitch, rate, pulses = rng.uniform(480, 1300), rng.uniform(17, 42), int(rng.integers(5, 15))
        pan, loud, every = rng.uniform(-0.9, 0.9), rng.uniform(0.3, 1.0), rng.uniform(0.9, 1.9)
        at = rng.uniform(0.0, 0.5) + 0.25 * frog
        while at < n / RATE:
            if rng.random() < 0.8:
                place(canvas, _croak(rng, pitch, pulses, rate), at, pan, loud)
            at += every * rng.uniform(0.9, 1.15)
    return canvas + 0.002 * noise(rng, n, band(200, 4000, 1))


def shrimp(n: int, rng: Generator) -> Samples:
    """A living reef under water: snapping shrimp, whose claws throw a bubble that collapses with a click.

    Thousands of clicks a second, flat from 2 to 15 kHz and of very unequal strength, fry over the dull wash of waves.
    """
    clicks = silence(n)
    count = max(1, int(350 * n / RATE))
    at, pan = rng.integers(0, n, count), rng.uniform(0, np.pi / 2, count)
    strength = rng.lognormal(0, 1.1, count)
    np.add.at(clicks[0], at, (strength * np.cos(pan)).astype(np.float32))
    np.add.at(clicks[1], at, (strength * np.sin(pan)).astype(np.float32))
    clicks = resonated(clicks, [(3200.0, 3000.0, 1.0), (7500.0, 6000.0, 0.8)])
    wash = noise(rng, n, band(40, 250, 1.5), width=0.6) * curve(rng, n, 0.2, 0.4, 1.0)
    return np.asarray(clicks / max(1e-9, float(clicks.std())) + 0.5 * wash, dtype=np.float32)


SOURCES = (
    Source(
        "crickets",
        crickets,
        ("meadow", "scrub", "farmland", "residential", "golf", "desert", "suburb", "orchard"),
        ("crickets chirping", "crickets in the grass at dusk", "crickets at night", "the chirr of field crickets"),
        -3,
    ),
    Source(
        "insects",
        insects,
        ("meadow", "scrub", "forest", "pasture", "orchard", "desert"),
        (
            "insects buzzing",
            "cicadas and grasshoppers in the heat",
            "bees hum over the flowers",
            "flies and dragonflies buzz",
        ),
        -4,
    ),
    Source(
        "shrimp",
        shrimp,
        ("reef",),
        ("snapping shrimp crackle", "a coral reef underwater", "fish and shrimp crackle around the coral"),
        -3,
    ),
    Source(
        "frogs",
        frogs,
        ("lake", "river"),
        ("frogs croaking", "a chorus of frogs in a pond", "toads call from the reeds at night"),
        -2,
    ),
)
