"""What patches are normalised by: the patches of Null Island, of every land cover, as a checkpoint sees them.

A patch glows by where it stands among them for what is looked for. They are the same for a checkpoint wherever it
listens, so two places, and two servers, compare.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.explain import METHODS, Method
from model.sat2sound import ModelConfig
from server.concurrency.array_files import read_arrays, write_arrays
from server.http.parameters import PlaceQuery
from server.soundscape.footprint import Footprint
from tiles.imagery.null_island import CLASSES, NullIsland, land_cover

Floats = NDArray[np.float32]

CHIPS_EACH = 2
"""Chips of each land cover."""
CANDIDATES = 20_000
SEED = 6
WITHIN = 1.9
"""Degrees around 0N 0E in which chips are drawn."""
MIDDLE, MOST = 0.5, 0.99
"""Where a patch begins to glow and where it glows most: shares of the background below it."""
LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Background:
    """Of every method, the queries of background patches: (patches, dim) float32."""

    queries: dict[Method, Floats]

    def range(self, vector: Floats, method: Method) -> tuple[float, float]:
        """The affinities at which patches begin to glow and glow most, for what `vector` (dim,) looks for."""
        low, high = np.quantile(self.queries[method] @ vector, [MIDDLE, MOST]).tolist()
        return low, max(high, low + LEAST)

    def normalise(self, affinities: Floats, vector: Floats, method: Method) -> Floats:
        """Affinities with `vector`, so that 0 is the middle of the background and 1 its most."""
        low, high = self.range(vector, method)
        return (affinities - np.float32(low)) / np.float32(high - low)

    def write(self, path: Path) -> None:
        """Keep it in a file, which appears when it is whole.

        Raises:
            OSError: It cannot be written.
        """
        write_arrays(path, {method: self.queries[method] for method in METHODS}, durable=False)

    @classmethod
    def read(cls, path: Path, dim: int) -> "Background | None":
        """What `write` kept of a checkpoint of `dim`; None where there is none, or none that can be used."""
        kept = read_arrays(path)
        if kept is None or not all(_are_queries(kept.get(method), dim) for method in METHODS):
            return None
        return cls({method: kept[method] for method in METHODS})


def _are_queries(array: NDArray[Any] | None, dim: int) -> bool:
    """Whether an array holds the queries of some patches."""
    if array is None or array.dtype != np.float32 or array.ndim != 2:
        return False
    return len(array) > 0 and array.shape[1] == dim and bool(np.isfinite(array).all())


def background_places(config: ModelConfig) -> list[tuple[Footprint, PlaceQuery]]:
    """The chips to look at: some of every land cover, at the checkpoint's scales in turn; always the same."""
    lats, lons = np.random.default_rng(SEED).uniform(-WITHIN, WITHIN, (2, CANDIDATES))
    covers, source, low_high = land_cover(lats, lons), NullIsland(), config.gsd_range
    gsd = float(np.clip(source.gsd, *low_high))
    chosen = [i for name in CLASSES for i in np.flatnonzero(covers == name)[:CHIPS_EACH].tolist()]
    return [
        (
            Footprint(source, float(lats[i]), float(lons[i]), gsd * scale, config.tile_pixels),
            PlaceQuery(lat=float(lats[i]), lon=float(lons[i]), scale=scale),
        )
        for i, scale in zip(chosen, itertools.cycle(config.scales), strict=False)
    ]
