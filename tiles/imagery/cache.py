"""TileCache: bytes kept on disk up to a cap, the least recently used leaving first.

Content lives in files named by its own SHA-256, written beside and renamed into place; a SQLite index (WAL) says which
key has which content. Several threads and processes may share a folder. Whatever a kill or a full disk leaves behind,
an entry either reads back byte for byte or is a miss.
"""

import contextlib
import hashlib
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tiles.database import open_shared
from tiles.errors import CacheUnusable
from tiles.files import write_whole

log = logging.getLogger(__name__)

DAY = 86_400.0
ORPHAN_AGE = 600.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, digest TEXT, size INTEGER, stored REAL, used REAL);
CREATE INDEX IF NOT EXISTS by_use ON entries (used);
CREATE INDEX IF NOT EXISTS by_digest ON entries (digest);
CREATE TABLE IF NOT EXISTS total (bytes INTEGER NOT NULL);
INSERT INTO total SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM total);
CREATE TRIGGER IF NOT EXISTS added AFTER INSERT ON entries BEGIN UPDATE total SET bytes = bytes + new.size; END;
CREATE TRIGGER IF NOT EXISTS removed AFTER DELETE ON entries BEGIN UPDATE total SET bytes = bytes - old.size; END;
"""


class TileCache:
    """A byte-capped disk cache. `max_bytes` bounds the content kept; entries older than `max_age` seconds are misses.
    Raises CacheUnusable for a folder that cannot be written to.

    A cache is a convenience: when its disk or index fails, `get` misses and `put` keeps nothing, and the log says so.
    """

    def __init__(self, folder: Path, max_bytes: int = 1 << 30, max_age: float = 30 * DAY) -> None:
        self.folder, self.max_bytes, self.max_age = folder, max_bytes, max_age
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = self._open_or_renew_index()
            self._sweep()
        except (OSError, sqlite3.Error) as error:
            raise CacheUnusable(f"{folder}: cannot be used as a tile cache ({error})") from error

    def get(self, key: str) -> bytes | None:
        """What was put under a key, or None when it is absent, too old or no longer what it was."""
        try:
            with self._lock:
                row = self._index.execute("SELECT digest, stored FROM entries WHERE key = ?", (key,)).fetchone()
            if row is None or time.time() - row[1] > self.max_age:
                return None
            content = self._read(row[0])
            if content is None:
                self._forget(key)
                return None
            with self._lock:
                self._index.execute("UPDATE entries SET used = ? WHERE key = ?", (time.time(), key))
            return content
        except (OSError, sqlite3.Error) as error:
            log.warning("tile cache %s: cannot read (%s)", self.folder, error)
            return None

    def put(self, key: str, content: bytes) -> None:
        """Keep content under a key, dropping the least recently used until everything fits in `max_bytes`."""
        if len(content) > self.max_bytes:
            return
        digest, now = hashlib.sha256(content).hexdigest(), time.time()
        try:
            with self._changing() as index:
                self._drop(key)  # first, because it may delete the very content to be written
                path = self._path(digest)
                path.parent.mkdir(exist_ok=True)
                write_whole(path, content)
                index.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", (key, digest, len(content), now, now))
                self._evict()
        except (OSError, sqlite3.Error) as error:
            log.warning("tile cache %s: cannot write (%s)", self.folder, error)

    @property
    def size(self) -> int:
        """Bytes of content the index counts; the same content under two keys counts twice."""
        with self._lock:
            return int(self._index.execute("SELECT bytes FROM total").fetchone()[0])

    def close(self) -> None:
        """Close the index. The cache must not be used afterwards."""
        with self._lock:
            self._index.close()

    def _open_or_renew_index(self) -> sqlite3.Connection:
        try:
            return self._open_index()
        except sqlite3.OperationalError:  # a folder or a lock that is not ours to clear
            raise
        except sqlite3.DatabaseError as error:
            log.warning("tile cache %s: its index is corrupt (%s); starting a new one", self.folder, error)
            for path in self.folder.glob("index.sqlite*"):
                path.unlink(missing_ok=True)
            return self._open_index()

    def _open_index(self) -> sqlite3.Connection:
        index = open_shared(self.folder / "index.sqlite", synchronous="NORMAL", wait=5)
        try:
            index.executescript("BEGIN IMMEDIATE;" + SCHEMA + "COMMIT;")
        except sqlite3.Error:
            index.close()
            raise
        return index

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time, over all threads and processes; all of it is kept or none."""
        with self._lock:
            self._index.execute("BEGIN IMMEDIATE")
            try:
                yield self._index
            except BaseException:
                self._index.execute("ROLLBACK")
                raise
            self._index.execute("COMMIT")

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def _read(self, digest: str) -> bytes | None:
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            return None
        return content if hashlib.sha256(content).hexdigest() == digest else None

    def _forget(self, key: str) -> None:
        with self._changing():
            self._drop(key)

    def _drop(self, key: str) -> None:
        """Remove an entry, and its content unless another key has the same."""
        row = self._index.execute("DELETE FROM entries WHERE key = ? RETURNING digest", (key,)).fetchone()
        if row and not self._index.execute("SELECT 1 FROM entries WHERE digest = ?", row).fetchone():
            self._path(row[0]).unlink(missing_ok=True)

    def _evict(self) -> None:
        while self._index.execute("SELECT bytes FROM total").fetchone()[0] > self.max_bytes:
            (oldest,) = self._index.execute("SELECT key FROM entries ORDER BY used LIMIT 1").fetchone()
            self._drop(oldest)

    def _sweep(self) -> None:
        """Delete files that no entry names, once they are too old to be another writer's work in hand."""
        with self._changing() as index:
            known = {row[0] for row in index.execute("SELECT DISTINCT digest FROM entries")}
            self._evict()
            for path in self.folder.glob("??/*"):
                with contextlib.suppress(FileNotFoundError):
                    if path.name not in known and time.time() - path.stat().st_mtime > ORPHAN_AGE:
                        path.unlink()
