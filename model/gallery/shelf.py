"""GalleryShelf: several galleries side by side, asked as one."""

from __future__ import annotations

import bisect
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import GalleryError, UnknownEntry
from model.gallery.entry import GalleryEntry, Kind
from model.gallery.gallery import Gallery, Vectors, best_of
from model.synthesis import Clip

MARK = "~"
"""Between a gallery's name and its entry's id; no id holds it."""


class GalleryShelf:
    """Galleries of one checkpoint by name, in their order; safe from any thread.

    Ids are those of the first gallery as they are, and `NAME~ID` for entries of the others, so that every id is one
    entry's alone.
    """

    def __init__(self, galleries: dict[str, Gallery]) -> None:
        self.galleries = galleries
        self._first = next(iter(galleries))
        self._names = list(galleries)
        rows = [len(gallery.scene_codes) for gallery in galleries.values()]
        self._starts = [0, *itertools.accumulate(rows[:-1])]
        scenes = dict.fromkeys(scene for gallery in galleries.values() for scene in gallery.scenes)
        self.scenes: dict[str, int] = {scene: code for code, scene in enumerate(scenes)}
        """The code of every scene in `scene_codes`."""
        self.scene_codes = np.concatenate(
            [
                np.array([self.scenes[scene] for scene in gallery.scenes], np.int32)[gallery.scene_codes]
                for gallery in galleries.values()
            ]
        )
        """The scene of every entry, by its number."""

    @classmethod
    def open(cls, paths: Iterable[str | Path]) -> GalleryShelf:
        """Open each gallery; it is called after its folder, with a number behind where that is taken.

        Raises:
            GalleryError: there are none, one cannot be opened, or two were made by different checkpoints.
        """
        galleries: dict[str, Gallery] = {}
        for path in paths:
            base = _name(path)
            name = next(name for name in _suffixed(base) if name not in galleries)
            galleries[name] = Gallery.open(path)
        if not galleries:
            raise GalleryError("no gallery was named")
        shelf = cls(galleries)
        shelf.check_checkpoint(galleries[shelf._first].checkpoint_hash)
        return shelf

    @property
    def folder(self) -> str:
        """Where the galleries lie, for messages."""
        return ", ".join(str(gallery.folder) for gallery in self.galleries.values())

    def nearest(
        self, vectors: Vectors, k: int, kind: Kind = "caption", *, scale: int | None = None, exact: bool = False
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and numbers (n, k) of the k nearest entries of all galleries; see `Gallery.nearest`.

        Entries are numbered gallery by gallery, as the rows of their tables are.
        """
        found = [
            (scores, rows + start)
            for start, gallery in zip(self._starts, self.galleries.values(), strict=True)
            for scores, rows in [gallery.nearest_rows(vectors, k, kind, scale=scale, exact=exact)]
        ]
        return best_of(found, k)

    def numbered(self, numbers: Iterable[int]) -> list[tuple[str, GalleryEntry]]:
        """The entries with these numbers, in their order, each with the name of its gallery."""
        return [self._numbered(number) for number in numbers]

    def _numbered(self, number: int) -> tuple[str, GalleryEntry]:
        at = bisect.bisect_right(self._starts, number) - 1
        name = self._names[at]
        entry = self.galleries[name].row(number - self._starts[at])
        return name, _called(entry, f"{self._prefix(name)}{entry.id}")

    def name_of(self, id: str) -> str:
        """The gallery an id belongs to.

        Raises:
            UnknownEntry: no gallery has this name.
        """
        name = id.partition(MARK)[0] if MARK in id else self._first
        if name not in self.galleries or (MARK in id and name == self._first):
            raise UnknownEntry(f"no gallery has an entry {id!r}")
        return name

    def entry(self, id: str) -> GalleryEntry:
        """The entry with this id, which it carries whatever it is called in its own gallery.

        Raises:
            UnknownEntry: there is none.
        """
        return _called(self.galleries[self.name_of(id)].entry(_own(id)), id)

    def entries(self, kind: Kind) -> tuple[GalleryEntry, ...]:
        """Every entry of a kind, in order."""
        return tuple(self.entry(id) for id in self.ids(kind))

    def ids(self, kind: Kind) -> list[str]:
        """The id of every entry of a kind, in order."""
        return [f"{self._prefix(name)}{id}" for name, gallery in self.galleries.items() for id in gallery.ids(kind)]

    def count(self, kind: Kind, scale: int | None = None) -> int:
        """How many entries of a kind all galleries have; see `Gallery.count`."""
        return sum(gallery.count(kind, scale) for gallery in self.galleries.values())

    @property
    def scales(self) -> tuple[int, ...]:
        """The scales that have captions of their own."""
        return tuple(sorted({scale for gallery in self.galleries.values() for scale in gallery.scales}))

    def licences(self) -> dict[str, int]:
        """How many entries stand under each licence, the commonest first."""
        total: Counter[str] = Counter()
        for gallery in self.galleries.values():
            total.update(gallery.licences())
        return dict(total.most_common())

    def fingerprint(self, id: str) -> str:
        """Names the content of the gallery an id belongs to."""
        return self.galleries[self.name_of(id)].fingerprint

    def audio(self, id: str) -> Clip:
        """An entry's sound; see `Gallery.audio`."""
        return self.galleries[self.name_of(id)].audio(_own(id))

    def check_checkpoint(self, checkpoint_hash: str) -> None:
        """Refuse to be asked with another checkpoint's vectors.

        Raises:
            GalleryError: naming both checkpoints.
        """
        for gallery in self.galleries.values():
            gallery.check_checkpoint(checkpoint_hash)

    def _prefix(self, name: str) -> str:
        return "" if name == self._first else f"{name}{MARK}"


def _called(entry: GalleryEntry, id: str) -> GalleryEntry:
    return entry if entry.id == id else replace(entry, id=id)


def _own(id: str) -> str:
    """What an entry is called in its own gallery."""
    return id.partition(MARK)[2] if MARK in id else id


def _name(path: str | Path) -> str:
    """What a gallery at a path is called: letters, digits, dots, dashes and underscores of its folder's name."""
    base = "embedded" if str(path) == "embedded" else Path(path).absolute().name
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in base)[:80] or "gallery"


def _suffixed(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}-{n}" for n in range(2, 1000))
