"""Single events: tones that glide, calls with formants, strokes that ring, and how they are laid out in stereo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from model.synthesis.foley.sources.noise import RATE, Resonances, Samples, resonated, stretched

EAR_DELAY = 0.0006
"""Seconds between the ears for a sound from the side."""


def silence(n: int) -> Samples:
    """An empty stereo canvas (2, n)."""
    return np.zeros((2, n), dtype=np.float32)


def place(canvas: Samples, sound: NDArray[np.floating], at: float, pan: float = 0.0, gain: float = 1.0) -> None:
    """Add a mono sound (m,) to the canvas (2, n) at `at` seconds; `pan` -1 is left, 1 right. May hang over the ends."""
    angle = (pan + 1) * np.pi / 4
    for channel, (level, side) in enumerate(((np.cos(angle), 1), (np.sin(angle), -1))):
        start = round((at + max(0.0, side * pan) * EAR_DELAY) * RATE)
        first, last = max(0, -start), min(len(sound), canvas.shape[1] - start)
        if last > first:
            canvas[channel, start + first : start + last] += np.float32(gain * level) * sound[first:last]


def moved(sound: NDArray[np.floating], pan: NDArray[np.floating] | float) -> Samples:
    """A mono sound (n,) on a path of pan (n,) from -1 to 1, as (2, n) at constant power."""
    angle = (np.clip(pan, -1, 1) + 1) * np.float32(np.pi / 4)
    return np.stack([np.cos(angle) * sound, np.sin(angle) * sound]).astype(np.float32)


def shape(n: int, attack: float, release: float, curve: float = 1.0) -> Samples:
    """An envelope (n,): rises over `attack` seconds, falls over the last `release`, both as cosines to a power."""
    envelope = np.ones(n, dtype=np.float32)
    up, down = (min(n, max(2, int(s * RATE))) for s in (attack, release))
    envelope[:up] *= (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, up))) ** curve
    envelope[n - down :] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, down))) ** curve
    return envelope


def glide(points: list[float] | NDArray[np.floating], seconds: float) -> Samples:
    """A curve (n,) of `seconds` through equally spaced points."""
    return stretched(np.asarray(points, dtype=np.float64), max(2, int(seconds * RATE)))


def phase(hz: NDArray[np.floating]) -> NDArray[np.float64]:
    """Phase in cycles of a tone whose frequency follows `hz` (n,)."""
    return np.cumsum(hz, dtype=np.float64) / RATE


def tone(hz: NDArray[np.floating], harmonics: Iterable[float] = (1.0,)) -> Samples:
    """A gliding tone (n,) with the given amplitudes of its harmonics; those beyond hearing are left out."""
    cycles, top = phase(hz), float(np.max(hz))
    total = np.zeros(len(hz), dtype=np.float32)
    for number, amplitude in enumerate(harmonics, start=1):
        if amplitude and number * top < 0.45 * RATE:
            total += amplitude * np.sin((2 * np.pi * number * cycles % (2 * np.pi)).astype(np.float32))
    return total


def buzz(hz: NDArray[np.floating], sharpness: float = 12.0) -> Samples:
    """A pulse train (n,) following `hz`: what vocal folds or exhaust valves let through, before any resonance."""
    cycles = (phase(hz) % 1.0).astype(np.float32)
    pulse = np.exp(-sharpness * cycles) * np.minimum(1, cycles * 40)
    return np.asarray(pulse - pulse.mean(), dtype=np.float32)


def call(
    rng: Generator,
    hz: NDArray[np.floating],
    formants: Resonances,
    breath: float = 0.1,
    jitter: float = 0.01,
) -> Samples:
    """An animal's or person's voice (n,): glottal pulses on a pitch curve, some breath, through formants; unit peak."""
    wander = 1 + jitter * np.interp(np.arange(len(hz)), np.arange(0, len(hz) + 300, 300), _knots(rng, len(hz)))
    source = buzz(hz * wander) + breath * rng.standard_normal(len(hz), dtype=np.float32) * 0.3
    sound = resonated(source, formants)
    return sound / max(1e-6, float(np.abs(sound).max()))


def _knots(rng: Generator, n: int) -> NDArray[np.float64]:
    return rng.standard_normal(len(range(0, n + 300, 300)))


def ring(seconds: float, partials: Sequence[tuple[float, float, float]]) -> Samples:
    """A struck body (n,): partials (Hz, amplitude, seconds to fall by 60 dB), all starting at once."""
    t = np.arange(int(seconds * RATE), dtype=np.float32) / RATE
    total = np.zeros(len(t), dtype=np.float32)
    for number, (hz, amplitude, fall) in enumerate(partials):
        heard = t[: int(1.3 * fall * RATE)]  # 80 dB down it is gone
        total[: len(heard)] += (
            amplitude * np.exp(-6.91 / fall * heard) * np.sin(np.float32(2 * np.pi * hz) * heard + number)
        )
    return total
