"""What a gallery is built from: a folder, with `gallery.csv` or of recordings alone, and captions of the caller's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from model.errors import GalleryError
from model.gallery.entry import COLUMNS, GalleryEntry, entry_from_row
from model.gallery.recordings import recording_rows
from model.spreadsheet import Spreadsheet, TableError, read_spreadsheet, told, told_number

SOURCE_TABLE = "gallery.csv"
ALIASES = {
    **{"license": "licence", "latitude": "lat", "longitude": "lon", "lng": "lon", "long": "lon"},
    **{"file": "path", "filename": "path", "file_name": "path", "caption": "text", "recordist": "author"},
    **{"date_recorded": "date", "name": "title"},
}
"""Other names of columns, where a table lacks theirs."""
NUMBERS = ("lat", "lon", "seconds", "seed", "scale", "start", "end")
OWN = ("sha256", "synthesised")
"""Columns that a gallery writes for itself."""


class CaptionLike(Protocol):
    """A caption from elsewhere, such as `model.scenes.captions.Caption`."""

    @property
    def id(self) -> str:
        """Its identifier, which the gallery keeps."""

    @property
    def text(self) -> str:
        """What is heard."""

    @property
    def scene(self) -> str:
        """The scene it describes."""

    @property
    def licence(self) -> str:
        """Under which terms it may be shown."""


@dataclass(frozen=True)
class Skip:
    """Something left out of a gallery: where it stood, and why."""

    where: str
    reason: str


@dataclass(frozen=True)
class Source:
    """What can be embedded, what cannot and why, and what the reader should know of the rest."""

    entries: tuple[GalleryEntry, ...]
    skips: tuple[Skip, ...]
    notes: tuple[str, ...]


Candidate = tuple[str, GalleryEntry | ValueError]
"""Where an entry stands, and the entry or what is wrong with it."""


def read_source(
    folder: Path, captions: Iterable[CaptionLike] = (), *, fallback: Iterable[CaptionLike] = (), licence: str = ""
) -> Source:
    """The entries of a folder, then `captions`; the first to use an id keeps it.

    A folder without `gallery.csv` is taken for one of recordings. `fallback` comes along where that gives no captions
    at all; `licence` is that of entries for which none is told.

    Raises:
        GalleryError: there is no such folder, its table cannot be read or lacks columns, or it holds no sounds.
    """
    notes: list[str] = []
    own = list(_table_entries(folder, licence, notes) if _has_table(folder) else _recordings(folder, licence, notes))
    given = list(_caption_entries(captions))
    if not any(isinstance(found, GalleryEntry) and found.kind == "caption" for _, found in own + given):
        more = list(_caption_entries(fallback))
        notes += [f"{len(more)} captions of scenes come along, for the folder has none of its own"] if more else []
        given += more
    entries: dict[str, GalleryEntry] = {}
    skips: list[Skip] = []
    for where, candidate in own + given:
        if isinstance(candidate, ValueError):
            skips.append(Skip(where, str(candidate)))
        elif candidate.id in entries:
            skips.append(Skip(where, f"the id {candidate.id!r} is used twice"))
        else:
            entries[candidate.id] = candidate
    return Source(tuple(entries.values()), tuple(skips), tuple(notes))


def _has_table(folder: Path) -> bool:
    if not folder.is_dir():
        raise GalleryError(f"{folder}: there is no such folder")
    return (folder / SOURCE_TABLE).exists()


def _table_entries(folder: Path, licence: str, notes: list[str]) -> Iterator[Candidate]:
    """Each row of the folder's table with where it stands; rows without an id are named after their line."""
    table = _read(folder / SOURCE_TABLE, licence)
    if table.unused:
        known = ", ".join(column for column in COLUMNS if column not in OWN)
        notes.append(f"{SOURCE_TABLE}: not used: {', '.join(table.unused)}; known columns are {known}")
    for line, row in table.rows:
        cleaned = _cleaned(row)
        if "licence" not in table.columns or cleaned.get("licence") == "":
            cleaned["licence"] = licence
        prefix = "r" if cleaned.get("path") or cleaned.get("foley") else "c"
        yield _candidate(f"{SOURCE_TABLE}, line {line}", cleaned, f"{prefix}{line}")


def _read(path: Path, licence: str) -> Spreadsheet:
    try:
        table = read_spreadsheet(path, COLUMNS, ALIASES)
    except TableError as error:
        raise GalleryError(str(error)) from error
    needed = [] if {"text", "path", "foley", "title"} & set(table.columns) else ["text (or path, for sounds)"]
    needed += [] if licence or "licence" in table.columns else ["licence (or give --licence)"]
    if needed:
        has = ", ".join((*table.columns, *table.unused)) or "none"
        raise GalleryError(f"{path}: the columns {' and '.join(needed)} are missing; it has {has}")
    return table


def _cleaned(row: dict[str, str]) -> dict[str, str]:
    """A row whose cells say nothing where they hold a word for that; one that does not fit its header as it is."""
    if None in row or None in row.values():
        return dict(row)
    return {column: told_number(cell) if column in NUMBERS else told(cell) for column, cell in row.items()}


def _recordings(folder: Path, licence: str, notes: list[str]) -> Iterator[Candidate]:
    """Every sound of a folder without a table, and the parts of them that are marked."""
    for where, row in recording_rows(folder, notes):
        yield _candidate(where, {**row, "licence": licence or "not stated"})


def _caption_entries(captions: Iterable[CaptionLike]) -> Iterator[Candidate]:
    for caption in captions:
        row = {"id": caption.id, "text": caption.text, "scene": caption.scene, "licence": caption.licence}
        yield _candidate(f"caption {caption.id}", row)


def _candidate(where: str, row: dict[str, str], default_id: str = "") -> Candidate:
    try:
        return where, entry_from_row(row, default_id)
    except ValueError as error:
        return where, error
