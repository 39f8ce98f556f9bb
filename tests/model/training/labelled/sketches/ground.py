"""Ground for sketches that need any, one colour a kind."""

import numpy as np

from model.training.labelled.sketches.brush import SIDE, Field

COLOURS = {"open": (0.2, 0.5, 0.2), "crops": (0.6, 0.6, 0.2), "built": (0.5, 0.5, 0.5)}


def ground(kind: str) -> Field:
    noise = np.random.default_rng(len(kind)).normal(0, 0.05, (SIDE, SIDE, 3))
    return np.asarray(np.clip(np.array(COLOURS[kind]) + noise, 0, 1))


def drawn(draw, seed: int = 0) -> Field:
    return np.clip(draw(np.random.default_rng(seed), ground), 0, 1)
