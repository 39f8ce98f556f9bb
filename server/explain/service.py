"""Explaining behind the event loop: chips looked at through the model's queue and kept, words read once."""

import asyncio
import contextlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.explain import METHODS, Method, Word, concept_focus, focus_vector, patch_map, patch_queries, text_focus
from model.gallery import GalleryShelf
from model.sat2sound import Sat2Sound
from server.concurrency.batch_queue import BatchQueue
from server.concurrency.lru_cache import LRUCache
from server.concurrency.single_flight import SingleFlight
from server.concurrency.supervised import Supervisor
from server.errors import InvalidInput
from server.explain.entry_weights import EntryWeights
from server.explain.maps import AttentionMap
from server.explain.patch_normalisation import Background, background_places
from server.explain.queries import AttentionQuery, WhyQuery
from server.explain.schemas import Why
from server.explain.why import why_of
from server.http.parameters import PlaceQuery
from server.imagery.embedding import ModelInput, batch_of
from server.settings import Settings
from server.soundscape.footprint import Footprint
from server.soundscape.references import CONCEPTS_NAMED
from server.soundscape.service import SoundscapeService
from tiles.chip import Chip

Floats = NDArray[np.float32]
Patches: TypeAlias = tuple[Chip, Floats]
"""A chip, and the queries of its patches (grid², dim)."""

PATCHES_BYTES = 64 * 2**20
FOCUS_BYTES = 16 * 2**20


