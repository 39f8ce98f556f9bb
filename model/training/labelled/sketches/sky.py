"""Images that show nothing: one colour, or cloud."""

from __future__ import annotations

import numpy as np

from model.training.labelled.sketches.brush import Field, Ground, axes, blend, fractal


def blank(rng: np.random.Generator, ground: Ground) -> Field:
    """Nothing to see: one colour, black or white included, with or without grain and a slow change across it."""
    colour = rng.random(3) if rng.random() < 0.5 else np.full(3, rng.choice([0.0, 1.0, rng.random()]))
    along, _ = axes(rng)
    slow = rng.uniform(0, 0.3) * along if rng.random() < 0.4 else 0.0 * along
    return np.asarray(colour + (slow + rng.choice([0.0, rng.uniform(0, 0.05)]) * fractal(rng, 0.0))[..., None])


def cloud(rng: np.random.Generator, ground: Ground) -> Field:
    """Cloud over whatever lies below."""
    thick = fractal(rng, rng.uniform(1.6, 2.4)) + 0.3 * fractal(rng, 1.2)
    share = np.clip(rng.uniform(0.8, 1.3) + rng.uniform(0.05, 0.3) * thick, 0, 1)
    bright = np.clip(rng.uniform(0.72, 1.0) + rng.uniform(0.02, 0.12) * thick, 0, 1)
    return blend(ground(str(rng.choice(["open", "built"]))), np.repeat(bright[..., None], 3, axis=2), share)
