"""Labelled images: what a place looks like, how fine the picture is, and which scenes it may sound like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from model.errors import TrainingError
from model.scenes.captions import read_scene_map
from model.training.dataset.csv_table import read_table

HELD_BACK = 0.15
"""Share of each label kept for validation."""

COLUMNS = ("file", "scene", "dataset", "gsd_m", "use")


@dataclass(frozen=True)
class ImageSample:
    """One image: pixels (H, W, 3) uint8, gsd in metres per pixel, its data set's label and the scenes that fit it."""

    pixels: NDArray[np.uint8]
    gsd: float
    dataset: str
    label: str
    scenes: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """Samples to learn from and samples held back."""

    train: tuple[ImageSample, ...]
    validation: tuple[ImageSample, ...]

    def __add__(self, other: Split) -> Split:
        return Split(self.train + other.train, self.validation + other.validation)


def square(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The largest centred square of an image."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def read_images(folder: Path, use: str = "train") -> Split:
    """Images of a folder with `metadata.csv` (file, scene, dataset, gsd_m, use), split by blocks of index.

    Neighbouring numbers of a satellite data set are often cut from one picture, so the held-back share of each
    label is one run of numbers rather than a random draw. Labels no scene is mapped to are left out.

    Raises:
        TrainingError: naming the table, row or file that cannot be used.
    """
    scene_map = read_scene_map()
    rows = [row for row in read_table(folder / "metadata.csv", COLUMNS) if row["use"] == use]
    rows = [row for row in rows if scene_map.get((row["dataset"], row["scene"]))]
    if not rows:
        raise TrainingError(f"{folder / 'metadata.csv'}: no images to {use} on")
    with ThreadPoolExecutor() as pool:
        samples = list(pool.map(lambda row: _sample(folder, row, scene_map[row["dataset"], row["scene"]]), rows))
    held = _held_back(rows)
    return Split(
        tuple(s for s, is_held in zip(samples, held, strict=True) if not is_held),
        tuple(s for s, is_held in zip(samples, held, strict=True) if is_held),
    )


def _sample(folder: Path, row: dict[str, str], scenes: tuple[str, ...]) -> ImageSample:
    path = folder / row["file"]
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise TrainingError(f"{path}: not a readable image: {error}") from error
    try:
        gsd = float(row["gsd_m"])
    except ValueError:
        gsd = float("nan")
    return ImageSample(pixels, gsd, row["dataset"], row["scene"], scenes)


def _held_back(rows: Sequence[dict[str, str]]) -> list[bool]:
    """True for the last share of each label's files, ordered by the number in their names."""
    by_label: dict[tuple[str, str], list[int]] = {}
    for i, row in enumerate(rows):
        by_label.setdefault((row["dataset"], row["scene"]), []).append(i)
    held = [False] * len(rows)
    for members in by_label.values():
        members.sort(key=lambda i: (_number(rows[i]["file"]), rows[i]["file"]))
        for i in members[len(members) - round(HELD_BACK * len(members)) :]:
            held[i] = True
    return held


def _number(file: str) -> int:
    digits = re.findall(r"\d+", Path(file).stem)
    return int(digits[-1]) if digits else 0


def label_groups(samples: Iterable[ImageSample]) -> dict[str, dict[str, list[int]]]:
    """Data set -> label -> indices of its samples."""
    groups: dict[str, dict[str, list[int]]] = {}
    for i, sample in enumerate(samples):
        groups.setdefault(sample.dataset, {}).setdefault(sample.label, []).append(i)
    return groups
