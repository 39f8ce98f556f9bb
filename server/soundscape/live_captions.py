"""Captions being written behind the event loop: one at a time, in a thread of their own, each waited for so long."""

import asyncio
import threading
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from server.errors import Overloaded, Unavailable
from server.soundscape.captioner import Captions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_HELD = 16
"""Captions written or waiting to be; more are refused."""
RETRY_SECONDS = 5.0


class LiveCaptions:
    """Whoever asks for the same caption waits for the same one; it goes on being written when no one waits any more."""

    def __init__(self, captions: Captions, patience: float) -> None:
        """`patience`: seconds after which a request is told to come back."""
        self._captions = captions
        self._patience = patience
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="captions")
        self._stopping = threading.Event()
        self._held: dict[Hashable, asyncio.Future[str]] = {}

    async def write(self, key: Hashable, pixels: "NDArray[np.uint8]") -> str:
        """The caption of an image; `key` says which image it is.

        Raises:
            Unavailable: It is not written yet.
            Overloaded: Too many are waited for.
            EngineAbsent: The captioner cannot be opened.
        """
        written = self._held.get(key) or self._begin(key, pixels)
        done, _ = await asyncio.wait({written}, timeout=self._patience)
        if not done:
            raise Unavailable("The caption is still being written; ask again in a moment.", RETRY_SECONDS)
        self._held.pop(key, None)
        return written.result()

    async def close(self) -> None:
        """Let the caption at hand stop at its next word."""
        self._stopping.set()
        await asyncio.to_thread(self._worker.shutdown, cancel_futures=True)

    def _begin(self, key: Hashable, pixels: "NDArray[np.uint8]") -> "asyncio.Future[str]":
        if len(self._held) >= MAX_HELD:
            self._drop_one()
        loop = asyncio.get_running_loop()
        written = loop.run_in_executor(self._worker, self._captions.write, pixels, self._stopping.is_set)
        written.add_done_callback(lambda future: future.cancelled() or future.exception())  # told, or told to no one
        self._held[key] = written
        return written

    def _drop_one(self) -> None:
        """Make room by what was written longest ago, and fetched by no one."""
        forgotten = next((key for key, written in self._held.items() if written.done()), None)
        if forgotten is None:
            raise Overloaded("Too many captions are being written already.", RETRY_SECONDS)
        del self._held[forgotten]
