"""Birds that call rather than sing: gulls, crows, owls, ducks, pigeons."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import call, glide, place, ring, shape, silence, tone
from model.synthesis.foley.sources.noise import RATE, Samples, filtered, outdoors
from model.synthesis.foley.sources.source import Source


def _gull_cry(rng: Generator, seconds: float, pitch: float) -> Samples:
    """'Kee-ow': a harsh voice that leaps up and slides down, its strongest overtones near 1.2 and 3 kHz."""
    hz = glide([0.75 * pitch, 1.05 * pitch, pitch, 0.92 * pitch, 0.7 * pitch], seconds)
    sound = call(rng, hz, [(1250, 500, 1.0), (2700, 800, 0.9), (4200, 1400, 0.35)], breath=0.12, jitter=0.015)
    return sound * shape(len(sound), 0.03, 0.3 * seconds)


def gulls(n: int, rng: Generator) -> Samples:
    """Herring gulls over a shore: single mews, and now and then a long call of shortening cries.

    The fundamental is 600 to 1000 Hz, falling through each cry; the voice is rich in overtones to 6 kHz.
    """
    canvas, at = silence(n), rng.uniform(0.05, 0.4)
    while at < n / RATE:
        pitch, pan, loud = rng.uniform(620, 950), rng.uniform(-0.95, 0.95), rng.uniform(0.25, 1.0)
        lengths = [rng.uniform(0.35, 0.75)]
        if rng.random() < 0.5:
            lengths = [0.6, *np.linspace(0.34, 0.2, int(rng.integers(3, 8)))]
        for i, length in enumerate(lengths):
            place(canvas, _gull_cry(rng, length, pitch * (1 - 0.02 * i)), at, pan, loud)
            at += length + rng.uniform(0.03, 0.08)
        at += rng.exponential(0.9) - 0.3 * len(lengths) / 4
        at = max(at, 0.1)
    return outdoors(rng, canvas, 0.6, 0.25, 4000)


def crows(n: int, rng: Generator) -> Samples:
    """Crows: two to four rough 'caws', a voice near 500 Hz so rough that it is half noise, loudest at 1.3 to 2 kHz.

    The syrinx is driven so hard that its cycles jitter; the tract rings at 1.5 and 1.9 kHz and lets little through
    below 1 kHz.
    """
    canvas, at = silence(n), rng.uniform(0.05, 0.5)
    while at < n / RATE:
        pan, loud, pitch = rng.uniform(-0.8, 0.8), rng.uniform(0.4, 1.0), rng.uniform(430, 580)
        for _ in range(rng.integers(2, 5)):
            seconds = rng.uniform(0.22, 0.34)
            hz = glide([0.85 * pitch, pitch, 0.97 * pitch, 0.8 * pitch], seconds)
            caw = call(rng, hz, [(1480, 230, 1.0), (1850, 260, 1.0), (3300, 900, 0.12)], breath=0.5, jitter=0.06)
            place(canvas, filtered(caw, low=1000.0) * shape(len(caw), 0.02, 0.1), at, pan, loud)
            at += seconds + rng.uniform(0.12, 0.22)
        at += rng.exponential(1.0) + 0.3
    return outdoors(rng, canvas, 0.8, 0.25, 3500)


def owl(n: int, rng: Generator) -> Samples:
    """A tawny owl: a long hoot, a pause, then a wavering one; almost a pure tone near 800 Hz, answered from afar.

    The bird holds its bill shut, and the swollen throat lets through little but the fundamental.
    """
    canvas, at, bird = silence(n), rng.uniform(0.1, 0.5), 0
    while at < n / RATE:
        pitch, pan, loud = (820.0, -0.4, 1.0) if bird % 2 == 0 else (760.0, 0.6, 0.35)
        for seconds, waver in ((0.8, 0.0), (0.2, 0.0), (1.3, 1.0)):
            hz = glide([0.93 * pitch, pitch, pitch, 0.95 * pitch], seconds)
            trembling = 1 - 0.45 * waver * (0.5 + 0.5 * np.sin(2 * np.pi * 13 * np.arange(len(hz)) / RATE))
            place(canvas, tone(hz, (1.0, 0.09, 0.05)) * shape(len(hz), 0.1, 0.15) * trembling, at, pan, loud)
            at += seconds + (0.9 if seconds > 0.5 else 0.08)
        at, bird = at + rng.uniform(0.5, 2.5), bird + 1
    return outdoors(rng, canvas, 1.2, 0.4, 2500)


def ducks(n: int, rng: Generator) -> Samples:
    """Ducks on water: series of quacks falling in pitch and strength, nasal, strongest at 1 to 2.5 kHz.

    Pulses of 210 to 290 Hz through a tract with resonances near 1.1, 1.9 and 2.9 kHz.
    """
    canvas, at = silence(n), rng.uniform(0.05, 0.5)
    while at < n / RATE:
        pan, loud, pitch = rng.uniform(-0.9, 0.9), rng.uniform(0.3, 1.0), rng.uniform(210, 290)
        for i in range(rng.integers(2, 8)):
            seconds = rng.uniform(0.13, 0.2)
            hz = glide([pitch, 1.08 * pitch, 0.85 * pitch], seconds) * (1 - 0.02 * i)
            quack = call(rng, hz, [(1100, 250, 1.0), (1900, 350, 0.9), (2900, 600, 0.4)], breath=0.2, jitter=0.03)
            place(canvas, quack * shape(len(quack), 0.015, 0.07), at, pan, loud * (1 - 0.08 * i))
            at += seconds + rng.uniform(0.06, 0.14)
        at += rng.exponential(1.0) + 0.2
    return outdoors(rng, canvas, 0.4, 0.15, 4000)


def pigeons(n: int, rng: Generator) -> Samples:
    """Wood pigeons: five soft coos, 'hoo-HOO-hoo, hoo-hoo', breathy tones near 450 Hz.

    Air pumped into the crop: a tone whose overtones lie 20 dB below.
    """
    canvas, at = silence(n), rng.uniform(0.1, 0.5)
    while at < n / RATE:
        pan, pitch, loud = rng.uniform(-0.7, 0.7), rng.uniform(420, 500), rng.uniform(0.5, 1.0)
        for seconds, step, gap in (
            (0.25, 1.0, 0.1),
            (0.55, 1.08, 0.12),
            (0.4, 1.0, 0.3),
            (0.25, 0.97, 0.1),
            (0.3, 0.95, 0.8),
        ):
            hz = glide([0.94 * step * pitch, step * pitch, 0.97 * step * pitch], seconds)
            place(canvas, tone(hz, (1.0, 0.12, 0.04)) * shape(len(hz), 0.07, 0.12), at, pan, loud)
            at += seconds + gap
        at += rng.uniform(0, 1.5)
    return outdoors(rng, canvas, 0.6, 0.3, 2500)


def woodpecker(n: int, rng: Generator) -> Samples:
    """A woodpecker drumming: rolls of 10 to 16 strokes in half a second, speeding up as they fade, on hollow wood.

    Each stroke excites a few modes of the trunk, whose ratios are not whole numbers, for some 50 ms.
    """
    canvas, at = silence(n), rng.uniform(0.1, 0.5)
    wood = rng.uniform(850, 1300)
    stroke = ring(
        0.08, [(wood, 1.0, 0.05), (1.7 * wood, 0.7, 0.035), (2.9 * wood, 0.4, 0.02), (0.45 * wood, 0.4, 0.06)]
    )
    while at < n / RATE:
        count, loud, pan = int(rng.integers(10, 17)), rng.uniform(0.4, 1.0), rng.uniform(-0.7, 0.7)
        for i in range(count):
            place(canvas, stroke, at, pan, loud * np.sin(np.pi * (i + 1.5) / (count + 2)) ** 0.5)
            at += 0.052 * (1 - 0.02 * i)
        at += rng.uniform(1.2, 3.5)
    return outdoors(rng, canvas, 0.8, 0.4, 3500)


SOURCES = (
    Source(
        "gulls",
        gulls,
        ("beach", "harbour", "sea", "reef"),
        ("gulls crying", "seagulls calling overhead", "sea birds screech above the boats", "terns and shorebirds call"),
        -2,
    ),
    Source(
        "crows",
        crows,
        ("farmland", "forest", "mountain", "parking", "orchard", "desert"),
        ("a crow caws", "crows and rooks cawing over a field", "ravens and jackdaws croak", "a magpie chatters"),
        -2,
    ),
    Source(
        "owl", owl, ("forest",), ("an owl hooting at night", "tawny owls call in the dark wood", "an owl's hoot"), -3
    ),
    Source(
        "ducks",
        ducks,
        ("lake", "river"),
        ("ducks quacking", "geese honk on the pond", "waterfowl on the lake", "coots and moorhens call in the reeds"),
        -2,
    ),
    Source(
        "woodpecker", woodpecker, ("forest",), ("a woodpecker drums on a tree", "woodpeckers hammering a trunk"), -3
    ),
    Source(
        "pigeons",
        pigeons,
        ("city", "residential", "forest"),
        ("pigeons cooing", "a wood pigeon or dove coos", "a cuckoo calls"),
        -3,
    ),
)
