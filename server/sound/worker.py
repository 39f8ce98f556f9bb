"""The worker of one device: takes the jobs whose turn it is, one after the other, and survives what they do."""

import asyncio
import contextlib
import errno
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from model.errors import AudioError, Cancelled, GalleryError, SynthesisError
from server.concurrency.retry import RetryPolicy
from server.errors import EngineAbsent, InvalidInput, ServerError, Unavailable, UnreadableOrder
from server.sound.cache import Sounds
from server.sound.orders import SoundOrder
from server.sound.store import Claim, JobStore

logger = logging.getLogger("earshot")

POLL_SECONDS = 0.5
"""How often a worker looks for jobs that another process accepted."""
PAUSE_SECONDS = 1.0
TELL_SECONDS = 0.25
"""Progress is written down at most this often."""
RETRY = RetryPolicy(first=0.5, most=8.0, attempts=3)
"""How often a job is tried that failed by no fault of its own."""
ITS_OWN_FAULT = (SynthesisError, AudioError, GalleryError, InvalidInput, EngineAbsent, UnreadableOrder)
"""What would fail again however often it were tried."""


@dataclass
class _Failed:
    """How often a job has failed, and from when on it may be tried again (monotonic seconds)."""

    times: int = 0
    until: float = 0.0


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
        self._failed: dict[str, _Failed] = {}

    def wake(self) -> None:
        """Say that a job was accepted."""
        self._awake.set()

    async def run(self) -> None:
        """Begin with what was promised before, and work until cancelled; ends with what stopped the work.

        Cancelled, it lets the running job stop at its next step; a later start begins that again.
        """
        self._stopping.clear()
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        name = f"sounds {'+'.join(self.engines)}"
        thread = threading.Thread(target=self._serve, args=(ended,), name=name, daemon=True)
        thread.start()
        try:
            await ended
        finally:
            self._stopping.set()
            self._awake.set()
            await asyncio.to_thread(thread.join)

    def _serve(self, ended: "asyncio.Future[None]") -> None:
        failure: BaseException | None = RuntimeError("the thread was ended")
        try:
            while not self._stopping.is_set():
                try:
                    with self._lock.acquire(timeout=0):
                        self._work()
                except Timeout:
                    self._stopping.wait(PAUSE_SECONDS)
            failure = None
        except Exception as error:
            failure = error
        finally:
            with contextlib.suppress(RuntimeError):  # the loop is closed: no one waits any more
                ended.get_loop().call_soon_threadsafe(_settle, ended, failure)

    def _work(self) -> None:
        self._store.resume(self.engines)
        self._sounds.sweep()
        while not self._stopping.is_set():
            claim = self._next()
            if claim is None:
                self._awake.wait(POLL_SECONDS)
                self._awake.clear()
            else:
                self._run(claim)

    def _next(self) -> Claim | None:
        """The job whose turn it is, of those that are not to be tried again later."""
        if not self._store.waits(self.engines):
            self._failed.clear()
            return None
        now = time.monotonic()
        return self._store.claim(self.engines, but=[id for id, failed in self._failed.items() if failed.until > now])

    def _run(self, claim: Claim) -> None:
        self._changed()
        try:
            order = SoundOrder.from_json(claim.request)
            self._sounds.render(order, self._teller(claim.id), lambda: self._unwanted(claim.id))
        except Cancelled:
            if self._stopping.is_set():
                self._store.requeue(claim.id)
        except Exception as error:
            self._fail(claim.id, error)
        else:
            self._store.end(claim.id, "done")
            self._failed.pop(claim.id, None)
        self._changed()

    def _fail(self, id: str, error: Exception) -> None:
        """Let a job end, or wait to be tried again."""
        failed = self._failed.setdefault(id, _Failed())
        failed.times += 1
        delay = None if isinstance(error, ITS_OWN_FAULT) else RETRY.delay(failed.times)
        logger.error("sound %s failed%s", id, "" if delay is None else ", and is tried again", exc_info=error)
        if delay is None:
            self._store.end(id, "failed", reason_of(error))
            del self._failed[id]
        else:
            failed.until = time.monotonic() + delay
            self._store.requeue(id)

    def _unwanted(self, id: str) -> bool:
        return self._stopping.is_set() or self._store.state(id) != "running"

    def _teller(self, id: str) -> Callable[[int, int], None]:
        """What writes a job's progress down; a disk that does not take it fails nothing."""
        told = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal told
            if done < total and time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                with contextlib.suppress(Unavailable):
                    self._store.progress(id, 100 * done // total)
                self._changed()

        return tell


def _settle(ended: "asyncio.Future[None]", failure: BaseException | None) -> None:
    if ended.done():  # no one waits any more
        return
    if failure is None:
        ended.set_result(None)
    else:
        ended.set_exception(failure)


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
