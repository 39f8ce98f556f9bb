"""Describing places behind the event loop: bounded readers, one queue for the model, answers kept."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from model.sat2sound import Sat2Sound
from server.concurrency.batch_queue import BatchQueue
from server.concurrency.cores import available_cores
from server.concurrency.lru_cache import LRUCache
from server.concurrency.supervised import Supervisor
from server.concurrency.thread_limit import ThreadLimit
from server.http.parameters import PlaceQuery, PointQuery
from server.imagery.embedding import ModelInput
from server.imagery.readers import ImageryReaders
from server.imagery.shelf import ImageryShelf
from server.settings import Settings
from server.soundscape.captioner import CaptionService
from server.soundscape.describe import Describer
from server.soundscape.embedding import PlaceEmbedding, embed_places, match_written
from server.soundscape.footprint import Footprint, footprint_of
from server.soundscape.schemas import CaptionMatch, Soundscape

_Seen = tuple[Footprint, int | None, int | None]
"""All that decides an embedding: the ground, the month and the hour."""


class SoundscapeService:
    """A point in, its soundscape out. `worker` runs the model, one batch at a time."""

    def __init__(
        self,
        model: Sat2Sound,
        imagery: ImageryShelf,
        describer: Describer,
        captions: CaptionService,
        settings: Settings,
        worker: ThreadPoolExecutor,
    ) -> None:
        self.model, self.imagery, self.describer, self.captions = model, imagery, describer, captions
        self.readers = ImageryReaders(
            imagery,
            online_threads=settings.reader_threads,
            torch_threads=settings.torch_threads,
            max_waiting=settings.max_waiting,
        )
        self._worker = worker
        self._queue: BatchQueue[ModelInput, PlaceEmbedding] = BatchQueue(
            partial(embed_places, model),
            name="model",
            window=settings.batch_window_ms / 1000,
            max_batch=settings.max_batch,
            max_waiting=settings.max_waiting,
            worker=worker,
        )
        self._describing = ThreadLimit("the gallery", available_cores(), settings.max_waiting)
        self._embeddings: LRUCache[_Seen, PlaceEmbedding] = LRUCache(settings.answers_kept)
        self._answers: LRUCache[PointQuery, Soundscape] = LRUCache(settings.answers_kept)

    def start(self, supervisor: Supervisor) -> None:
        """Begin taking places; call it inside the running event loop."""
        self._queue.start(supervisor)

    async def close(self) -> None:
        """Refuse what still waits."""
        await self._queue.close()

    @property
    def waiting(self) -> int:
        """How many places wait for the model."""
        return self._queue.waiting

    async def listen(self, query: PointQuery) -> Soundscape:
        """The soundscape of a point.

        Raises:
            InvalidInput: A scale the checkpoint lacks, or imagery that is not offered.
            TilesError: There is no imagery, or it cannot be reached.
            EngineAbsent: A caption is to be written, and the captioner is not installed.
            Overloaded: Too many requests wait for the same source, for the model or for the gallery.
            Unavailable: A caption is being written for the place, and takes longer than a request waits.
        """
        footprint = self.footprint(query)
        key = query.model_copy(update={"imagery": footprint.source.name})
        kept = self._answers.look_up(key)
        if kept is not None:
            return self.describer.with_sound_now(kept, query)
        if query.caption == "generate":
            self.captions.check()
        looked_at = await self.look(footprint, query)
        embedding = await self._queue.submit(looked_at)
        self._embeddings.keep((footprint, query.month, query.hour), embedding)
        written = await self._written(key, looked_at, embedding) if query.caption == "generate" else None
        describe = partial(self.describer.describe, query, looked_at.chip, embedding, written)
        answer = await self._describing.run(describe)
        self._answers.keep(key, answer)
        return answer

    def footprint(self, query: PlaceQuery) -> Footprint:
        """Which ground a query covers; see `footprint_of`."""
        return footprint_of(query, self.model.config, self.imagery)

    async def look(self, footprint: Footprint, query: PlaceQuery) -> ModelInput:
        """Read a footprint's chip, as the model takes it, in one of its source's threads.

        Raises:
            Overloaded: Too many requests wait for the same source.
        """
        return await self.readers.read(footprint.source.name, "chip", partial(self.look_now, footprint, query))

    def look_now(self, footprint: Footprint, query: PlaceQuery) -> ModelInput:
        """The same in this thread; blocks."""
        return ModelInput.of(self.model, footprint.read(), query.month, query.hour)

    async def embedding(self, place: PlaceQuery) -> PlaceEmbedding:
        """What the model makes of a place, as it was embedded lately or is now.

        Raises:
            Overloaded: Too many requests wait for the same source or for the model.
        """
        footprint = self.footprint(place)
        seen = (footprint, place.month, place.hour)
        kept = self._embeddings.look_up(seen)
        if kept is None:
            kept = await self._queue.submit(await self.look(footprint, place))
            self._embeddings.keep(seen, kept)
        return kept

    async def _written(self, key: PointQuery, looked_at: ModelInput, embedding: PlaceEmbedding) -> CaptionMatch:
        """The caption written for a chip; writing it holds up no click."""
        place = key.model_copy(update={"k": 1})  # the same image whatever else is asked of it
        caption = await self.captions.write(place, looked_at.chip.pixels)
        match = partial(match_written, self.model, embedding, caption)
        return await asyncio.get_running_loop().run_in_executor(self._worker, match)
