"""Ways off the event loop: a few threads for one kind of work, and a bound on how many requests wait for them."""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

from server.errors import Overloaded

ResultT = TypeVar("ResultT")


class ThreadLimit:
    """At most `threads` run at once and `max_waiting` more wait; `name` says for what."""

    def __init__(self, name: str, threads: int, max_waiting: int) -> None:
        self.name = name
        self._limiter = CapacityLimiter(threads)
        self._most = threads + max_waiting
        self._asked = 0

    async def run(self, work: Callable[[], ResultT]) -> ResultT:
        """Run `work` in a thread.

        Raises:
            Overloaded: Too many wait already.
        """
        if self._asked >= self._most:
            raise Overloaded(f"Too many requests wait for {self.name} already.", retry_after=2)
        self._asked += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._asked -= 1
