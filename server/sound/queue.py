"""Sound jobs: what is promised is written down first, rendered in its turn, and found again after a restart."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import BinaryIO, TypeVar, get_args

from server.concurrency.retry import RetryPolicy
from server.concurrency.supervised import Supervised, Supervisor
from server.concurrency.thread_limit import ThreadLimit
from server.errors import JobEnded, NotFound, SoundFailed
from server.http.parameters import SoundFormat
from server.settings import Settings
from server.sound.cache import Sounds, SoundState
from server.sound.engines import Lane
from server.sound.notifier import Notifier
from server.sound.orders import SoundOrder
from server.sound.peaks import peaks_of
from server.sound.schemas import Peaks
from server.sound.store import Job, JobStore
from server.sound.worker import JobWorker

ResultT = TypeVar("ResultT")

FILE_THREADS = 2
LOOK_SECONDS = 0.5
"""How often a job is looked at that a worker of another process may render."""
RETRY_SECONDS = 30.0
"""When a sound that failed may be asked for again."""
RESTART = RetryPolicy(first=1.0, most=30.0)
"""When a worker begins again that something other than a job has stopped."""


class Jobs:
    """The one way to a sound: equal orders are one job, and one job is one file.

    Each lane has one worker, so that what is heavy holds up nothing that is quick.
    """

    def __init__(self, sounds: Sounds, settings: Settings) -> None:
        folder = settings.folder("jobs")
        self.sounds = sounds
        self.notifier = Notifier()
        lanes = {lane: engines for lane in get_args(Lane) if (engines := sounds.engines.lane(lane))}
        self.store = JobStore(folder / "jobs.sqlite", settings.max_queued_sounds, list(lanes.values()))
        self._files = ThreadLimit("the files of sounds", FILE_THREADS, settings.max_waiting)
        self._workers = {
            lane: JobWorker(self.store, sounds, engines, folder / f"{lane}.lock", self.notifier.notify)
            for lane, engines in lanes.items()
        }
        self._tasks: list[Supervised] = []

    def start(self, supervisor: Supervisor) -> None:
        """Start the workers, and tell of changes in the running loop."""
        self.notifier.attach()
        self._tasks = [
            supervisor.watch(f"{lane} sounds", worker.run, retry=RESTART) for lane, worker in self._workers.items()
        ]

    async def close(self) -> None:
        """Stop the workers; what they have not done is done after the next start."""
        await asyncio.gather(*(task.stop() for task in self._tasks))
        self.store.close()

    async def accept(self, order: SoundOrder) -> Job:
        """Promise a sound: a job that is on its way or done already, or a new one.

        Raises:
            Overloaded: Too many sounds are promised already.
            Unavailable: The promise cannot be written down.
        """
        await asyncio.to_thread(self.store.accept, order, self.sounds.ready(order))
        for worker in self._workers.values():
            worker.wake()
        return self.job(order.key)

    def job(self, id: str) -> Job:
        """A job as it is now.

        Raises:
            NotFound: There is no such job.
        """
        job = self.store.job(id)
        if job is None:
            raise NotFound(f"There is no job {id}.")
        return job

    def state(self, order: SoundOrder) -> SoundState:
        """Whether a sound is there, on its way, or rendered when asked for."""
        if self.sounds.ready(order):
            return "ready"
        return "rendering" if self.store.state(order.key) in ("queued", "running") else "on-request"

    async def cancel(self, id: str) -> Job:
        """Call a job off: at once when it is queued, at its next step when it is running.

        Raises:
            NotFound: There is no such job.
        """
        self.job(id)
        await asyncio.to_thread(self.store.cancel, id)
        self.notifier.notify()
        return self.job(id)

    async def follow(self, id: str) -> AsyncGenerator[Job, None]:
        """A job as it is now, and again whenever it has changed, until it has ended.

        Raises:
            NotFound: There is no such job.
        """
        last = None
        with self.notifier.listening() as notified:
            while last is None or not last.ended:
                notified.clear()
                job = self.job(id)
                if job != last:
                    yield job
                    last = job
                    continue
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):  # wait_for would lose a cancelling that comes with news
                        await notified.wait()

    async def open(self, order: SoundOrder, format: SoundFormat, patience: float) -> BinaryIO | None:
        """The open file of a sound, rendered if need be; None when that takes longer than `patience` seconds.

        A sound goes on being rendered when no one waits for it any more.

        Raises:
            Overloaded: Too many sounds are promised already.
            SoundFailed: It could not be rendered.
            JobEnded: Someone cancelled the job.
        """
        return await self._ask(order, lambda: self.sounds.open(order, format), patience)

    async def peaks(self, order: SoundOrder, points: int, patience: float) -> Peaks | None:
        """The waveform of a sound in `points` parts; otherwise as `open`."""
        return await self._ask(order, lambda: self._peaks(order, points), patience)

    def _peaks(self, order: SoundOrder, points: int) -> Peaks | None:
        clip = self.sounds.clip(order)
        return None if clip is None else peaks_of(clip, points)

    async def _ask(self, order: SoundOrder, take: Callable[[], ResultT | None], patience: float) -> ResultT | None:
        """What `take` has of a sound that is kept; it is rendered, again if it was dropped, as long as it has none."""
        deadline = asyncio.get_running_loop().time() + patience
        while (found := await self._off_the_loop(take)) is None:
            job = await self._followed(order, deadline)
            check_not_lost(job)
            if not job.ended:
                return None
        return found

    async def _followed(self, order: SoundOrder, deadline: float) -> Job:
        """The job of a sound when it has ended, or as it is at the deadline."""
        job = await self.accept(order)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(deadline), contextlib.aclosing(self.follow(job.id)) as changes:
                async for change in changes:
                    job = change
        return job

    async def _off_the_loop(self, work: Callable[[], ResultT]) -> ResultT:
        """Read or make files in a thread.

        Raises:
            SoundFailed: The disk refuses.
        """
        try:
            return await self._files.run(work)
        except OSError as error:
            raise SoundFailed(f"The sound's file cannot be written: {error.strerror}.", RETRY_SECONDS) from error


def check_not_lost(job: Job) -> None:
    """Refuse to wait for a job that has ended without a sound.

    Raises:
        SoundFailed: It failed; it may be asked for again.
        JobEnded: It was cancelled.
    """
    if job.state == "failed":
        raise SoundFailed(job.reason, RETRY_SECONDS)
    if job.state == "cancelled":
        raise JobEnded(f"Job {job.id} was cancelled; POST /synthesis asks for it again.")
