"""The rows nearest to a vector: every row looked at, or, of many rows, those whose short codes come near.

A large matrix has codes of four bits for every four numbers (product quantisation; FAISS "fast scan", after Andre et
al. 2017), an eighth of a byte a number: they are scanned from end to end in milliseconds, and the rows they put first
are compared exactly, read from the mapped file. Unlike lists or graphs it needs no more than the codes in memory, is
built in one pass, and misses a row only if more than `DEPTH` others look nearer than it. Where there is a GPU it scans
the vectors themselves instead.

Rows that are equally near come in their own order, however many are asked for: FAISS lists equals by falling number,
and a matrix product rounds equal rows differently by where they stand in it, so neither decides it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from model.errors import GalleryError, first_line
from model.gallery.scan import PART, Scan
from model.gallery.vectors import Matrix

CODED_FROM = 50_000
"""Rows from which codes are worth their while; fewer are looked at one by one."""
DEPTH = 6000
"""Rows compared exactly for each query, at least; four for each one asked for if that is more."""
TRAINED_ON = 20_000
MARGIN = 16
"""Rows looked at behind the k-th, lest it have equals; four times as many where it has."""
ROUNDING = 1e-5
"""More than two ways of computing a cosine in float32 differ by."""

Found = tuple[NDArray[np.float32], NDArray[np.int64]]


def index_name(matrix: str) -> str:
    """The file that holds a matrix's codes."""
    return f"{matrix}.faiss"


def write_codes(matrix: Matrix, path: Path) -> None:
    """Code a matrix (n, dim) and write the codes down.

    Raises:
        OSError: the disk refuses.
    """
    count, dim = matrix.shape
    parts = dim // 4 if dim % 4 == 0 else dim
    codes = faiss.IndexPQFastScan(dim, parts, 4, faiss.METRIC_INNER_PRODUCT)
    chosen = np.sort(np.random.default_rng(0).permutation(count)[:TRAINED_ON])
    codes.train(np.ascontiguousarray(matrix[chosen]))
    for start in range(0, count, PART):
        codes.add(np.ascontiguousarray(matrix[start : start + PART]))
    path.write_bytes(faiss.serialize_index(codes).tobytes())


class NearestRows:
    """A matrix (n, dim) of unit vectors, with its codes where it has any, or a device that scans it in their place.

    Safe from any thread.
    """

    def __init__(self, matrix: Matrix, codes: Path | None = None, device: str | None = None) -> None:
        self._matrix = matrix
        self._scan = None if codes is None or device is None else Scan(matrix, device, codes.parent)
        self._codes = None if codes is None or self._scan else _read(codes, matrix.shape)

    @property
    def is_coded(self) -> bool:
        """Whether a search may miss a row."""
        return self._codes is not None or self._scan is not None

    def nearest(self, queries: NDArray[np.float32], k: int, *, exact: bool = False) -> Found:
        """Scores (q, k), best first, and rows (q, k) for queries (q, dim); k is at most n. `exact`: miss none."""
        if not self.is_coded or exact or 4 * k > len(self._matrix):
            depth = min(len(self._matrix), k + MARGIN)
            near = zip(queries, *faiss.knn(queries, self._matrix, depth, faiss.METRIC_INNER_PRODUCT), strict=True)
            return _stacked([self._every(query, k, scores, rows) for query, scores, rows in near], k)
        rows = self._likely(queries, k)
        pairs = zip(queries, rows, strict=True)
        return _stacked([self._compare(query, likely[likely >= 0], k) for query, likely in pairs], k)

    def _every(self, query: NDArray[np.float32], k: int, scores: NDArray[np.float32], rows: NDArray[np.int64]) -> Found:
        """The k best of all rows, given those that FAISS found best; more are asked for while the k-th has equals."""
        while len(rows) < len(self._matrix) and scores[-1] >= scores[k - 1] - ROUNDING:
            if not query.any() or 4 * len(rows) >= len(self._matrix):
                return _best(np.einsum("nd,d->n", self._matrix, query), np.arange(len(self._matrix)), k)
            depth = 4 * len(rows)
            (scores,), (rows,) = faiss.knn(query[None], self._matrix, depth, metric=faiss.METRIC_INNER_PRODUCT)
        return self._compare(query, rows, k)

    def _likely(self, queries: NDArray[np.float32], k: int) -> NDArray[np.int64]:
        """Rows (q, depth) among which the k nearest are, -1 for none."""
        if self._scan:
            return self._scan.likely(queries, k)
        assert self._codes is not None
        rows: NDArray[np.int64] = self._codes.search(queries, min(len(self._matrix), max(DEPTH, 4 * k)))[1]
        return rows

    def _compare(self, query: NDArray[np.float32], rows: NDArray[np.int64], k: int) -> Found:
        """The k best of some rows, by their vectors."""
        rows = np.sort(rows)
        vectors = self._matrix[rows]
        about = vectors @ query
        near = about >= np.partition(about, -k)[-k] - ROUNDING
        return _best(np.einsum("nd,d->n", vectors[near], query), rows[near], k)


def _best(scores: NDArray[np.float32], rows: NDArray[np.int64], k: int) -> Found:
    """The k best of rows in their order, equals in theirs; einsum rounds equal rows equally."""
    best = np.argsort(-scores, kind="stable")[:k]
    return scores[best], rows[best]


def _stacked(found: Sequence[Found], k: int) -> Found:
    if not found:
        return np.empty((0, k), np.float32), np.empty((0, k), np.int64)
    return np.stack([scores for scores, _ in found]), np.stack([rows for _, rows in found])


def _read(path: Path, shape: tuple[int, ...]) -> Any:
    """The codes of a matrix of this shape."""
    try:
        codes = faiss.deserialize_index(np.fromfile(path, np.uint8))
    except (OSError, RuntimeError) as error:
        raise GalleryError(f"{path}: holds no codes: {first_line(error)}") from error
    if (codes.ntotal, codes.d) != shape:
        raise GalleryError(f"{path}: codes {codes.ntotal} vectors of {codes.d} numbers, not {shape[0]} of {shape[1]}")
    return codes
