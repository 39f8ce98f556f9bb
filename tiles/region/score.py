"""Scores: the exact cosine of queries against every stored vector, in one pass over the bytes; and grids kept.

The product is NumKong's over float16 pairs, summed in float32 (`benchmarks/score.py` measures it beside others): one
query costs little more than reading the vectors does. Both sides are unit vectors rounded to float16, so a score
differs from the float32 cosine by that rounding only. Every score follows from its own cell and query alone: slices of
the cells, threads and several queries at once change no bit of it.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Protocol

import numkong
import numpy as np
from cachetools import LRUCache
from numpy.typing import ArrayLike, NDArray

from tiles.cores import available_cores

Halves = NDArray[np.float16]
Scores = NDArray[np.float32]

# These kernels, some ARM processors', sum in float16, which costs three digits; all others widen first.
numkong.disable_capability("svehalf")

SLICE_BYTES = 8 << 20
"""Vectors a thread takes at a time: enough to make the hand-over cheap, few enough that no thread is left waiting."""
TILE_BYTES = 256 << 10
"""Vectors that stay in a core's own cache while several queries pass over them."""


class Shard(Protocol):
    """A slice of a region's cells, `start` to `stop`, that can be scored: in this process or elsewhere."""

    start: int
    stop: int

    def score(self, queries: Halves) -> Scores:
        """Cosines (k, stop - start) of unit queries (k, dim) float16."""
        ...


class ArrayShard:
    """A shard in this process's memory: `vectors` (n, dim) float16, unit length before rounding."""

    def __init__(self, start: int, vectors: Halves) -> None:
        self.start, self.stop = start, start + len(vectors)
        self._vectors = vectors

    def score(self, queries: Halves) -> Scores:
        """Cosines (k, n) of unit queries (k, dim) float16."""
        return cosines(self._vectors, queries)


def score_shards(shards: Sequence[Shard], queries: Halves) -> Scores:
    """Cosines (k, cells) from shards that together hold all cells, all of them asked at once."""
    if len(shards) == 1:
        return shards[0].score(queries)
    scores = np.empty((len(queries), max(shard.stop for shard in shards)), np.float32)
    with ThreadPoolExecutor(len(shards), thread_name_prefix="shards") as pool:
        for shard, part in zip(shards, pool.map(lambda shard: shard.score(queries), shards), strict=True):
            scores[:, shard.start : shard.stop] = part
    return scores


def cosines(vectors: Halves, queries: Halves) -> Scores:
    """Dot products (k, n) of vectors (n, dim) and queries (k, dim), on all cores."""
    count, dim = vectors.shape
    scores = np.empty((len(queries), count), np.float32)
    slices = _spans(count, max(1, SLICE_BYTES // (2 * dim)))
    tile = count if len(queries) == 1 else max(1, TILE_BYTES // (2 * dim))

    def work(span: tuple[int, int]) -> None:
        for start in range(*span, tile):
            stop = min(start + tile, span[1])
            # Its sums come as float64, and NumPy makes them float32 again faster than its own `out_dtype` does.
            scores[:, start:stop] = np.asarray(numkong.cdist(queries, vectors[start:stop], metric="dot"))

    if len(slices) > 1:
        list(_threads().map(work, slices))
    elif count:
        work(slices[0])
    return scores


def unit(vectors: ArrayLike, dim: int) -> NDArray[np.float32]:
    """Vectors (k, dim) scaled to unit length. Raises ValueError for another shape, and for zero or non-finite ones."""
    array = np.asarray(vectors, np.float32)
    if array.ndim != 2 or array.shape[1] != dim:
        raise ValueError(f"vector: must have {dim} numbers, got shape {array.shape}")
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    if not (np.isfinite(lengths).all() and (lengths > 0).all()):
        raise ValueError("vector: has no direction")
    return np.asarray(array / lengths, np.float32)


class ScoreCache:
    """LRU cache of score grids that together weigh at most `limit` bytes; safe to share by threads."""

    def __init__(self, limit: int) -> None:
        self._kept: LRUCache[str, Scores] = LRUCache(limit, getsizeof=lambda scores: scores.nbytes)
        self._lock = threading.Lock()

    def get(self, key: str) -> Scores | None:
        """The grid (cells,) kept under a key, or None."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: str, scores: Scores) -> None:
        """Keep a grid, unless the limit is smaller; it must not be written to afterwards."""
        scores.flags.writeable = False
        with self._lock:
            if scores.nbytes <= self._kept.maxsize:
                self._kept.setdefault(key, scores)


def key_of(query: Halves, *more: str) -> str:
    """A key for one query (dim,) and what else its scores depend on."""
    return hashlib.sha256(query.tobytes() + "/".join(more).encode()).hexdigest()


def _spans(count: int, step: int) -> list[tuple[int, int]]:
    return [(start, min(start + step, count)) for start in range(0, count, step)]


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(available_cores(), thread_name_prefix="score")


OpenShards = Callable[[str, int, int], Sequence[Shard]]
"""Shards of a region: its location, the number of the condition, and how many cells -> shards that hold them all."""
