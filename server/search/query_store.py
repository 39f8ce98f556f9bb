"""Queries that clients sent as recordings, kept for a day so that their maps have a URL."""

import contextlib
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.errors import InvalidInput

MAX_AGE = 86_400.0
MAX_KEPT = 4096
SUFFIX = ".npz"


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

    def __init__(self, folder: Path, checkpoint_hash: str) -> None:
        self.folder = folder
        self.checkpoint_hash = checkpoint_hash

    def keep(self, query: KeptQuery) -> None:
        """Keep a query from now on for a day."""
        descriptor, temporary = tempfile.mkstemp(dir=self.folder, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.savez(
                    file,
                    vector=query.vector,
                    text=np.array(query.text),
                    recording=np.array(query.recording),
                    checkpoint_hash=np.array(query.checkpoint_hash),
                )
            Path(temporary).replace(self._path(query.id))
        finally:
            Path(temporary).unlink(missing_ok=True)
        self._prune()

    def get(self, id: str) -> KeptQuery:
        """The query of that id, which is one of ours: 32 hexadecimal digits.

        Raises:
            InvalidInput: It is not kept, or not any more; `query` is blamed.
        """
        path = self._path(id)
        try:
            if time.time() - path.stat().st_mtime > MAX_AGE:
                raise FileNotFoundError(path)
            with np.load(path, allow_pickle=False) as kept:
                vector, made_by = kept["vector"], str(kept["checkpoint_hash"])
                text, recording = str(kept["text"]), bool(kept["recording"])
        except FileNotFoundError:
            raise InvalidInput("query", "is not kept here; queries are kept for a day: send it again") from None
        if made_by != self.checkpoint_hash:
            raise InvalidInput("query", "was made by another checkpoint than the one in use: send it again")
        return KeptQuery(id, vector, text, recording, made_by)

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
