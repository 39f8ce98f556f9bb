"""Write a gallery's folder whole: into a folder beside it first, then in one rename to its place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from model.errors import GalleryError
from model.gallery.entry import GalleryEntry, Kind, write_entries
from model.gallery.manifest import ENTRIES, FILES, FORMAT, MANIFEST, VECTORS, Manifest, digest, write_manifest
from model.gallery.recordings import inside

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
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as staging:
            new, old = Path(staging) / "new", Path(staging) / "old"
            new.mkdir()
            entries = [_store_audio(entry, folder, new) for part in embedded.values() for entry in part.entries]
            write_entries(new / ENTRIES, entries)
            vectors: dict[str, NDArray[np.float32]] = {
                kind: np.ascontiguousarray(part.vectors) for kind, part in embedded.items()
            }
            safetensors.numpy.save_file(vectors, new / VECTORS)
            write_manifest(new, _manifest(new, embedded, checkpoint_name, checkpoint_hash))
            _swap(new, out, old)
    except OSError as error:
        raise GalleryError(f"{out}: cannot be written: {error}") from error


def _store_audio(entry: GalleryEntry, folder: Path, new: Path) -> GalleryEntry:
    """Copy a recording's file into the gallery, named after its id; other entries stay as they are."""
    if not entry.path:
        return entry
    source = inside(folder, entry.path)
    target = new / AUDIO / f"{entry.id}{source.suffix.lower()}"
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(source, target)
    return replace(entry, path=f"{AUDIO}/{target.name}", sha256=digest(target))


def _manifest(
    folder: Path, embedded: Mapping[Kind, EmbeddedEntries], checkpoint_name: str, checkpoint_hash: str
) -> Manifest:
    return Manifest(
        format=FORMAT,
        created_by=CREATED_BY,
        checkpoint_name=checkpoint_name,
        checkpoint_hash=checkpoint_hash,
        dim=embedded["caption"].vectors.shape[1],
        counts={kind: len(part.entries) for kind, part in embedded.items()},
        files={name: digest(folder / name) for name in FILES},
    )


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
