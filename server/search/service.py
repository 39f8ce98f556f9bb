"""Searches behind the event loop: words embedded together, each query scored once, tiles drawn in a few threads."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from model.lru import Kept
from server.concurrency.batch_queue import BatchQueue
from server.concurrency.cores import available_cores
from server.concurrency.single_flight import Once
from server.concurrency.supervised import Supervisor
from server.concurrency.thread_limit import Way
from server.errors import InvalidInput, NotReady
from server.regions.first_build import FirstRegion
from server.regions.shelf import DEFAULT_REGION, RegionShelf
from server.search.heatmaps import Heatmap
from server.search.queries import HeatmapQuery, SoughtQuery
from server.search.scoring import Scored, Searches, Sought, Vector
from server.search.uploads import Recording, decode_recording
from server.settings import Settings
from tiles.errors import RegionUnreadable, UnknownRegion
from tiles.region import Condition, Region

ResultT = TypeVar("ResultT")
Embeddable = str | Recording

HEATMAPS_KEPT = 256


class LiveSearch:
    """What the routes of searches and heatmaps speak to; `worker` runs the model, one batch at a time."""

    def __init__(
        self, searches: Searches, regions: RegionShelf, settings: Settings, worker: ThreadPoolExecutor
    ) -> None:
        self.searches = searches
        self.regions = regions
        self.first = FirstRegion(regions, settings)
        self.drawn: Kept[str, bytes] = Kept(settings.heatmap_cache_bytes)
        self.heatmaps: Kept[HeatmapQuery, Heatmap] = Kept(HEATMAPS_KEPT)
        self._embedding: BatchQueue[Embeddable, Vector] = BatchQueue(
            searches.embed,
            name="search",
            window=settings.batch_window_ms / 1000,
            max_batch=settings.max_batch,
            max_waiting=settings.max_waiting,
            worker=worker,
        )
        # A score grid takes all cores, so two at once would only take turns; tiles are drawn beside them.
        self._scoring = Way("regions", 1, settings.max_waiting)
        self._drawing = Way("heatmaps", available_cores(), settings.max_waiting)
        self._once = Once("search")

    def start(self, supervisor: Supervisor) -> None:
        """Begin taking queries, and building the first region; call it inside the running event loop."""
        self._embedding.start(supervisor)
        self.first.start(supervisor)

    async def warm(self) -> None:
        """Load what the first query would have to wait for."""
        await asyncio.gather(self._vector("wind"), self._drawing.run(self.searches.warm))

    async def close(self) -> None:
        """Refuse what still waits, and leave the first region for another time."""
        async with contextlib.AsyncExitStack() as closing:
            closing.push_async_callback(self._embedding.close)
            closing.push_async_callback(self.first.close)

    async def region(self, name: str | None) -> Region:
        """The region of that name, or the default one.

        Raises:
            UnknownRegion: There is none.
            RegionMismatch: Another checkpoint made it.
            NotReady: It is only just being begun.
        """
        region = self.regions.at_hand(name)
        if region is not None:
            return region
        try:
            return await self._drawing.run(partial(self.regions.get, name))
        except (UnknownRegion, RegionUnreadable):
            if self.first.building and name in (None, DEFAULT_REGION):
                raise NotReady(self.first.why_not_yet) from None
            raise

    async def sought(self, query: SoughtQuery) -> Sought:
        """What a query with words, an id or a concept looks for.

        Raises:
            InvalidInput: It has none or several of them, the id is not kept, or there is no such concept.
        """
        if sum(part is not None for part in (query.q, query.query, query.concept)) != 1:
            raise InvalidInput("q", "give a sound in words, the id of a query as `query`, or a `concept`: one of them")
        vectors = await self._vectors(words for words in (query.q, query.minus) if words)
        against = vectors[query.minus] if query.minus else None
        if query.concept is not None:
            return self.searches.concept(query.concept, query.minus, against)
        if query.query is None:
            return self.searches.sought(query.q, None, query.minus, vectors)
        return await self._drawing.run(partial(self.searches.kept, query.query, query.minus, against))

    async def heard(self, upload: bytes | None, query: SoughtQuery) -> tuple[Sought, Recording | None]:
        """What a recording, words or both look for; kept for a day. Without a recording, also an id.

        Raises:
            InvalidInput: There is nothing to look for, or the recording cannot be listened to.
        """
        if upload is None:
            sought = await self.sought(query)
            recording = None
        else:
            for field in ("query", "concept"):
                if getattr(query, field) is not None:
                    raise InvalidInput(field, f"a recording makes a query of its own: leave {field} out")
            recording = await self._drawing.run(partial(decode_recording, upload))
            vectors = await self._vectors(part for part in (query.q, recording, query.minus) if part)
            sought = self.searches.sought(query.q, recording, query.minus, vectors)
        await self._drawing.run(partial(self.searches.keep, sought))
        return sought, recording

    async def scored(self, region: Region, sought: Sought, condition: Condition | None) -> Scored:
        """The scores of a query in a region; requests that ask for the same at once share one pass.

        Raises:
            InvalidRegion: The region was not listened to at that month and hour.
        """
        known = self.searches.has_scored(region, sought, condition)
        if known is not None:
            return known
        score = partial(self.searches.score, region, sought, condition)
        key = (region.path, region.hash, sought.key, str(condition))
        return await self._once.run(key, lambda: self._scoring.run(score))

    async def draw(self, work: Callable[[], ResultT]) -> ResultT:
        """Run `work` in one of the threads that draw."""
        return await self._drawing.run(work)

    async def _vectors(self, parts: Iterable[Embeddable]) -> dict[object, Vector]:
        """The vectors of words and recordings; words asked for by many at once are embedded once."""
        wanted = list(dict.fromkeys(parts))
        vectors = await asyncio.gather(*(self._vector(part) for part in wanted))
        return dict(zip(wanted, vectors, strict=True))

    async def _vector(self, part: Embeddable) -> Vector:
        if isinstance(part, Recording):
            return await self._embedding.submit(part)
        known = self.searches.known(part)
        if known is not None:
            return known
        vector = await self._once.run(part, lambda: self._embedding.submit(part))
        self.searches.remember(part, vector)
        return vector
