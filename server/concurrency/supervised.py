"""Background tasks that have an owner: what ends one is logged, counted, told, and where that helps it begins again."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal

from model.errors import ModelError
from server.concurrency.retry import RetryPolicy
from server.errors import ServerError
from tiles.errors import TilesError

logger = logging.getLogger("earshot")

Work = Callable[[], Coroutine[Any, Any, object]]
State = Literal["running", "waiting", "failed", "ended"]
"""`waiting`: it failed and is tried again soon; `failed`: for good; `ended`: it is done, or was stopped."""


@dataclass(frozen=True)
class Trouble:
    """A background task that does not run as it should, and why."""

    task: str
    essential: bool
    state: Literal["waiting", "failed"]
    detail: str


class Supervised:
    """One background task; made by `Supervisor.watch`."""

    def __init__(self, name: str, *, essential: bool) -> None:
        self.name, self.essential = name, essential
        self.state: State = "running"
        self.error: Exception | None = None
        """What it failed of last."""
        self._task: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs, or is going to run again."""
        return self.state in ("running", "waiting")

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with it now; None when nothing is."""
        if self.error is None or self.state not in ("waiting", "failed"):
            return None
        return Trouble(self.name, self.essential, self.state, reason_of(self.error))

    def begin(self, running: Coroutine[Any, Any, None]) -> None:
        """Run in the running event loop."""
        self._task = asyncio.create_task(running, name=self.name)
        self._task.add_done_callback(self._done)

    async def stop(self) -> None:
        """Cancel it, and wait until it has gone."""
        if self._task is not None:
            self._task.cancel()
            await self.wait()

    async def wait(self) -> None:
        """Wait until it has ended in whatever way; that is told by `state`."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def _done(self, task: asyncio.Task[None]) -> None:
        if self.state != "failed":
            self.state = "ended"


class Supervisor:
    """Owns the background tasks of one application.

    A task's exception goes to the log with its traceback and is counted in `failures`; with a retry policy the task
    begins again after a while. What is wrong at the moment is in `troubles`.
    """

    def __init__(self) -> None:
        self.failures: Counter[str] = Counter()
        """How often each task has failed; 0 for those that never did."""
        self._tasks: dict[str, Supervised] = {}

    def watch(
        self,
        name: str,
        work: Work,
        *,
        essential: bool = False,
        retry: RetryPolicy | None = None,
        told: Callable[[Exception], None] | None = None,
    ) -> Supervised:
        """Run `work` in the background of the running event loop, and answer for how it ends.

        `essential`: without it the server is not ready. `told` is handed the exception in place of the log.
        A task of the same name that has ended gives way.
        """
        task = self._tasks[name] = Supervised(name, essential=essential)
        self.failures[name] += 0
        task.begin(self._run(task, work, retry, told or _Log(name)))
        return task

    def task(self, name: str) -> Supervised | None:
        """The task that was last begun by that name."""
        return self._tasks.get(name)

    @property
    def troubles(self) -> list[Trouble]:
        """What does not run as it should, what is essential first."""
        found = [trouble for task in self._tasks.values() if (trouble := task.trouble) is not None]
        return sorted(found, key=lambda trouble: not trouble.essential)

    async def close(self) -> None:
        """Stop whatever still runs."""
        await asyncio.gather(*(task.stop() for task in self._tasks.values()))

    async def _run(
        self, task: Supervised, work: Work, retry: RetryPolicy | None, told: Callable[[Exception], None]
    ) -> None:
        in_a_row = 0
        while True:
            began = time.monotonic()
            error = await _failure_of(work)
            if error is None:
                return
            if retry is not None and time.monotonic() - began > retry.most:
                in_a_row = 0  # it had recovered
            in_a_row += 1
            delay = None if retry is None or _is_cancelled() else retry.delay(in_a_row)
            self.failures[task.name] += 1
            task.error, task.state = error, "failed" if delay is None else "waiting"
            told(error)
            if delay is None:
                return
            await asyncio.sleep(delay)
            task.state = "running"


class _Log:
    """Writes a task's failure down, with its traceback."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, error: Exception) -> None:
        logger.error("background task %s failed: %s", self._name, error, exc_info=error)


async def _failure_of(work: Work) -> Exception | None:
    """Run to the end; the exception it ended with, if any."""
    try:
        await work()
    except asyncio.CancelledError:
        if _is_cancelled():
            raise
        return RuntimeError("something it waited for was cancelled")
    except Exception as error:
        return error
    return None


def _is_cancelled() -> bool:
    """Whether the current task itself was told to stop."""
    current = asyncio.current_task()
    return current is not None and current.cancelling() > 0


def reason_of(error: Exception) -> str:
    """Why a background task failed, in one line; what was not raised on purpose keeps its text to the log."""
    if isinstance(error, ServerError | ModelError | TilesError) and str(error):
        return " ".join(str(error).split())
    return f"{type(error).__name__}; the server's log says what happened."
