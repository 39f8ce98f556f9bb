"""Region: embedded cells that answer any query; opened whole or half-built, it follows a build that goes on."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tiles.errors import InvalidRegion, RegionMismatch
from tiles.grid import Cells, Grid
from tiles.region.manifest import Condition
from tiles.region.percentile import SAMPLE, percentile_of, quantiles_of
from tiles.region.score import ArrayShard, OpenShards, ScoreCache, Scores, Shard, key_of, score_shards, unit
from tiles.region.store import ABSENT, FAILED, PENDING, VALID, Halves, RegionStore, States

CACHE_BYTES = 64 << 20
PROVISIONAL_SAMPLE = SAMPLE // 8
READ_CELLS = 1 << 14


@dataclass(frozen=True)
class Progress:
    """Cells looked at (`done`), of them those whose imagery `failed` or was `absent`, and all there are (`total`)."""

    done: int
    failed: int
    total: int
    absent: int = 0

    @classmethod
    def of(cls, state: States) -> Self:
        """Count the states of cells (n,)."""
        counts = np.bincount(state, minlength=ABSENT + 1)
        return cls(int(len(state) - counts[PENDING]), int(counts[FAILED]), len(state), int(counts[ABSENT]))


@dataclass(eq=False)
class _Snapshot:
    """A region as it was at one moment; `shards` elsewhere by the number of the condition."""

    state: States
    background: NDArray[np.float32] | None
    valid: NDArray[np.bool_]
    hash: str
    complete: bool
    shards: dict[int, Sequence[Shard]] = field(default_factory=dict)


@dataclass(eq=False)
class _Memory:
    """Vectors (cells, dim) of a condition, and which of them have been read (cells,)."""

    vectors: Halves
    read: NDArray[np.bool_]


class Region:
    """The cells of a `Grid` and their vectors; safe to ask from several threads.

    `gsd` metres per pixel of the chips, `scale` how many times coarser than the source; `conditions` the months and
    hours each cell was embedded for. Vectors of a condition are read into memory when it is first asked for.
    """

    def __init__(self, store: RegionStore, cache_bytes: int = CACHE_BYTES, shards: OpenShards | None = None) -> None:
        manifest = store.manifest
        self._store, self._open_shards = store, shards
        self.path = store.location
        self.grid: Grid = store.grid
        self.name, self.dim = manifest.name, manifest.dim
        self.checkpoint, self.checkpoint_hash = manifest.checkpoint, manifest.checkpoint_hash
        self.imagery, self.attribution = manifest.imagery, manifest.attribution
        self.gsd, self.scale, self.pixels = manifest.gsd, manifest.scale, manifest.pixels
        self.conditions = tuple(Condition.parse(text) for text in manifest.conditions)
        self._cache = ScoreCache(cache_bytes)
        self._memory: dict[int, _Memory] = {}
        self._lock = threading.Lock()
        self._now = self._look()

    @classmethod
    def open(
        cls,
        path: str | Path,
        checkpoint_hash: str | None = None,
        *,
        cache_bytes: int = CACHE_BYTES,
        shards: OpenShards | None = None,
    ) -> Self:
        """Open a region at a path or fsspec URL; `cache_bytes` bounds the grids kept, `shards` puts slices elsewhere.

        Raises RegionUnreadable, and RegionMismatch when `checkpoint_hash` is given and another checkpoint made it.
        """
        region = cls(RegionStore.open(path), cache_bytes, shards)
        if checkpoint_hash is not None:
            region.check_checkpoint(checkpoint_hash)
        return region

    def check_checkpoint(self, checkpoint_hash: str) -> None:
        """Raise RegionMismatch, naming both, unless this checkpoint made the region."""
        if self.checkpoint_hash != checkpoint_hash:
            raise RegionMismatch(
                f"{self.path}: was made by checkpoint {self.checkpoint} ({self.checkpoint_hash}), and the one in "
                f"use is {checkpoint_hash}; build the region again with it"
            )

    def check_condition(self, condition: Condition | None) -> None:
        """Raise InvalidRegion, naming those there are, unless the region was built for this condition; None always."""
        self._slice(condition)

    @property
    def title(self) -> str:
        """The name as people read it."""
        return self.name.replace("-", " ").title()

    @property
    def cells(self) -> Cells:
        """Centres of the cells."""
        return self.grid.cells

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Which cells are embedded (count,): looked at, and imagery was there."""
        return self._now.valid

    @property
    def progress(self) -> Progress:
        """How much of the region is built."""
        return Progress.of(self._now.state)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to build: every cell was looked at and the background is measured."""
        return self._now.complete

    @property
    def failures(self) -> list[str]:
        """Some of the places whose imagery failed and why, as the last build reported them."""
        return [str(line) for line in self._store.attributes.get("failures", [])]

    @property
    def hash(self) -> str:
        """What all answers follow from, for URLs and ETags: it changes as the build goes on, and is final once done."""
        return self._now.hash

    @property
    def background(self) -> NDArray[np.float32]:
        """Rising quantiles of the cosines between general queries and cells here, (4096,); empty with no cell yet.

        Stored with the region once it is built, and estimated from the cells there are until then.
        """
        now = self._now
        if now.background is None:
            with self._lock:
                if now.background is None:
                    # What is in memory already is not read once more; vectors held elsewhere are not in memory.
                    gather = None if self._open_shards else lambda slice_, cells: self._read(now.valid, slice_)[cells]
                    now.background = quantiles_of(self._store, now.valid, gather, PROVISIONAL_SAMPLE)
        return now.background

    def refresh(self) -> None:
        """See what a build has written since."""
        fresh = self._look()
        if fresh.hash != self._now.hash:
            self._now = fresh

    def score(self, vector: ArrayLike, condition: Condition | None = None) -> Scores:
        """The cosine of a vector (dim,) with every cell, (count,), or of several (k, dim), (k, count).

        NaN where a cell is not valid; without a condition the region's first. Grids are kept and not to be written to.
        Raises ValueError for vectors without a direction, InvalidRegion for a condition the region lacks.
        """
        array = np.asarray(vector, np.float32)
        queries = unit(np.atleast_2d(array), self.dim).astype(np.float16)
        slice_ = self._slice(condition)
        now = self._now
        keys = [key_of(query, now.hash, str(slice_)) for query in queries]
        found = {key: grid for key in keys if (grid := self._cache.get(key)) is not None}
        missing = [number for number, key in enumerate(keys) if key not in found]
        if missing:
            scores = score_shards(self._shards(now, slice_), queries[missing])
            scores[:, ~now.valid] = np.nan
            for number, grid in zip(missing, scores, strict=True):
                found[keys[number]] = grid if len(missing) == 1 else grid.copy()
                self._cache.put(keys[number], found[keys[number]])
        return found[keys[0]] if array.ndim == 1 else np.stack([found[key] for key in keys])

    def percentile(self, scores: ArrayLike) -> Scores:
        """Where scores stand among the region's background, 0 to 100: one scale for every query; NaN stays NaN."""
        return percentile_of(np.asarray(scores, np.float32), self.background)

    def vectors(self, start: int, stop: int, condition: Condition | None = None) -> Halves:
        """Vectors of cells `start` to `stop` as they are stored: (n, dim) float16, zeros where not valid."""
        return self._store.vectors(self._slice(condition), start, stop, self.valid[start:stop])

    def _slice(self, condition: Condition | None) -> int:
        if condition is None:
            return 0
        if condition not in self.conditions:
            offered = ", ".join(map(str, self.conditions))
            raise InvalidRegion(f"condition: region {self.name} was built for {offered}, not {condition}")
        return self.conditions.index(condition)

    def _look(self) -> _Snapshot:
        state = self._store.state()
        background = self._store.background(state)
        digest = hashlib.sha256(self._store.manifest.digest + state.tobytes())
        digest.update(b"" if background is None else background.tobytes())
        return _Snapshot(state, background, state == VALID, digest.hexdigest()[:16], background is not None)

    def _shards(self, now: _Snapshot, slice_: int) -> Sequence[Shard]:
        with self._lock:
            if self._open_shards is None:
                return [ArrayShard(0, self._read(now.valid, slice_))]
            if slice_ not in now.shards:
                now.shards[slice_] = self._open_shards(self.path, slice_, self.grid.count)
            return now.shards[slice_]

    def _read(self, valid: NDArray[np.bool_], slice_: int) -> Halves:
        """All vectors of a condition; only parts with cells that were not valid when last read are read again."""
        count = self.grid.count
        if slice_ not in self._memory:
            self._memory[slice_] = _Memory(np.zeros((count, self.dim), np.float16), np.zeros(count, np.bool_))
        memory = self._memory[slice_]
        for start in range(0, count, READ_CELLS):
            part = slice(start, min(start + READ_CELLS, count))
            if np.any(valid[part] & ~memory.read[part]):
                memory.vectors[part] = self._store.vectors(slice_, part.start, part.stop, valid[part])
                memory.read[part] = valid[part]
        return memory.vectors
