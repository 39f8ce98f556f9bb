"""Import a published gallery: captions and recordings of an HDF5 file with their vectors, row by row (§10)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model.errors import AudioError, GalleryError
from model.gallery.build import BuildReport
from model.gallery.entry import COLUMNS, MAX_TEXT, GalleryEntry
from model.gallery.gallery import matrix_name
from model.gallery.manifest import ENTRIES, FORMAT, VECTORS, Container, Manifest, digest
from model.gallery.published.container import (
    AUDIO,
    AUDIO_CAPTION,
    AUDIO_VECTOR,
    CAPTION,
    SAMPLE_ID,
    SYNTHESISED,
    TEXT_VECTOR,
    File,
    dataset,
    opened,
    read_clip,
    scales_of,
    texts_of,
    values_of,
)
from model.gallery.sound import CONTAINED
from model.gallery.source import Skip
from model.gallery.table import Group
from model.gallery.vectors import create_vectors
from model.gallery.write import AUDIO as AUDIO_FOLDER
from model.gallery.write import finish, staged

CREATED_BY = "earshot gallery import"
ROWS = 1024
"""Rows read at once."""
SKIPS_TOLD = 1000
LICENCE = "not stated by the file"

Sounds = Literal["container", "files", "none"]
"""Where sounds are served from: the file that was imported, FLAC files of the gallery's own, or nowhere."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Set:
    """One group of entries to be: where its words, vectors and sounds stand in the file."""

    group: Group
    words: str
    vectors: str
    sounds: str | None


@dataclass
class _Import:
    """One import under way."""

    file: File
    folder: Path
    container: Container
    licence: str
    sounds: Sounds
    total: int
    dim: int
    progress: Progress | None
    skips: list[Skip] = field(default_factory=list)
    done: int = 0
    steps: int = 0

    def advance(self, rows: int) -> None:
        """Tell how far it is."""
        self.done += rows
        if self.progress:
            self.progress(self.done, self.steps)


def import_gallery(
    path: str | Path,
    out: str | Path,
    *,
    checkpoint_name: str,
    checkpoint_hash: str,
    dim: int,
    licence: str = LICENCE,
    sounds: Sounds = "container",
    progress: Progress | None = None,
) -> BuildReport:
    """Make a gallery at `out` of a published HDF5 file, whose vectors (dim) the named checkpoint computed.

    Nothing is ever held whole: rows stream through. Rows without words or direction are left out and reported.
    `progress` is told (rows done, rows in all). An earlier gallery at `out` is replaced, all or nothing.

    Raises:
        GalleryError: the file is truncated, of another layout or of another checkpoint's size, or cannot be written.
    """
    path, out = Path(path).absolute(), Path(out)
    with opened(path) as file, staged(out) as new:
        total = dataset(file, SAMPLE_ID, (1,)).shape[0]
        container = Container(str(path), path.stat().st_size)
        work = _Import(file, new, container, licence, sounds, total, dim, progress)
        sets = _sets(file, total, dim, sounds)
        work.steps = 2 * total * len(sets)
        ids = _identifiers(texts_of(values_of(dataset(file, SAMPLE_ID, (1,)), slice(None))))
        usable = {each.group: _usable(work, each, ids) for each in sets}
        counts = {each.group: int(usable[each.group].sum()) for each in sets}
        if not any(count for (kind, _), count in counts.items() if kind == "caption"):
            raise GalleryError(f"{path}: none of its captions can be used")
        matrices = create_vectors(new / VECTORS, {matrix_name(group): n for group, n in counts.items()}, dim)
        with (new / ENTRIES).open("w", encoding="utf-8", newline="") as table:
            writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
            writer.writeheader()
            for each in sets:
                filled = 0
                for rows, vectors in _parts(work, each, usable[each.group]):
                    matrices[matrix_name(each.group)][filled : filled + len(rows)] = vectors
                    filled += len(rows)
                    writer.writerows(asdict(entry) for entry in _entries(work, each, rows, ids))
        heard = counts.get(("recording", None), 0)
        told = {"caption": sum(counts.values()) - heard, "recording": heard}
        needed = container if sounds == "container" else None
        finish(new, matrices, Manifest(FORMAT, CREATED_BY, checkpoint_name, checkpoint_hash, dim, told, {}, needed))
    return BuildReport(out, told["caption"], told["recording"], tuple(work.skips))


