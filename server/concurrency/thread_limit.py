"""Ways off the event loop: a few threads for one kind of work, and a bound on how many requests wait for them."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from server.errors import Overloaded

ResultT = TypeVar("ResultT")


class ThreadLimit:
    """At most `threads` run at once and `max_waiting` more wait; `name` says for what. The threads end with it."""

    def __init__(self, name: str, threads: int, max_waiting: int) -> None:
        self.name = name
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._room = threading.Semaphore(threads + max_waiting)

    async def run(self, work: Callable[[], ResultT]) -> ResultT:
        """Run `work` in a thread; it has its room until it is done, even when no one waits for it any more.

        Raises:
            Overloaded: Too many wait already.
        """
        if not self._room.acquire(blocking=False):
            raise Overloaded(f"Too many requests wait for {self.name} already.", retry_after=2)
        running = self._threads.submit(work)
        running.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(running)
