"""Build a gallery: embed a folder's captions and recordings with one checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.errors import AudioError, GalleryError, SynthesisError
from model.gallery.entry import KINDS, GalleryEntry, Kind, rendered
from model.gallery.sound import clip_of
from model.gallery.source import CaptionLike, Skip, read_source
from model.gallery.write import EmbeddedEntries, check_target, write_gallery
from model.sat2sound import Sat2Sound
from model.sat2sound.features import SAMPLE_RATE, ten_seconds

BATCH: dict[Kind, int] = {"caption": 64, "recording": 8}
MOST_TOLD = 50
"""Entries left out that a refusal names."""
SILENCE = 1e-5
"""A recording that never exceeds this (full scale is 1) has nothing to embed."""


@dataclass(frozen=True)
class BuildReport:
    """What was built: how many of each kind, what was left out and why, and what else to know of the folder."""

    path: Path
    captions: int
    recordings: int
    skipped: tuple[Skip, ...]
    notes: tuple[str, ...] = ()


def build_gallery(
    folder: str | Path,
    out: str | Path,
    model: Sat2Sound,
    *,
    captions: Iterable[CaptionLike] = (),
    fallback: Iterable[CaptionLike] = (),
    licence: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> BuildReport:
    """Embed a folder and `captions` with `model` and write the gallery to `out`, all or nothing.

    `folder/gallery.csv` has the columns text and licence and, where wanted, id, title, author, scene, lat, lon, date,
    and either `path` (a sound file inside the folder, or its part from `start` to `end`) or `foley` (a caption to
    render, with seed and seconds). Without it every sound in the folder is taken, under `licence`, and every part of
    one that is marked. `fallback` are captions for a folder that has none. Rows and files that cannot be used are left
    out and reported. `progress` is told (entries done, entries in all). The model is
    put in evaluation mode. An earlier gallery at `out` is replaced.

    Raises:
        GalleryError: the table cannot be read, nothing in it can be used, or `out` holds something else.
    """
    folder, out = Path(folder), Path(out)
    check_target(out)
    source = read_source(folder, captions, fallback=fallback, licence=licence)
    entries, skips = source.entries, list(source.skips)
    work = _Work(folder, model.eval(), len(entries), skips, progress)
    embedded = {kind: work.embed([entry for entry in entries if entry.kind == kind], kind) for kind in KINDS}
    if not any(part.entries for part in embedded.values()):
        raise GalleryError(f"{folder}: nothing could be embedded ({_told(skips) or 'the table is empty'})")
    write_gallery(out, folder, embedded, model.config.name, model.checkpoint_hash)
    return BuildReport(
        out, len(embedded["caption"].entries), len(embedded["recording"].entries), tuple(skips), source.notes
    )


def _told(skips: Sequence[Skip]) -> str:
    """What was left out and why, in one line."""
    more = [f"and {len(skips) - MOST_TOLD} more"] if len(skips) > MOST_TOLD else []
    return "; ".join([f"{skip.where}: {skip.reason}" for skip in skips[:MOST_TOLD]] + more)


@dataclass
class _Work:
    """One build under way: where files lie, the model, what was skipped and how far it is."""

    folder: Path
    model: Sat2Sound
    total: int
    skips: list[Skip]
    progress: Callable[[int, int], None] | None
    done: int = field(default=0, init=False)

    def embed(self, entries: Sequence[GalleryEntry], kind: Kind) -> EmbeddedEntries:
        """Embed entries of one kind, batch by batch, leaving out those that give no direction."""
        kept: list[GalleryEntry] = []
        vectors = [np.empty((0, self.model.config.dim), np.float32)]
        for start in range(0, len(entries), BATCH[kind]):
            batch = entries[start : start + BATCH[kind]]
            heard, raw = self._recordings(batch) if kind == "recording" else (batch, self._captions(batch))
            lengths = np.linalg.norm(raw, axis=1)
            usable = np.isfinite(lengths) & (lengths > 0)
            self._skip(
                [e for e, ok in zip(heard, usable, strict=True) if not ok], "its embedding is zero or not finite"
            )
            kept += [entry for entry, ok in zip(heard, usable, strict=True) if ok]
            vectors.append(raw[usable] / lengths[usable, None])
            self._advance(len(batch))
        return EmbeddedEntries(tuple(kept), np.concatenate(vectors))

    def _captions(self, entries: Sequence[GalleryEntry]) -> NDArray[np.float32]:
        """(n, dim), as the model gives them."""
        with torch.inference_mode():
            return _array(self.model.embed_texts([entry.text for entry in entries]).vector)

    def _recordings(self, entries: Sequence[GalleryEntry]) -> tuple[list[GalleryEntry], NDArray[np.float32]]:
        """The entries that can be heard, now with their length, and their vectors (n, dim).

        What was rendered from words lies where sound and words are together (`rendered`).
        """
        heard: list[GalleryEntry] = []
        waveforms: list[Tensor] = []
        for entry in entries:
            try:
                sounding, waveform = self._hear(entry)
            except (GalleryError, AudioError, SynthesisError) as error:
                self._skip([entry], str(error))
            else:
                heard.append(sounding)
                waveforms.append(waveform)
        if not waveforms:
            return [], np.empty((0, self.model.config.dim), np.float32)
        with torch.inference_mode():
            found = self.model.embed_audio(torch.cat(waveforms), SAMPLE_RATE)
            vectors = found.vector.clone()  # (n, dim)
            recipes = [row for row, entry in enumerate(heard) if entry.foley]
            if recipes:
                words = self.model.embed_texts([heard[row].foley for row in recipes])
                vectors[recipes] = rendered(vectors[recipes], words.vector)
        return heard, _array(vectors)

    def _hear(self, entry: GalleryEntry) -> tuple[GalleryEntry, Tensor]:
        """The entry with its length, and its first ten seconds as the audio encoder takes them (1, samples)."""
        clip = clip_of(entry, self.folder)
        if np.abs(clip.samples).max(initial=0) < SILENCE:
            raise GalleryError(f"{entry.path or entry.foley}: is silent")
        return replace(entry, seconds=round(clip.seconds, 3)), ten_seconds(clip.samples.mean(axis=0), clip.sample_rate)

    def _skip(self, entries: Iterable[GalleryEntry], reason: str) -> None:
        self.skips += [Skip(entry.id, reason) for entry in entries]

    def _advance(self, entries: int) -> None:
        self.done += entries
        if self.progress:
            self.progress(self.done, self.total)


def _array(vectors: Tensor) -> NDArray[np.float32]:
    return vectors.float().cpu().numpy()
