"""Water: surf, swell, streams, rivers, lapping lakes."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import place, shape, silence
from model.synthesis.foley.sources.noise import RATE, Samples, band, curve, filtered, noise, stretched
from model.synthesis.foley.sources.source import Source


def _wave(n: int, at: float, rise: float, hold: float, fall: float) -> Samples:
    """Envelope (n,) of one wave: grows as a cosine to `at`, stays for `hold`, ebbs exponentially; all in seconds."""
    t = np.arange(0, n + 64, 64) / RATE - at
    up = np.where((t > -rise) & (t < 0), 0.5 + 0.5 * np.cos(np.pi * np.clip(t / rise, -1, 0)), 0.0)
    down = np.where(t >= 0, np.exp(-np.maximum(0, t - hold) / fall), 0.0)
    return stretched(up**2 + down, n)


def surf(n: int, rng: Generator) -> Samples:
    """Waves breaking on sand, one every 5 to 10 s.

    A plunging breaker is first a low rumble as the lip falls and traps air, then a broadband crash, then foam that
    runs up the beach: bursting bubbles, whose hiss sits higher the smaller they are and outlasts the crash.
    """
    seconds, period = n / RATE, rng.uniform(5.5, 9.0)
    bands = {
        "rumble": noise(rng, n, band(50, 260, 2), width=0.5),
        "crash": noise(rng, n, band(200, 1300, 1.3), width=0.8),
        "foam": noise(rng, n, band(1100, 4500, 1.4), width=0.9),
    }
    levels = {
        name: np.full(n, floor, dtype=np.float32) for name, floor in (("rumble", 0.1), ("crash", 0.08), ("foam", 0.04))
    }
    pans = np.zeros(n, dtype=np.float32)
    at = rng.uniform(0.12, 0.3) * min(period, seconds)
    while at < seconds + 2:
        size = rng.uniform(0.55, 1.0)
        levels["rumble"] += 0.7 * size * _wave(n, at - 0.2, 2.0, 0.3, 0.9)
        levels["crash"] += 1.3 * size * _wave(n, at, rng.uniform(0.5, 1.4), 0.2, rng.uniform(0.8, 1.3))
        wash = _wave(n, at + rng.uniform(0.5, 0.9), 1.0, 0.4, rng.uniform(1.3, 2.2))
        levels["foam"] += 0.6 * size * wash
        pans += wash * rng.uniform(-0.7, 0.7)
        at += period * rng.uniform(0.75, 1.25)
    crackle = 1 + 0.35 * noise(rng, n, band(8, 60, 1), channels=1)[0]
    total = sum(bands[name] * (levels[name] * (crackle if name == "foam" else 1)) for name in bands)
    sway = 0.35 * np.clip(pans, -1, 1)
    return np.asarray(total * np.stack([1 - sway, 1 + sway]), dtype=np.float32)


def swell(n: int, rng: Generator) -> Samples:
    """The open sea: heaving water without a shore.

    Wind-sea of 4 to 7 s period: low water noise rises and falls, crests spill now and then in a short hiss, small
    waves slap each other.
    """
    heave = curve(rng, n, 0.2, 0.35, 1.0)
    body = noise(rng, n, band(60, 420, 1.5), width=0.7) * heave
    chop = noise(rng, n, band(300, 1600, 1.5), width=0.9) * curve(rng, n, 0.8, 0.05, 0.45) * heave
    spill = noise(rng, n, band(1500, 6000, 1.5), width=0.9) * np.maximum(0, curve(rng, n, 0.3, -0.5, 0.5))
    return np.asarray(body + chop + 0.5 * spill, dtype=np.float32)


def _bubbles(n: int, rng: Generator, per_second: float, low: float, high: float) -> Samples:
    """Stereo (2, n) of air bubbles: each rings at Minnaert's 3.26 / radius, decays, may rise in pitch."""
    canvas = silence(n)
    count = max(1, int(per_second * n / RATE))
    hz = low * (high / low) ** rng.beta(1.2, 2.2, count)
    fall = rng.uniform(6, 14, count) / hz  # about ten periods
    rise = rng.uniform(0.0, 8.0, count) * rng.integers(0, 2, count)
    loud = (low / hz) ** 0.5 * rng.lognormal(0, 0.7, count)
    starts, pans = rng.uniform(-0.02, n / RATE, count), rng.uniform(-0.9, 0.9, count)
    for i in range(count):
        t = np.arange(int(min(0.12, 5 * fall[i]) * RATE), dtype=np.float32) / RATE
        ringing = np.sin(2 * np.pi * hz[i] * t * (1 + rise[i] * t / 2)) * np.exp(-t / fall[i])
        ringing[:40] *= np.linspace(0, 1, len(ringing[:40]), dtype=np.float32)
        place(canvas, ringing.astype(np.float32), starts[i], pans[i], loud[i])
    return canvas


def stream(n: int, rng: Generator) -> Samples:
    """A brook over stones: hundreds of bubbles a second over the hiss of broken water.

    Each bubble rings at Minnaert's frequency, 3.26 m/s over its radius, for some ten periods, and many rise in
    pitch as the surface nears: that is what makes water sound like water.
    """
    bubbles = _bubbles(n, rng, 130, 450, 4500)
    bubbles /= max(1e-6, float(bubbles.std()))
    rush = noise(rng, n, band(500, 5000, 1.2), width=0.9) * curve(rng, n, 2.0, 0.7, 1.0)
    return np.asarray(bubbles + 0.55 * rush, dtype=np.float32)


