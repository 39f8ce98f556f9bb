"""Rails: trains and trams."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import glide, moved, place, ring, shape, silence, tone
from model.synthesis.foley.sources.noise import RATE, Samples, band, curve, noise, outdoors
from model.synthesis.foley.sources.passing import Path
from model.synthesis.foley.sources.source import Source


def _joint(rng: Generator) -> Samples:
    """A wheel crossing a rail joint: a thud of the track and a short ring of the rail."""
    n = int(0.16 * RATE)
    thud = noise(rng, n, band(70, 350, 2), channels=1)[0] * shape(n, 0.004, 0.1, 2.0)
    clack = noise(rng, n, band(500, 1500, 2), channels=1)[0] * shape(n, 0.001, 0.05, 3.0)
    return np.asarray(0.6 * thud + 0.25 * clack, dtype=np.float32)


def train(n: int, rng: Generator) -> Samples:
    """A train passing: rolling roar below 800 Hz, joints in the rhythm of two bogies a coach, at times a horn.

    Wheel and rail roughness excite each other; the level rises within a second or two as the coaches arrive.
    """
    seconds, speed = n / RATE, rng.uniform(14, 24)
    arrive = min(1.2, 0.12 * seconds)
    near = np.interp(np.arange(n) / RATE, [0, arrive, 2.5 * arrive, seconds], [0.25, 0.5, 1.0, 0.8]).astype(np.float32)
    roll = noise(rng, n, band(55, 430, 2.0), width=0.7) + 0.05 * noise(rng, n, band(700, 3000, 1.5), width=0.9)
    total = roll * near * curve(rng, n, 4.0, 0.6, 1.0) * 0.7
    canvas, coach, at = silence(n), 24.0 / speed, rng.uniform(0.1, 0.6)
    while at < seconds:
        for offset in (0.0, 2.4 / speed, 0.62 * coach, 0.62 * coach + 2.4 / speed):
            place(canvas, _joint(rng), at + offset, rng.uniform(-0.3, 0.3), rng.uniform(0.8, 1.0))
        at += coach
    squeal = noise(rng, n, band(2600, 2700, 6), width=0.4) * np.maximum(0, curve(rng, n, 0.6, -1.0, 0.6))
    total = total + 1.2 * canvas * near + 0.03 * squeal * near
    horn = 0.35 * _train_horn(n, rng) if rng.random() < 0.35 else np.float32(0.0)
    return np.asarray(total + horn, dtype=np.float32)


def _train_horn(n: int, rng: Generator) -> Samples:
    """A chord of air horns, two or three tones of 280 to 440 Hz, sounded once early on."""
    canvas, root = silence(n), rng.uniform(260, 330)
    for seconds, at in ((0.7, 0.3), (1.1, 1.15)):
        flat = glide([0.97, 1.0, 1.0, 0.98], seconds)
        chord = sum(tone(root * ratio * flat, (1.0, 0.8, 0.6, 0.4, 0.3, 0.2)) for ratio in (1.0, 1.26, 1.5))
        place(canvas, np.asarray(chord * shape(len(flat), 0.06, 0.15) / 3, np.float32), at, -0.5)
    return outdoors(rng, canvas, 1.5, 0.4, 2500)


def tram(n: int, rng: Generator) -> Samples:
    """A tram in a street: motors whining up and down with speed, flange squeal, and two strokes of its bell.

    The motors' whine follows the speed, as their slots and gears do; the wheel slips across the rail in a curve
    near 3 kHz.
    """
    seconds = n / RATE
    path = Path(seconds * rng.uniform(0.4, 0.6), rng.uniform(6, 10), rng.choice((-1, 1)) * rng.uniform(5, 8))
    pace = curve(rng, n, 0.15, 0.5, 1.0)
    whine = tone(420 * pace, (1.0, 0.5, 0.3)) * 0.25 + tone(1310 * pace, (0.4,)) * 0.2
    roll = noise(rng, n, band(90, 900, 1.1), channels=1)[0] * pace
    squeal = noise(rng, n, band(3100, 3200, 6), channels=1)[0] * np.maximum(0, curve(rng, n, 0.5, -1.2, 0.5))
    total = path.heard(np.asarray(roll + whine + 0.3 * squeal, dtype=np.float32), 1500.0)
    bell = ring(1.2, [(1180, 1.0, 1.2), (2410, 0.6, 0.8), (3890, 0.4, 0.5), (5600, 0.2, 0.3)])
    canvas = silence(n)
    for at in (0.25 * seconds, 0.25 * seconds + 0.35):
        place(canvas, bell, at, -0.3, 0.5)
    return total + canvas + moved(0.02 * roll, 0.0)


SOURCES = (
    Source(
        "train",
        train,
        ("city", "industry", "residential"),
        (
            "a train passing",
            "railway carriages clatter over the joints",
            "a freight train with its horn",
            "trains at a station",
        ),
    ),
    Source(
        "tram",
        tram,
        ("city", "street"),
        ("a tram rolls by and rings its bell", "a streetcar squeals around a curve"),
        -1,
    ),
)
