"""Gallery: captions and recordings by how near they lie to a vector of the shared space (exact, FAISS)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np
import safetensors
import safetensors.numpy
import torch
from numpy.typing import NDArray

from model.errors import GalleryError, UnknownEntry
from model.gallery.entry import KINDS, GalleryEntry, Kind, read_entries
from model.gallery.manifest import ENTRIES, VECTORS, Manifest, read_manifest
from model.gallery.recordings import clip_of

if TYPE_CHECKING:
    from model.synthesis import Clip

EMBEDDED = Path(__file__).parent / "embedded"
NORM_TOLERANCE = 1e-3

Vectors = NDArray[np.floating[Any]] | torch.Tensor


class Gallery:
    """An opened gallery. It never changes, so any number of threads may ask it at once."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        entries: tuple[GalleryEntry, ...],
        vectors: dict[Kind, NDArray[np.float32]],
    ) -> None:
        self.folder = folder
        self.dim = manifest.dim
        self.checkpoint_name = manifest.checkpoint_name
        self.checkpoint_hash = manifest.checkpoint_hash
        self._by_id = {entry.id: entry for entry in entries}
        self._ids = {kind: np.array([e.id for e in entries if e.kind == kind], dtype=np.str_) for kind in KINDS}
        self._indexes = {kind: _index(self.dim, vectors[kind]) for kind in KINDS}

    @classmethod
    def open(cls, path: str | Path = "embedded") -> Gallery:
        """Open a gallery's folder, or the embedded one; every file is checked before it is used.

        Raises:
            GalleryError: naming the file that is missing, corrupt or of another shape.
        """
        folder = EMBEDDED if str(path) == "embedded" else Path(path)
        manifest = read_manifest(folder)
        entries = read_entries(folder / ENTRIES)
        vectors = _read_vectors(folder / VECTORS, manifest)
        for kind in KINDS:
            found = sum(entry.kind == kind for entry in entries)
            if found != manifest.counts[kind]:
                raise GalleryError(f"{folder / ENTRIES}: holds {found} {kind}s, not {manifest.counts[kind]}")
        return cls(folder, manifest, entries, vectors)

    def nearest(self, vectors: Vectors, k: int, kind: Kind = "caption") -> tuple[NDArray[np.float32], NDArray[np.str_]]:
        """The k nearest entries of a kind to each of `vectors` (n, dim), best first; k is cut to what there is.

        Returns:
            Cosine scores (n, k) float32 and ids (n, k). A zero vector is equally far from all: its scores are 0.

        Raises:
            GalleryError: vectors of another shape or not finite, k below 1, or an unknown kind.
        """
        _check_kind(kind)
        if k < 1:
            raise GalleryError("k must be at least 1")
        queries = _unit(vectors, self.dim)
        if self.count(kind) == 0:
            return np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.str_)
        scores, rows = self._indexes[kind].search(queries, min(k, self.count(kind)))  # (n, k) each
        return np.clip(scores, -1, 1), self._ids[kind][rows]

    def entry(self, id: str) -> GalleryEntry:
        """The entry with this id.

        Raises:
            UnknownEntry: there is none.
        """
        if id not in self._by_id:
            raise UnknownEntry(f"the gallery has no entry {id!r}")
        return self._by_id[id]

    def entries(self, kind: Kind) -> tuple[GalleryEntry, ...]:
        """Every entry of a kind, in the gallery's order.

        Raises:
            GalleryError: an unknown kind.
        """
        _check_kind(kind)
        return tuple(entry for entry in self._by_id.values() if entry.kind == kind)

    def count(self, kind: Kind) -> int:
        """How many entries of a kind there are.

        Raises:
            GalleryError: an unknown kind.
        """
        _check_kind(kind)
        return len(self._ids[kind])

    def licences(self) -> dict[str, int]:
        """How many entries stand under each licence, the commonest first."""
        return dict(Counter(entry.licence for entry in self._by_id.values()).most_common())

    def audio(self, id: str) -> Clip:
        """A recording's sound at its own level: its file, or its Foley recipe rendered anew (always the same).

        Raises:
            UnknownEntry: no entry has this id.
            GalleryError: a caption, or a recording whose file is missing or changed.
        """
        return clip_of(self.entry(id), self.folder)

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


def _index(dim: int, vectors: NDArray[np.float32]) -> Any:
    index = faiss.IndexFlatIP(dim)
    index.add(vectors)
    return index


def _unit(vectors: Vectors, dim: int) -> NDArray[np.float32]:
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


def _read_vectors(path: Path, manifest: Manifest) -> dict[Kind, NDArray[np.float32]]:
    """The vectors of each kind (count, dim), checked to be float32 of length 1."""
    try:
        tensors = safetensors.numpy.load_file(path)
    except (OSError, safetensors.SafetensorError) as error:
        raise GalleryError(f"{path}: not a safetensors file: {error}") from error
    vectors: dict[Kind, NDArray[np.float32]] = {}
    for kind in KINDS:
        array, shape = tensors.get(kind), (manifest.counts[kind], manifest.dim)
        if array is None or array.dtype != np.float32 or array.shape != shape:
            raise GalleryError(f"{path}: {kind} vectors are not {shape} float32")
        if not (np.abs(np.linalg.norm(array, axis=1) - 1) <= NORM_TOLERANCE).all():
            raise GalleryError(f"{path}: {kind} vectors are not of length 1")
        vectors[kind] = array
    return vectors
