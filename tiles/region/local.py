"""Block tasks in this process: imagery is fetched and decoded by several threads while one encoder works.

Cells go through the encoder in batches composed by their order within a block, whatever is missing replaced by a blank
chip; so a cell's vector depends neither on where a build was resumed nor on which of its neighbours failed.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tiles.chip import Chip
from tiles.errors import ImageryUnavailable, InvalidRaster, NoImagery
from tiles.imagery.source import ImagerySource
from tiles.region.manifest import Condition
from tiles.region.score import Halves, unit
from tiles.region.store import ABSENT, FAILED, PENDING, VALID, RegionStore, States

Embed = Callable[[Sequence[Chip], Condition | None], NDArray[np.float32]]
"""Chips -> (n, dim) float32 of any length but zero; what a chip gives must not depend on the others' pixels."""

AHEAD = 3
"""Batches read ahead of the encoder, at least."""


@dataclass(frozen=True)
class Missing:
    """A cell without a chip: the state it gets, and why."""

    state: int
    reason: str


@dataclass(frozen=True, eq=False)
class BlockDone:
    """A block that is on disk: its number, the cells worked on, and what was missing, by cell."""

    block: int
    cells: int
    missing: dict[int, Missing]
    retry_after: float = 0.0


class Engine(Protocol):
    """Runs block tasks somewhere and says which are on disk, in any order."""

    def run(self, blocks: Sequence[int], stop: Callable[[], bool]) -> Iterator[BlockDone]:
        """Work on blocks of the region until all are done or `stop` says so."""
        ...


class LocalEngine:
    """Block tasks in this process: `readers` threads fetch and decode, the calling thread encodes."""

    def __init__(
        self,
        store: RegionStore,
        source: ImagerySource,
        embed: Embed,
        readers: int,
        batch_done: Callable[[int], None] = lambda cells: None,
    ) -> None:
        self._store, self._source, self._embed = store, source, embed
        self._readers, self._batch_done = readers, batch_done
        self._conditions = tuple(Condition.parse(text) for text in store.manifest.conditions)

    def run(self, blocks: Sequence[int], stop: Callable[[], bool] = lambda: False) -> Iterator[BlockDone]:
        """Work on every cell of the blocks that is pending or failed; write each block, then say so."""
        state = self._store.state()
        with ThreadPoolExecutor(self._readers, thread_name_prefix="region-reader") as pool:
            try:
                batches = self._read_ahead(pool, blocks, state)
                for block, group in itertools.groupby(batches, key=lambda batch: batch.block):
                    done = self._encode_block(block, group, state, stop)
                    if done is None:
                        return
                    yield done
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _read_ahead(self, pool: ThreadPoolExecutor, blocks: Iterable[int], state: States) -> Iterator[_Batch]:
        """The batches in order, the chips of the next ones being read meanwhile."""
        ahead = max(AHEAD, -(-2 * self._readers // self._store.manifest.batch) + 1)
        waiting: deque[_Batch] = deque()
        for block, start, stop in self._batches(blocks):
            cells = start + np.flatnonzero(np.isin(state[start:stop], (PENDING, FAILED)))
            if len(cells):
                chips = {int(cell): pool.submit(self._read, int(cell)) for cell in cells}
                waiting.append(_Batch(block, start, stop, chips))
            if len(waiting) > ahead:
                yield waiting.popleft()
        yield from waiting

    def _batches(self, blocks: Iterable[int]) -> Iterator[tuple[int, int, int]]:
        step = self._store.manifest.batch
        for block in blocks:
            first, last = self._store.span(block)
            for start in range(first, last, step):
                yield block, start, min(start + step, last)

    def _read(self, cell: int) -> Chip | Missing:
        made, cells = self._store.manifest, self._store.grid.cells
        try:
            return self._source.read(float(cells.lat[cell]), float(cells.lon[cell]), made.gsd, made.pixels)
        except NoImagery as error:
            return Missing(ABSENT, str(error))
        except ImageryUnavailable as error:
            return _Unreachable(FAILED, str(error), error.retry_after)
        except InvalidRaster as error:
            return Missing(FAILED, str(error))

    def _encode_block(
        self, block: int, batches: Iterable[_Batch], state: States, stop: Callable[[], bool]
    ) -> BlockDone | None:
        """Encode and store a block; None when stopped before its end."""
        first, last = self._store.span(block)
        vectors = np.zeros((len(self._conditions), last - first, self._store.manifest.dim), np.float16)
        if (state[first:last] != PENDING).any():
            for condition, stored in enumerate(vectors):
                stored[:] = self._store.vectors(condition, first, last, state[first:last] == VALID)
        states, missing, worked = state[first:last].copy(), {}, 0
        for batch in batches:
            if stop():
                return None
            chips = {cell: future.result() for cell, future in batch.chips.items()}
            absent = {cell: chip for cell, chip in chips.items() if isinstance(chip, Missing)}
            present = [cell for cell in chips if cell not in absent]
            if present:
                rows = np.array(present) - first
                vectors[:, rows] = self._encode(batch, chips, np.array(present) - batch.start)
                states[rows] = VALID
            for cell, lack in absent.items():
                states[cell - first] = lack.state
            missing.update(absent)
            worked += len(chips)
            self._batch_done(len(chips))
        self._store.write_block(block, vectors, states)
        state[first:last] = states
        waits = [lack.retry_after for lack in missing.values() if isinstance(lack, _Unreachable)]
        return BlockDone(block, worked, missing, max(waits, default=0.0))

    def _encode(self, batch: _Batch, chips: dict[int, Chip | Missing], rows: NDArray[np.intp]) -> Halves:
        """Vectors (conditions, rows, dim) of some rows of a batch, blank chips where there is none to encode."""
        made, cells = self._store.manifest, self._store.grid.cells
        whole = []
        for cell in range(batch.start, batch.stop):
            chip = chips.get(cell)
            if not isinstance(chip, Chip):
                blank = np.zeros((made.pixels, made.pixels, 3), np.uint8)
                lat, lon = float(cells.lat[cell]), float(cells.lon[cell])
                chip = Chip.around(lat, lon, made.gsd, blank, made.imagery, made.attribution)
            whole.append(chip)
        embedded = [unit(self._embed(whole, condition)[rows], made.dim) for condition in self._conditions]
        return np.stack(embedded).astype(np.float16)


@dataclass(frozen=True, eq=False)
class _Batch:
    """Cells `start` to `stop` of a block, and the chips of those to work on, being read."""

    block: int
    start: int
    stop: int
    chips: dict[int, Future[Chip | Missing]]


@dataclass(frozen=True)
class _Unreachable(Missing):
    retry_after: float