class ExplainService:
    """What the routes of attention, of concepts and of why speak to; `worker` runs the model."""

    def __init__(
        self, gallery: GalleryShelf, soundscapes: SoundscapeService, settings: Settings, worker: ThreadPoolExecutor
    ) -> None:
        self.model: Sat2Sound = soundscapes.model
        self._gallery, self._soundscapes, self._settings = gallery, soundscapes, settings
        queue = partial(
            BatchQueue,
            window=settings.batch_window_ms / 1000,
            max_batch=settings.max_batch,
            max_waiting=settings.max_waiting,
            worker=worker,
        )
        self._looking: BatchQueue[tuple[ModelInput, Method], Floats] = queue(self._look, name="attention")
        self._reading: BatchQueue[tuple[str, tuple[Word, ...], Method], Floats] = queue(self._read, name="words")
        self.weights = EntryWeights(self.model, gallery, settings, worker)
        self._patches: LRUCache[tuple[PlaceQuery, Method], Patches] = LRUCache(PATCHES_BYTES, _bytes_of)
        self._focus: LRUCache[object, Floats] = LRUCache(FOCUS_BYTES, lambda focus: focus.nbytes)
        self._once = SingleFlight("attention")
        self._background: Background | None = None

    def start(self, supervisor: Supervisor) -> None:
        """Begin taking questions; call it inside the running event loop."""
        self._looking.start(supervisor)
        self._reading.start(supervisor)
        self.weights.start(supervisor)

    async def close(self) -> None:
        """Refuse what still waits."""
        async with contextlib.AsyncExitStack() as closing:
            closing.push_async_callback(self._reading.close)
            closing.push_async_callback(self._looking.close)
            closing.push_async_callback(self.weights.close)

    async def map(self, query: AttentionQuery) -> AttentionMap:
        """Where in the image of a place something is.

        Raises:
            InvalidInput: What is looked for contradicts itself, is no concept, or is not in the words.
            NoImagery: No imagery covers the point.
            Overloaded: Too many requests wait for the same source or for the model.
        """
        chosen = query.chosen
        footprint = self._soundscapes.footprint(query)
        place = query.place(footprint.source.name)
        (chip, queries), focus, background = await asyncio.gather(
            self._patches_of(footprint, place, query.method),
            self._focus_of(query, place, chosen),
            self._measured_background(),
        )
        vector = focus_vector(self.model, focus)
        values = background.normalise(patch_map(queries, vector), vector, query.method)
        return AttentionMap(query, chip, focus, values)

    async def why(self, query: WhyQuery) -> Why:
        """Why a place and an entry of the gallery are alike.

        Raises:
            UnknownEntry: No entry has this id.
            InvalidInput: The entry is a recording that cannot be heard.
            Overloaded: Too many requests wait for the same source or for the model.
        """
        entry = self._gallery.entry(query.entry)
        place, weights = await asyncio.gather(self._soundscapes.embedding(query), self.weights.of(entry))
        return why_of(self.model, place.weights, entry, weights)

    async def _focus_of(self, query: AttentionQuery, place: PlaceQuery, chosen: tuple[Word, ...]) -> Floats:
        """The concepts that are looked for: (codebook_size,)."""
        if query.concept is not None:
            size = self.model.config.codebook_size
            if query.concept >= size:
                raise InvalidInput("concept", f"the codebook has concepts 0 to {size - 1}, not {query.concept}")
            return concept_focus(self.model, query.concept)
        if query.q is None:
            return _heaviest((await self._soundscapes.embedding(place)).weights)
        key = (query.q, chosen, query.method)
        known = self._focus.look_up(key)
        if known is None:
            known = await self._once.run(key, lambda: self._reading.submit(key))
            self._focus.keep(key, known)
        return known

    async def _patches_of(self, footprint: Footprint, place: PlaceQuery, method: Method) -> Patches:
        """A chip and its patches, looked at once."""
        known = self._patches.look_up((place, method))
        if known is None:
            known = await self._once.run((place, method), lambda: self._look_at(footprint, place, method))
            self._patches.keep((place, method), known)
        return known

    async def _look_at(self, footprint: Footprint, place: PlaceQuery, method: Method) -> Patches:
        looked_at = await self._soundscapes.look(footprint, place)
        return looked_at.chip, await self._looking.submit((looked_at, method))

    async def _measured_background(self) -> Background:
        """The background, measured once for each checkpoint: some seconds, between which clicks are answered."""
        if self._background is None:
            self._background = await self._once.run("background", self._measure)
        return self._background

    async def _measure(self) -> Background:
        model = self.model
        path = self._settings.folder("attention") / f"{model.checkpoint_hash}.npz"
        kept = await asyncio.to_thread(Background.read, path, model.config.dim)
        if kept is not None:
            return kept
        queries: dict[Method, list[Floats]] = {method: [] for method in METHODS}
        for footprint, place in await asyncio.to_thread(background_places, model.config):
            looked_at = await asyncio.to_thread(self._soundscapes.look_now, footprint, place)
            for method in METHODS:
                queries[method].append(await self._looking.submit((looked_at, method)))
        measured = Background({method: np.concatenate(found) for method, found in queries.items()})
        await asyncio.to_thread(measured.write, path)
        return measured

    def _look(self, batch: Sequence[tuple[ModelInput, Method]]) -> list[Floats]:
        """Run the model on many chips, once for each method among them."""
        found: dict[int, Floats] = {}
        for method in METHODS:
            rows = [row for row, (_, wanted) in enumerate(batch) if wanted == method]
            if rows:
                images, gsd, metadata = batch_of(self.model, [batch[row][0] for row in rows])
                queries = patch_queries(self.model, images, gsd, metadata, method).float().cpu().numpy()
                found.update(zip(rows, queries, strict=True))
        return [found[row] for row in range(len(batch))]

    def _read(self, batch: Sequence[tuple[str, tuple[Word, ...], Method]]) -> list[Floats]:
        return [text_focus(self.model, text, words, method) for text, words, method in batch]


def _heaviest(weights: Floats) -> Floats:
    """The concepts that are named of a place, as shares of each other."""
    named = np.argsort(-weights)[:CONCEPTS_NAMED]
    focus = np.zeros_like(weights)
    focus[named] = weights[named]
    return np.asarray(focus / focus.sum(), np.float32)


def _bytes_of(patches: Patches) -> int:
    chip, queries = patches
    return chip.pixels.nbytes + queries.nbytes
