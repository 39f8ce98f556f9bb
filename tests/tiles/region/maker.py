"""Small regions to test with: imagery of noise that belongs to its place, troubles to order, a one-product encoder."""

import hashlib
import threading
from collections import Counter

import numpy as np

from tiles.chip import Chip
from tiles.errors import ImageryUnavailable, NoImagery
from tiles.region import ANY, Grid, build_region

DIM, PIXELS = 24, 8
WEIGHTS = np.random.default_rng(5).standard_normal((3 * PIXELS * PIXELS + 2, DIM)).astype(np.float32)
QUERIES = np.random.default_rng(6).standard_normal((9, DIM)).astype(np.float32)
BOX = (-2.2, -2.2, 2.2, 2.2)


class Ground:
    """An ImagerySource: noise seeded by the place; `trouble(lat, lon, nth)` may return an error to raise at a read."""

    name, attribution, gsd, min_zoom, max_zoom = "ground", "nobody", 0.6, 0, 19

    def __init__(self, trouble=lambda lat, lon, nth: None):
        self._trouble, self._lock = trouble, threading.Lock()
        self.reads = Counter()

    def read(self, lat, lon, gsd, pixels):
        with self._lock:
            self.reads[lat, lon] += 1
            nth = self.reads[lat, lon]
        if error := self._trouble(lat, lon, nth):
            raise error
        seed = int.from_bytes(hashlib.sha256(f"{lat:.9f} {lon:.9f}".encode()).digest()[:8], "big")
        noise = np.random.default_rng(seed).integers(0, 256, (pixels, pixels, 3)).astype(np.uint8)
        return Chip.around(lat, lon, gsd, noise, self.name, self.attribution)

    def tile(self, z, x, y):
        raise NoImagery("no tiles here")


def unavailable(lat, lon, nth):
    return ImageryUnavailable("the ground is closed", retry_after=0.01)


def embed(chips, condition):
    """A matrix product, whose last bits follow from the size of the batch, as a network's do."""
    told = condition or ANY
    rows = [np.append(chip.pixels.ravel() / 255, [told.month or 0, told.hour or 0]) for chip in chips]
    return np.stack(rows).astype(np.float32) @ WEIGHTS


def make(path, grid=None, source=None, embed=embed, **options):
    """Build a region of 36 cells, unless told otherwise, in blocks of 8 and batches of 3."""
    values = {
        "name": "ground",
        "dim": DIM,
        "checkpoint": "tiny",
        "checkpoint_hash": "c0ffee",
        "gsd": 0.6,
        "scale": 1,
        "pixels": PIXELS,
        "background_queries": QUERIES,
        "block": 8,
        "batch": 3,
        "readers": 2,
    }
    return build_region(path, grid or Grid.over(BOX, 9), source or Ground(), embed, **{**values, **options})


def files_of(path):
    """Every file of a store and its bytes."""
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def truth(region, vector, condition=None):
    """Brute force: float32 cosines of the stored vectors, NaN where not valid."""
    vectors = region.vectors(0, region.grid.count, condition).astype(np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = vectors @ vector / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector))
    scores[~region.valid] = np.nan
    return scores
