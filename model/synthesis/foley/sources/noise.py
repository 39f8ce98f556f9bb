"""Noise with a chosen spectrum, and slow random curves to move it: the stuff of wind, water and machines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq
from scipy.ndimage import uniform_filter1d

from model.lazy import part

RATE = 44_100
"""Sample rate of every source, Hz."""

Samples = NDArray[np.float32]
Resonances = Sequence[tuple[float, float, float]]
"""(Hz, bandwidth in Hz, gain) of each."""
Spectrum = Callable[[Samples], Samples]
"""Frequencies in Hz -> amplitude (not power) at each."""


def band(low: float, high: float, order: float = 2.0, tilt: float = 0.0) -> Spectrum:
    """Amplitudes of a band: slopes of 6 dB x order per octave outside `low`..`high`, `tilt` dB per octave inside."""

    def amplitudes(f: Samples) -> Samples:
        f = np.maximum(f, 1.0)
        rise = np.minimum(low / f, 10 ** (15 / order)) ** (2 * order)  # as steep as 32 bits allow
        gain = ((1 + rise) * (1 + (f / high) ** (2 * order))) ** -0.5
        return np.asarray(gain * (f / np.sqrt(low * high)) ** (tilt / 6.02), dtype=np.float32)

    return amplitudes


def noise(rng: Generator, n: int, spectrum: Spectrum, channels: int = 2, width: float = 1.0) -> Samples:
    """Gaussian noise (channels, n) of unit RMS with a spectrum; `width` 0 makes the channels equal, 1 independent."""
    length = next_fast_len(n, real=True)
    gain = spectrum(np.asarray(rfftfreq(length, 1 / RATE), dtype=np.float32))
    gain[0] = 0
    gain *= length / 2 / np.sqrt(np.square(gain, dtype=np.float64).sum())
    parts = rng.standard_normal((channels, len(gain), 2), dtype=np.float32).view(np.complex64)[..., 0]
    if width < 1:
        common = rng.standard_normal((len(gain), 2), dtype=np.float32).view(np.complex64)[..., 0]
        parts = np.float32(width**0.5) * parts + np.float32((1 - width) ** 0.5) * common
    return np.asarray(irfft(parts * gain.astype(np.float32), length)[:, :n], dtype=np.float32)


def curve(rng: Generator, n: int, hz: float, low: float, high: float) -> Samples:
    """A smooth random walk (n,) between `low` and `high` that turns about `hz` times a second."""
    step = max(1, int(RATE / hz / 2))
    knots = rng.uniform(low, high, n // step + 3)
    slow = np.interp(np.arange(0, n + 1, 64) / step + rng.uniform(0, 1), np.arange(len(knots)), knots)
    slow = uniform_filter1d(slow, max(1, step // 64), mode="nearest")
    middle = (low + high) / 2
    return stretched(np.clip(middle + 1.5 * (slow - middle), low, high), n)  # averaging had narrowed its swing


def stretched(slow: NDArray[np.floating], n: int) -> Samples:
    """A control curve of any length drawn out linearly to (n,)."""
    drawn: Samples = np.interp(np.linspace(0, len(slow) - 1, n), np.arange(len(slow)), slow).astype(np.float32)
    return drawn


def filtered(x: Samples, low: float | None = None, high: float | None = None, order: int = 2) -> Samples:
    """Butterworth high-pass at `low` and low-pass at `high` Hz along the last axis."""
    butter = part("scipy.signal", "butter")
    if low and high:
        sos = butter(order, (low, min(high, 0.49 * RATE)), "bandpass", fs=RATE, output="sos")
    elif low:
        sos = butter(order, low, "highpass", fs=RATE, output="sos")
    else:
        sos = butter(order, min(cast(float, high), 0.49 * RATE), "lowpass", fs=RATE, output="sos")
    return np.asarray(part("scipy.signal", "sosfilt")(sos.astype(np.float32), x, axis=-1), dtype=np.float32)


def resonated(x: Samples, peaks: Resonances) -> Samples:
    """Through parallel resonances: a vocal tract's formants, a body's modes. Any (..., n)."""
    length = next_fast_len(x.shape[-1] + RATE // 20, real=True)
    f = np.asarray(rfftfreq(length, 1 / RATE), dtype=np.float32)
    response = np.zeros(len(f), dtype=np.complex64)
    for hz, width, gain in peaks:
        response += gain * (1j * f * width) / (hz**2 - f**2 + 1j * f * width)
    return np.asarray(irfft(rfft(x, length) * response, length)[..., : x.shape[-1]], dtype=np.float32)


def outdoors(rng: Generator, x: Samples, seconds: float, wet: float, bright: float = 3000.0) -> Samples:
    """Stereo (2, n) with a diffuse tail, `wet` beside the sound itself: echoes of woods or walls."""
    return np.asarray(x + wet * echo(rng, x, seconds, bright), dtype=np.float32)


def echo(rng: Generator, x: Samples, seconds: float, bright: float) -> Samples:
    """The diffuse tail (2, n) of x alone: x through decaying, low-passed noise of T60 `seconds`."""
    n, tail = x.shape[-1], int(seconds * RATE)
    response = noise(rng, tail, band(120, bright, 1.0))
    response *= 10 ** (-3 * np.arange(tail, dtype=np.float32) / tail)
    response[:, : RATE // 100] *= np.linspace(0, 1, RATE // 100, dtype=np.float32)
    response /= np.sqrt(np.square(response).sum(axis=-1, keepdims=True))
    return np.asarray(part("scipy.signal", "oaconvolve")(x, response, axes=-1)[..., :n], dtype=np.float32)
