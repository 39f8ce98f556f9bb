"""Aircraft: jets, propeller planes, helicopters."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from model.synthesis.foley.sources.grains import buzz, moved, tone
from model.synthesis.foley.sources.noise import RATE, Samples, band, curve, filtered, noise, resonated
from model.synthesis.foley.sources.passing import Path
from model.synthesis.foley.sources.source import Source


def jet(n: int, rng: Generator) -> Samples:
    """A jet taking off or flying over.

    Before it is overhead the fan's whine leads, a tone at blade-passing frequency; after, the jet's mixing noise,
    loudest some 130 degrees off its nose: a low tearing roar. Reflection from the ground combs the spectrum.
    """
    seconds = n / RATE
    path = Path(seconds * rng.uniform(0.35, 0.5), rng.uniform(150, 260), rng.choice((-1, 1)) * rng.uniform(70, 85))
    along, doppler = path.along(n) / path.range(n), path.doppler(n)
    behind = np.asarray(0.5 + 0.5 * np.tanh(2 * along * np.sign(path.speed) + 0.5), dtype=np.float32)
    level = path.level(n, 0.8)
    drift = curve(rng, n, 0.9, 0.55, 1.0) * curve(rng, n, 3.5, 0.6, 1.0)  # turbulence between bends the sound away
    level = level * drift
    roar = noise(rng, n, band(110, 560, 1.6), width=0.5)
    tearing = noise(rng, n, band(450, 1400, 2.6), width=0.7) * (1 + 0.3 * noise(rng, n, band(5, 40, 1), channels=1)[0])
    whine = tone(rng.uniform(1700, 2400) * doppler, (1.0, 0.35)) * (1 - behind)
    total = roar * level * (0.35 + 0.65 * behind) + 0.55 * tearing * level**2 * behind
    buzzing = noise(rng, n, band(1800, 3200, 3), width=0.8) * level**2 * (1 - behind)
    total = total + 0.05 * buzzing + moved(0.22 * whine * level**1.5, path.pan(n))
    far = filtered(np.asarray(total, dtype=np.float32), high=3600.0, order=3)  # what some hundred metres of air leave
    return _combed(far, rng.uniform(0.004, 0.007))


def _combed(x: Samples, delay: float) -> Samples:
    """With the echo from the ground that `delay` seconds of detour bring: dips a few hundred hertz apart."""
    shift = int(delay * RATE)
    echo = np.concatenate([np.zeros((2, shift), dtype=np.float32), x[:, :-shift]], axis=1)
    return np.asarray(x + 0.45 * echo, dtype=np.float32)


def propeller(n: int, rng: Generator) -> Samples:
    """A light aircraft: harmonics of its blades' passing, 70 to 100 Hz, with the exhaust's buzz and Doppler.

    The air is displaced once a blade: a pulse train; every second harmonic series is the exhaust's.
    """
    path = Path(n / RATE * rng.uniform(0.35, 0.65), rng.uniform(120, 220), rng.choice((-1, 1)) * rng.uniform(42, 60))
    firing = rng.uniform(74, 98) * path.doppler(n) * curve(rng, n, 0.5, 0.995, 1.005)
    sound = resonated(
        buzz(firing, 14.0) + 0.4 * buzz(firing * 1.5, 10.0), [(170, 130, 1.0), (420, 350, 0.8), (1100, 900, 0.5)]
    )
    sound = sound / max(1e-6, float(sound.std())) + 0.2 * noise(rng, n, band(150, 1200, 1), channels=1)[0]
    return path.heard(np.asarray(sound, dtype=np.float32), 700.0) + 0.01 * noise(rng, n, band(80, 600))


def helicopter(n: int, rng: Generator) -> Samples:
    """A helicopter: blades slap the air 11 to 18 times a second, each slap a low thump with a crackle; a turbine sings.

    Blade-vortex interaction makes the slap sharp; the tail rotor adds a tone some five times faster.
    """
    path = Path(n / RATE * rng.uniform(0.4, 0.6), rng.uniform(70, 120), rng.choice((-1, 1)) * rng.uniform(12, 26))
    doppler = path.doppler(n)
    cycle = (np.cumsum(rng.uniform(11, 17) * doppler, dtype=np.float64) / RATE) % 1.0
    slap = np.exp(-9 * cycle).astype(np.float32) * np.minimum(1, 60 * cycle).astype(np.float32)
    thump = noise(rng, n, band(45, 280, 1.5), channels=1)[0] * (0.5 + 0.75 * slap)
    crackle = noise(rng, n, band(350, 1800, 1.8), channels=1)[0] * (0.35 + 0.6 * slap**1.5)
    tail = tone(rng.uniform(80, 110) * doppler, (0.5, 0.4, 0.3, 0.2, 0.1)) * 0.25
    turbine = noise(rng, n, band(2500, 4000, 3), channels=1)[0] * 0.025
    drift = curve(rng, n, 0.8, 0.6, 1.0) * curve(rng, n, 3.0, 0.75, 1.0)
    return path.heard(
        np.asarray((thump + 0.38 * crackle + tail + turbine) * drift, dtype=np.float32), 1200.0
    ) + 0.02 * noise(rng, n, band(60, 400))


SOURCES = (
    Source(
        "jet",
        jet,
        ("airport",),
        (
            "a jet taking off",
            "an airliner roars overhead",
            "an airplane passes high above",
            "planes landing on the runway",
            "jet engines whining on the apron",
        ),
        1,
    ),
    Source(
        "propeller",
        propeller,
        ("airport", "meadow"),
        ("a light propeller plane flies over", "a small aircraft drones across the sky", "a single-engine Cessna"),
    ),
    Source(
        "helicopter",
        helicopter,
        ("city", "airport", "mountain"),
        ("a helicopter hovering", "helicopter blades chop the air", "rotor noise overhead"),
    ),
)
