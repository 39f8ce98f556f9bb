"""How much each entry of a gallery weighs each concept of the codebook (the paper's equation 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import csr_array, vstack
from torch import Tensor

from model.errors import AudioError, GalleryError, SynthesisError
from model.gallery import Gallery, GalleryEntry, GalleryShelf, Skip
from model.gallery.build import BATCH, SILENCE
from model.gallery.entry import KINDS
from model.sat2sound import Sat2Sound
from model.sat2sound.features import SAMPLE_RATE, ten_seconds


@dataclass(frozen=True, eq=False)
class Activations:
    """Entries, their sparsemax weights (entries, codebook_size) float32 kept sparse, and what was left out.

    Captions come before recordings, each in the gallery's order.
    """

    entries: tuple[GalleryEntry, ...]
    weights: csr_array[np.float32]
    skipped: tuple[Skip, ...] = ()


def activations_of(
    model: Sat2Sound, gallery: Gallery, progress: Callable[[int, int], None] | None = None
) -> Activations:
    """Embed every caption by its words and every recording by its sound.

    Recordings that cannot be heard are left out and reported. Any gallery will do, whichever checkpoint's vectors
    it holds: they are not used. The model is put in evaluation mode. `progress` is told (entries done, entries in
    all).

    Raises:
        GalleryError: nothing in the gallery can be embedded.
    """
    work = _Work(model.eval(), gallery, sum(gallery.count(kind) for kind in KINDS), progress)
    for kind in KINDS:
        entries = gallery.entries(kind)
        embed = work.captions if kind == "caption" else work.recordings
        for start in range(0, len(entries), BATCH[kind]):
            embed(entries[start : start + BATCH[kind]])
    if not work.kept:
        raise GalleryError(f"{gallery.folder}: none of its {work.total} entries can be embedded")
    return Activations(tuple(work.kept), csr_array(vstack(work.weights, format="csr")), tuple(work.skips))


def hear(gallery: Gallery | GalleryShelf, entry: GalleryEntry) -> Tensor:
    """The first ten seconds of a recording as the audio encoder takes them: (1, samples) at SAMPLE_RATE.

    Raises:
        GalleryError, AudioError, SynthesisError: it cannot be heard, or is silent.
    """
    clip = gallery.audio(entry.id)
    if np.abs(clip.samples).max(initial=0) < SILENCE:
        raise GalleryError("is silent")
    return ten_seconds(clip.samples.mean(axis=0), clip.sample_rate)


class _Work:
    """One embedding under way."""

    def __init__(
        self, model: Sat2Sound, gallery: Gallery, total: int, progress: Callable[[int, int], None] | None
    ) -> None:
        self.model, self.gallery, self.total, self.progress = model, gallery, total, progress
        self.kept: list[GalleryEntry] = []
        self.weights: list[csr_array[np.float32]] = []
        self.skips: list[Skip] = []
        self.done = 0

    @torch.inference_mode()
    def captions(self, entries: Sequence[GalleryEntry]) -> None:
        """Embed one batch of captions."""
        self._add(entries, self.model.embed_texts([entry.text for entry in entries]).weights)
        self._advance(len(entries))

    @torch.inference_mode()
    def recordings(self, entries: Sequence[GalleryEntry]) -> None:
        """Embed those of one batch of recordings that can be heard."""
        heard: list[GalleryEntry] = []
        waveforms: list[Tensor] = []
        for entry in entries:
            try:
                waveforms.append(hear(self.gallery, entry))
                heard.append(entry)
            except (GalleryError, AudioError, SynthesisError) as error:
                self.skips.append(Skip(entry.id, str(error)))
        if heard:
            self._add(heard, self.model.embed_audio(torch.cat(waveforms), SAMPLE_RATE).weights)
        self._advance(len(entries))

    def _add(self, entries: Sequence[GalleryEntry], weights: Tensor) -> None:
        """Keep entries and their weights (B, codebook_size)."""
        self.kept += entries
        self.weights.append(csr_array(weights.float().cpu().numpy()))

    def _advance(self, entries: int) -> None:
        self.done += entries
        if self.progress:
            self.progress(self.done, self.total)
