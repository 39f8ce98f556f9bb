"""One queue in front of the model: requests that arrive together are run together, off the event loop."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from server.concurrency.retry import RetryPolicy
from server.concurrency.supervised import Supervised, Supervisor
from server.errors import Overloaded, Unavailable

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

RETRY = RetryPolicy(first=0.1, most=10.0)


@dataclass(slots=True)
class _Waiting(Generic[ItemT, ResultT]):
    item: ItemT
    answer: asyncio.Future[ResultT] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class BatchQueue(Generic[ItemT, ResultT]):
    """Gathers items for `window` seconds, at most `max_batch` of them, and runs them in one worker thread.

    `run` takes a list of items and returns as many results in the same order. When a batch fails its items are
    run again one by one, so that an item that cannot be run fails alone. Queues that are handed the same `worker`
    run one batch at a time between them; whoever made it closes it. `name` says whose queue it is.
    """

    def __init__(
        self,
        run: Callable[[list[ItemT]], Sequence[ResultT]],
        *,
        name: str = "model",
        window: float = 0.003,
        max_batch: int = 32,
        max_waiting: int = 256,
        worker: ThreadPoolExecutor | None = None,
    ) -> None:
        self._run = run
        self._name = f"{name} queue"
        self._window = window
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._waiting: deque[_Waiting[ItemT, ResultT]] = deque()
        self._due = asyncio.Event()  # a batch is full, or its window has passed
        self._shared = worker is not None
        self._worker = worker or ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._task: Supervised | None = None

    def start(self, supervisor: Supervisor) -> None:
        """Begin taking items; call it inside the running event loop."""
        self._task = supervisor.watch(self._name, self._serve, essential=True, retry=RETRY)

    @property
    def waiting(self) -> int:
        """How many items wait to be answered."""
        return len(self._waiting)

    async def submit(self, item: ItemT) -> ResultT:
        """Wait for the result of one item.

        Raises:
            Overloaded: `max_waiting` items wait already.
            Unavailable: The queue is closed.
        """
        if self._task is None or not self._task.alive:
            raise Unavailable("The server is shutting down.")
        if len(self._waiting) >= self._max_waiting:
            raise Overloaded(f"{len(self._waiting)} requests wait for the model already.")
        waiting: _Waiting[ItemT, ResultT] = _Waiting(item)
        self._waiting.append(waiting)
        if len(self._waiting) >= self._max_batch or self._window <= 0:
            self._due.set()
        elif len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(self._window, self._due.set)
        try:
            return await waiting.answer
        except asyncio.CancelledError:
            with contextlib.suppress(ValueError):
                self._waiting.remove(waiting)
            raise

    async def close(self) -> None:
        """Refuse what still waits, let the running batch end, and stop the worker."""
        if self._task is not None:
            await self._task.stop()
        for waiting in self._waiting:
            if not waiting.answer.done():
                waiting.answer.set_exception(Unavailable("The server is shutting down."))
        self._waiting.clear()
        if not self._shared:
            await asyncio.to_thread(self._worker.shutdown)

    async def _serve(self) -> None:
        while True:
            await self._due.wait()
            batch = self._take()
            if batch:
                await self._answer(batch)

    def _take(self) -> list[_Waiting[ItemT, ResultT]]:
        batch: list[_Waiting[ItemT, ResultT]] = []
        while self._waiting and len(batch) < self._max_batch:
            waiting = self._waiting.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        if not self._waiting:
            self._due.clear()
        return batch

    async def _answer(self, batch: list[_Waiting[ItemT, ResultT]]) -> None:
        """Run a batch and hand each caller its own result or its own exception."""
        try:
            results = await self._in_worker([waiting.item for waiting in batch])
        except asyncio.CancelledError:
            for waiting in batch:
                if not waiting.answer.done():
                    waiting.answer.set_exception(Unavailable("The server is shutting down."))
            raise
        except Exception as error:
            if len(batch) == 1:
                if not batch[0].answer.done():
                    batch[0].answer.set_exception(error)
                return
            for waiting in batch:
                if not waiting.answer.done():
                    await self._answer([waiting])
            return
        for waiting, result in zip(batch, results, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(result)

    async def _in_worker(self, items: list[ItemT]) -> Sequence[ResultT]:
        results = await asyncio.get_running_loop().run_in_executor(self._worker, self._run, items)
        if len(results) != len(items):
            raise RuntimeError(f"{len(items)} items gave {len(results)} results")
        return results
