"""Building a region: block tasks run by an engine, failed cells tried again, and the background measured at the end."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from tiles.cores import available_cores
from tiles.errors import InvalidRegion
from tiles.grid import Grid
from tiles.imagery.source import ImagerySource
from tiles.region.local import Embed, Engine, LocalEngine
from tiles.region.manifest import ANY, Condition, Manifest
from tiles.region.percentile import MAX_QUERIES, quantiles_of
from tiles.region.region import Progress, Region
from tiles.region.score import unit
from tiles.region.store import FAILED, PENDING, VALID, RegionStore, hash_of, locate, only_builder

BATCH = 16
BLOCK = 256
MOST_BLOCKS = 1024
FAILURES_TOLD = 20
LONGEST_WAIT = 30.0


def build_region(
    path: str | Path,
    grid: Grid,
    source: ImagerySource,
    embed: Embed,
    *,
    name: str,
    dim: int,
    checkpoint: str,
    checkpoint_hash: str,
    gsd: float,
    scale: int,
    pixels: int,
    background_queries: ArrayLike,
    conditions: Sequence[Condition | None] = (ANY,),
    block: int | None = None,
    batch: int = BATCH,
    readers: int | None = None,
    retries: int = 2,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    engine: Callable[[RegionStore], Engine] | None = None,
) -> Region:
    """Embed every cell of a grid, or go on where a build was broken off; `stop` leaves it for later.

    `gsd` metres per pixel of the chips (the source's own times `scale`); `background_queries` (n <= 256, dim) quite
    general queries, which give the percentiles their scale. Cells whose imagery failed are tried `retries` times more
    at the end, then marked. Raises RegionMismatch when another build was begun there, RegionUnreadable when something
    else lies there or another process builds it, InvalidRegion, and InvalidPoint for a GSD the source refuses.
    """
    queries = unit(np.asarray(background_queries, np.float32), dim)
    if len(queries) > MAX_QUERIES:
        raise InvalidRegion(f"background_queries: at most {MAX_QUERIES}, got {len(queries)}")
    told = tuple(str(condition or ANY) for condition in conditions)
    if not told or len(set(told)) < len(told):
        raise InvalidRegion(f"condition: must be some, each named once, got {', '.join(told) or 'none'}")
    manifest = Manifest(
        name=name,
        zoom=grid.zoom,
        west=grid.west,
        north=grid.north,
        columns=grid.columns,
        rows=grid.rows,
        cells=grid.count,
        shape=hash_of(grid.wanted),
        dim=dim,
        checkpoint=checkpoint,
        checkpoint_hash=checkpoint_hash,
        imagery=source.name,
        attribution=source.attribution,
        gsd=float(gsd),
        scale=int(scale),
        pixels=int(pixels),
        conditions=told,
        block=block or max(BLOCK, -(-grid.count // MOST_BLOCKS)),
        batch=batch,
        queries=hash_of(queries),
    )
    with only_builder(locate(path)):
        store = RegionStore.create(path, manifest, grid, queries)
        counter = _Counter(store, progress)
        run = engine(store) if engine else LocalEngine(store, source, embed, readers or available_cores(), counter.add)
        _Build(store, run, counter, stop or (lambda: False), retries).finish()
    return Region.open(path, checkpoint_hash)


class _Counter:
    """Progress as it is told: blocks on disk, and batches on their way there."""

    def __init__(self, store: RegionStore, tell: Callable[[Progress], None] | None) -> None:
        self._store, self._tell = store, tell
        self.now = Progress.of(store.state())

    def add(self, cells: int) -> None:
        """Cells that were encoded just now."""
        done = min(self.now.done + cells, self.now.total)
        self.now = Progress(done, self.now.failed, self.now.total, self.now.absent)
        self.told()

    def written(self) -> None:
        """A block was written: count what is on disk."""
        self.now = Progress.of(self._store.state())
        self.told()

    def told(self) -> None:
        """Tell how far the build is."""
        if self._tell:
            self._tell(self.now)


@dataclass
class _Build:
    """First what is pending, then what failed, then the background."""

    store: RegionStore
    engine: Engine
    counter: _Counter
    stop: Callable[[], bool]
    retries: int
    _reasons: Counter[str] = field(default_factory=Counter)
    _retry_after: float = 0.0

    def finish(self) -> None:
        """Work on all there is to do; measure the background and write a report when nothing is pending."""
        self.counter.told()
        worked = self._work(PENDING)
        for _ in range(self.retries):
            if self.stop() or not self._blocks(FAILED):
                break
            self._wait()
            worked |= self._work(FAILED)
        state = self.store.state()
        if (state == PENDING).any() or not (worked or self.store.background(state) is None):
            return
        told = [f"{count} x {reason}" for reason, count in sorted(self._reasons.items())]
        self.counter.written()
        self.store.finish(state, quantiles_of(self.store, state == VALID), failures=told[:FAILURES_TOLD])

    def _blocks(self, wanted: int) -> list[int]:
        return sorted({int(cell) // self.store.manifest.block for cell in np.flatnonzero(self.store.state() == wanted)})

    def _work(self, wanted: int) -> bool:
        """Work on all blocks with cells in a state; remember why cells failed and how long the source asks to wait."""
        blocks = self._blocks(wanted)
        self._reasons.clear()
        self._retry_after = 0.0
        for done in self.engine.run(blocks, self.stop):
            self.counter.written()
            self._reasons.update(lack.reason for lack in done.missing.values() if lack.state == FAILED)
            self._retry_after = max(self._retry_after, done.retry_after)
        return bool(blocks)

    def _wait(self) -> None:
        """Leave the source in peace for as long as it asked, within reason."""
        until = time.monotonic() + min(self._retry_after, LONGEST_WAIT)
        while (left := until - time.monotonic()) > 0 and not self.stop():
            time.sleep(min(0.2, left))
