"""Work that many ask for at once is done once."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")


class Once:
    """Shares what is under way among all who ask for the same."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._running: dict[object, asyncio.Task[Any]] = {}

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
        return await asyncio.shield(task)

    def _done(self, key: object, task: asyncio.Task[Any]) -> None:
        del self._running[key]
        if not task.cancelled():
            task.exception()  # whoever waited has it; when no one did, it is no one's
