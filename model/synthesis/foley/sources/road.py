"""Roads: the motorway's hum, cars passing in a street, horns, sirens, engines."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import buzz, glide, moved, place, shape, silence, tone
from model.synthesis.foley.sources.noise import (
    RATE,
    Resonances,
    Samples,
    band,
    curve,
    filtered,
    noise,
    outdoors,
    resonated,
)
from model.synthesis.foley.sources.passing import Path
from model.synthesis.foley.sources.source import Source


def _car(n: int, rng: Generator, path: Path, tyres: Samples) -> Samples:
    """One car (2, n) on its path: its share of the tyre noise (n,), and its engine."""
    rpm = rng.uniform(45, 75) * path.doppler(n)
    engine = resonated(buzz(rpm, 6.0), [(90, 60, 1.0), (180, 120, 0.7), (420, 300, 0.3)])
    engine *= 0.9 / max(1e-6, float(engine.std()))
    # Rolled, not drawn anew: two cars never play the same stretch of noise at once.
    return path.heard(np.asarray(0.8 * np.roll(tyres, int(rng.integers(n))) + engine, dtype=np.float32), 900.0)


def motorway(n: int, rng: Generator) -> Samples:
    """A motorway some hundred metres off.

    Many cars at 100 km/h and more melt into a steady roar with its hump at 600 to 1200 Hz; lorries add a low drone
    and swell out of it one by one.
    """
    roar = noise(rng, n, band(300, 950, 1.8), width=0.85) * curve(rng, n, 0.35, 0.7, 1.0)
    drone = noise(rng, n, band(45, 180, 1.5), width=0.6) * curve(rng, n, 0.3, 0.5, 1.0)
    total, at = roar + 0.8 * drone, rng.uniform(-1, 1.5)
    while at < n / RATE + 1:
        path = Path(at, rng.uniform(40, 90), rng.choice((-1, 1)) * rng.uniform(24, 34))
        rush = noise(rng, n, band(rng.uniform(120, 350), rng.uniform(900, 1500), 1.2), channels=1)[0]
        total += moved(0.7 * rush * path.level(n, 1.3), path.pan(n))
        at += rng.exponential(1.4) + 0.3
    return np.asarray(total, dtype=np.float32)


def street_traffic(n: int, rng: Generator) -> Samples:
    """A town street: cars pass one by one at 30 to 50 km/h a few metres away, over the hum of the town.

    Tyre noise has its broad peak near 1 kHz (the horn between tread and road); a wet road adds a hiss.
    """
    total = 0.12 * noise(rng, n, band(60, 500, 1.0), width=0.8) * curve(rng, n, 0.5, 0.7, 1.0)
    tyres = noise(rng, n, band(450, 1500, 1.3), channels=1)[0]
    tyres += rng.uniform(0, 0.25) * noise(rng, n, band(2500, 8000, 1), channels=1)[0]
    at = rng.uniform(0.5, 1.8)
    while at < n / RATE + 1:
        total += _car(n, rng, Path(at, rng.uniform(4, 9), rng.choice((-1, 1)) * rng.uniform(8, 14)), tyres)
        at += rng.uniform(1.6, 4.0)
    return np.asarray(total, dtype=np.float32)


def car_horns(n: int, rng: Generator) -> Samples:
    """Car horns: two reeds a third apart, near 400 and 500 Hz, each car's ringing in a horn of its own.

    A driver who is stuck leans on it for a dozen toots in a rhythm of his own; others answer from further off.
    """
    canvas = silence(n)
    for nearest in (1.0, 0.2):
        at = rng.uniform(0.05, 0.3)
        while at < n / RATE:
            pan, loud = rng.uniform(-0.9, 0.9), nearest * rng.uniform(0.8, 1.0)
            seconds, gap = rng.uniform(0.13, 0.3), rng.uniform(0.08, 0.2)
            toot = _toot(rng, seconds)
            for _ in range(rng.integers(8, 18)):
                place(canvas, toot, at, pan, loud)
                at += (seconds + gap) * rng.uniform(0.97, 1.03)
            at += rng.exponential(0.2)
    return outdoors(rng, canvas, 0.8, 0.2, 3000) + _town(n, rng, 0.02)


def _toot(rng: Generator, seconds: float) -> Samples:
    """One toot (m,) of a car's two reeds through its horn."""
    flat, low = glide([0.99, 1.0, 1.0, 1.0, 0.985], seconds), rng.uniform(380, 470)
    reeds = buzz(low * flat, 9.0) + buzz(low * 1.26 * flat, 9.0)
    horn = resonated(reeds, [(450, 120, 0.08), (rng.uniform(1100, 2900), 280, 1.2), (2600, 700, 0.5)])
    return horn * shape(len(horn), 0.012, 0.03)


def _town(n: int, rng: Generator, loud: float) -> Samples:
    """The hum of the town (2, n) that horns and sirens are heard over: many cars far off."""
    return loud * noise(rng, n, band(60, 500, 1.1), width=0.8) * curve(rng, n, 0.7, 0.7, 1.0)


