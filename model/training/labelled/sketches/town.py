"""Towns from above, and what people play on."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from model.training.labelled.sketches.brush import (
    Field,
    Ground,
    axes,
    blend,
    fractal,
    step,
    stretched,
    textured,
    tint,
    toned,
)
from model.training.labelled.sketches.water import water


def track(rng: np.random.Generator, ground: Ground) -> Field:
    """A running track around a pitch among buildings."""
    along, across = axes(rng)
    size = rng.uniform(0.3, 0.55)
    off = np.hypot(np.maximum(np.abs(along) - size * 0.75, 0), across) - size * 0.62
    picture = ground("built" if rng.random() < 0.75 else "open")
    lane = tint(rng, (0.6, 0.36, 0.3), (0.5, 0.34, 0.28), (0.55, 0.5, 0.46), (0.34, 0.36, 0.4), (0.7, 0.62, 0.5))
    picture = blend(picture, lane * 1.1, step(rng.uniform(0.08, 0.18) - off, 0.02))
    pitch = tint(rng, (0.26, 0.42, 0.22), (0.2, 0.36, 0.26), (0.44, 0.46, 0.3), (0.6, 0.52, 0.4))
    mown = 1 + rng.uniform(0, 0.12) * np.sign(np.sin(along * rng.uniform(25, 45)))
    inner = step(0.02 - np.maximum(np.abs(along) - size * 0.8, np.abs(across) - size * 0.48), 0.02)
    picture = blend(picture, textured(pitch, fractal(rng, 0.8), 0.05), step(-off, 0.02))
    return blend(picture, pitch * mown[..., None], inner)


def sprawl(rng: np.random.Generator, ground: Ground) -> Field:
    """A city from afar: roofs too small to tell apart, main roads, green between, at times the sea."""
    along, across = axes(rng)
    roofs = tint(rng, (0.6, 0.55, 0.55), (0.68, 0.6, 0.52), (0.5, 0.5, 0.52), (0.42, 0.38, 0.4))
    picture = textured(roofs, fractal(rng, rng.uniform(0.1, 0.5)), rng.uniform(0.06, 0.28))
    bend = rng.uniform(0, 0.1) * fractal(rng, 2.2)
    streets = [np.abs(np.sin((axis + bend) * rng.uniform(3, 14) + rng.random())) for axis in (along, across)]
    road = tint(rng, (0.75, 0.74, 0.74), (0.3, 0.3, 0.32))
    picture = blend(picture, road, rng.uniform(0.2, 0.8) * step(rng.uniform(0.02, 0.1) - np.minimum(*streets), 0.1))
    green = step(fractal(rng, rng.uniform(1.4, 2.4)) - rng.uniform(-0.2, 1.6), 0.15)
    picture = blend(picture, ground("open") * rng.uniform(0.45, 1.0), green)
    if rng.random() < 0.35:
        shore = along + rng.uniform(0.02, 0.1) * fractal(rng, 2.0) - rng.uniform(0.35, 0.8)
        picture = blend(picture, water(rng), step(shore, 0.03))
    return picture


def outskirts(rng: np.random.Generator, ground: Ground) -> Field:
    """The edge of a city from afar: roofs and trees too small to tell apart, bright yards, woods, at times a shore."""
    along, across = axes(rng)
    built = rng.uniform(-0.4, 1.2) + fractal(rng, rng.uniform(1.6, 2.6)) + rng.uniform(-1.2, 1.2) * along
    built = step(built, rng.uniform(0.4, 2.0))
    specks = fractal(rng, rng.uniform(0.2, 1.1)) + 0.4 * fractal(rng, 0.0) * rng.random()
    light = rng.uniform(0.1, 0.22) + built * rng.uniform(0.22, 0.42) + specks * (0.05 + built * rng.uniform(0.05, 0.16))
    bend = rng.uniform(0.02, 0.15) * fractal(rng, 2.2)
    if rng.random() < 0.5:
        lines = [np.abs(np.sin((axis + bend) * rng.uniform(2, 7) + rng.random())) for axis in (along, across)]
        light += rng.choice([-0.2, 0.2]) * built * step(0.05 - np.minimum(*lines), 0.06)
    light += rng.uniform(0.3, 0.6) * step(fractal(rng, 0.5) - rng.uniform(1.8, 3.0), 0.5)
    leaf = tint(rng, (0.16, 0.17, 0.09), (0.1, 0.16, 0.1), (0.2, 0.24, 0.14), (0.22, 0.2, 0.12), spread=0.02)
    roofs = tint(rng, (0.5, 0.42, 0.43), (0.54, 0.44, 0.38), (0.44, 0.44, 0.46), (0.58, 0.5, 0.44), spread=0.02)
    yards = tint(rng, (0.9, 0.82, 0.7), (0.92, 0.9, 0.9), (0.84, 0.7, 0.6), spread=0.02)
    picture = toned(np.clip(light, 0, 1), leaf * 0.3, leaf, roofs, yards, np.ones(3))
    hues = gaussian_filter(rng.normal(size=picture.shape), (*[rng.uniform(0.3, 1.0)] * 2, 0))
    picture *= 1 + rng.uniform(0, 0.12) * built[..., None] * hues / hues.std()
    if rng.random() < 0.4:
        shore = across + rng.uniform(0.02, 0.1) * fractal(rng, 2.0) - rng.uniform(0.4, 0.9)
        picture = blend(picture, np.array((0.9, 0.86, 0.76)), step(shore + rng.uniform(0.02, 0.06), 0.03))
        shallow = tint(rng, (0.2, 0.6, 0.62), (0.3, 0.7, 0.66), (0.1, 0.3, 0.42), (0.36, 0.44, 0.38))
        picture = blend(picture, textured(shallow, fractal(rng, 1.6), 0.05), step(shore, 0.03))
    return stretched(picture, rng)
