"""Attention behind the event loop: chips looked at through the model's queue and kept, words read once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.explain import METHODS, Method, Word, concept_focus, focus_vector, patch_map, patch_queries, text_focus
from model.lru import Kept
from server.concurrency.batch_queue import BatchQueue
from server.concurrency.single_flight import Once
from server.concurrency.supervised import Supervisor
from server.earshot import CONCEPTS_TOLD, Earshot, Footprint, Heard, Seen
from server.errors import InvalidInput
from server.explain.maps import AttentionMap
from server.explain.patch_scale import Background, background_places
from server.explain.queries import AttentionQuery
from server.http.parameters import PlaceQuery
from tiles.chip import Chip

Floats = NDArray[np.float32]
See: TypeAlias = Callable[[Footprint, PlaceQuery], Awaitable[Seen]]
Hear: TypeAlias = Callable[[PlaceQuery], Awaitable[Heard]]
Sight: TypeAlias = tuple[Chip, Floats]
"""A chip, and the queries of its patches (grid², dim)."""

SIGHTS_BYTES = 64 * 2**20
FOCUS_BYTES = 16 * 2**20


class LiveAttention:
    """What the routes of attention speak to. `see` reads a chip, `hear` says what a place is made of."""

    def __init__(self, earshot: Earshot, worker: ThreadPoolExecutor, see: See, hear: Hear) -> None:
        self.earshot, self._see, self._hear = earshot, see, hear
        settings = earshot.settings
        queue = partial(
            BatchQueue,
            window=settings.batch_window_ms / 1000,
            max_batch=settings.max_batch,
            max_waiting=settings.max_waiting,
            worker=worker,
        )
        self._looking: BatchQueue[tuple[Seen, Method], Floats] = queue(self._look, name="attention")
        self._reading: BatchQueue[tuple[str, tuple[Word, ...], Method], Floats] = queue(self._read, name="words")
        self._sights: Kept[tuple[PlaceQuery, Method], Sight] = Kept(SIGHTS_BYTES)
        self._focus: Kept[object, Floats] = Kept(FOCUS_BYTES)
        self._once = Once("attention")
        self._background: Background | None = None

    def start(self, supervisor: Supervisor) -> None:
        """Begin taking questions; call it inside the running event loop."""
        self._looking.start(supervisor)
        self._reading.start(supervisor)

    async def close(self) -> None:
        """Refuse what still waits."""
        async with contextlib.AsyncExitStack() as closing:
            closing.push_async_callback(self._reading.close)
            closing.push_async_callback(self._looking.close)

    async def map(self, query: AttentionQuery) -> AttentionMap:
        """Where in the image of a place something is.

        Raises:
            InvalidInput: What is looked for contradicts itself, is no concept, or is not in the words.
            NoImagery: No imagery covers the point.
            Overloaded: Too many requests wait for the same source or for the model.
        """
        chosen = query.chosen
        footprint = self.earshot.frame(query)
        place = query.place(footprint.source.name)
        (chip, queries), focus, background = await asyncio.gather(
            self._sight(footprint, place, query.method), self._sought(query, place, chosen), self._measured()
        )
        vector = focus_vector(self.earshot.model, focus)
        low, high = background.range(vector, query.method)
        values = (patch_map(queries, vector) - np.float32(low)) / np.float32(high - low)
        return AttentionMap(query, chip, focus, values)

    async def _sought(self, query: AttentionQuery, place: PlaceQuery, chosen: tuple[Word, ...]) -> Floats:
        """The concepts that are looked for: (codebook_size,)."""
        if query.concept is not None:
            size = self.earshot.model.config.codebook_size
            if query.concept >= size:
                raise InvalidInput("concept", f"the codebook has concepts 0 to {size - 1}, not {query.concept}")
            return concept_focus(self.earshot.model, query.concept)
        if query.q is None:
            return _heaviest((await self._hear(place)).weights)
        key = (query.q, chosen, query.method)
        known = self._focus.get(key)
        if known is None:
            known = await self._once.run(key, lambda: self._reading.submit(key))
            self._focus.put(key, known, known.nbytes)
        return known

    async def _sight(self, footprint: Footprint, place: PlaceQuery, method: Method) -> Sight:
        """A chip and its patches, looked at once."""
        known = self._sights.get((place, method))
        if known is None:
            known = await self._once.run((place, method), lambda: self._look_at(footprint, place, method))
            self._sights.put((place, method), known, known[0].pixels.nbytes + known[1].nbytes)
        return known

    async def _look_at(self, footprint: Footprint, place: PlaceQuery, method: Method) -> Sight:
        seen = await self._see(footprint, place)
        return seen.chip, await self._looking.submit((seen, method))

    async def _measured(self) -> Background:
        """The background, measured once for each checkpoint: some seconds, between which clicks are answered."""
        if self._background is None:
            self._background = await self._once.run("background", self._measure)
        return self._background

    async def _measure(self) -> Background:
        model = self.earshot.model
        path = self.earshot.settings.folder("attention") / f"{model.checkpoint_hash}.npz"
        kept = await asyncio.to_thread(Background.read, path)
        if kept is not None:
            return kept
        queries: dict[Method, list[Floats]] = {method: [] for method in METHODS}
        for footprint, place in await asyncio.to_thread(background_places, model.config):
            seen = await asyncio.to_thread(self.earshot.see, footprint, place)
            for method in METHODS:
                queries[method].append(await self._looking.submit((seen, method)))
        measured = Background({method: np.concatenate(found) for method, found in queries.items()})
        await asyncio.to_thread(measured.write, path)
        return measured

    def _look(self, batch: Sequence[tuple[Seen, Method]]) -> list[Floats]:
        """Run the model on many chips, once for each method among them."""
        found: dict[int, Floats] = {}
        for method in METHODS:
            rows = [row for row, (_, wanted) in enumerate(batch) if wanted == method]
            if rows:
                images, gsd, metadata = self.earshot.inputs([batch[row][0] for row in rows])
                queries = patch_queries(self.earshot.model, images, gsd, metadata, method).float().cpu().numpy()
                found.update(zip(rows, queries, strict=True))
        return [found[row] for row in range(len(batch))]

    def _read(self, batch: Sequence[tuple[str, tuple[Word, ...], Method]]) -> list[Floats]:
        return [text_focus(self.earshot.model, text, words, method) for text, words, method in batch]


def _heaviest(weights: Floats) -> Floats:
    """The concepts a place is told in, as shares of each other."""
    told = np.argsort(-weights)[:CONCEPTS_TOLD]
    focus = np.zeros_like(weights)
    focus[told] = weights[told]
    return np.asarray(focus / focus.sum(), np.float32)
