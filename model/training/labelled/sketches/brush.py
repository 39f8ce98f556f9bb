"""What every sketch is drawn with: fractal noise, soft edges, colours, directions, and a satellite's stretch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

SIDE = 128

Field = NDArray[np.float64]
Ground = Callable[[str], Field]
"""Kind of ground (open, crops, built) -> (SIDE, SIDE, 3) in 0..1."""


def fractal(rng: np.random.Generator, roughness: float, longest: float = 1.0, drawn_out: float = 1.0) -> Field:
    """Gaussian noise (SIDE, SIDE) of unit variance with a 1/f^roughness amplitude, `longest` of the frame at most.

    `drawn_out` makes its features so many times longer in one random direction than across it.
    """
    fy, fx = np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :]
    if drawn_out > 1:
        angle = rng.uniform(0, np.pi)
        fy, fx = fx * np.sin(angle) + fy * np.cos(angle), (fx * np.cos(angle) - fy * np.sin(angle)) * drawn_out
    f = np.hypot(fy, fx)
    amplitude = np.where(f >= 1 / (SIDE * longest) - 1e-9, np.maximum(f, 1e-9) ** -roughness, 0.0)
    spectrum = (rng.normal(size=f.shape) + 1j * rng.normal(size=f.shape)) * amplitude
    noise = np.fft.irfft2(spectrum, s=(SIDE, SIDE))
    return np.asarray((noise - noise.mean()) / (noise.std() + 1e-9))


def step(x: Field, width: float) -> Field:
    """0 below, 1 above zero, over `width`."""
    return np.clip(x / width + 0.5, 0, 1)


def blend(under: Field, over: Field, share: Field) -> Field:
    """`over` laid on `under`, both (SIDE, SIDE, 3) or one colour, by its share (SIDE, SIDE)."""
    return np.asarray(under + (over - under) * share[..., None])


def tint(rng: np.random.Generator, *choices: tuple[float, float, float], spread: float = 0.03) -> Field:
    """One of the choices, a little changed: (3,) in 0..1."""
    return np.clip(np.array(choices[int(rng.integers(len(choices)))]) + rng.normal(0, spread, 3), 0, 1)


def textured(colour: Field, noise: Field, strength: float) -> Field:
    """One colour with noise of a strength: (SIDE, SIDE, 3)."""
    return np.asarray(colour * (1 + strength * noise)[..., None])


def toned(light: Field, *stops: Field) -> Field:
    """A field in 0..1 as colours between evenly spaced stops (3,), as film gives shadow, middle and light their own."""
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(light, at, [stop[band] for stop in stops]) for band in range(3)], axis=-1)


def axes(rng: np.random.Generator) -> tuple[Field, Field]:
    """Coordinates along and across a random direction, -1..1 over the frame."""
    y, x = np.meshgrid(*[np.linspace(-1, 1, SIDE)] * 2, indexing="ij")
    angle = rng.uniform(0, 2 * np.pi)
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def stretched(picture: Field, rng: np.random.Generator) -> Field:
    """Often pulled to its first and last percentiles, band by band or all alike, as satellite products are shown."""
    if rng.random() < 0.3:
        return picture
    axis = (0, 1) if rng.random() < 0.5 else None
    low, high = (np.percentile(picture, p, axis=axis) for p in (rng.uniform(0, 2), rng.uniform(96, 100)))
    return np.asarray((picture - low) / np.maximum(high - low, 0.05))
