"""Weather: rain, thunder, wind."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import silence
from model.synthesis.foley.sources.noise import RATE, Samples, band, curve, filtered, noise, resonated, stretched
from model.synthesis.foley.sources.source import Source


def _drops(n: int, rng: Generator, per_second: float, spread: float) -> Samples:
    """Stereo (2, n) of single-sample impulses at random times, with log-normal sizes up to 3: rain before it hits."""
    canvas = silence(n)
    count = max(1, int(per_second * n / RATE))
    at, pan = rng.integers(0, n, count), rng.uniform(0, np.pi / 2, count)
    size = np.minimum(rng.lognormal(0, spread, count), 3.0) * rng.choice((-1.0, 1.0), count)
    np.add.at(canvas[0], at, (size * np.cos(pan)).astype(np.float32))
    np.add.at(canvas[1], at, (size * np.sin(pan)).astype(np.float32))
    return canvas


def rain(n: int, rng: Generator) -> Samples:
    """Rain on leaves and ground.

    Far drops melt into noise that rises towards 2 to 8 kHz; near ones are heard singly, each a click that rings for
    a few milliseconds with whatever it hits: hard leaves high, puddles low.
    """
    far = noise(rng, n, band(450, 5000, 1.1), width=0.95) * curve(rng, n, 0.4, 0.8, 1.0)
    hard = resonated(_drops(n, rng, 300, 0.6), [(2600.0, 1600.0, 1.0), (5600.0, 3000.0, 0.5)])
    soft = resonated(_drops(n, rng, 40, 0.7), [(900.0, 350.0, 1.0), (1700.0, 500.0, 0.7)])
    hard, soft = (x / max(1e-9, float(x.std())) for x in (hard, soft))
    low = noise(rng, n, band(80, 500, 1), width=0.8)
    squall = curve(rng, n, 1.2, 0.75, 1.05) * curve(rng, n, 5.0, 0.8, 1.0)
    return np.asarray((far + 0.4 * hard + 0.3 * soft + 0.45 * low) * squall, dtype=np.float32)


def thunder(n: int, rng: Generator) -> Samples:
    """Thunder: a crack, then rumble that rolls for seconds.

    The channel of a stroke is kilometres long, so its parts arrive one after another, the farther the lower: the
    rumble is low noise whose strength jumps about, under a falling low-pass.
    """
    seconds, total = n / RATE, silence(n)
    at = rng.uniform(0.05, 0.15) * min(seconds, 10)
    while at < seconds:
        t = np.arange(0, n + 64, 64) / RATE - at
        decay = stretched(
            np.where(t > 0, np.exp(-np.maximum(t, 0) / rng.uniform(1.8, 3.0)) * np.minimum(1, t * 6), 0), n
        )
        roll = np.maximum(0.1, curve(rng, n, 3.0, -0.2, 1.0)) * np.maximum(0.2, curve(rng, n, 13, -0.5, 1.2)) * decay
        crack = stretched(np.where(t > 0, np.exp(-np.maximum(t, 0) / 0.35) * np.minimum(1, t * 40), 0), n)
        total += noise(rng, n, band(85, 260, 2.2), width=0.4) * roll
        clap = noise(rng, n, band(150, 700, 2.2), width=0.6) * np.maximum(0, curve(rng, n, 18, -0.4, 1))
        total += clap * crack * rng.uniform(0.2, 0.8)
        at += rng.uniform(5.0, 9.0)
    return np.asarray(total + 0.01 * noise(rng, n, band(40, 400)), dtype=np.float32)


def wind_in_trees(n: int, rng: Generator) -> Samples:
    """Wind through foliage: thousands of leaf impacts, noise about 1 to 5 kHz that swells with the gusts.

    Its high part grows faster with the wind than the low part; each side of the canopy flutters on its own.
    """
    gust = 0.15 + 0.85 * curve(rng, n, 0.25, 0.0, 1.0) * curve(rng, n, 1.1, 0.6, 1.0)
    flutter = np.stack([curve(rng, n, 5.0, 0.55, 1.0) for _ in range(2)])
    leaves = noise(rng, n, band(800, 3200, 1.4), width=0.95) * flutter * gust**1.6
    boughs = noise(rng, n, band(180, 900, 1.2), width=0.8) * gust
    low = noise(rng, n, band(40, 150, 1.2), width=0.5) * gust
    return np.asarray(leaves + 0.55 * boughs + 0.35 * low, dtype=np.float32)


def wind_in_the_open(n: int, rng: Generator) -> Samples:
    """Wind over open ground: turbulence, strong below 300 Hz, in gusts, with aeolian tones at edges and wires.

    A wire of diameter d sings near 0.2 v / d, so the whistle climbs as the gust does.
    """
    gust = 0.4 + 0.6 * curve(rng, n, 0.3, 0.0, 1.0) * curve(rng, n, 1.3, 0.5, 1.0)
    body = noise(rng, n, band(90, 370, 2.1), width=0.6) * gust
    air = noise(rng, n, band(350, 900, 2.2), width=0.9) * gust**1.5
    howl = silence(n)
    for hz, width in ((430, 60), (640, 80), (900, 110)):
        strength = np.clip(1 - np.abs(gust - (hz / 1100)) * 4, 0, 1)
        howl += noise(rng, n, band(hz, hz + width, 6), width=0.7) * strength
    buffeting = 1 + 0.2 * noise(rng, n, band(2, 12, 1), channels=1)[0]
    return np.asarray((body + 0.12 * air + 0.15 * howl) * buffeting, dtype=np.float32)


def calm(n: int, rng: Generator) -> Samples:
    """Quiet air: what is left outdoors when nothing in particular sounds - soft, broad, slowly breathing noise.

    What comes from far off has lost its highs to the air; what rustles near by is weak.
    """
    air = noise(rng, n, band(80, 700, 1.0), width=0.8) * curve(rng, n, 0.3, 0.5, 1.0)
    leaves = noise(rng, n, band(1500, 5000, 1.0), width=1.0) * curve(rng, n, 0.5, 0.1, 0.6)
    return filtered(np.asarray(air + 0.2 * leaves, dtype=np.float32), low=50.0)


SOURCES = (
    Source(
        "rain",
        rain,
        ("forest", "city", "residential", "street"),
        (
            "rain falling",
            "a rain shower on leaves and roofs",
            "raindrops patter on the ground",
            "heavy rain pouring down",
        ),
    ),
    Source(
        "thunder",
        thunder,
        ("mountain", "meadow", "sea", "desert"),
        ("thunder rumbling", "a thunderstorm with lightning", "a clap of thunder rolls away"),
        3,
    ),
    Source(
        "wind_in_trees",
        wind_in_trees,
        ("forest", "golf", "residential", "lake", "orchard", "suburb"),
        (
            "wind in the trees",
            "leaves rustling in the breeze",
            "treetops swaying and sighing in the wind",
            "reeds and branches rustle",
        ),
        -3,
    ),
    Source(
        "wind_in_the_open",
        wind_in_the_open,
        ("mountain", "desert", "meadow", "scrub", "sea", "farmland", "airport"),
        (
            "wind blowing over open ground",
            "the wind",
            "wind howls",
            "wind howling around bare rocks and ridges",
            "gusts of wind over the plain",
            "strong sea wind",
            "wind hisses through dry grass",
        ),
        -3,
    ),
    Source(
        "calm",
        calm,
        ("mountain", "desert", "meadow", "scrub", "parking"),
        ("near silence, quiet air", "a calm and quiet place", "stillness"),
        -8,
    ),
)
