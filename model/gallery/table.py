"""EntryTable: a gallery's entries, found by id or row without all of them being held in memory."""

from __future__ import annotations

import csv
import itertools
import mmap
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from model.errors import GalleryError
from model.gallery.entry import GalleryEntry, Kind, check_columns, entry_from_row

KEPT = 65_536
"""Entries kept once they were read; a table of no more than this is read and checked as a whole when opened."""

Group = tuple[Kind, int | None]
"""Entries that are searched together: those of one kind and, of captions that belong to one, of one scale."""


class EntryTable:
    """`entries.csv`, in its order. Safe from any thread; it stays what it was when the file is replaced."""

    def __init__(self, path: Path, content: mmap.mmap) -> None:
        self._path, self._content = path, content
        lines = _Lines(content)
        reader = csv.reader(lines, strict=True)
        self._columns = next(reader, [])
        check_columns(path, self._columns, ("id", "text", "licence"))
        ids: list[bytes] = []
        starts: list[int] = []
        groups: dict[Group, list[int]] = {}
        scenes: dict[str, int] = {}
        scene_codes: list[int] = []
        self.licences: Counter[str] = Counter()
        start = lines.at
        for row in reader:
            if row:
                groups.setdefault(self._group(row), []).append(len(ids))
                self.licences[self._cell(row, "licence")] += 1
                scene_codes.append(scenes.setdefault(self._cell(row, "scene"), len(scenes)))
                ids.append(self._cell(row, "id").encode())
                starts.append(start)
            start = lines.at
        self.ids = np.array(ids, dtype=np.bytes_)
        self.scenes = tuple(scenes)
        self.scene_codes = np.array(scene_codes, dtype=np.int32)
        """The scene of every row, as its number in `scenes`."""
        self.groups = {group: np.array(rows) for group, rows in groups.items()}
        self._starts = np.array([*starts, start], dtype=np.int64)
        self._by_id = np.argsort(self.ids, kind="stable")
        self._check_ids_differ()
        self.row = lru_cache(KEPT)(self._read)
        for n in range(len(ids) if len(ids) <= KEPT else 0):
            self.row(n)

    @classmethod
    def open(cls, path: Path) -> EntryTable:
        """Open a gallery's own table.

        Raises:
            GalleryError: naming the file and line.
        """
        try:
            with path.open("rb") as file:
                return cls(path, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError, csv.Error) as error:  # an empty file cannot be mapped
            raise GalleryError(f"{path}: cannot be read: {error}") from error

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[GalleryEntry]:
        return (self.row(n) for n in range(len(self)))

    def find(self, id: str) -> int | None:
        """The row of the entry with this id, if there is one."""
        wanted = id.encode()
        at = int(np.searchsorted(self.ids, wanted, sorter=self._by_id))
        row = int(self._by_id[at]) if at < len(self) else -1
        return row if row >= 0 and self.ids[row] == wanted else None

    def _read(self, row: int) -> GalleryEntry:
        """The entry in a row, read from the file."""
        first, last = int(self._starts[row]), int(self._starts[row + 1])
        values = next(csv.reader([self._content[first:last].decode()], strict=True))
        named: dict[Any, Any] = dict(itertools.zip_longest(self._columns, values))
        try:
            return entry_from_row(named)
        except ValueError as error:
            raise GalleryError(f"{self._path}, line {self._line(row)}: {error}") from error

    def _cell(self, row: list[str], column: str) -> str:
        at = self._columns.index(column) if column in self._columns else len(row)
        return row[at].strip() if at < len(row) else ""

    def _group(self, row: list[str]) -> Group:
        kind: Kind = "recording" if self._cell(row, "path") or self._cell(row, "foley") else "caption"
        scale = self._cell(row, "scale")
        return kind, int(scale) if kind == "caption" and scale.isdecimal() else None

    def _check_ids_differ(self) -> None:
        ordered = self.ids[self._by_id]
        twice = np.flatnonzero(ordered[1:] == ordered[:-1])
        if len(twice):
            row = int(self._by_id[twice + 1].min())
            raise GalleryError(f"{self._path}, line {self._line(row)}: the id {self.ids[row].decode()!r} is used twice")

    def _line(self, row: int) -> int:
        """The last line of a row, counted from 1."""
        return self._content[: int(self._starts[row + 1])].count(b"\n")


class _Lines:
    """A file's lines as text, and how many bytes of it were handed out."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self.at = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._content.readline()
        if not line:
            raise StopIteration
        self.at += len(line)
        return line.decode("utf-8-sig" if self.at == len(line) else "utf-8")
