"""Captions written for a place: by a captioner opened when the first is wanted, one at a time, waited for in bounds."""

import asyncio
import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from model.errors import CheckpointError, ModelError
from model.registry import pulled
from model.synthesis.captioner import open_captioner
from server.concurrency.lru_cache import LRUCache
from server.concurrency.single_flight import SingleFlight
from server.errors import EngineAbsent, Overloaded, Unavailable

logger = logging.getLogger("earshot")

CAPTIONER = "llava"
NEEDS = "its weights: run `earshot pull llava`"
MAX_WRITING = 16
"""Captions being written or waiting to be; more are refused. As many that no one has fetched yet are kept."""
RETRY_SECONDS = 5.0

Cancel = Callable[[], bool]
Pixels = NDArray[np.uint8]


class Captioner(Protocol):
    """Whatever writes the caption of an image; `model.synthesis.captioner.Captioner` is one."""

    def caption(self, pixels: Pixels, *, cancel: Cancel | None = None) -> str:
        """What may be heard where pixels (H, W, 3) were taken from."""
        ...


class CaptionWriter:
    """Writes captions with the weights pulled into `data_dir`; each takes seconds to minutes. Safe from any thread."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._captioner: Captioner | None = None
        self._opening = threading.Lock()

    @property
    def available(self) -> bool:
        """Whether the weights are here; nothing is opened to know."""
        try:
            self.check()
        except EngineAbsent:
            return False
        return True

    def check(self) -> None:
        """Refuse what cannot be done here, before anything else is done for it.

        Raises:
            EngineAbsent: The captioner's weights are not here.
        """
        if self._captioner is None:
            self._folder()

    def write(self, pixels: Pixels, cancel: Cancel | None = None) -> str:
        """The caption of an image (H, W, 3).

        Raises:
            EngineAbsent: The captioner's weights are not here, or cannot be opened.
            Cancelled: `cancel` answered that the caption is wanted no more.
        """
        return self._open().caption(pixels, cancel=cancel)

    def _open(self) -> Captioner:
        with self._opening:
            if self._captioner is None:
                try:
                    self._captioner = open_captioner(self._folder())
                except CheckpointError as error:
                    logger.warning("the captioner cannot be opened: %s", error)
                    raise _absent() from error
            return self._captioner

    def _folder(self) -> Path:
        try:
            return pulled(CAPTIONER, self._data_dir)
        except ModelError as error:
            raise _absent() from error


class CaptionService:
    """Whoever asks for the same caption waits for the same one; it goes on being written when no one waits any more."""

    def __init__(self, writer: CaptionWriter, patience: float | None) -> None:
        """`patience`: seconds after which a request is told to come back; None: it never is."""
        self._writer = writer
        self._patience = patience
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="captions")
        self._stopping = threading.Event()
        self._writing = SingleFlight("caption")
        self._unfetched: LRUCache[Hashable, str | Exception] = LRUCache(MAX_WRITING)

    def check(self) -> None:
        """Refuse at once what cannot be written here; see `CaptionWriter.check`."""
        self._writer.check()

    async def write(self, key: Hashable, pixels: Pixels) -> str:
        """The caption of an image; `key` says which image it is.

        Raises:
            Unavailable: It is not written yet.
            Overloaded: Too many are waited for.
            EngineAbsent: The captioner cannot be opened.
        """
        outcome = self._unfetched.look_up(key)
        if outcome is None:
            outcome = await self._wait(key, pixels)
        self._unfetched.pop(key, None)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def close(self) -> None:
        """Let the caption at hand stop at its next word."""
        self._stopping.set()
        await asyncio.to_thread(self._worker.shutdown, cancel_futures=True)

    async def _wait(self, key: Hashable, pixels: Pixels) -> str | Exception:
        if key not in self._writing and len(self._writing) >= MAX_WRITING:
            raise Overloaded("Too many captions are being written already.", RETRY_SECONDS)
        try:
            async with asyncio.timeout(self._patience):
                return await self._writing.run(key, partial(self._outcome, key, pixels))
        except TimeoutError:
            raise Unavailable("The caption is still being written; ask again in a moment.", RETRY_SECONDS) from None

    async def _outcome(self, key: Hashable, pixels: Pixels) -> str | Exception:
        """Write a caption; it, or why there is none, is kept for whoever asks again."""
        write = partial(self._writer.write, pixels, self._stopping.is_set)
        try:
            outcome: str | Exception = await asyncio.get_running_loop().run_in_executor(self._worker, write)
        except Exception as error:
            outcome = error
        self._unfetched.keep(key, outcome)
        return outcome


def _absent() -> EngineAbsent:
    return EngineAbsent(f"caption: generate cannot be used: {CAPTIONER} needs {NEEDS}")
