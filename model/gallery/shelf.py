"""GalleryShelf: several galleries side by side, asked as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from model.errors import GalleryError, UnknownEntry
from model.gallery.entry import GalleryEntry, Kind
from model.gallery.gallery import Gallery, Vectors
from model.synthesis import Clip

ItemT = TypeVar("ItemT", bound=np.generic)

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
        scenes = dict.fromkeys(scene for gallery in galleries.values() for scene in gallery.scenes)
        self.scenes: dict[str, int] = {scene: number for number, scene in enumerate(scenes)}
        """The number of every scene in the answers of `nearest_scenes`."""
        self._scene_numbers = {
            name: np.array([self.scenes[scene] for scene in gallery.scenes], np.int32)
            for name, gallery in galleries.items()
        }

    @classmethod
    def open(cls, paths: Iterable[str | Path]) -> GalleryShelf:
        """Open each gallery; it is called after its folder, with a number behind where that is taken.

        Raises:
            GalleryError: there are none, one cannot be opened, or two were made by different checkpoints.
        """
        galleries: dict[str, Gallery] = {}
        for path in paths:
            base = _name(path)
            name = next(name for name in _numbered(base) if name not in galleries)
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
    ) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
        """The k nearest entries of all galleries; see `Gallery.nearest`."""
        found = [
            (scores, np.char.add(self._prefix(name), ids) if self._prefix(name) else ids)
            for name, gallery in self.galleries.items()
            for scores, ids in [gallery.nearest(vectors, k, kind, scale=scale, exact=exact)]
        ]
        return _best(found, k)

    def nearest_scenes(
        self, vectors: Vectors, k: int, kind: Kind = "caption", *, scale: int | None = None, exact: bool = False
    ) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """As `nearest`, with the number in `scenes` of each entry's scene (n, k) in place of its id."""
        found = [
            (scores, self._scene_numbers[name][codes])
            for name, gallery in self.galleries.items()
            for scores, codes in [gallery.nearest_scenes(vectors, k, kind, scale=scale, exact=exact)]
        ]
        return _best(found, k)

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

    def look_up(self, ids: Sequence[str]) -> list[tuple[str, GalleryEntry]]:
        """The entries with these ids, in their order, each with the name of its gallery; see `entry`.

        Raises:
            UnknownEntry: there is none.
        """
        names = [self.name_of(id) for id in ids]
        found: dict[str, GalleryEntry] = {}
        for name in dict.fromkeys(names):
            inside = [id for id, of in zip(ids, names, strict=True) if of == name]
            found.update(zip(inside, self.galleries[name].look_up([_own(id) for id in inside]), strict=True))
        return [(name, _called(found[id], id)) for id, name in zip(ids, names, strict=True)]

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


def _best(
    found: list[tuple[NDArray[np.float32], NDArray[ItemT]]], k: int
) -> tuple[NDArray[np.float32], NDArray[ItemT]]:
    """The k best by their scores of what several galleries found, (n, k) each."""
    scores = np.concatenate([part[0] for part in found], axis=1)
    items = np.concatenate([part[1] for part in found], axis=1)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(scores, best, axis=1), np.take_along_axis(items, best, axis=1)


def _called(entry: GalleryEntry, id: str) -> GalleryEntry:
    return entry if entry.id == id else replace(entry, id=id)


def _own(id: str) -> str:
    """What an entry is called in its own gallery."""
    return id.partition(MARK)[2] if MARK in id else id


def _name(path: str | Path) -> str:
    """What a gallery at a path is called: letters, digits, dots, dashes and underscores of its folder's name."""
    base = "embedded" if str(path) == "embedded" else Path(path).absolute().name
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in base)[:80] or "gallery"


def _numbered(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}-{n}" for n in range(2, 1000))
