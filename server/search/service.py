"""Searches behind the event loop: words embedded together, each query scored once, tiles drawn in a few threads."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import numpy as np

from server.concurrency.batch_queue import BatchQueue
from server.concurrency.cores import available_cores
from server.concurrency.lru_cache import LRUCache
from server.concurrency.single_flight import SingleFlight
from server.concurrency.supervised import Supervisor
from server.concurrency.thread_limit import ThreadLimit
from server.errors import InvalidInput, NotReady
from server.regions.first_build import FirstRegion
from server.regions.shelf import DEFAULT_REGION, RegionShelf
from server.search.colour_range import DEFAULT_COLORMAPS
from server.search.heatmaps import Heatmap
from server.search.queries import HeatmapQuery, RegionQuery
from server.search.query_embedding import Embeddable, EmbeddedQuery, QueryEmbedder, Vector, query_of_kept
from server.search.query_store import QueryStore
from server.search.scoring import QueryScores, ScoreCache
from server.search.uploads import Recording, decode_recording
from server.settings import Settings
from tiles.errors import RegionUnreadable, UnknownRegion
from tiles.region import Condition, Region
from tiles.scores.ramp import Ramp

ResultT = TypeVar("ResultT")

HEATMAPS_KEPT = 256
VECTORS_KEPT = 4096


class SearchService:
    """What the routes of searches and heatmaps speak to; `worker` runs the model, one batch at a time."""

    def __init__(
        self,
        embedder: QueryEmbedder,
        store: QueryStore,
        regions: RegionShelf,
        settings: Settings,
        worker: ThreadPoolExecutor,
    ) -> None:
        self.embedder, self.store = embedder, store
        self.scores = ScoreCache(settings.score_cache_bytes)
        self.regions = regions
        self.first = FirstRegion(regions, settings)
        self.drawn: LRUCache[str, bytes] = LRUCache(settings.heatmap_cache_bytes, len)
        self.heatmaps: LRUCache[HeatmapQuery, Heatmap] = LRUCache(HEATMAPS_KEPT)
        self._words: LRUCache[str, Vector] = LRUCache(VECTORS_KEPT)
        self._embedding: BatchQueue[Embeddable, Vector] = BatchQueue(
            embedder.embed,
            name="search",
            window=settings.batch_window_ms / 1000,
            max_batch=settings.max_batch,
            max_waiting=settings.max_waiting,
            worker=worker,
        )
        # A score grid takes all cores, so two at once would only take turns; tiles are drawn beside them.
        self._scoring = ThreadLimit("regions", 1, settings.max_waiting)
        self._drawing = ThreadLimit("heatmaps", available_cores(), settings.max_waiting)
        self._once = SingleFlight("search")

    def start(self, supervisor: Supervisor) -> None:
        """Begin taking queries, and building the first region; call it inside the running event loop."""
        self._embedding.start(supervisor)
        self.first.start(supervisor)

    async def warm(self) -> None:
        """Load what the first query would have to wait for."""
        await asyncio.gather(self._vector("wind"), self._drawing.run(warm_drawing))

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

    async def embed(self, query: RegionQuery) -> EmbeddedQuery:
        """The vector of a query with words, an id or a concept.

        Raises:
            InvalidInput: It has none or several of them, the id is not kept, or there is no such concept.
        """
        if sum(part is not None for part in (query.q, query.query, query.concept)) != 1:
            raise InvalidInput("q", "give a sound in words, the id of a query as `query`, or a `concept`: one of them")
        vectors = await self._vectors(words for words in (query.q, query.minus) if words)
        against = vectors[query.minus] if query.minus else None
        if query.concept is not None:
            return self.embedder.concept(query.concept, query.minus, against)
        if query.query is None:
            return self.embedder.compose(query.q, None, query.minus, vectors)
        return query_of_kept(await self._drawing.run(partial(self.store.get, query.query)), query.minus, against)

    async def embed_upload(self, upload: bytes | None, query: RegionQuery) -> tuple[EmbeddedQuery, Recording | None]:
        """The vector of a recording, of words or of both; kept for a day. Without a recording, also of an id.

        Raises:
            InvalidInput: There is nothing to look for, or the recording cannot be decoded.
        """
        if upload is None:
            embedded, recording = await self.embed(query), None
        else:
            for field in ("query", "concept"):
                if getattr(query, field) is not None:
                    raise InvalidInput(field, f"a recording makes a query of its own: leave {field} out")
            recording = await self._drawing.run(partial(decode_recording, upload))
            vectors = await self._vectors(part for part in (query.q, recording, query.minus) if part)
            embedded = self.embedder.compose(query.q, recording, query.minus, vectors)
        await self._drawing.run(partial(self.store.keep, self.embedder.to_keep(embedded)))
        return embedded, recording

    async def score(self, region: Region, embedded: EmbeddedQuery, condition: Condition | None) -> QueryScores:
        """The scores of a query in a region; requests that ask for the same at once share one pass.

        Raises:
            InvalidRegion: The region was not listened to at that month and hour.
        """
        known = self.scores.known(region, embedded, condition)
        if known is not None:
            return known
        score = partial(self.scores.score, region, embedded, condition)
        key = (region.path, region.hash, embedded.key, str(condition))
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
        known = self._words.look_up(part)
        if known is not None:
            return known
        vector = await self._once.run(part, lambda: self._embedding.submit(part))
        self._words.keep(part, vector)
        return vector


def warm_drawing() -> None:
    """Load what drawing and ranking take, and draw once in every colour that is usual."""
    import rasterio.features  # noqa: F401  # heavy, and needed only once something is searched for
    from scipy import ndimage  # noqa: F401

    for colormap in DEFAULT_COLORMAPS.values():
        Ramp(colormap, -1, 1).draw(np.zeros((1, 1), np.float32))
