"""A region as large as a country, its cells made up: what the benchmarks of maps and search are measured on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from model.sat2sound import Sat2Sound
from tiles.grid import Grid
from tiles.region.manifest import Manifest
from tiles.region.percentile import MAX_QUERIES, quantiles_of
from tiles.region.store import VALID, RegionStore, hash_of

NAME = "made-up"
GRID = Grid(12, 700, 1400, 512, 438, np.ones((438, 512), np.bool_))
"""224,256 cells of 6 to 8 km: the United States."""

BLOCK = 4096


def make_region(folder: Path, model: Sat2Sound, captions: NDArray[np.float32]) -> None:
    """Write `folder`/made-up.zarr: landscapes of captions (n, dim) that pass into one another, as real ones do."""
    queries = _unit(captions[:MAX_QUERIES])
    store = RegionStore.create(folder / f"{NAME}.zarr", _manifest(model, queries), GRID, queries)
    rng = np.random.default_rng(0)
    shape = (GRID.rows, GRID.columns)
    fields = [ndimage.zoom(rng.normal(size=(12, 14)), (shape[0] / 12, shape[1] / 14), order=1) for _ in queries]
    shares = np.exp(4 * np.stack(fields, axis=-1)).reshape(GRID.count, -1).astype(np.float32)  # (cells, n)
    for block in range(store.blocks):
        start, stop = store.span(block)
        vectors = _unit(shares[start:stop] @ queries + rng.normal(0, 0.02, (stop - start, model.config.dim)))
        store.write_block(block, vectors[None].astype(np.float16), np.full(stop - start, VALID, np.uint8))
    store.finish(store.state(), quantiles_of(store, (0,), np.ones(GRID.count, np.bool_)))


def _manifest(model: Sat2Sound, queries: NDArray[np.float32]) -> Manifest:
    return Manifest(
        name=NAME,
        zoom=GRID.zoom,
        west=GRID.west,
        north=GRID.north,
        columns=GRID.columns,
        rows=GRID.rows,
        cells=GRID.count,
        shape=hash_of(GRID.wanted),
        dim=model.config.dim,
        checkpoint=model.config.name,
        checkpoint_hash=model.checkpoint_hash,
        imagery="null-island",
        attribution="made up",
        gsd=10.0,
        scale=1,
        pixels=model.config.tile_pixels,
        conditions=("any",),
        block=BLOCK,
        batch=16,
        queries=hash_of(queries),
    )


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
