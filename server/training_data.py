"""Null Island for the trainer: labelled chips at many scales, split by place."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from model.training.captions import read_scene_map
from model.training.samples import ImageSample, Split
from tiles.imagery.null_island import NullIsland, land_cover

BLOCK_DEGREES = 0.05
PIXELS = 128
HELD_BACK_CHIPS = 40
"""Chips a land cover kept for validation."""
NEAR_METRES = (60.0, 240.0)
FAR_METRES = (240.0, 2600.0)
FAR_SHARE = 0.35
CANDIDATES = 300_000
LOOK = 13
"""Points a side at which a wide chip's land cover is read."""
METRES_PER_DEGREE = 111_320.0


def is_held_back(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether a place lies in one of the blocks (one in five) that no chip to learn from is centred on."""
    row = np.floor(np.asarray(lat) / BLOCK_DEGREES).astype(np.int64)
    column = np.floor(np.asarray(lon) / BLOCK_DEGREES).astype(np.int64)
    return np.asarray((row * 2 + column) % 5 == 0)


def null_island_chips(count: int, seed: int, progress: Callable[[int, int], None] | None = None) -> Split:
    """About `count` chips to learn from and some held back, evenly over land covers; footprints of 60 to 2600 m.

    A chip of up to 240 m is labelled by the land cover under its centre; a wider one by one drawn from its middle.
    """
    rng = np.random.default_rng([seed, 11])
    source = NullIsland()
    west, south, east, north = source.bounds
    lat, lon = rng.uniform(south, north, CANDIDATES), rng.uniform(west, east, CANDIDATES)
    covers, held = land_cover(lat, lon), is_held_back(lat, lon)
    names = sorted(set(covers.tolist()))
    each = math.ceil(count / len(names))
    train = [i for name in names for i in _pick(np.flatnonzero((covers == name) & ~held), each, rng)]
    kept = [i for name in names for i in _pick(np.flatnonzero((covers == name) & held), HELD_BACK_CHIPS, rng)]
    jobs = [(float(lat[i]), float(lon[i]), np.random.default_rng([seed, n])) for n, i in enumerate(train + kept)]
    samples: list[ImageSample] = []
    with ThreadPoolExecutor(2) as pool:
        for sample in pool.map(lambda job: _chip(source, *job), jobs):
            samples.append(sample)
            if progress:
                progress(len(samples), len(jobs))
    return Split(tuple(samples[: len(train)]), tuple(samples[len(train) :]))


def _pick(indices: NDArray[np.int64], count: int, rng: np.random.Generator) -> list[int]:
    """Up to `count` of them, again and again where there are fewer: other scales show the same place otherwise."""
    if not len(indices):
        return []
    order = rng.permutation(indices)
    return np.resize(order, count).tolist() if len(order) * 4 >= count else np.repeat(order, 4).tolist()


def _chip(source: NullIsland, lat: float, lon: float, rng: np.random.Generator) -> ImageSample:
    is_far = rng.random() < FAR_SHARE
    low, high = FAR_METRES if is_far else NEAR_METRES
    metres = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    gsd = metres / PIXELS
    label = _drawn_cover(lat, lon, metres, rng) if is_far else str(land_cover(lat, lon))
    scenes = read_scene_map()["null-island", label]
    return ImageSample(source.read(lat, lon, gsd, PIXELS).pixels, gsd, source.name, label, scenes)


def _drawn_cover(lat: float, lon: float, metres: float, rng: np.random.Generator) -> str:
    """A land cover of the chip's middle, the likelier the more of it there is and the nearer to the centre."""
    half = metres / 3 / METRES_PER_DEGREE
    axis = np.linspace(-1, 1, LOOK)
    north, east = np.meshgrid(axis, axis, indexing="ij")
    covers = np.asarray(land_cover(lat + north.ravel() * half, lon + east.ravel() * half))
    weights = np.exp(-2 * (north**2 + east**2)).ravel()
    names = sorted(set(covers.tolist()))
    shares = np.array([weights[covers == name].sum() for name in names]) ** 2
    return str(rng.choice(names, p=shares / shares.sum()))
