"""Gallery: captions and recordings by how near they lie to a vector of the shared space."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from model.errors import GalleryError, UnknownEntry
from model.gallery.entry import KINDS, GalleryEntry, Kind
from model.gallery.manifest import ENTRIES, VECTORS, Manifest, read_manifest
from model.gallery.nearest import Found, NearestRows, index_name
from model.gallery.scan import scanning_device
from model.gallery.sound import clip_of
from model.gallery.table import EntryTable, Group
from model.gallery.vectors import open_vectors
from model.synthesis import Clip

EMBEDDED = Path(__file__).parent / "embedded"

Vectors = NDArray[np.floating[Any]] | torch.Tensor


class Gallery:
    """An opened gallery. It never changes, so any number of threads may ask it at once."""

    def __init__(self, folder: Path, manifest: Manifest, table: EntryTable, rows: dict[Group, NearestRows]) -> None:
        self.folder = folder
        self.dim = manifest.dim
        self.checkpoint_name = manifest.checkpoint_name
        self.checkpoint_hash = manifest.checkpoint_hash
        self.fingerprint = manifest.fingerprint
        self._container = manifest.container
        self._table = table
        self._rows = rows
        self.row = table.row
        """The entry in a row."""
        self.scenes = table.scenes
        """Every scene of the entries, in the order they come; entries without one are of the scene ''."""
        self.scene_codes = table.scene_codes
        """The number in `scenes` of every row's scene, int32."""

    @classmethod
    def open(cls, path: str | Path = "embedded", *, thorough: bool = False, device: str | None = None) -> Gallery:
        """Open a gallery's folder, or the embedded one; every file is checked before it is used.

        Vectors stay on disk, mapped into memory. `thorough`: even the largest files are read through. `device`: where
        large kinds are scanned instead of their codes; None: on a GPU, if there is one.

        Raises:
            GalleryError: naming the file that is missing, corrupt or of another shape.
        """
        folder = EMBEDDED if str(path) == "embedded" else Path(path)
        manifest = read_manifest(folder, thorough)
        table = EntryTable.open(folder / ENTRIES)
        for kind in KINDS:
            found = sum(len(rows) for group, rows in table.groups.items() if group[0] == kind)
            if found != manifest.counts[kind]:
                raise GalleryError(f"{folder / ENTRIES}: holds {found} {kind}s, not {manifest.counts[kind]}")
        counts = {matrix_name(group): len(rows) for group, rows in table.groups.items()}
        matrices = open_vectors(folder / VECTORS, counts, manifest.dim)
        rows = {}
        for group in table.groups:
            codes = index_name(matrix_name(group))
            coded = folder / codes if codes in manifest.files else None
            rows[group] = NearestRows(matrices[matrix_name(group)], coded, device or scanning_device())
        return cls(folder, manifest, table, rows)

    def nearest(
        self, vectors: Vectors, k: int, kind: Kind = "caption", *, scale: int | None = None, exact: bool = False
    ) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
        """The k nearest entries of a kind to each of `vectors` (n, dim), best first; k is cut to what there is.

        With a `scale`, captions that belong to another one are left out. `exact` compares every entry, where there
        are so many that otherwise only the likely ones are.

        Returns:
            Cosine scores (n, k) float32 and ids (n, k). A zero vector is equally far from all: its scores are 0.

        Raises:
            GalleryError: vectors of another shape or not finite, k below 1, or an unknown kind.
        """
        scores, rows = self.nearest_rows(vectors, k, kind, scale=scale, exact=exact)
        return scores, self._table.ids[rows].astype(np.str_)

    def nearest_rows(
        self, vectors: Vectors, k: int, kind: Kind = "caption", *, scale: int | None = None, exact: bool = False
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """As `nearest`, with the row of each entry (n, k) in place of its id.

        Raises:
            GalleryError: see `nearest`.
        """
        _check_kind(kind)
        if k < 1:
            raise GalleryError("k must be at least 1")
        queries = unit_queries(vectors, self.dim)
        nothing = np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64)
        found = [self._search(group, queries, k, exact) for group in self._groups(kind, scale)]
        scores, rows = best_of(found or [nothing], k)
        return np.clip(scores, -1, 1), rows

    def entry(self, id: str) -> GalleryEntry:
        """The entry with this id.

        Raises:
            UnknownEntry: there is none.
        """
        row = self._table.find(id)
        if row is None:
            raise UnknownEntry(f"the gallery has no entry {id!r}")
        return self.row(row)

    def ids(self, kind: Kind) -> list[str]:
        """The id of every entry of a kind, in the gallery's order.

        Raises:
            GalleryError: an unknown kind.
        """
        _check_kind(kind)
        rows = [self._table.groups[group] for group in self._groups(kind, None)]
        ordered = np.sort(np.concatenate([np.empty(0, np.int64), *rows]))
        return [id.decode() for id in self._table.ids[ordered].tolist()]

    def entries(self, kind: Kind) -> tuple[GalleryEntry, ...]:
        """Every entry of a kind, in the gallery's order: all of them in memory.

        Raises:
            GalleryError: an unknown kind.
        """
        return tuple(self.entry(id) for id in self.ids(kind))

    def count(self, kind: Kind, scale: int | None = None) -> int:
        """How many entries of a kind there are; with a `scale`, without the captions of others.

        Raises:
            GalleryError: an unknown kind.
        """
        _check_kind(kind)
        return sum(len(self._table.groups[group]) for group in self._groups(kind, scale))

    @property
    def scales(self) -> tuple[int, ...]:
        """The scales that have captions of their own."""
        return tuple(sorted(scale for _, scale in self._table.groups if scale is not None))

    def licences(self) -> dict[str, int]:
        """How many entries stand under each licence, the commonest first."""
        return dict(self._table.licences.most_common())

    def audio(self, id: str) -> Clip:
        """An entry's sound at its own level: its file, or its Foley recipe rendered anew (always the same).

        Raises:
            UnknownEntry: no entry has this id.
            GalleryError: a caption without a sound, or an entry whose file is missing or changed.
        """
        return clip_of(self.entry(id), self.folder, self._container)

    def _groups(self, kind: Kind, scale: int | None) -> list[Group]:
        return [group for group in self._rows if group[0] == kind and (None in (scale, group[1]) or scale == group[1])]

    def _search(
        self, group: Group, queries: NDArray[np.float32], k: int, exact: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and rows of the table, (n, k) each, of one group."""
        inside = self._table.groups[group]
        scores, rows = self._rows[group].nearest(queries, min(k, len(inside)), exact=exact)
        return scores, inside[rows]

    def check_checkpoint(self, checkpoint_hash: str) -> None:
        """Refuse to be asked with another checkpoint's vectors, whose space is not this one.

        Raises:
            GalleryError: naming both checkpoints.
        """
        if checkpoint_hash != self.checkpoint_hash:
            raise GalleryError(
                f"{self.folder}: built with checkpoint {self.checkpoint_hash} ({self.checkpoint_name}), "
                f"not {checkpoint_hash}; build the gallery again"
            )


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise GalleryError(f"kind must be {' or '.join(KINDS)}, not {kind!r}")


def best_of(found: Sequence[Found], k: int) -> Found:
    """The k best of what several searches found, (n, k) each, best first and equals by their rows."""
    if len(found) == 1:
        return found[0]
    scores, rows = (
        np.concatenate([part[0] for part in found], axis=1),
        np.concatenate([part[1] for part in found], axis=1),
    )
    best = np.lexsort((rows, -scores), axis=1)[:, :k]
    return np.take_along_axis(scores, best, axis=1), np.take_along_axis(rows, best, axis=1)


def unit_queries(vectors: Vectors, dim: int) -> NDArray[np.float32]:
    """Queries (n, dim) at length 1, a zero vector left as it is."""
    array = vectors.detach().cpu().double().numpy() if isinstance(vectors, torch.Tensor) else np.asarray(vectors)
    if array.ndim != 2 or array.shape[1] != dim:
        raise GalleryError(f"vectors must be (n, {dim}), not {array.shape}")
    if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        raise GalleryError("vectors must be finite numbers")
    # Scaling by the largest value first keeps the squares of extreme vectors within range.
    array = array.astype(np.float64)
    array /= np.maximum(np.abs(array).max(axis=1, initial=0, keepdims=True), np.finfo(np.float64).tiny)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    return np.ascontiguousarray(array / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def matrix_name(group: Group) -> str:
    """What the vectors of a group are called in their file."""
    kind, scale = group
    return kind if scale is None else f"{kind}@{scale}"
