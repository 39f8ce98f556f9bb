"""Rows that are likely to be the nearest, found by looking at every one of them on a GPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.errors import GalleryError
from model.gallery.vectors import Matrix

DEPTH = 256
"""Likely rows given for each query, at least; four for each one asked for if that is more."""
PART = 20_000
"""Rows read from the disk at a time."""
BYTES = 2
"""Of a float16."""


def scanning_device() -> str | None:
    """Where a large matrix is scanned: the GPU, if there is one."""
    return "cuda" if torch.cuda.is_available() else None


class Scan:
    """A matrix (n, dim) of unit vectors as float16 on a device. Safe from any thread.

    Raises:
        GalleryError: it does not fit there; `place` is the folder that the message names.
    """

    def __init__(self, matrix: Matrix, device: str, place: Path) -> None:
        self._place = place
        with self._fitting(f"{len(matrix)} vectors of {matrix.shape[1]} numbers ({matrix.size * BYTES / 1e9:.1f} GB)"):
            self._rows = torch.empty(matrix.shape, dtype=torch.float16, device=device)
            for start in range(0, len(matrix), PART):
                part = torch.from_numpy(np.array(matrix[start : start + PART]))
                self._rows[start : start + len(part)] = part.to(device)

    @torch.inference_mode()
    def likely(self, queries: NDArray[np.float32], k: int) -> NDArray[np.int64]:
        """Rows (q, depth) that hold the k nearest to each of queries (q, dim), but for what float16 cannot tell.

        Raises:
            GalleryError: the device has no room left for their scores.
        """
        depth = min(len(self._rows), max(DEPTH, 4 * k))
        with self._fitting(f"the scores of {len(queries)} queries"):
            asked = torch.from_numpy(queries).to(self._rows)  # (q, dim)
            rows: Tensor = (asked @ self._rows.T).topk(depth, dim=1).indices  # (q, depth)
            return rows.cpu().numpy()

    @contextmanager
    def _fitting(self, what: str) -> Iterator[None]:
        """Tell what did not fit where torch would tell of allocations."""
        try:
            yield
        except torch.OutOfMemoryError as error:
            raise GalleryError(
                f"{self._place}: the GPU has no room for {what}; hide it (CUDA_VISIBLE_DEVICES=) and the gallery is "
                "searched by its codes"
            ) from error
