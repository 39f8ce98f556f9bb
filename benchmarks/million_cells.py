"""How much memory a region of a million cells of 1,024 numbers takes while it is scored.

Prints one Markdown table. The region is written to a temporary folder (2 GB) and opened and scored as the server does
it, by this process alone; the peak is the operating system's.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tiles.region import Grid, Region
from tiles.region.manifest import Manifest
from tiles.region.store import VALID, RegionStore, hash_of

SIDE, DIM, BLOCK = 1000, 1024, 4000
QUERIES = 8
LIMIT_GB = 4.0


def main() -> None:
    """Write the region, score a few queries, and print the table."""
    rng = np.random.default_rng(0)
    queries = rng.standard_normal((QUERIES, DIM), np.float32)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "million.zarr", queries)
        begin = time.perf_counter()
        region = Region.open(Path(folder) / "million.zarr")
        region.score(queries[0])
        first = time.perf_counter() - begin
        begin = time.perf_counter()
        region.score(queries[1:])
        several = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"| {SIDE * SIDE:,} cells x {DIM:,} in float16 | ours | limit |")
    print("| --- | --: | --: |")
    print(f"| vectors on disk | {SIDE * SIDE * DIM * 2 / 1e9:.2f} GB | |")
    print(f"| memory at its peak | {peak / 1e9:.2f} GB | {LIMIT_GB:.0f} GB |")
    print(f"| opened, read and scored | {first:.1f} s | |")
    print(f"| {QUERIES - 1} more queries in one pass | {several * 1000:.0f} ms | |")


def write(path: Path, queries: np.ndarray) -> None:
    """A finished region whose blocks all hold the same made-up vectors."""
    grid = Grid(12, 0, 1000, SIDE, SIDE, np.ones((SIDE, SIDE), np.bool_))
    store = RegionStore.create(path, manifest_of(grid, queries), grid, queries)
    block = queries[np.arange(BLOCK) % QUERIES]
    vectors = (block / np.linalg.norm(block, axis=1, keepdims=True)).astype(np.float16)
    for number in range(store.blocks):
        store.write_block(number, vectors[None], np.full(BLOCK, VALID, np.uint8))
    store.finish(store.state(), np.linspace(-1, 1, 4096, dtype=np.float32))


def manifest_of(grid: Grid, queries: np.ndarray) -> Manifest:
    """What the region says it is made of."""
    return Manifest(
        name="million",
        zoom=grid.zoom,
        west=grid.west,
        north=grid.north,
        columns=grid.columns,
        rows=grid.rows,
        cells=grid.count,
        shape=hash_of(grid.wanted),
        dim=DIM,
        checkpoint="made up",
        checkpoint_hash="made up",
        imagery="made up",
        attribution="made up",
        gsd=10.0,
        scale=1,
        pixels=256,
        conditions=("any",),
        block=BLOCK,
        batch=16,
        queries=hash_of(queries),
    )


if __name__ == "__main__":
    main()
