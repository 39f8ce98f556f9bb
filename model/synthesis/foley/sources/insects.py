"""Insects, shrimp and frogs: sounds made of pulse trains."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import buzz, moved, place, shape, silence
from model.synthesis.foley.sources.noise import RATE, Samples, band, curve, filtered, noise, resonated
from model.synthesis.foley.sources.source import Source


def _pulse_train(n: int, rate: float, duty: float, offset: float) -> Samples:
    """Raised-cosine pulses (n,) at `rate` a second, each lasting `duty` of its period."""
    cycle = ((np.arange(n, dtype=np.float32) * np.float32(rate / RATE)) + np.float32(offset)) % 1
    return np.where(cycle < duty, np.sin(np.pi * cycle / duty) ** 2, 0).astype(np.float32)


def crickets(n: int, rng: Generator) -> Samples:
    """Field crickets at dusk.

    A wing stroke is a nearly pure tone - 4 to 5 kHz in field crickets, 6 to 8 kHz in ground and tree crickets - lasting
    some 20 ms; three or four strokes make a chirp, two or three chirps a second. Hundreds further off add up to a
    narrow band of noise that shimmers at their wings' pace; bush crickets sing above 7 kHz, over the night's air.
    """
    total, t = silence(n), np.arange(n, dtype=np.float32) / RATE
    for loud, low, high in ((0.35, 4200, 5000), (0.8, 5800, 6800), (0.7, 6900, 8200)):
        hz, strokes = rng.uniform(low, high), rng.uniform(26, 34)
        pulses = 0.4 + 0.6 * _pulse_train(n, strokes, 0.7, rng.random())
        cycle = (t * np.float32(rng.uniform(1.8, 2.9)) + np.float32(rng.random())) % 1
        pulses *= np.clip((rng.uniform(0.36, 0.48) - cycle) * 60, 0, 1) * np.clip(cycle * 60, 0, 1)
        pulses *= loud * curve(rng, n, 0.4, 0.8, 1.0)
        carrier = np.sin((2 * np.pi * hz * np.arange(n) / RATE % (2 * np.pi)).astype(np.float32))
        total += moved(carrier * pulses, float(rng.uniform(-0.9, 0.9)))
    chorus = noise(rng, n, band(3800, 5200, 8), width=0.9) * (1 + 0.4 * _pulse_train(n, rng.uniform(26, 34), 0.8, 0.0))
    bush = noise(rng, n, band(7000, 11_000, 4), width=0.9) * curve(rng, n, 3.0, 0.6, 1.0)
    air = noise(rng, n, band(60, 900, 0.5))
    return np.asarray(total + 0.06 * chorus + 0.12 * bush + 0.11 * air, dtype=np.float32)


def insects(n: int, rng: Generator) -> Samples:
    """A hot day: bees and flies hum about one's ears, cicadas and grasshoppers rasp at 5 to 9 kHz further off.

    A bee's wings beat 180 to 250 times a second; the hum is that tone with overtones to 2 kHz, and it wavers and comes
    and goes as the insect turns.
    """
    total = 0.12 * noise(rng, n, band(90, 1500, 0.8), width=0.9)
    for _ in range(2):
        rasp = noise(rng, n, band(rng.uniform(4500, 6000), rng.uniform(7000, 9000), 4), channels=1)[0]
        strokes = _pulse_train(n, rng.uniform(40, 110), 0.5, rng.random())
        swells = np.maximum(0.05, curve(rng, n, rng.uniform(0.4, 1.2), -0.3, 1.0))
        total += moved(0.22 * rasp * (0.6 + 0.4 * strokes) * swells, float(rng.uniform(-0.9, 0.9)))
    for loud in (1.0, 0.6):
        passing = (
            np.maximum(0.1, curve(rng, n, 1.3, -0.2, 1.0))
            * curve(rng, n, 6.0, 0.2, 1.0)
            * curve(rng, n, 12.0, 0.3, 1.0)
        )
        wings = resonated(
            buzz(rng.uniform(175, 250) * curve(rng, n, 9.0, 0.92, 1.08), 7.0), [(330, 350, 1.0), (950, 800, 0.5)]
        )
        wings *= 1 + 0.3 * noise(rng, n, band(5, 20, 1), channels=1)[0]
        total += loud * moved(wings / max(1e-6, float(wings.std())) * passing, curve(rng, n, 0.6, -1, 1))
    return total


def _croak(rng: Generator, pitch: float, pulses: int, rate: float) -> Samples:
    """One croak: a train of throat pulses, each ringing at the vocal sac's resonance; a weaker ring an octave below."""
    n = int((pulses / rate + 0.05) * RATE)
    clicks = np.zeros(n, dtype=np.float32)
    for i in range(pulses):
        clicks[int(i / rate * (1 - 0.006 * i) * RATE)] = 0.4 + 0.6 * (i + 1) / pulses
    sound = resonated(clicks, [(pitch, 0.05 * pitch, 1.0), (0.52 * pitch, 0.06 * pitch, 0.35)])
    sound = filtered(sound, high=1.4 * pitch)
    return sound * shape(n, 0.004, 0.04) / max(1e-6, float(np.abs(sound).max()))


def frogs(n: int, rng: Generator) -> Samples:
    """A frog pond at night: several males, each repeating its croak of six to fifteen pulses near 1.8 kHz, in turn.

    Pulses from the larynx ring the vocal sac, a resonance of high quality; its walls let out nothing much above it.
    """
    canvas = silence(n)
    for frog in range(5):
        pitch, rate, pulses = rng.uniform(1650, 2050), rng.uniform(35, 60), int(rng.integers(6, 16))
        pan, loud, every = rng.uniform(-0.9, 0.9), rng.uniform(0.3, 1.0), rng.uniform(0.5, 1.3)
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
