"""The worker of one device: takes the jobs whose turn it is, one after the other, and survives what they do."""

import contextlib
import errno
import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from model.errors import AudioError, Cancelled, GalleryError, SynthesisError
from server.errors import ServerError, Unavailable
from server.sound.cache import Sounds
from server.sound.orders import SoundOrder
from server.sound.store import JobStore

logger = logging.getLogger("earshot")

POLL_SECONDS = 0.5
"""How often a worker looks for jobs that another process accepted."""
PAUSE_SECONDS = 1.0
TELL_SECONDS = 0.25
"""Progress is written down at most this often."""


class JobWorker:
    """Renders the jobs of `engines` in a thread of its own.

    Of several processes that share a folder one holds the lock and works; when it dies another takes over.
    """

    def __init__(
        self, store: JobStore, sounds: Sounds, engines: Sequence[str], lock: Path, changed: Callable[[], None]
    ) -> None:
        self.engines = engines
        self._store = store
        self._sounds = sounds
        self._lock = FileLock(lock, thread_local=False)
        self._changed = changed
        self._awake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._serve, name=f"sounds {'+'.join(engines)}", daemon=True)

    def start(self) -> None:
        """Begin with what was promised before."""
        self._thread.start()

    def wake(self) -> None:
        """Say that a job was accepted."""
        self._awake.set()

    def close(self) -> None:
        """Let the running job stop at its next step, which a later start begins again, and end the thread."""
        self._stopping.set()
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._lock.acquire(timeout=0):
                    self._work()
            except Timeout:
                self._stopping.wait(PAUSE_SECONDS)
            except (Unavailable, OSError) as error:
                logger.error("sounds cannot be rendered now: %s", error)
                self._stopping.wait(PAUSE_SECONDS)

    def _work(self) -> None:
        self._store.resume(self.engines)
        self._sounds.sweep()
        while not self._stopping.is_set():
            order = self._store.claim(self.engines) if self._store.waits(self.engines) else None
            if order is None:
                self._awake.wait(POLL_SECONDS)
                self._awake.clear()
            else:
                self._run(order)

    def _run(self, order: SoundOrder) -> None:
        self._changed()
        try:
            self._sounds.render(order, self._teller(order.key), lambda: self._unwanted(order.key))
        except Cancelled:
            if self._stopping.is_set():
                self._store.resume(self.engines)
        except Exception as error:
            logger.error("sound %s failed", order.key, exc_info=error)
            self._store.end(order.key, "failed", reason_of(error))
        else:
            self._store.end(order.key, "done")
        self._changed()

    def _unwanted(self, key: str) -> bool:
        return self._stopping.is_set() or self._store.state(key) != "running"

    def _teller(self, key: str) -> Callable[[int, int], None]:
        """What writes a job's progress down; a disk that does not take it fails nothing."""
        told = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal told
            if done < total and time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                with contextlib.suppress(Unavailable):
                    self._store.progress(key, 100 * done // total)
                self._changed()

        return tell


def reason_of(error: Exception) -> str:
    """Why a job failed, in words for whoever asked for it; what is not theirs to know is in the log alone."""
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return "The disk is full." if full else "The sound's file cannot be written."
    if isinstance(error, SynthesisError | AudioError | ServerError):
        return str(error)
    if isinstance(error, GalleryError):
        return "The recording cannot be read."
    if isinstance(error, MemoryError):
        return "There is not enough memory."
    return "Something went wrong here. The server's log says what."
