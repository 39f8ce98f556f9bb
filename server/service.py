"""An Earshot behind the event loop: bounded readers, one queue for the model, jobs for sounds, answers kept."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from model.lru import Kept
from server.concurrency.batch_queue import BatchQueue
from server.concurrency.cores import available_cores, chip_threads
from server.concurrency.retry import RetryPolicy
from server.concurrency.supervised import Supervised, Supervisor
from server.concurrency.thread_limit import Way
from server.earshot import Earshot, Footprint, Heard, Seen
from server.explain.queries import WhyQuery
from server.explain.schemas import Why
from server.explain.service import LiveAttention
from server.explain.weighing import Weighing
from server.explain.why import why_of
from server.http.parameters import PlaceQuery, PointQuery
from server.search.service import LiveSearch
from server.sound.orders import SoundOrder, caption_order
from server.sound.queries import SynthesisRequest
from server.sound.queue import Jobs
from server.soundscape.live_captions import LiveCaptions
from server.soundscape.schemas import CaptionMatch, Soundscape

ResultT = TypeVar("ResultT")

LOADING = "loading"
"""What the task is called that opens everything."""
PROBING = RetryPolicy(first=5.0, most=300.0)


class LiveEarshot:
    """What the routes speak to. Chips, tiles and the model each have their own bounded way off the event loop."""

    def __init__(self, earshot: Earshot) -> None:
        self.earshot = earshot
        settings = earshot.settings
        self.jobs = Jobs(earshot.sounds, settings)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._model: BatchQueue[Seen, Heard] = BatchQueue(
            earshot.hear,
            window=settings.batch_window_ms / 1000,
            max_batch=settings.max_batch,
            max_waiting=settings.max_waiting,
            worker=self._worker,
        )
        self.captions = LiveCaptions(earshot.captions, settings.caption_seconds)
        self.search = LiveSearch(earshot.searches, earshot.regions, settings, self._worker)
        self.weighing = Weighing(earshot.model, earshot.gallery, settings, self._worker)
        self.attention = LiveAttention(earshot, self._worker, self._see, self.heard)
        self._heard: Kept[PlaceQuery, Heard] = Kept(settings.answers_kept)
        self._ways: dict[tuple[str, str], Way] = {}
        self._answers: Kept[PointQuery, Soundscape] = Kept(settings.answers_kept)
        self._tasks: list[Supervised] = []

    def start(self, supervisor: Supervisor) -> None:
        """Start the queues, the first region, the look at online imagery and the warming, in the running loop."""
        self._model.start(supervisor)
        self.search.start(supervisor)
        self.attention.start(supervisor)
        self.weighing.start(supervisor)
        self.jobs.start()
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
            for part in (self.captions, self.weighing, self.attention, self.search, self._model):
                closing.push_async_callback(part.close)
            for task in self._tasks:
                closing.push_async_callback(task.stop)

    @property
    def waiting(self) -> int:
        """How many places wait for the model."""
        return self._model.waiting

    def job_counts(self) -> dict[str, int]:
        """How many sound jobs there are, by state."""
        return {state: count for state, count in self.jobs.store.counts().items()}

    async def listen(self, query: PointQuery) -> Soundscape:
        """The soundscape of a point; see `Earshot.listen`.

        Raises:
            Overloaded: Too many requests wait for the same source or for the model.
            Unavailable: A caption is being written for the place, and takes longer than a request waits.
        """
        footprint = self.earshot.frame(query)
        key = query.model_copy(update={"imagery": footprint.source.name})
        kept = self._answers.get(key)
        if kept is None:
            if query.caption == "generate":
                self.earshot.captions.check()
            seen = await self._see(footprint, query)
            heard = await self._model.submit(seen)
            self._heard.put(query.place(footprint.source.name), heard)
            written = await self._generated(key, seen, heard) if query.caption == "generate" else None
            kept = self.earshot.describe(query, seen, heard, written)
            self._answers.put(key, kept)
        order = self.earshot.told_order(kept, query)  # by the engine that is the default now
        now = {"engine": order.engine, "job": order.key, "state": self.jobs.state(order)}
        return kept.model_copy(update={"sound": kept.sound.model_copy(update=now)})

    async def _generated(self, key: PointQuery, seen: Seen, heard: Heard) -> CaptionMatch:
        """The caption written for a chip; writing it holds up no click."""
        place = key.model_copy(update={"k": 1})  # the same image whatever else is asked of it
        caption = await self.captions.write(place, seen.chip.pixels)
        return await asyncio.get_running_loop().run_in_executor(self._worker, self.earshot.generated, heard, caption)

    async def heard(self, place: PlaceQuery) -> Heard:
        """What the model makes of a place, as it was heard lately or is now.

        Raises:
            Overloaded: Too many requests wait for the same source or for the model.
        """
        footprint = self.earshot.frame(place)
        key = place.place(footprint.source.name)
        kept = self._heard.get(key)
        if kept is None:
            kept = await self._model.submit(await self._see(footprint, key))
            self._heard.put(key, kept)
        return kept

    async def why(self, query: WhyQuery) -> Why:
        """Why a place and an entry of the gallery are alike.

        Raises:
            UnknownEntry: No entry has this id.
            InvalidInput: The entry is a recording that cannot be heard.
            Overloaded: Too many requests wait for the same source or for the model.
        """
        entry = self.earshot.gallery.entry(query.entry)
        heard, weights = await asyncio.gather(self.heard(query), self.weighing.weigh(entry))
        return why_of(self.earshot, heard.weights, entry, weights)

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
            caption = (await self.listen(point)).captions[0].text
        order = partial(
            caption_order,
            self.earshot.engines,
            caption,
            **request.model_dump(include={"seconds", "seed", "engine", "steps", "guidance", "hour", "month", "loop"}),
            place=None if point is None else (point.lat, point.lon),
        )
        return await asyncio.to_thread(order)  # an engine may have to be opened for it

    async def read(self, source: str, what: str, work: Callable[[], ResultT]) -> ResultT:
        """Run `work` in a thread of its own source and kind, so that a slow upstream holds up nothing else."""
        if (source, what) not in self._ways:
            self._ways[source, what] = Way(source, self._threads(source, what), self.earshot.settings.max_waiting)
        return await self._ways[source, what].run(work)

    async def _see(self, footprint: Footprint, place: PlaceQuery) -> Seen:
        return await self.read(footprint.source.name, "chip", partial(self.earshot.see, footprint, place))

    def _threads(self, source: str, what: str) -> int:
        """A local source keeps a core busy; an online one mostly waits."""
        settings = self.earshot.settings
        if self.earshot.imagery.offered[source].online:
            return settings.reader_threads
        # A chip goes on to the model; a tile goes straight out.
        return chip_threads(settings.torch_threads) if what == "chip" else available_cores()

    async def _warm(self) -> None:
        await self.search.warm()
        await asyncio.to_thread(self.earshot.engines.measure_unknown)
        await asyncio.to_thread(self.earshot.engines.look)
        await asyncio.to_thread(self.earshot.engines.measure_unknown)

    async def _probe_for_ever(self) -> None:
        while True:
            await asyncio.to_thread(self.earshot.imagery.probe)
            await asyncio.sleep(self.earshot.settings.probe_seconds)
