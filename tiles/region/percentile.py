"""The background of a region: how alike its cells and quite general queries are, the scale percentiles are read on."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tiles.region.score import Scores, cosines
from tiles.region.store import Halves, RegionStore

QUANTILES = 4096
SAMPLE = 4096
"""Cells sampled from each condition."""
MAX_QUERIES = 256
SEED = 20


Gather = Callable[[int, NDArray[np.intp]], Halves]
"""The number of a condition and some cells (n,), rising -> their vectors (n, dim)."""


def quantiles_of(
    store: RegionStore, valid: NDArray[np.bool_], gather: Gather | None = None, sample: int = SAMPLE
) -> NDArray[np.float32]:
    """Rising quantiles (4096,) of the cosines between the store's queries and a seeded sample of valid cells.

    Vectors come from `gather`, or from the store. Empty when no cell is valid. The same bytes for the same cells,
    whatever was built when.
    """
    cells = np.flatnonzero(valid)
    if not len(cells):
        return np.empty(0, np.float32)
    chosen = np.sort(np.random.default_rng(SEED).permutation(cells)[:sample])
    queries = store.queries().astype(np.float16)
    take = gather or (lambda slice_, cells: _read(store, slice_, cells, valid))
    scores = [cosines(take(slice_, chosen), queries).ravel() for slice_ in range(len(store.manifest.conditions))]
    return np.quantile(np.concatenate(scores), np.linspace(0, 1, QUANTILES)).astype(np.float32)


def percentile_of(scores: Scores, quantiles: NDArray[np.float32]) -> Scores:
    """The share of the background below each score, 0 to 100; NaN for NaN, and everywhere without a background."""
    if not len(quantiles):
        return np.full(scores.shape, np.nan, np.float32)
    return np.interp(scores, quantiles, np.linspace(0, 100, len(quantiles))).astype(np.float32)


def _read(store: RegionStore, slice_: int, cells: NDArray[np.intp], valid: NDArray[np.bool_]) -> Halves:
    """Vectors of chosen cells (rising), read block by block."""
    vectors = np.empty((len(cells), store.manifest.dim), np.float16)
    blocks = cells // store.manifest.block
    for block in np.unique(blocks):
        start, stop = store.span(int(block))
        here = blocks == block
        vectors[here] = store.vectors(slice_, start, stop, valid[start:stop])[cells[here] - start]
    return vectors
