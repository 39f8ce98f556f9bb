"""Rows that are likely to be the nearest, found by looking at every one of them on a GPU."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.gallery.vectors import Matrix

DEPTH = 256
"""Likely rows given for each query, at least; four for each one asked for if that is more."""
PART = 20_000
"""Rows read from the disk at a time."""


def scanning_device() -> str | None:
    """Where a large matrix is scanned: the GPU, if there is one."""
    return "cuda" if torch.cuda.is_available() else None


class Scan:
    """A matrix (n, dim) of unit vectors as float16 on a device. Safe from any thread."""

    def __init__(self, matrix: Matrix, device: str) -> None:
        self._rows = torch.empty(matrix.shape, dtype=torch.float16, device=device)
        for start in range(0, len(matrix), PART):
            part = torch.from_numpy(np.array(matrix[start : start + PART]))
            self._rows[start : start + len(part)] = part.to(device)

    @torch.inference_mode()
    def likely(self, queries: NDArray[np.float32], k: int) -> NDArray[np.int64]:
        """Rows (q, depth) that hold the k nearest to each of queries (q, dim), but for what float16 cannot tell."""
        depth = min(len(self._rows), max(DEPTH, 4 * k))
        asked = torch.from_numpy(queries).to(self._rows)  # (q, dim)
        rows: Tensor = (asked @ self._rows.T).topk(depth, dim=1).indices  # (q, depth)
        return rows.cpu().numpy()
