"""The service behind the routes: starts and stops everything, and watches over what runs in the background."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from server.concurrency.retry import RetryPolicy
from server.concurrency.supervised import Supervised, Supervisor
from server.earshot import Earshot
from server.explain.service import ExplainService
from server.search.query_embedding import QueryEmbedder
from server.search.query_store import QueryStore
from server.search.service import SearchService
from server.settings import Settings
from server.sound.cache import SoundState
from server.sound.orders import SoundOrder
from server.sound.queries import SynthesisRequest
from server.sound.queue import Jobs
from server.soundscape.captioner import CaptionService
from server.soundscape.describe import Describer
from server.soundscape.service import SoundscapeService

LOADING = "loading"
"""What the task is called that opens everything."""
PROBING = RetryPolicy(first=5.0, most=300.0)


class Service:
    """What the routes speak to. Imagery, the model, drawing and sounds each have their own way off the event loop."""

    def __init__(self, earshot: Earshot) -> None:
        self.earshot = earshot
        settings = earshot.settings
        self.jobs = Jobs(earshot.sounds, settings)
        self._worker = model_worker()
        self.captions = CaptionService(earshot.captions, settings.caption_seconds)
        self.soundscapes = soundscapes_of(earshot, self.captions, self.jobs.state, self._worker)
        model = earshot.model
        queries = QueryStore(settings.folder("queries"), model.checkpoint_hash, model.config.dim)
        self.search = SearchService(QueryEmbedder(model), queries, earshot.regions, settings, self._worker)
        self.explain = ExplainService(earshot.gallery, self.soundscapes, settings, self._worker)
        self._tasks: list[Supervised] = []

    @classmethod
    async def open(cls, settings: Settings) -> Self:
        """Load and warm everything the settings name, off the event loop; see `Earshot.open`."""
        return cls(await asyncio.to_thread(Earshot.open, settings, warm=True))

    def start(self, supervisor: Supervisor) -> None:
        """Start the queues, the first region, the look at online imagery and the warming, in the running loop."""
        self.soundscapes.start(supervisor)
        self.search.start(supervisor)
        self.explain.start(supervisor)
        self.jobs.start(supervisor)
        self._tasks = [
            supervisor.watch("probing imagery", self._probe_for_ever, retry=PROBING),
            supervisor.watch("warming", self._warm),
        ]

    async def close(self) -> None:
        """Stop everything `start` started; what cannot be closed in order keeps nothing else from being closed."""
        async with contextlib.AsyncExitStack() as closing:  # the last first
            closing.push_async_callback(asyncio.to_thread, self.earshot.imagery.close)
            closing.push_async_callback(self.jobs.close)
            closing.push_async_callback(asyncio.to_thread, self._worker.shutdown)
            for part in (self.captions, self.explain, self.search, self.soundscapes):
                closing.push_async_callback(part.close)
            for task in self._tasks:
                closing.push_async_callback(task.stop)

    @property
    def waiting(self) -> int:
        """How many places wait for the model."""
        return self.soundscapes.waiting

    def job_counts(self) -> dict[str, int]:
        """How many sound jobs there are, by state."""
        return {str(state): count for state, count in self.jobs.store.counts().items()}

    async def order(self, request: SynthesisRequest) -> SoundOrder:
        """What a request for a sound orders: of its caption, or of the caption nearest to its place.

        Raises:
            InvalidInput: There is neither a caption nor a whole point, or the engine is unknown or has no such option.
            EngineAbsent: The engine is not installed.
            Overloaded: Too many requests wait for the same source or for the model.
        """
        point, caption = request.point(), request.caption
        self.earshot.engines.card(request.engine or self.earshot.engines.default)
        if caption is None:
            assert point is not None
            caption = (await self.soundscapes.listen(point)).captions[0].text
        place = None if point is None else (point.lat, point.lon)
        # in a thread, as an engine may have to be opened for it
        return await asyncio.to_thread(self.earshot.orders.of_caption, caption, request, place)

    async def _warm(self) -> None:
        await self.search.warm()
        await asyncio.to_thread(self.earshot.engines.measure_unknown)
        await asyncio.to_thread(self.earshot.engines.look)
        await asyncio.to_thread(self.earshot.engines.measure_unknown)

    async def _probe_for_ever(self) -> None:
        while True:
            await asyncio.to_thread(self.earshot.imagery.probe)
            await asyncio.sleep(self.earshot.settings.probe_seconds)


def model_worker() -> ThreadPoolExecutor:
    """The one thread that runs the model."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")


def soundscapes_of(
    earshot: Earshot,
    captions: CaptionService,
    state: Callable[[SoundOrder], SoundState],
    worker: ThreadPoolExecutor,
) -> SoundscapeService:
    """What describes places with what was opened; `state` says how far a sound is."""
    describer = Describer(earshot.model, earshot.matches, earshot.orders, state, earshot.settings.base_url)
    return SoundscapeService(earshot.model, earshot.imagery, describer, captions, earshot.settings, worker)
