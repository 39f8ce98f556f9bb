"""Work that many ask for at once is done once."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")

logger = logging.getLogger("earshot")


class SingleFlight:
    """Shares what is under way among all who ask for the same."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._running: dict[object, asyncio.Task[Any]] = {}
        self._waiting: Counter[object] = Counter()

    def __contains__(self, key: object) -> bool:
        """Whether work of this key is under way."""
        return key in self._running

    def __len__(self) -> int:
        """How much is under way."""
        return len(self._running)

    async def run(self, key: object, work: Callable[[], Coroutine[Any, Any, ResultT]]) -> ResultT:
        """The result of work that is under way already, or is begun now; it goes on when no one waits any more."""
        task: asyncio.Task[ResultT] | None = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(work(), name=f"{self._what} {key!r:.60}")
            task.add_done_callback(partial(self._done, key))
        self._waiting[key] += 1
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                self._waiting[key] -= 1
            raise

    def _done(self, key: object, task: asyncio.Task[Any]) -> None:
        del self._running[key]
        waiting = self._waiting.pop(key, 0)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not waiting:  # whoever waits has it; when no one does, it is the log's
            logger.error("%s failed, and no one waits for it any more", self._what, exc_info=error)
