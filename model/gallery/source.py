"""What a gallery is built from: a folder with `gallery.csv`, and captions handed over by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from model.gallery.entry import GalleryEntry, entry_from_row, read_rows

SOURCE_TABLE = "gallery.csv"
REQUIRED = ("text", "licence")


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


def read_source(folder: Path, captions: Iterable[CaptionLike]) -> tuple[list[GalleryEntry], list[Skip]]:
    """The usable entries of `folder/gallery.csv`, then of `captions`; the first to use an id keeps it.

    Raises:
        GalleryError: the table cannot be read or its columns are wrong.
    """
    entries: dict[str, GalleryEntry] = {}
    skips: list[Skip] = []
    for where, candidate in [*_table_entries(folder), *_caption_entries(captions)]:
        if isinstance(candidate, ValueError):
            skips.append(Skip(where, str(candidate)))
        elif candidate.id in entries:
            skips.append(Skip(where, f"the id {candidate.id!r} is used twice"))
        else:
            entries[candidate.id] = candidate
    return list(entries.values()), skips


def _table_entries(folder: Path) -> Iterator[tuple[str, GalleryEntry | ValueError]]:
    """Each row of the folder's table with where it stands; rows without an id are named after their line."""
    for line, row in read_rows(folder / SOURCE_TABLE, REQUIRED):
        prefix = "r" if row.get("path") or row.get("foley") else "c"
        try:
            yield f"{SOURCE_TABLE}, line {line}", entry_from_row(row, default_id=f"{prefix}{line}")
        except ValueError as error:
            yield f"{SOURCE_TABLE}, line {line}", error


def _caption_entries(captions: Iterable[CaptionLike]) -> Iterator[tuple[str, GalleryEntry | ValueError]]:
    for caption in captions:
        row = {"id": caption.id, "text": caption.text, "scene": caption.scene, "licence": caption.licence}
        try:
            yield f"caption {caption.id}", entry_from_row(row)
        except ValueError as error:
            yield f"caption {caption.id}", error
