"""A folder of recordings as rows of a gallery: every sound below it, and the parts that people or programs marked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from model.errors import GalleryError
from model.gallery.annotations import Annotations, read_annotations
from model.gallery.entry import MAX_TEXT
from model.gallery.manifest import MANIFEST
from model.gallery.sounds_by_name import SoundsByName

SOUNDS = frozenset(
    (
        *(".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf"),
        *(".w64", ".rf64", ".m4a", ".mp4", ".aac", ".3gp", ".amr", ".wma", ".webm", ".mka", ".mkv", ".mov"),
    )
)
"""Suffixes of what is taken for a sound; whether it is one is seen when it is read."""
MOMENT = re.compile(r"(?<!\d)((?:19|20)\d{6})[_T-]?(\d{6})(?!\d)")
"""When a recording began, as recorders write it into the name of its file."""
MAX_ID = 80

Row = tuple[str, dict[str, str]]
"""Where an entry stands, and its values by column."""


def recording_rows(folder: Path, notes: list[str]) -> Iterator[Row]:
    """Each sound below `folder` as a row, then each marked part of it; `notes` takes what the reader should know.

    Raises:
        GalleryError: there is no sound.
    """
    files = list(_files(folder))
    sounds = [path for path in files if path.suffix.lower() in SOUNDS]
    if not sounds:
        raise GalleryError(
            f"{folder}: holds neither gallery.csv nor a sound ({', '.join(sorted(SOUNDS)[:8])} and others)"
        )
    by_name, ids = SoundsByName(sounds), _Ids()
    marked: dict[PurePosixPath, list[Row]] = {}
    for path in files:
        found = read_annotations(folder, path) if path.suffix.lower() in (".txt", ".csv", ".tsv") else None
        if found is not None:
            notes.append(f"{path}: {found.format} of {len(found.parts)} parts")
            for sound, part in _parts(path, found, by_name):
                marked.setdefault(sound, []).append(part)
    for sound in sounds:
        yield str(sound), {"id": ids.take(_slug(sound)), "path": str(sound), **_told_by_name(sound)}
        for where, row in marked.pop(sound, []):
            yield where, {**row, "id": ids.take(f"{_slug(sound)}_{row['start']}-{row['end']}")}
    for sound, rows in marked.items():
        for where, row in rows:
            yield where, {**row, "id": ids.take(f"{_slug(sound)}_{row['start']}-{row['end']}")}


def _parts(table: PurePosixPath, found: Annotations, by_name: SoundsByName) -> Iterator[tuple[PurePosixPath, Row]]:
    """Every part of a table as a row, under the sound that it is of; one of no sound here names a file that is none."""
    for part in found.parts:
        sound = by_name.find(part.file, table) or PurePosixPath(part.file or f"{table.stem}.wav")
        span = {"start": f"{part.start:g}", "end": f"{part.end:g}"}
        title = f"{part.label or sound.stem} ({sound.name}, {part.start:g}–{part.end:g} s)"[:MAX_TEXT]
        place = {"lat": part.lat, "lon": part.lon} if part.lat and part.lon else {}
        text = {"text": part.label or _words(sound), "title": title}
        yield (
            sound,
            (f"{table}, line {part.line}", {**_told_by_name(sound), **text, **span, **place, "path": str(sound)}),
        )


def _files(folder: Path) -> Iterator[PurePosixPath]:
    """The files below a folder, in order, relative to it; hidden ones and other galleries are passed over."""
    for found, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not (Path(found) / name / MANIFEST).exists()
        )
        for name in sorted(names):
            if not name.startswith("."):
                yield PurePosixPath((Path(found) / name).relative_to(folder).as_posix())


def _told_by_name(sound: PurePosixPath) -> dict[str, str]:
    moment = MOMENT.search(sound.stem)
    return {"title": _words(sound), "date": f"{moment[1]}_{moment[2]}" if moment else ""}


def _words(sound: PurePosixPath) -> str:
    return re.sub(r"[_\s]+", " ", sound.stem).strip() or sound.name


def _slug(sound: PurePosixPath) -> str:
    """What a sound is called by letters, digits, dots, dashes and underscores."""
    return (
        re.sub(r"[^A-Za-z0-9._-]+", "-", str(sound.with_suffix("")).replace("/", "_")).strip("._-")[:MAX_ID] or "sound"
    )


class _Ids:
    """Ids that were given out: a number is put behind one that is taken."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def take(self, id: str) -> str:
        count = self._taken[id] = self._taken.get(id, 0) + 1
        return id if count == 1 else self.take(f"{id}.{count}")
