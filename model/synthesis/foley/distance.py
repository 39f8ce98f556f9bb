"""Distance: how level, brightness, width and echo change between a sound's source and a listener further off."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from model.synthesis.foley.habits import Habit, Spread
from model.synthesis.foley.sources.grains import moved
from model.synthesis.foley.sources.noise import RATE, Samples, curve
from model.synthesis.foley.surroundings import Surroundings

DB_PER_DOUBLING: dict[Spread, float] = {"point": 6.02, "line": 3.01, "field": 4.5}
"""Spreading: a point's power crosses a sphere, a line's a cylinder; a field has near parts and far ones."""
KELVIN, TRIPLE_POINT = 288.15, 273.16
"""15 degrees, a mild day, and the triple point of water."""
HUMIDITY = 70.0
"""Relative humidity, per cent."""
PAN = 0.75
"""Furthest to the side that a single thing stands."""


def air_absorption(hz: NDArray[np.floating]) -> NDArray[np.float64]:
    """Decibels a metre that air takes of a tone, for each frequency (ISO 9613-1, 15 degrees, 70 %, one atmosphere).

    The relaxation of oxygen and nitrogen molecules, and what viscosity and heat conduction take.
    """
    f2, warm = np.square(hz, dtype=np.float64), KELVIN / 293.15
    vapour = HUMIDITY * 10 ** (-6.8346 * (TRIPLE_POINT / KELVIN) ** 1.261 + 4.6151)  # molar per cent
    oxygen = 24 + 4.04e4 * vapour * (0.02 + vapour) / (0.391 + vapour)
    nitrogen = warm**-0.5 * (9 + 280 * vapour * np.exp(-4.170 * (warm ** (-1 / 3) - 1)))
    relaxation = 0.01275 * np.exp(-2239.1 / KELVIN) / (oxygen + f2 / oxygen)
    relaxation += 0.1068 * np.exp(-3352.0 / KELVIN) / (nitrogen + f2 / nitrogen)
    return np.asarray(8.686 * f2 * (1.84e-11 * warm**0.5 + warm**-2.5 * relaxation))


def foliage(hz: NDArray[np.floating]) -> NDArray[np.float64]:
    """Decibels a metre that dense leaves take (ISO 9613-2, table A.1), for each frequency."""
    octaves, loss = (63, 125, 250, 500, 1000, 2000, 4000, 8000), (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.09, 0.12)
    return np.asarray(np.interp(np.log2(np.maximum(hz, 1.0)), np.log2(octaves), loss), dtype=np.float64)


def level_db(habit: Habit, times: float) -> float:
    """Level in dB of a source heard from `times` the distance its model stands for."""
    return float(-DB_PER_DOUBLING[habit.spread] * np.log2(times))


def heard_from(samples: Samples, habit: Habit, times: float, around: Surroundings, rng: Generator) -> Samples:
    """A source (2, n) at its own level, as its colour and width are at `times` its distance.

    Air and leaves act on the way that was added; nearer than its model nothing is given back. A single thing far off is
    narrow.
    """
    added = max(0.0, (times - 1) * habit.metres)
    if added > 0:
        samples = _dulled(samples, added, around)
        if habit.spread == "point":
            samples = _narrowed(samples, times, rng)
    return samples


def wetness(times: float, around: Surroundings) -> float:
    """How strong the echo is beside a sound from `times` its distance, which falls off faster than its echo."""
    return float(around.wet * min(4.0, max(1.0, times**0.7)))


def _dulled(samples: Samples, metres: float, around: Surroundings) -> Samples:
    n = samples.shape[-1]
    length = next_fast_len(n + RATE // 20, real=True)
    hz = rfftfreq(length, 1 / RATE)
    loss = air_absorption(hz) * metres
    if around.foliage:
        loss += np.minimum(foliage(hz) * min(metres, 200.0), 25.0)
    gain = np.maximum(10 ** (-loss / 20), 1e-5).astype(np.float32)
    return np.asarray(irfft(rfft(samples, length) * gain, length)[..., :n], dtype=np.float32)


def _narrowed(samples: Samples, times: float, rng: Generator) -> Samples:
    """A thing at a distance: less wide, and somewhere to one side, where it strays a little."""
    n, width = samples.shape[-1], times**-0.7
    middle = samples.mean(axis=0)
    side = rng.uniform(-PAN, PAN) + curve(rng, n, 0.1, -0.12, 0.12)
    return np.asarray(width * samples + (1 - width) * 1.41 * moved(middle, side), dtype=np.float32)


def carried(samples: Samples, movement: str, rng: Generator) -> Samples:
    """A sound (2, n) that moves: "passing" from one side to the other, "circling" around the listener."""
    n = samples.shape[-1]
    t = np.linspace(-1, 1, n, dtype=np.float32)
    start = float(rng.choice((-1, 1)))
    if movement == "circling":
        turns = max(1.0, n / RATE / 12.0)
        return moved(samples.mean(axis=0) * np.float32(1.41), start * 0.9 * np.sin(np.pi * turns * (t + rng.random())))
    near = 1 / np.sqrt(1 + np.square(2.0 * t))  # 2.0: it comes from twice as far as it passes by
    return moved(samples.mean(axis=0) * np.float32(1.41) * near, start * 0.95 * np.sin(np.pi / 2 * t))