def river(n: int, rng: Generator) -> Samples:
    """A broad river: a steady rush of many eddies, low and even, with some gurgling at the bank.

    Deep water has large bubbles, hence low ones; the rest is turbulence, whose spectrum falls towards the highs.
    """
    bubbles = _bubbles(n, rng, 45, 200, 1600)
    bubbles /= max(1e-6, float(bubbles.std()))
    rush = noise(rng, n, band(180, 1500, 1.0), width=0.8) * curve(rng, n, 0.7, 0.75, 1.0)
    hiss = noise(rng, n, band(2000, 7000, 1.0), width=0.9) * curve(rng, n, 1.1, 0.6, 1.0)
    return np.asarray(rush + 0.3 * hiss + 0.35 * bubbles, dtype=np.float32)


def lake(n: int, rng: Generator) -> Samples:
    """Wavelets lapping at a lake shore: soft slaps about once a second, each swallowing a little air.

    The slap is displaced water; the gulps are large Minnaert bubbles, 250 to 900 Hz, that rise as they close.
    """
    canvas, at = silence(n), rng.uniform(0.05, 0.4)
    while at < n / RATE:
        length, size = rng.uniform(0.35, 0.8), rng.uniform(0.4, 1.0)
        m = int(length * RATE)
        slap = noise(rng, m, band(250, rng.uniform(800, 1800), 2.2), channels=1)[0] * shape(m, 0.08, length * 0.8, 1.5)
        pan = rng.uniform(-0.9, 0.9)
        place(canvas, slap, at, pan, size)
        for _ in range(rng.integers(2, 7)):
            gulp = _gulp(rng)
            place(canvas, gulp, at + rng.uniform(0.05, length), pan, 0.8 * size)
        at += rng.uniform(0.45, 1.3)
    bed = noise(rng, n, band(150, 900, 1.0), width=0.9) * curve(rng, n, 1.5, 0.3, 1.0)
    return np.asarray(canvas + 0.12 * bed, dtype=np.float32)


def _gulp(rng: Generator) -> Samples:
    """One big bubble closing under a bank or a hull, 250 to 900 Hz."""
    hz, t = rng.uniform(250, 900), np.arange(int(0.09 * RATE), dtype=np.float32) / RATE
    return np.asarray(
        np.sin(2 * np.pi * hz * t * (1 + 2.5 * t)) * np.exp(-t * hz / 9) * shape(len(t), 0.004, 0.02), np.float32
    )


def fountain(n: int, rng: Generator) -> Samples:
    """Falling water on water, as under a fountain or a waterfall: dense, broad from 0.4 to 5 kHz, barely moving.

    Drops and the bubbles they entrain are so many that they add up to Gaussian noise, roughened by their arrivals.
    """
    fall = noise(rng, n, band(350, 4500, 1.2), width=0.9)
    splash = filtered(np.abs(noise(rng, n, band(20, 120, 1), width=1.0)), high=200.0)
    return np.asarray(fall * (0.6 + 0.4 * splash) + 0.3 * _bubbles(n, rng, 60, 600, 3000), dtype=np.float32)


def splashing(n: int, rng: Generator) -> Samples:
    """Bathers or fish breaking the surface: a thump of displaced water, then spray and bubbles for half a second.

    The cavity behind a body closes with a thump of 100 to 350 Hz; spray is drops above 900 Hz.
    """
    canvas, at = silence(n), rng.uniform(0.1, 0.6)
    while at < n / RATE:
        m = int(rng.uniform(0.35, 0.8) * RATE)
        spray = noise(rng, m, band(900, 6000, 1.2), channels=1)[0] * shape(m, 0.02, m / RATE * 0.9, 2.0)
        thump = noise(rng, m, band(100, 350, 2), channels=1)[0] * shape(m, 0.01, m / RATE * 0.8, 3.0)
        place(canvas, spray + 0.8 * thump, at, rng.uniform(-0.8, 0.8), rng.uniform(0.3, 1.0))
        at += rng.exponential(1.1) + 0.15
    bed = noise(rng, n, band(300, 2000), width=0.8)
    return np.asarray(canvas + 0.05 * bed + 0.1 * _bubbles(n, rng, 40, 500, 2500), dtype=np.float32)


SOURCES = (
    Source(
        "surf",
        surf,
        ("beach", "reef", "sea"),
        (
            "waves breaking on a beach",
            "surf rolling onto the sand",
            "the crash of breakers and hissing foam on the shore",
            "sea waves pounding the rocks",
            "ocean waves on the coast",
        ),
    ),
    Source(
        "swell",
        swell,
        ("sea", "reef"),
        (
            "the open ocean",
            "ocean swell heaving in deep water",
            "rough sea and rolling waves offshore",
            "water slapping the hull of a boat at sea",
        ),
    ),
    Source(
        "stream",
        stream,
        ("river", "forest", "mountain", "golf"),
        (
            "a brook trickling over stones",
            "a small stream babbling",
            "running water gurgling in a creek",
            "water trickles and drips down a gully",
        ),
        -1,
    ),
    Source(
        "river",
        river,
        ("river",),
        (
            "a river flowing",
            "the steady rush of a wide river",
            "water flowing past the banks",
            "rapids and river current",
        ),
    ),
    Source(
        "lake",
        lake,
        ("lake", "harbour", "reef", "golf"),
        (
            "small waves lapping at the lake shore",
            "water laps gently against the bank",
            "ripples slap against a jetty or a moored boat",
            "gentle ripples on calm water",
        ),
        -3,
    ),
    Source(
        "fountain",
        fountain,
        ("city", "golf", "mountain"),
        ("a fountain splashing in a square", "a waterfall", "water falling into a pool", "water pours over a weir"),
        -1,
    ),
    Source(
        "splashing",
        splashing,
        ("beach", "lake", "residential", "reef", "suburb"),
        (
            "people splashing in the water",
            "swimmers diving into a pool",
            "a fish jumps and splashes",
            "splashes in the shallows",
        ),
        -2,
    ),
)
