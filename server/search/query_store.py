"""Queries that clients sent as recordings, kept for a day so that their maps have a URL."""

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.concurrency.array_files import Arrays, read_arrays, write_arrays
from server.errors import InvalidInput

MAX_AGE = 86_400.0
MAX_KEPT = 4096
SUFFIX = ".npz"
PARTS = {"text": "U", "recording": "b", "checkpoint_hash": "U"}
"""What a kept query holds beside its vector, and of which kind of NumPy's each is."""


@dataclass(frozen=True, eq=False)
class KeptQuery:
    """A query under its id: vector (dim,) float32, the words that were part of it, and what embedded it."""

    id: str
    vector: NDArray[np.float32]
    text: str
    recording: bool
    checkpoint_hash: str


class QueryStore:
    """One small file for each query in `folder`, at most MAX_KEPT of them, none older than MAX_AGE seconds.

    A folder may be shared by several processes: a file appears under its name only when it is whole.
    """

    def __init__(self, folder: Path, checkpoint_hash: str, dim: int) -> None:
        """`dim`: of the vectors that checkpoint makes."""
        self.folder = folder
        self.checkpoint_hash = checkpoint_hash
        self.dim = dim

    def keep(self, query: KeptQuery) -> None:
        """Keep a query from now on for a day, also when the power fails: its id is a promise.

        Raises:
            OSError: It cannot be written.
        """
        arrays = {
            "vector": query.vector,
            "text": np.array(query.text),
            "recording": np.array(query.recording),
            "checkpoint_hash": np.array(query.checkpoint_hash),
        }
        write_arrays(self._path(query.id), arrays, durable=True)
        self._prune()

    def get(self, id: str) -> KeptQuery:
        """The query of that id, which is one of ours: 32 hexadecimal digits.

        Raises:
            InvalidInput: It is not kept, not any more, or not in one piece; `query` is blamed.
        """
        arrays = self._read(self._path(id))
        if arrays is None:
            raise InvalidInput("query", "is not kept here; queries are kept for a day: send it again")
        made_by = str(arrays["checkpoint_hash"])
        if made_by != self.checkpoint_hash:
            raise InvalidInput("query", "was made by another checkpoint than the one in use: send it again")
        if not _is_vector(arrays["vector"], self.dim):
            raise InvalidInput("query", "is not kept here; queries are kept for a day: send it again")
        return KeptQuery(id, arrays["vector"], str(arrays["text"]), bool(arrays["recording"]), made_by)

    def _read(self, path: Path) -> Arrays | None:
        """What `keep` wrote; None where that is too old, or is not what is there."""
        try:
            if time.time() - path.stat().st_mtime > MAX_AGE:
                return None
        except OSError:
            return None
        arrays = read_arrays(path)
        return arrays if arrays is not None and _is_query(arrays) else None

    def _path(self, id: str) -> Path:
        return self.folder / f"{id}{SUFFIX}"

    def _prune(self) -> None:
        """Drop what is too old, and the oldest of what is too much."""
        kept = []
        for path in self.folder.glob(f"*{SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                kept.append((path.stat().st_mtime, path))
        expired = time.time() - MAX_AGE
        surplus = len(kept) - MAX_KEPT
        for number, (made, path) in enumerate(sorted(kept)):
            if number < surplus or made < expired:
                path.unlink(missing_ok=True)


def _is_query(arrays: Arrays) -> bool:
    """Whether arrays have the names and types of a kept query."""
    if not {"vector", *PARTS} <= arrays.keys():
        return False
    return all(arrays[name].shape == () and arrays[name].dtype.kind == kind for name, kind in PARTS.items())


def _is_vector(array: NDArray[Any], dim: int) -> bool:
    return array.shape == (dim,) and array.dtype == np.float32 and bool(np.isfinite(array).all())
