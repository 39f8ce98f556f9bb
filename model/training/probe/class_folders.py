"""A folder a class, as classification data sets come: which files of which class, and how they are split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from model.errors import TrainingError

ProbedModality = Literal["image", "audio"]
Part = Literal["train", "test"]

SUFFIXES: dict[ProbedModality, frozenset[str]] = {
    "image": frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff"}),
    "audio": frozenset({".wav", ".ogg", ".flac"}),
}


@dataclass(frozen=True)
class LabelledFile:
    """A file, the class whose folder it lies in, and its part where the data set is split by folder already."""

    path: Path
    label: str
    part: Part | None = None


@dataclass(frozen=True)
class ClassFolders:
    """The files of a data set and what they are."""

    folder: Path
    modality: ProbedModality
    files: tuple[LabelledFile, ...]


@dataclass(frozen=True)
class Division:
    """Rows to fit on, rows to test on, and the classes that are in neither, with the reason."""

    train: tuple[int, ...]
    test: tuple[int, ...]
    left_out: dict[str, str]


def read_class_folders(
    folder: Path, modality: ProbedModality | None = None, limit: int | None = None, seed: int = 0
) -> ClassFolders:
    """The images or recordings of `folder/CLASS/`, or of `folder/train/CLASS/` and `folder/test/CLASS/`.

    The modality is that of the files unless it is told. `limit` keeps that many files of each class and part, drawn
    by `seed`. Other files, such as tables beside the images, are not looked at.

    Raises:
        TrainingError: there is no such folder, nothing in it can be probed, or it holds both images and recordings.
    """
    if not folder.is_dir():
        raise TrainingError(f"{folder}: no such folder; give one that holds a folder for each class")
    found = [LabelledFile(path, label, part) for root, part in _roots(folder) for label, path in _classes(root)]
    modality = modality or _modality(folder, found)
    files = [file for file in found if file.path.suffix.lower() in SUFFIXES[modality]]
    if not files:
        known = ", ".join(sorted(SUFFIXES[modality]))
        raise TrainingError(f"{folder}: holds no folder of {modality} files ({known})")
    return ClassFolders(folder, modality, tuple(_limited(files, limit, seed)))


def divide(files: Sequence[LabelledFile], test_share: float, seed: int) -> Division:
    """Split the rows `files`, class by class: by their folders where these say so, else at random.

    `test_share`, between 0 and 1, is then the share of each class to test on.
    Every class that is kept has at least one row on either side.

    Raises:
        TrainingError: fewer than two classes can be split.
    """
    rng = np.random.default_rng(seed)
    rows: dict[Part, list[int]] = {"train": [], "test": []}
    left_out: dict[str, str] = {}
    for label in sorted({file.label for file in files}):
        members = [i for i, file in enumerate(files) if file.label == label]
        parts = _told(files, members) if files[members[0]].part else _drawn(members, test_share, rng)
        if parts["train"] and parts["test"]:
            rows = {part: rows[part] + parts[part] for part in rows}
        else:
            left_out[label] = _reason(files, members)
    if len({files[i].label for i in rows["train"]}) < 2:
        few = "; ".join(f"{label}: {reason}" for label, reason in list(left_out.items())[:3])
        raise TrainingError(f"probing takes at least two classes that can be split ({few or 'there is only one'})")
    return Division(tuple(rows["train"]), tuple(rows["test"]), left_out)


def _roots(folder: Path) -> list[tuple[Path, Part | None]]:
    """Where the folders of classes lie; train/ and test/ are parts, not classes, where they hold folders."""
    split = {part: _has_folders(folder / part) for part in ("train", "test")}
    if all(split.values()):
        return [(folder / "train", "train"), (folder / "test", "test")]
    if any(split.values()):
        there, missing = ("train", "test") if split["train"] else ("test", "train")
        raise TrainingError(f"{folder}: holds {there}/ with classes but no {missing}/ with classes")
    return [(folder, None)]


def _has_folders(folder: Path) -> bool:
    return folder.is_dir() and any(path.is_dir() for path in folder.iterdir())


def _classes(root: Path) -> Iterable[tuple[str, Path]]:
    """(class, file) for every file that lies directly in a folder of `root`, in order of name."""
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and not folder.name.startswith("."):
            for path in sorted(folder.iterdir()):
                if path.is_file() and not path.name.startswith("."):
                    yield folder.name, path


def _modality(folder: Path, files: Iterable[LabelledFile]) -> ProbedModality:
    suffixes = {file.path.suffix.lower() for file in files}
    held = [modality for modality, known in SUFFIXES.items() if suffixes & known]
    if len(held) > 1:
        raise TrainingError(f"{folder}: holds images and recordings; say which with --modality image or audio")
    if not held:
        raise TrainingError(f"{folder}: holds no folders of images (jpg, png, tif) or recordings (wav, ogg, flac)")
    return held[0]


def _limited(files: Sequence[LabelledFile], limit: int | None, seed: int) -> list[LabelledFile]:
    """At most `limit` files of each class and part, in the order they had."""
    if limit is None:
        return list(files)
    if limit < 1:
        raise TrainingError(f"limit: {limit} files of a class is less than 1")
    order = np.random.default_rng(seed).permutation(len(files))
    taken: Counter[tuple[str, Part | None]] = Counter()
    kept: list[int] = []
    for i in order.tolist():
        key = files[i].label, files[i].part
        if taken[key] < limit:
            taken[key] += 1
            kept.append(i)
    return [files[i] for i in sorted(kept)]


def _told(files: Sequence[LabelledFile], members: Sequence[int]) -> dict[Part, list[int]]:
    return {
        "train": [i for i in members if files[i].part == "train"],
        "test": [i for i in members if files[i].part == "test"],
    }


def _drawn(members: Sequence[int], test_share: float, rng: np.random.Generator) -> dict[Part, list[int]]:
    """A share of one class's rows to test on, at least one, leaving at least one to fit on."""
    order = rng.permutation(members).tolist()
    tested = min(len(order) - 1, max(1, round(test_share * len(order))))
    return {"test": sorted(order[:tested]), "train": sorted(order[tested:])}


def _reason(files: Sequence[LabelledFile], members: Sequence[int]) -> str:
    if files[members[0]].part is None:
        return "only one usable sample"
    missing = "test" if any(files[i].part == "train" for i in members) else "train"
    return f"no usable sample in {missing}/"
