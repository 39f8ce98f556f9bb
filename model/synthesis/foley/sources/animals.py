"""Farm and yard animals: voices from the source-filter model, pulses on a pitch curve through a vocal tract."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import call, glide, moved, place, ring, shape, silence
from model.synthesis.foley.sources.noise import RATE, Samples, band, curve, filtered, noise, outdoors
from model.synthesis.foley.sources.source import Source


def _moo(rng: Generator) -> Samples:
    """A cow's moo: closed lips first (low), then open; a pitch of 90 to 170 Hz that rises and sinks over 1 to 2 s."""
    pitch, seconds = rng.uniform(110, 160), rng.uniform(1.4, 2.6)
    hz = glide([0.8 * pitch, pitch, 1.25 * pitch, 1.3 * pitch, 1.15 * pitch, 0.85 * pitch], seconds)
    closed = call(rng, hz, [(240, 90, 1.0), (700, 200, 0.3)], 0.05)
    opened = call(rng, hz, [(250, 120, 0.7), (640, 200, 1.0), (1000, 220, 1.0), (1450, 300, 0.7)], 0.12, 0.02)
    mouth = glide([0, 0.15, 0.8, 1, 1, 0.7], seconds)
    return (closed * (1 - mouth) + opened * mouth) * shape(len(hz), 0.18, 0.3)


def cattle(n: int, rng: Generator) -> Samples:
    """Cattle at pasture: a moo every few seconds, answered, and the clank of a neck bell.

    A source-filter voice: folds at 110 to 160 Hz, and formants that rise as the mouth opens.
    """
    canvas, at = silence(n), rng.uniform(0.05, 0.5)
    while at < n / RATE:
        place(canvas, _moo(rng), at, rng.uniform(-0.8, 0.8), rng.uniform(0.4, 1.0))
        at += rng.exponential(0.8) + 0.8
    bell = [
        (hz * rng.uniform(0.97, 1.03), gain, 0.35) for hz, gain in ((640, 1.0), (1130, 0.6), (1790, 0.5), (2650, 0.3))
    ]
    at = rng.uniform(0, 1.5)
    while at < n / RATE:
        place(canvas, ring(0.3, bell), at, 0.5, rng.uniform(0.02, 0.06))
        at += rng.choice((0.25, 0.4, 1.3))
    return outdoors(rng, canvas, 0.7, 0.2, 2500)


def _bleat(rng: Generator) -> Samples:
    """A sheep's 'baa': a voice of 150 to 350 Hz that trembles 8 to 12 times a second, brightest near 700 Hz."""
    lamb = rng.random() < 0.35
    pitch, seconds = rng.uniform(280, 380) if lamb else rng.uniform(140, 220), rng.uniform(0.6, 1.1)
    t = np.arange(int(seconds * RATE)) / RATE
    tremble = np.sin(2 * np.pi * rng.uniform(8, 12) * t)
    hz = glide([pitch, 1.12 * pitch, 1.05 * pitch, 0.9 * pitch], seconds)[: len(t)] * (1 + 0.05 * tremble)
    formants = [(680, 90, 1.0), (1300, 250, 0.45), (2300, 400, 0.7), (3400, 800, 0.3)]
    return (
        filtered(call(rng, hz, formants, 0.2, 0.03), high=4500.0)
        * (0.65 + 0.35 * tremble).astype(np.float32)
        * shape(len(t), 0.06, 0.2)
    )


def sheep(n: int, rng: Generator) -> Samples:
    """A flock: bleats of ewes and lambs, one after another, from all over the field.

    Folds at 140 to 380 Hz, shaken 8 to 12 times a second by the breath; the tract's strongest resonance lies near
    700 Hz.
    """
    canvas, at = silence(n), rng.uniform(0.05, 0.3)
    while at < n / RATE:
        place(canvas, _bleat(rng), at, rng.uniform(-0.95, 0.95), rng.uniform(0.55, 1.0))
        at += rng.exponential(0.8) + 1.4
    wind = noise(rng, n, band(45, 260, 1.0), width=0.8) * curve(rng, n, 0.5, 0.5, 1.0)
    return outdoors(rng, canvas, 0.4, 0.12, 3500) + 0.015 * wind


def _bark(rng: Generator, pitch: float, size: float) -> Samples:
    """A bark: an explosive voice that leaps up by half and falls, rough, 150 to 250 ms; `size` scales the tract."""
    seconds = rng.uniform(0.14, 0.22)
    hz = glide([0.7 * pitch, 1.25 * pitch, 1.1 * pitch, 0.6 * pitch], seconds)
    formants = [(560 * size, 250, 1.0), (1050 * size, 350, 0.9), (1900 * size, 500, 0.2)]
    sound = filtered(call(rng, hz, formants, 0.35, 0.05), high=2400.0 * size)
    return sound * shape(len(sound), 0.012, 0.1, 1.5)


