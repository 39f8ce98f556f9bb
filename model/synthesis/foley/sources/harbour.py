"""Harbours: ship horns, rigging, boats."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import buzz, glide, moved, place, ring, shape, silence
from model.synthesis.foley.sources.noise import RATE, Samples, band, curve, filtered, noise, outdoors, resonated
from model.synthesis.foley.sources.source import Source
from model.synthesis.foley.sources.water import lake


def ship_horn(n: int, rng: Generator) -> Samples:
    """A ship's horn: one or more long blasts of 75 to 140 Hz, rich in overtones, echoing over the water for seconds.

    A membrane on a long horn: pulses through resonances to 1.7 kHz; 3 s of echo from hulls and hills.
    """
    canvas, at, root = silence(n), rng.uniform(0.1, 0.5), rng.uniform(78, 135)
    while at < n / RATE:
        seconds = float(rng.choice((1.2, 2.5, 3.5)))
        hz = root * glide([0.96, 1.0, 1.0, 1.0, 1.0, 0.985], seconds)
        reed = buzz(hz, 8.0) + 0.6 * buzz(hz * 1.5, 8.0)
        blast = resonated(reed, [(160, 90, 1.0), (370, 200, 1.0), (820, 500, 0.5), (1700, 1000, 0.15)])
        place(canvas, blast * shape(len(blast), 0.15, 0.3), at, rng.uniform(-0.4, 0.4), rng.uniform(0.6, 1.0))
        at += seconds + rng.uniform(1.0, 3.0)
    return outdoors(rng, canvas, 3.0, 0.45, 1500)


def rigging(n: int, rng: Generator) -> Samples:
    """Halyards tapping metal masts in the wind: thin rings of 900 to 4000 Hz in quickening runs, from many boats.

    A mast is a free tube: its bending modes lie as 1 : 2.76 : 5.4.
    """
    canvas, gust = silence(n), curve(rng, n, 0.35, 0.3, 1.0)
    for _ in range(6):
        hz, pan, every = rng.uniform(850, 1900), rng.uniform(-0.95, 0.95), rng.uniform(0.35, 0.9)
        ting = ring(0.5, [(hz, 1.0, 0.45), (2.76 * hz, 0.6, 0.3), (5.4 * hz, 0.25, 0.12)])  # modes of a free tube
        loud, at = rng.uniform(0.2, 1.0), rng.uniform(0, 0.7)
        while at < n / RATE:
            strength = float(gust[int(at * RATE)])
            place(canvas, ting, at, pan, loud * strength * rng.uniform(0.4, 1.0))
            at += every * rng.uniform(0.5, 1.5) / (0.4 + strength)
    air = noise(rng, n, band(150, 900, 1), width=0.9) * gust
    return outdoors(rng, canvas, 0.5, 0.1, 5000) + 0.025 * air


def boat(n: int, rng: Generator) -> Samples:
    """A diesel boat: 9 to 14 soft knocks a second through a wet exhaust, that gurgles; its wash slaps the quay.

    A slow diesel, 10 to 15 firings a second; water in the exhaust chops and gurgles what comes out.
    """
    firing = rng.uniform(10, 15) * curve(rng, n, 0.15, 0.93, 1.1)
    knock = resonated(buzz(firing, 9.0), [(95, 50, 1.0), (210, 100, 0.9), (480, 250, 0.5), (1100, 700, 0.2)])
    knock /= max(1e-6, float(knock.std()))
    burble = noise(rng, n, band(250, 1400, 1.2), channels=1)[0] * np.maximum(0, 0.3 + 2 * buzz(firing, 5.0))
    side = curve(rng, n, 0.1, -0.7, 0.7)
    return (
        moved(np.asarray(knock + 0.7 * burble, dtype=np.float32), side)
        + 3.0 * filtered(lake(n, rng), high=2500.0) * 0.2
    )


def outboard(n: int, rng: Generator) -> Samples:
    """A motorboat with an outboard: a whining buzz of 90 to 160 firings a second, up and down over the waves.

    A small two-stroke under water: firings of 95 to 140 a second, faster when the screw comes out of a wave.
    """
    firing = rng.uniform(95, 140) * curve(rng, n, 0.8, 0.9, 1.12)
    sound = resonated(buzz(firing, 12.0), [(200, 120, 1.0), (560, 350, 0.9), (1500, 900, 0.5)])
    sound /= max(1e-6, float(sound.std()))
    wash = noise(rng, n, band(400, 4000, 1), width=0.9) * curve(rng, n, 1.0, 0.3, 1.0)
    return moved(sound * curve(rng, n, 0.2, 0.5, 1.0), curve(rng, n, 0.12, -0.9, 0.9)) + 0.3 * wash


SOURCES = (
    Source(
        "ship_horn",
        ship_horn,
        ("harbour", "sea"),
        ("a ship's horn", "a ferry sounds its horn", "a foghorn across the bay"),
        -1,
    ),
    Source(
        "rigging",
        rigging,
        ("harbour", "lake"),
        ("rigging clinking against masts", "halyards tap the masts in the marina", "sailing boats at their moorings"),
        -3,
    ),
    Source(
        "boat",
        boat,
        ("harbour", "river", "lake", "sea"),
        ("a diesel boat chugging", "a fishing trawler leaves the harbour", "a barge or tugboat engine throbs"),
    ),
    Source(
        "outboard",
        outboard,
        ("lake", "reef", "sea", "harbour"),
        ("a motorboat speeding by", "an outboard motor", "jet skis and speedboats buzz over the water"),
    ),
)
