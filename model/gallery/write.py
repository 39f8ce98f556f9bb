"""Write a gallery's folder whole: into a folder beside it first, then in one rename to its place."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from model.errors import GalleryError
from model.gallery.entry import GalleryEntry, Kind, write_entries
from model.gallery.gallery import matrix_name
from model.gallery.manifest import ENTRIES, FILES, FORMAT, MANIFEST, VECTORS, Manifest, digest, write_manifest
from model.gallery.nearest import CODED_FROM, index_name, write_codes
from model.gallery.sound import clip_of
from model.gallery.vectors import Matrix, create_vectors
from model.inside import inside

CREATED_BY = "earshot gallery build"
AUDIO = "audio"


@dataclass(frozen=True)
class EmbeddedEntries:
    """Entries of one kind and their unit vectors (n, dim) float32, in the same order."""

    entries: tuple[GalleryEntry, ...]
    vectors: NDArray[np.float32]


def check_target(out: Path) -> None:
    """Refuse to overwrite anything but a gallery or an empty folder.

    Raises:
        GalleryError: `out` is a file or a folder that holds something else.
    """
    if out.exists() and not (out / MANIFEST).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise GalleryError(f"{out}: is there already and is no gallery")


@contextlib.contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A new folder beside `out` that takes its place when the block ends well; an earlier gallery there goes.

    Raises:
        GalleryError: `out` holds something else, or the disk refuses.
    """
    check_target(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as staging:
            new, old = Path(staging) / "new", Path(staging) / "old"
            new.mkdir()
            yield new
            _swap(new, out, old)
    except OSError as error:
        raise GalleryError(f"{out}: cannot be written: {error}") from error


def write_gallery(
    out: Path,
    folder: Path,
    embedded: Mapping[Kind, EmbeddedEntries],
    checkpoint_name: str,
    checkpoint_hash: str,
) -> None:
    """Write entries, vectors and the files `folder` holds for them to `out`, in place of what was there.

    Raises:
        GalleryError: the disk refuses.
    """
    dim = embedded["caption"].vectors.shape[1]
    with staged(out) as new:
        entries = [_store_audio(entry, folder, new) for part in embedded.values() for entry in part.entries]
        write_entries(new / ENTRIES, entries)
        counts: dict[str, int] = {kind: len(part.entries) for kind, part in embedded.items()}
        grouped = {(kind, name): rows for kind, part in embedded.items() for name, rows in _groups(kind, part).items()}
        matrices = create_vectors(new / VECTORS, {name: len(rows) for (_, name), rows in grouped.items()}, dim)
        for (kind, name), rows in grouped.items():
            matrices[name][:] = embedded[kind].vectors[rows]
        finish(new, matrices, Manifest(FORMAT, CREATED_BY, checkpoint_name, checkpoint_hash, dim, counts, {}))


def _groups(kind: Kind, part: EmbeddedEntries) -> dict[str, list[int]]:
    """The rows of what is searched together, under the name of its matrix: captions of one scale lie apart."""
    groups: dict[str, list[int]] = {} if part.entries else {matrix_name((kind, None)): []}
    for row, entry in enumerate(part.entries):
        scale = entry.scale if kind == "caption" else None
        groups.setdefault(matrix_name((kind, scale)), []).append(row)
    return groups


def finish(folder: Path, matrices: Mapping[str, Matrix], manifest: Manifest) -> None:
    """Code what is large, and write the manifest with every file's checksum.

    Raises:
        OSError: the disk refuses.
    """
    names = list(FILES)
    for name, matrix in matrices.items():
        if isinstance(matrix, np.memmap):
            matrix.flush()
        if len(matrix) >= CODED_FROM:
            write_codes(matrix, folder / index_name(name))
            names.append(index_name(name))
    write_manifest(folder, replace(manifest, files={name: digest(folder / name) for name in names}))


def _store_audio(entry: GalleryEntry, folder: Path, new: Path) -> GalleryEntry:
    """Copy a recording's file, or the part of it that is meant, into the gallery; other entries stay as they are."""
    if not entry.path:
        return entry
    source, is_part = inside(folder, entry.path), entry.start is not None or entry.end is not None
    target = new / AUDIO / f"{entry.id}{'.flac' if is_part else source.suffix.lower()}"
    target.parent.mkdir(exist_ok=True)
    if is_part:
        clip = clip_of(entry, folder)
        soundfile.write(target, clip.samples.T, clip.sample_rate, format="FLAC", subtype="PCM_24")
    else:
        shutil.copyfile(source, target)
    return replace(entry, path=f"{AUDIO}/{target.name}", sha256=digest(target), start=None, end=None)


def _swap(new: Path, out: Path, old: Path) -> None:
    """Put `new` in the place of `out`; if that fails, what was at `out` comes back."""
    if out.exists():
        out.rename(old)
    try:
        new.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