def dogs(n: int, rng: Generator) -> Samples:
    """One dog barking near, in bursts of two to five, and a smaller or larger one answering from further away.

    An explosive source-filter voice, half noise: the pitch leaps and falls within 0.2 s, the muzzle's length sets
    formants.
    """
    canvas, at = silence(n), rng.uniform(0.05, 0.4)
    voices = [(rng.uniform(280, 480), rng.uniform(0.85, 1.1), 1.0, -0.4), (rng.uniform(450, 750), 1.3, 0.3, 0.6)]
    while at < n / RATE:
        pitch, size, loud, pan = voices[int(rng.random() < 0.3)]
        for _ in range(rng.integers(2, 6)):
            place(canvas, _bark(rng, pitch * rng.uniform(0.95, 1.05), size), at, pan, loud * rng.uniform(0.7, 1))
            at += rng.uniform(0.28, 0.5)
        at += rng.exponential(1.0) + 0.3
    return outdoors(rng, canvas, 0.7, 0.3, 3500)


def rooster(n: int, rng: Generator) -> Samples:
    """A cock crowing - two short notes, a long one that climbs to 1 kHz and a falling tail - and clucking hens.

    The trachea is a tube of some 13 cm: resonances near 1.25 and 1.9 kHz colour a voice that climbs to 1 kHz.
    """
    canvas, at = silence(n), rng.uniform(0.05, 0.4)
    formants = [(1250, 350, 1.0), (1900, 400, 1.0), (3300, 800, 0.15)]
    while at < n / RATE:
        base = rng.uniform(0.9, 1.1)
        notes = (
            ([520, 640, 600], 0.2),
            ([600, 760, 700], 0.18),
            ([700, 900, 960, 880], 0.45),
            ([880, 840, 700, 480], 0.8),
        )
        for points, seconds in notes:
            crow = call(rng, base * glide(list(points), seconds), formants, 0.12, 0.012)
            place(canvas, crow * shape(len(crow), 0.03, 0.08 if seconds < 0.6 else 0.3), at, -0.3)
            at += seconds + 0.04
        at += rng.uniform(2.0, 4.5)
    for when in np.cumsum(rng.choice((0.22, 0.3, 0.8), int(n / RATE / 0.4) + 1)):
        cluck = call(rng, rng.uniform(0.9, 1.1) * glide([420, 520, 380], 0.07), formants, 0.25, 0.03)
        place(
            canvas, cluck * shape(len(cluck), 0.008, 0.04), float(when), rng.uniform(0.1, 0.9), rng.uniform(0.06, 0.2)
        )
    return outdoors(rng, canvas, 0.6, 0.25, 4000)


def horses(n: int, rng: Generator) -> Samples:
    """A horse at a trot on a track: four hoof beats a stride, hollow knocks of 300 to 900 Hz, and a snort.

    A hoof is a hollow box on hard ground; a snort is breath that the lips chop 24 times a second.
    """
    canvas, at, beat = silence(n), 0.1, 0
    pace = rng.uniform(0.19, 0.24)
    while at < n / RATE:
        knock = ring(0.09, [(rng.uniform(330, 420), 1.0, 0.08), (rng.uniform(700, 950), 0.7, 0.05), (1900, 0.2, 0.02)])
        place(canvas, knock, at, 0.3 * (-1) ** beat, 1.0 if beat % 2 == 0 else 0.75)
        at, beat = at + pace * (0.9 if beat % 2 else 1.1) * rng.uniform(0.96, 1.04), beat + 1
    at = rng.uniform(0.5, 3.0)
    while at < n / RATE:
        m = int(0.7 * RATE)
        lips = 1 + np.sin(2 * np.pi * 24 * np.arange(m) / RATE)
        snort = moved((noise(rng, m, band(250, 2500, 1), 1)[0] * lips).astype(np.float32) * shape(m, 0.05, 0.5), 0.1)
        place(canvas, snort[0], at, 0.1, 0.25)
        at += rng.uniform(4, 8)
    return outdoors(rng, canvas, 0.3, 0.15, 3000)


SOURCES = (
    Source(
        "cattle",
        cattle,
        ("pasture", "farmland"),
        ("cows mooing", "cattle lowing in a pasture", "cowbells and a herd grazing", "a bull bellows"),
        -1,
    ),
    Source("sheep", sheep, ("pasture", "mountain"), ("sheep bleating", "a flock with lambs", "goats bleat"), -1),
    Source(
        "dogs",
        dogs,
        ("residential", "suburb", "farmland", "street"),
        ("a dog barking", "dogs bark in the yards", "a small dog yaps", "coyotes and foxes yip and howl"),
        -1,
    ),
    Source(
        "rooster",
        rooster,
        ("farmland", "residential"),
        ("a rooster crowing", "hens clucking in a farmyard", "chickens and a cockerel"),
        -1,
    ),
    Source(
        "horses",
        horses,
        ("pasture", "farmland"),
        ("a horse trotting by", "hooves on a track", "horses snort and neigh"),
        -2,
    ),
)
