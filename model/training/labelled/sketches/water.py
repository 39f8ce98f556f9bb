"""Shores, rivers and lakes from above."""

from __future__ import annotations

import numpy as np

from model.training.labelled.sketches.brush import Field, Ground, axes, blend, fractal, step, textured, tint


def water(rng: np.random.Generator) -> Field:
    """A sheet of it in one colour: (SIDE, SIDE, 3)."""
    clear = ((0.1, 0.2, 0.32), (0.08, 0.12, 0.14), (0.1, 0.3, 0.42))
    colour = tint(rng, *clear, (0.2, 0.36, 0.36), (0.3, 0.34, 0.26), (0.42, 0.4, 0.3))
    return textured(colour, fractal(rng, rng.uniform(0.3, 1.6)), rng.uniform(0.01, 0.08))


def beach(rng: np.random.Generator, ground: Ground) -> Field:
    """Water, lines of surf, a strip of sand, and what lies behind it."""
    along, _ = axes(rng)
    shore = along + rng.uniform(0.02, 0.12) * fractal(rng, 2.0) + rng.uniform(-0.45, 0.45)
    shallow = tint(rng, (0.3, 0.55, 0.55), (0.2, 0.5, 0.55), (0.42, 0.5, 0.42), (0.3, 0.36, 0.36))
    picture = blend(water(rng), shallow, np.exp(np.minimum(shore, 0) / rng.uniform(0.1, 0.5)))
    breakers = np.sin(shore * rng.uniform(15, 50) + fractal(rng, 1.5)) + fractal(rng, 0.9) - rng.uniform(0.3, 1.8)
    reach = rng.uniform(0.06, 0.6)
    foam = step(breakers, 0.8) * step(shore + reach, reach / 2) * step(-shore, 0.05)
    picture = blend(picture, np.full(3, rng.uniform(0.8, 0.97)), foam)
    sand = tint(rng, (0.85, 0.78, 0.64), (0.76, 0.64, 0.48), (0.66, 0.6, 0.54), (0.92, 0.88, 0.78))
    picture = blend(picture, textured(sand, fractal(rng, 0.9), 0.04), step(shore, 0.03))
    behind = ground(str(rng.choice(["open", "built"]))) if rng.random() < 0.6 else picture
    return blend(picture, behind, step(shore - rng.uniform(0.1, 0.9) + 0.04 * fractal(rng, 1.4), 0.04))


def river(rng: np.random.Generator, ground: Ground) -> Field:
    """A winding band of water between banks, through any country."""
    along, across = axes(rng)
    bend = rng.uniform(0, 0.45) * np.sin(along * rng.uniform(1.5, 5) + rng.uniform(0, 6)) + rng.uniform(-0.3, 0.3)
    off = np.abs(across - bend + 0.04 * fractal(rng, 1.9)) - rng.uniform(0.06, 0.28)
    picture = ground(str(rng.choice(["open", "crops", "built"])))
    bank = tint(rng, (0.74, 0.68, 0.54), (0.2, 0.28, 0.16), (0.45, 0.42, 0.32))
    picture = blend(picture, bank, step(rng.uniform(0, 0.12) - off + 0.03 * fractal(rng, 1.4), 0.05))
    return blend(picture, water(rng), step(-off, 0.03))


def lake(rng: np.random.Generator, ground: Ground) -> Field:
    """One sheet of still water with a rim, in open or built country."""
    along, across = axes(rng)
    y, x = rng.uniform(-0.25, 0.25, 2)
    radius = np.hypot((along - x) * rng.uniform(0.7, 1.4), across - y) + rng.uniform(0.02, 0.16) * fractal(rng, 2.0)
    inside = rng.uniform(0.35, 0.75) - radius
    picture = ground(str(rng.choice(["open", "crops", "built"])))
    rim = tint(rng, (0.66, 0.62, 0.54), (0.16, 0.24, 0.14), (0.4, 0.4, 0.34))
    picture = blend(picture, rim, step(inside + rng.uniform(0, 0.08), 0.05))
    return blend(picture, water(rng), step(inside, 0.03))
