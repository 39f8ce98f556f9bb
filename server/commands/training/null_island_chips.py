"""Null Island for the trainer: labelled chips at many scales, split by place."""

from __future__ import annotations

import math
import multiprocessing
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.errors import TrainingError
from model.scenes.captions import read_scene_map
from model.training.labelled.samples import ImageSample, Split
from server.concurrency.cores import available_cores
from tiles.imagery.null_island import CLASSES, NullIsland, land_cover, sample_land_cover
from tiles.imagery.null_island.source import EAST_METRES_PER_DEGREE

BLOCK_DEGREES = 0.05
PIXELS = 128
HELD_BACK_CHIPS = 40
"""Chips a land cover kept for validation."""
NEAR_METRES = (60.0, 240.0)
FAR_METRES = (240.0, 6000.0)
FAR_SHARE = 0.3
LOOK = 13
"""Points a side at which a wide chip's land cover is read."""
CHUNK = 16
"""Chips a process draws before it hands them over."""


def is_held_back(lat: NDArray[np.floating[Any]], lon: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Whether a place lies in one of the blocks (one in five) that no chip to learn from is centred on."""
    row = np.floor(np.asarray(lat) / BLOCK_DEGREES).astype(np.int64)
    column = np.floor(np.asarray(lon) / BLOCK_DEGREES).astype(np.int64)
    return np.asarray((row * 2 + column) % 5 == 0)


def null_island_chips(
    count: int, seed: int, progress: Callable[[int, int], None] | None = None, held_back: int = HELD_BACK_CHIPS
) -> Split:
    """About `count` chips to learn from, evenly over land covers, and `held_back` of each for validation.

    Footprints are 60 to 6000 m wide; drawing takes every core, in processes of their own.
    A chip of up to 240 m is labelled by the land cover under its centre; a wider one by one drawn from its middle.
    """
    each = math.ceil(count / len(CLASSES))
    train, kept = [], []
    for number, name in enumerate(CLASSES):
        lat, lon = sample_land_cover(name, 2 * each + 10 * held_back, seed=seed * 100 + number)
        held = is_held_back(lat, lon)
        points = np.stack([lat, lon], axis=1)
        train += points[~held][:each].tolist()
        kept += points[held][:held_back].tolist()
    jobs = [(lat, lon, (seed, n)) for n, (lat, lon) in enumerate(train + kept)]
    samples: list[ImageSample] = []
    with ProcessPoolExecutor(available_cores(), multiprocessing.get_context("spawn")) as pool:
        for sample in pool.map(_chip, jobs, chunksize=CHUNK):
            samples.append(sample)
            if progress:
                progress(len(samples), len(jobs))
    return Split(tuple(samples[: len(train)]), tuple(samples[len(train) :]))


def cached_chips(
    path: Path,
    count: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    held_back: int = HELD_BACK_CHIPS,
) -> Split:
    """`null_island_chips`, kept in a file so that a resumed run need not draw them again.

    Raises:
        TrainingError: the file is there but cannot be read.
    """
    if not path.exists():
        chips = null_island_chips(count, seed, progress, held_back)
        _write(path, chips)
        return chips
    try:
        with np.load(path) as file:
            pixels, gsd, labels, train = (file[name] for name in ("pixels", "gsd", "labels", "train"))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TrainingError(f"{path}: cannot be read ({error}); remove it to draw the chips again") from error
    scenes = read_scene_map()
    samples = tuple(
        ImageSample(p, float(g), NullIsland.name, str(label), scenes[NullIsland.name, str(label)])
        for p, g, label in zip(pixels, gsd, labels, strict=True)
    )
    return Split(samples[: int(train)], samples[int(train) :])


def _write(path: Path, chips: Split) -> None:
    samples = chips.train + chips.validation
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial.npz")
    np.savez(
        temporary,
        pixels=np.stack([s.pixels for s in samples]),
        gsd=np.array([s.gsd for s in samples]),
        labels=np.array([s.label for s in samples]),
        train=len(chips.train),
    )
    temporary.replace(path)


def _chip(job: tuple[float, float, tuple[int, int]]) -> ImageSample:
    lat, lon, seed = job
    source, rng = NullIsland(), np.random.default_rng(seed)
    is_far = rng.random() < FAR_SHARE
    low, high = FAR_METRES if is_far else NEAR_METRES
    metres = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    gsd = metres / PIXELS
    label = _drawn_cover(lat, lon, metres, rng) if is_far else str(land_cover(lat, lon))
    scenes = read_scene_map()["null-island", label]
    return ImageSample(source.read(lat, lon, gsd, PIXELS).pixels, gsd, source.name, label, scenes)


def _drawn_cover(lat: float, lon: float, metres: float, rng: np.random.Generator) -> str:
    """A land cover of the chip's middle, the likelier the more of it there is and the nearer to the centre."""
    half = metres / 3 / EAST_METRES_PER_DEGREE
    axis = np.linspace(-1, 1, LOOK)
    north, east = np.meshgrid(axis, axis, indexing="ij")
    covers = np.asarray(land_cover(lat + north.ravel() * half, lon + east.ravel() * half))
    weights = np.exp(-2 * (north**2 + east**2)).ravel()
    names = sorted(set(covers.tolist()))
    shares = np.array([weights[covers == name].sum() for name in names]) ** 2
    return str(rng.choice(names, p=shares / shares.sum()))
