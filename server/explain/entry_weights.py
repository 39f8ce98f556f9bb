"""How much each entry of the gallery weighs each concept: one entry when asked, all of them once and kept on disk."""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, load_npz, save_npz, vstack

from model.errors import AudioError, GalleryError, SynthesisError
from model.explain import hear
from model.gallery import GalleryEntry, GalleryShelf
from model.gallery.entry import rendered
from model.sat2sound import Sat2Sound
from model.sat2sound.features import SAMPLE_RATE
from server.concurrency.batch_queue import BatchQueue
from server.concurrency.files import write_whole
from server.concurrency.supervised import Supervised, Supervisor
from server.errors import InvalidInput
from server.settings import Settings

logger = logging.getLogger("earshot")

Floats = NDArray[np.float32]
Heavy = list[tuple[GalleryEntry, float]]

AT_ONCE = 16
"""Entries that wait for the model together while the whole gallery is weighed; clicks are served between batches."""


@dataclass(frozen=True, eq=False)
class GalleryWeights:
    """Entries and their weights (entries, codebook_size), by column: which entries weigh a concept most."""

    entries: tuple[GalleryEntry, ...]
    weights: csc_array[np.float32]

    def heaviest(self, concept: int, kind: str, count: int) -> Heavy:
        """The entries of a kind that weigh a concept most, heaviest first; none that weighs it nothing."""
        column = self.weights[:, [concept]].tocoo()
        held = sorted(zip(column.data.tolist(), column.row.tolist(), strict=True), key=lambda item: (-item[0], item[1]))
        found = [(self.entries[row], weight) for weight, row in held if weight > 0 and self.entries[row].kind == kind]
        return found[:count]


class EntryWeights:
    """The concept weights of entries, through the model's queue; of all in the background, when first asked for."""

    def __init__(self, model: Sat2Sound, gallery: GalleryShelf, settings: Settings, worker: ThreadPoolExecutor) -> None:
        self._model, self._gallery, self._settings = model, gallery, settings
        self._queue: BatchQueue[str | torch.Tensor, Floats] = BatchQueue(
            self._weigh,
            name="gallery",
            window=settings.batch_window_ms / 1000,
            max_batch=settings.max_batch,
            max_waiting=settings.max_waiting,
            worker=worker,
        )
        self._supervisor: Supervisor | None = None
        self._task: Supervised | None = None
        self._all_weights: GalleryWeights | None = None
        self.done = 0

    @property
    def total(self) -> int:
        """How many entries there are to weigh."""
        return self._gallery.count("caption") + self._gallery.count("recording")

    @cached_property
    def _entries(self) -> tuple[GalleryEntry, ...]:
        """All that is to be weighed, which for a large gallery takes a while to read."""
        return (*self._gallery.entries("caption"), *self._gallery.entries("recording"))

    def start(self, supervisor: Supervisor) -> None:
        """Begin taking entries; call it inside the running event loop."""
        self._supervisor = supervisor
        self._queue.start(supervisor)

    async def close(self) -> None:
        """Leave what is not weighed yet for another time."""
        if self._task is not None:
            await self._task.stop()
        await self._queue.close()

    async def of(self, entry: GalleryEntry) -> Floats:
        """The concept weights of an entry, of a caption's words or of a recording's sound: (codebook_size,).

        A sound that was rendered from words weighs what both do together, as the gallery embeds it.

        Raises:
            InvalidInput: A recording that cannot be heard.
        """
        if entry.kind == "caption":
            return await self._queue.submit(entry.text)
        try:
            sound = await asyncio.to_thread(hear, self._gallery, entry)
            if not entry.foley:
                return await self._queue.submit(sound)
            return rendered(*await asyncio.gather(self._queue.submit(sound), self._queue.submit(entry.foley)))
        except (GalleryError, AudioError, SynthesisError) as error:
            raise InvalidInput("entry", f"{entry.id} cannot be heard: {error}") from error

    def of_all(self) -> GalleryWeights | None:
        """Every entry, weighed; None while that is under way, which the first call begins."""
        if self._all_weights is None and self._supervisor is not None and (self._task is None or not self._task.alive):
            self._task = self._supervisor.watch("weighing the gallery", self._weigh_all)
        return self._all_weights

    async def _weigh_all(self) -> None:
        path = self._settings.folder("concepts") / f"{await asyncio.to_thread(self._key)}.npz"
        kept = await asyncio.to_thread(_read, path, (self.total, self._model.config.codebook_size))
        if kept is None:
            rows: list[csr_array[np.float32]] = []
            for start in range(0, self.total, AT_ONCE):
                batch = self._entries[start : start + AT_ONCE]
                weights = await asyncio.gather(*(self._weigh_or_leave(entry) for entry in batch))
                rows.append(csr_array(np.stack(weights)))
                self.done = start + len(batch)
            kept = csc_array(vstack(rows, format="csc"))
            await asyncio.to_thread(write_whole, path, partial(save_npz, matrix=kept), durable=False)
        self.done = self.total
        self._all_weights = GalleryWeights(self._entries, kept)

    async def _weigh_or_leave(self, entry: GalleryEntry) -> Floats:
        """A recording that cannot be heard weighs nothing."""
        try:
            return await self.of(entry)
        except InvalidInput:
            return np.zeros(self._model.config.codebook_size, np.float32)

    def _key(self) -> str:
        """The checkpoint and the gallery's sounding content."""
        told = [(e.id, e.kind, e.text, e.foley, e.seed, e.seconds, e.sha256) for e in self._entries]
        return hashlib.sha256(repr((self._model.checkpoint_hash, told)).encode()).hexdigest()[:32]

    @torch.inference_mode()
    def _weigh(self, batch: Sequence[str | torch.Tensor]) -> list[Floats]:
        """Concept weights of captions and of waveforms (1, samples), in one run of the model for each kind."""
        found: dict[int, Floats] = {}
        texts = [row for row, item in enumerate(batch) if isinstance(item, str)]
        sounds = [row for row, item in enumerate(batch) if isinstance(item, torch.Tensor)]
        if texts:
            weights = self._model.embed_texts([str(batch[row]) for row in texts]).weights
            found.update(zip(texts, weights.float().cpu().numpy(), strict=True))
        if sounds:
            waveforms = torch.cat([item for item in batch if isinstance(item, torch.Tensor)])
            weights = self._model.embed_audio(waveforms, SAMPLE_RATE).weights
            found.update(zip(sounds, weights.float().cpu().numpy(), strict=True))
        return [found[row] for row in range(len(batch))]


def _read(path: Path, shape: tuple[int, int]) -> csc_array[np.float32] | None:
    """The weights that were kept; None where there are none, or none that can be used."""
    try:
        with path.open("rb") as file:
            kept = csc_array(load_npz(file))
        kept.check_format(full_check=True)
        if kept.shape != shape or kept.dtype != np.float32 or not np.isfinite(kept.data).all():
            raise ValueError(f"holds {kept.shape} {kept.dtype}, not {shape} float32")
    except FileNotFoundError:
        return None
    except Exception as error:  # a foreign file may raise whatever its readers think of
        logger.warning("%s cannot be used and is passed over: %s", path, error)
        return None
    return kept