def siren(n: int, rng: Generator) -> Samples:
    """An ambulance driving by: wail (650 to 1500 Hz in 4 s), yelp (three a second) or two-tone, with Doppler.

    A driver horn with overtones to 3 kHz; speed shifts its pitch by 3 to 5 %, and houses answer.
    """
    t, kind = np.arange(n) / RATE, rng.choice((0, 0, 1, 2))
    if kind == 2:
        hz = np.where((t / 0.55 + rng.random()) % 2 < 1, 450.0, 600.0)
    else:
        cycle = (t / (4.2 if kind == 0 else 0.33) + rng.random()) % 1
        hz = 650 * 2.2 ** np.where(cycle < 0.4, cycle / 0.4, (1 - cycle) / 0.6)
    path = Path(n / RATE * rng.uniform(0.3, 0.7), rng.uniform(15, 30), rng.choice((-1, 1)) * rng.uniform(9, 16))
    horn = tone(hz * path.doppler(n), (1.0, 0.5, 0.3, 0.15, 0.1, 0.05))
    horn = filtered(resonated(horn, [(1000, 800, 1.0), (2200, 1500, 0.3)]), high=3200.0)
    horn += 0.12 * noise(rng, n, band(150, 1200, 1.2), channels=1)[0]
    return outdoors(rng, path.heard(horn, 2500.0), 1.1, 0.35, 3000) + _town(n, rng, 0.12)


def _revs(n: int, rng: Generator, firing: Samples, peaks: Resonances, rough: float) -> Samples:
    """An engine (n,): exhaust pulses at `firing` Hz, each unlike the last, through the exhaust's resonances."""
    uneven = 1 + rough * noise(rng, n, band(4, 40, 1), channels=1)[0]
    pulses = buzz(firing * (1 + 0.004 * noise(rng, n, band(2, 12, 1), channels=1)[0]), 10.0) * uneven
    sound = resonated(pulses, peaks)
    return np.asarray(sound / max(1e-6, float(sound.std())), dtype=np.float32)


def engine(n: int, rng: Generator) -> Samples:
    """A lorry or bus idling close by: diesel knocks 24 to 38 times a second, a low growl, the clatter of its valves.

    Exhaust pulses, each unlike the last, through the resonances of the pipe and the body; noise of intake and fan below
    200 Hz.
    """
    firing = rng.uniform(24, 38) * curve(rng, n, 0.25, 0.95, 1.25)
    peaks = [(75, 50, 0.7), (150, 90, 0.9), (380, 250, 1.2), (1100, 800, 1.6), (2200, 1500, 0.9)]
    growl = _revs(n, rng, firing, peaks, 0.25) + 0.8 * noise(rng, n, band(35, 170, 1.7), channels=1)[0]
    clatter = noise(rng, n, band(800, 4000, 1.2), width=0.7) * np.maximum(0, buzz(firing * 2, 5.0)) * 0.3
    return np.asarray(moved(growl, curve(rng, n, 0.2, -0.3, 0.3)) + clatter + 0.08 * noise(rng, n, band(100, 900, 1)))


def motorcycle(n: int, rng: Generator) -> Samples:
    """A motorcycle going by: its note climbs through two or three gears, 70 to 220 firings a second, with Doppler.

    Exhaust pulses through the resonances of a short pipe; the pitch is firings a second.
    """
    seconds = n / RATE
    path = Path(seconds * rng.uniform(0.35, 0.6), rng.uniform(5, 12), rng.choice((-1, 1)) * rng.uniform(11, 18))
    gear = (np.arange(n) / RATE / rng.uniform(2.2, 3.2) + rng.random()) % 1
    firing = (90 + 110 * gear**0.8).astype(np.float32) * path.doppler(n)
    note = _revs(n, rng, firing, [(130, 80, 1.0), (350, 200, 1.0), (900, 500, 0.7), (2400, 1500, 0.35)], 0.2)
    return path.heard(note + 0.15 * noise(rng, n, band(500, 2500, 1), channels=1)[0], 900.0)


def tractor(n: int, rng: Generator) -> Samples:
    """A tractor at work: a slow two- to four-cylinder diesel, 25 to 40 knocks a second, labouring as it pulls.

    Few large cylinders and a tall exhaust: pulses, each unlike the last, through low resonances; panels rattle at
    each.
    """
    firing = rng.uniform(26, 38) * curve(rng, n, 0.2, 0.92, 1.12)
    body = _revs(n, rng, firing, [(85, 50, 0.8), (190, 100, 1.0), (480, 300, 1.2), (1300, 900, 1.2)], 0.25)
    rattle = noise(rng, n, band(1200, 4500, 1.3), width=0.8) * np.maximum(0, buzz(firing, 4.0)) * 0.5
    return np.asarray(moved(body, curve(rng, n, 0.12, -0.5, 0.5)) + rattle, dtype=np.float32)


SOURCES = (
    Source(
        "motorway",
        motorway,
        ("highway", "industry", "residential", "depot"),
        (
            "the steady hum of motorway traffic",
            "traffic roaring on a highway",
            "trucks and cars rushing by on the freeway",
            "the distant drone of traffic",
        ),
    ),
    Source(
        "street_traffic",
        street_traffic,
        ("street", "city", "residential", "parking"),
        (
            "cars passing on a street",
            "city traffic",
            "a car drives slowly by",
            "tyres on the asphalt of a road",
            "cars pull in and out of a parking lot",
        ),
    ),
    Source(
        "car_horns", car_horns, ("city", "street"), ("car horns honking", "drivers honk in a jam", "a car alarm"), -3
    ),
    Source(
        "siren",
        siren,
        ("city", "street", "depot"),
        ("an ambulance siren", "a police or fire engine siren wails", "emergency vehicles rush past"),
        -2,
    ),
    Source(
        "engine",
        engine,
        ("industry", "parking", "street", "harbour", "depot"),
        ("a truck engine idling", "a bus or lorry starts and pulls away", "a diesel engine rumbling", "engine noise"),
    ),
    Source(
        "motorcycle",
        motorcycle,
        ("highway", "street"),
        ("a motorcycle accelerates past", "motorbikes howl by", "a moped buzzes by"),
    ),
    Source(
        "tractor",
        tractor,
        ("farmland", "pasture", "orchard"),
        ("a tractor ploughing a field", "a combine harvester at work", "farm machinery in the fields"),
    ),
)
