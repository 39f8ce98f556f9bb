"""Why two things are alike: their cosine as an exact sum over the concepts of the codebook.

An embedding is a sum of concepts, v = Σ w_c C_c (the paper's equation 4), so a cosine is a sum too, in two ways:
cos(a, b) = Σ a_c (C_c · b̂) / |a| = Σ b_c (C_c · â) / |b|. A concept's contribution is the mean of the two: neither side
is favoured, and what neither weighs contributes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Contribution:
    """What one concept adds to a cosine, and how much either side weighs it."""

    concept: int
    first: float
    second: float
    contribution: float


@dataclass(frozen=True, eq=False)
class Contributions:
    """A cosine, and every concept that has a part in it, the largest part (up or down) first."""

    score: float
    parts: tuple[Contribution, ...]

    @property
    def shared(self) -> int:
        """How many concepts both sides weigh."""
        return sum(part.first > 0 and part.second > 0 for part in self.parts)


def contributions(first: NDArray[Any], second: NDArray[Any], concepts: NDArray[Any]) -> Contributions:
    """Take the cosine of two embeddings apart: weights (codebook_size,) each, concepts (codebook_size, dim).

    The contributions of all parts add up to the score. Vectors of no length are alike to nothing: the score is 0.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    codebook = np.asarray(concepts, np.float64)
    held = np.flatnonzero((a > 0) | (b > 0))
    parts = codebook[held]  # (held, dim)
    u, v = a[held] @ parts, b[held] @ parts  # (dim,)
    length = float(np.linalg.norm(u) * np.linalg.norm(v))
    added = (a[held] * (parts @ v) + b[held] * (parts @ u)) / (2 * length) if length else np.zeros(len(held))
    order = np.argsort(-np.abs(added), kind="stable")
    told = [Contribution(int(held[i]), float(a[held[i]]), float(b[held[i]]), float(added[i])) for i in order]
    return Contributions(float(added.sum()), tuple(told))
