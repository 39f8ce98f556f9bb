"""Sports: rackets, balls, whistles, clubs."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import glide, place, ring, shape, silence, tone
from model.synthesis.foley.sources.noise import RATE, Samples, band, noise, outdoors
from model.synthesis.foley.sources.people import spectators
from model.synthesis.foley.sources.source import Source


def _racket(rng: Generator) -> Samples:
    """Ball on strings: a 5 ms contact, strings near 500 to 600 Hz, frame near 150 Hz."""
    hz = rng.uniform(480, 620)
    pop = ring(0.12, [(hz, 1.0, 0.06), (1.9 * hz, 0.5, 0.04), (150, 0.6, 0.08), (2600, 0.3, 0.02)])
    contact = noise(rng, len(pop), band(700, 4000), channels=1)[0] * shape(len(pop), 0.0005, 0.11, 8.0)
    return np.asarray(pop + 0.5 * contact, dtype=np.float32)


def _bounce(rng: Generator) -> Samples:
    """A hollow ball on hard ground: the air in it rings near 350 Hz."""
    hz = rng.uniform(300, 420)
    return 0.5 * ring(0.1, [(hz, 1.0, 0.05), (2.2 * hz, 0.4, 0.03), (900, 0.3, 0.02)])


def tennis(n: int, rng: Generator) -> Samples:
    """A rally: hit, bounce, hit from the other side every 1.2 to 1.6 s; shoes squeak; the stand murmurs.

    Strings and ball are mass and spring, one bounce of 5 ms; the hollow ball rings with its air.
    """
    canvas, at, side = silence(n), rng.uniform(0.1, 0.4), 1
    while at < n / RATE:
        for _ in range(rng.integers(3, 8)):
            place(canvas, _racket(rng), at, 0.6 * side, rng.uniform(0.8, 1.0))
            flight = rng.uniform(1.15, 1.5)
            place(canvas, _bounce(rng), at + 0.62 * flight, -0.5 * side, 0.7)
            if rng.random() < 0.5:
                squeak = tone(glide([1500, 1900, 1700], 0.07), (1.0, 0.6, 0.3)) * 0.08
                place(canvas, squeak * shape(len(squeak), 0.01, 0.03), at + 0.8 * flight, -0.5 * side)
            at, side = at + flight, -side
        at += rng.uniform(1.0, 2.0)
    return outdoors(rng, canvas, 0.7, 0.3, 4000) + 0.004 * spectators(n, rng)


def ball_game(n: int, rng: Generator) -> Samples:
    """A match: thuds of a kicked ball, a referee's pea whistle (two tones near 3 kHz, trilled), players' shouts.

    The ball's skin and air thud at 90 to 140 Hz; the whistle's two chambers beat, and its pea interrupts them.
    """
    canvas, at = silence(n), rng.uniform(0.1, 0.5)
    while at < n / RATE:
        low = rng.uniform(90, 140)
        thud = ring(0.16, [(low, 1.0, 0.12), (2.3 * low, 0.6, 0.07), (640, 0.3, 0.03)])
        slap = noise(rng, len(thud), band(500, 3000), channels=1)[0] * shape(len(thud), 0.001, 0.15, 8.0)
        place(canvas, thud + 0.5 * slap, at, rng.uniform(-0.8, 0.8), rng.uniform(0.5, 1.0))
        at += rng.exponential(0.9) + 0.25
    at = rng.uniform(0.3, 2.0)
    while at < n / RATE:
        seconds = float(rng.choice((0.25, 0.8)))
        trill = glide([1.0] * 2, seconds) + 0.02 * tone(glide([38, 38], seconds))
        blast = tone(2900 * trill) + 0.7 * tone(3350 * trill)
        place(canvas, blast * shape(len(blast), 0.02, 0.05), at, 0.2, 0.3)
        at += rng.uniform(3.0, 6.0)
    return outdoors(rng, canvas, 0.8, 0.3, 4000) + 0.03 * spectators(n, rng)


def golf_swing(n: int, rng: Generator) -> Samples:
    """A golfer: the club swishes, then a sharp click of titanium on the ball, ringing at 3 to 5 kHz.

    A thin titanium face has modes at 3.4, 4.9 and 7.1 kHz that last a tenth of a second.
    """
    canvas, at = silence(n), rng.uniform(0.2, 0.8)
    while at < n / RATE:
        pan, loud = rng.uniform(-0.6, 0.6), rng.uniform(0.5, 1.0)
        m = int(0.3 * RATE)
        swish = noise(rng, m, band(600, 3000, 1.5), channels=1)[0] * shape(m, 0.26, 0.04, 3.0)
        crack = ring(0.25, [(3400, 1.0, 0.12), (4900, 0.6, 0.1), (1250, 0.6, 0.04), (7100, 0.3, 0.06)])
        place(canvas, 0.12 * swish, at, pan, loud)
        place(canvas, crack, at + 0.28, pan, loud)
        at += rng.uniform(1.8, 4.5)
    return outdoors(rng, canvas, 0.5, 0.15, 4000) + 0.006 * noise(rng, n, band(200, 2000))


SOURCES = (
    Source(
        "tennis",
        tennis,
        ("tennis", "sports", "residential"),
        ("tennis balls hit by rackets", "a tennis match on the court", "tennis balls bounce"),
        -2,
    ),
    Source(
        "ball_game",
        ball_game,
        ("sports", "baseball"),
        (
            "a football match with a referee's whistle",
            "players kick a ball and shout",
            "the crack of a baseball bat",
            "a basketball bounces on the court",
        ),
        -1,
    ),
    Source(
        "golf_swing",
        golf_swing,
        ("golf",),
        ("a golf club hits the ball", "golfers tee off", "the swish and click of a golf swing"),
        -4,
    ),
)