def _sets(file: File, total: int, dim: int, sounds: Sounds) -> list[_Set]:
    """What the file holds, every shape checked. A recording that could not be heard would be no recording."""
    sets = [
        _Set(("caption", scale), f"{CAPTION}{scale}", f"{TEXT_VECTOR}{scale}", f"{SYNTHESISED}{scale}")
        for scale in scales_of(file)
    ]
    if sounds != "none":
        sets.append(_Set(("recording", None), AUDIO_CAPTION, AUDIO_VECTOR, AUDIO))
    for each in sets:
        dataset(file, each.words, (1,), total)
        stored = dataset(file, each.vectors, (2,), total)
        if stored.shape[1] != dim or stored.dtype.kind != "f":
            raise GalleryError(
                f"{file.filename}: {each.vectors} has {stored.shape[1]} {stored.dtype} a row, not the {dim} numbers of "
                "the checkpoint"
            )
        if sounds != "none":
            assert each.sounds is not None
            dataset(file, each.sounds, (1, 2, 3), total)
    return sets


def _identifiers(names: list[str]) -> list[str]:
    """The samples' names as entries may be called, empty where one is missing or used again."""
    ids = [re.sub(r"[^A-Za-z0-9._-]", "-", name).lstrip("._-")[:90] for name in names]
    taken: set[str] = set()
    for n, id in enumerate(ids):
        ids[n] = "" if id in taken else id
        taken.add(id)
    return ids


def _usable(work: _Import, each: _Set, ids: list[str]) -> NDArray[np.bool_]:
    """Which rows (total,) have a name of their own, words and a direction; the others are reported."""
    usable = np.zeros(work.total, np.bool_)
    for start, stop in _spans(work.total):
        lengths = np.linalg.norm(values_of(work.file[each.vectors], slice(start, stop)).astype(np.float64), axis=1)
        words = texts_of(values_of(work.file[each.words], slice(start, stop)))
        for row, length, text in zip(range(start, stop), lengths, words, strict=True):
            reason = None
            if not ids[row]:
                reason = "its sample_id is missing or used twice"
            elif not text:
                reason = "it has no words"
            elif not np.isfinite(length) or length <= 0:
                reason = "its vector is zero or not finite"
            usable[row] = reason is None
            if reason is not None and len(work.skips) < SKIPS_TOLD:
                work.skips.append(Skip(f"{each.words}, row {row}", reason))
        work.advance(stop - start)
    return usable


def _parts(
    work: _Import, each: _Set, usable: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """The usable rows and their unit vectors (n, dim), part by part."""
    for start, stop in _spans(work.total):
        rows = np.flatnonzero(usable[start:stop])
        vectors = values_of(work.file[each.vectors], slice(start, stop))[rows].astype(np.float64)
        yield rows + start, (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        work.advance(stop - start)


def _entries(work: _Import, each: _Set, rows: NDArray[np.int64], ids: list[str]) -> Iterator[GalleryEntry]:
    """The entries of some rows, their sounds written down where they are to be files."""
    kind, scale = each.group
    if not len(rows):
        return
    words = texts_of(values_of(work.file[each.words], slice(int(rows[0]), int(rows[-1]) + 1)))
    for row in rows.tolist():
        id = ids[row] if kind == "recording" else f"{ids[row]}.s{scale}"
        text = words[row - int(rows[0])][:MAX_TEXT]
        sound, sha256 = _sound(work, each, row, id)
        path, synthesised = (sound, "") if kind == "recording" else ("", sound)
        yield GalleryEntry(
            id, text, work.licence, scale=scale, path=path, synthesised=synthesised, seconds=None, sha256=sha256
        )


def _sound(work: _Import, each: _Set, row: int, id: str) -> tuple[str, str]:
    """Where an entry's sound is, and its checksum if that is a file of its own."""
    if work.sounds == "none":
        return "", ""
    stored = f"{each.sounds}/{row}"
    if work.sounds == "container":
        return f"{CONTAINED}{stored}", ""
    target = work.folder / AUDIO_FOLDER / f"{id}.flac"
    target.parent.mkdir(exist_ok=True)
    try:
        target.write_bytes(read_clip(work.container, stored).to_bytes("flac", {}))
    except AudioError as error:
        raise GalleryError(f"{work.container.path}: {stored}: {error}") from error
    return f"{AUDIO_FOLDER}/{target.name}", digest(target)


def _spans(total: int) -> Iterator[tuple[int, int]]:
    return ((start, min(total, start + ROWS)) for start in range(0, total, ROWS))
