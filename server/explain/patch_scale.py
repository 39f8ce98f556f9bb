"""What attention is measured against: the patches of Null Island, of every land cover, as a checkpoint sees them.

A patch glows by where it stands among them for what is looked for. They are the same for a checkpoint wherever it
listens, so two places, and two servers, compare.
"""

import itertools
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.explain import METHODS, Method
from model.sat2sound import ModelConfig
from server.earshot import Footprint
from server.http.parameters import PlaceQuery
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

    def write(self, path: Path) -> None:
        """Keep it in a file, which appears when it is whole."""
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.savez(file, aggregate=self.queries["aggregate"], reference=self.queries["reference"])
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)

    @classmethod
    def read(cls, path: Path) -> "Background | None":
        """What `write` kept; None where there is none, or none that can be read."""
        try:
            with np.load(path, allow_pickle=False) as kept:
                return cls({method: kept[method] for method in METHODS})
        except (OSError, KeyError, ValueError, zipfile.BadZipFile):
            return None


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
