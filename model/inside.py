"""Files that a table names: inside its folder, however the system that wrote the table spells them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath

from model.errors import GalleryError

FOLDERS_KEPT = 64
"""Folders whose names are kept composed and in small letters."""


def inside(folder: Path, path: str) -> Path:
    """The file `path` names, relative to `folder`.

    A name that is not there as it is written is also found with slashes for backslashes, in the other form of
    Unicode, and in other capitals where only one file is called so.

    Raises:
        GalleryError: it is absolute, leaves the folder (links included), or is no file.
    """
    try:
        found = (folder / path).resolve()
        if not found.is_file():
            found = (_respelt(folder, path.replace("\\", "/")) or found).resolve()
        if Path(path).is_absolute() or not found.is_relative_to(folder.resolve()):
            raise GalleryError(f"{path}: leads out of the folder")
        if not found.is_file():
            raise GalleryError(f"{path}: no such file")
    except (OSError, ValueError) as error:
        raise GalleryError(f"{path!r}: cannot be read: {error}") from error
    return found


def _respelt(folder: Path, path: str) -> Path | None:
    """The file that a path means, looked for name by name; None where there is none, or more than one."""
    parts = PurePosixPath(path).parts
    if not parts or PurePosixPath(path).is_absolute() or ".." in parts:
        return None
    found = folder
    for part in parts:
        if not (found / part).exists():
            same = _names(found, found.stat().st_mtime_ns).get(_compared(part), [])
            composed = [name for name in same if _composed(name) == _composed(part)]
            if len(composed or same) != 1:
                return None
            part = (composed or same)[0]
        found /= part
        if not found.exists():
            return None
    return found


@lru_cache(FOLDERS_KEPT)
def _names(folder: Path, changed: int) -> Mapping[str, list[str]]:
    """The names in a folder by how they are compared; `changed` is when one came or went last."""
    names: dict[str, list[str]] = {}
    for name in sorted(path.name for path in folder.iterdir()):
        names.setdefault(_compared(name), []).append(name)
    return names


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _compared(name: str) -> str:
    return _composed(_composed(name).casefold())
