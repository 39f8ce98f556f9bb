"""Batches of paired data as the paper draws them: a scale a row, jittered colours, dropped metadata (supplement §8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from model.baselines.pairs import Imagery, PairedRow
from model.sat2sound.config import ModelConfig
from model.sat2sound.features import centre_crop, image_tensor
from model.sat2sound.metadata import FIELD_VALUES, Metadata
from model.training.dataset.row_windows import RowWindows
from model.training.paired.colour_jitter import ColourJitter

VALUES = tuple(value for values in FIELD_VALUES.values() for value in values)


@dataclass(frozen=True)
class PairedBatch:
    """images (B, 3, S, S), gsd (B,), log_mel (B, frames, bands), a caption of each sound and image, metadata."""

    images: Tensor
    gsd: Tensor
    log_mel: Tensor
    audio_captions: tuple[str, ...]
    image_captions: tuple[str, ...]
    metadata: Metadata | None


class PairedBatches:
    """Makes the batch of any step out of the windows of rows."""

    def __init__(
        self, model: ModelConfig, imagery: Imagery, windows: RowWindows, jitter: ColourJitter, metadata_dropout: float
    ) -> None:
        self.model, self.imagery, self.windows, self.jitter = model, imagery, windows, jitter
        self.metadata_dropout = metadata_dropout

    def make(self, rng: np.random.Generator, step: int) -> PairedBatch:
        """The batch of one step; a row's tile is let go of as soon as its crop is made."""
        images, gsd, sounds, heard, seen, known = [], [], [], [], [], []
        for row in self.windows.take(step):
            scale = int(rng.choice(scales_of(row, self.imagery)))
            crop = resized_crop(row.image, self.imagery.tile_pixels * scale, self.model.image_size)
            images.append(image_tensor(self.jitter(crop, rng), self.model.image_size))
            gsd.append(self.imagery.gsd * scale * self.imagery.tile_pixels / self.model.tile_pixels)
            sounds.append(row.log_mel[int(rng.integers(len(row.log_mel)))])
            heard.append(row.audio_caption)
            seen.append(row.image_captions[scale])
            known.append(row_values(row))
        metadata = None
        if self.model.uses_metadata:
            metadata = told_metadata(known, self.model.metadata_fields, self.metadata_dropout, rng)
        return PairedBatch(
            torch.stack(images), torch.tensor(gsd), torch.stack(sounds), tuple(heard), tuple(seen), metadata
        )


def scales_of(row: PairedRow, imagery: Imagery) -> list[int]:
    """The scales a row can be drawn at: those with a caption of its image that the image fills."""
    return [scale for scale in sorted(row.image_captions) if imagery.fills(row.image, scale)]


def caption_problem(row: PairedRow) -> str | None:
    """Why a row cannot be learnt from: without a caption of its image it has no scale to be drawn at."""
    return None if row.image_captions else "no caption of its image at any scale"


def scale_problem(row: PairedRow, imagery: Imagery) -> str | None:
    """Why a row cannot be learnt from: it has no scale to be drawn at that its image fills."""
    if not row.image_captions or scales_of(row, imagery):
        return caption_problem(row)
    return f"its image of {row.image.width} x {row.image.height} pixels fills less than half of any crop with a caption"


def resized_crop(image: Image.Image, crop: int, size: int) -> Image.Image:
    """The central `crop` square as `size` × `size` pixels, bicubic."""
    return centre_crop(image, crop).resize((size, size), Image.Resampling.BICUBIC)


def row_values(row: PairedRow) -> dict[str, Any]:
    """What is known about a row, by the names of Metadata."""
    return {name: getattr(row, name) for name in VALUES}


def told_metadata(
    known: Sequence[dict[str, Any]],
    fields: Sequence[str],
    dropout: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Metadata:
    """The `fields` of every row, each field dropped from rows drawn at random (specification §3).

    So many rows lose a field that int(dropout × B) lack it, those counted that never had it; fields are dropped
    independently of each other.
    """
    columns: dict[str, list[Any]] = {}
    for field in fields:
        names = FIELD_VALUES[field]
        has = [i for i, values in enumerate(known) if all(values[name] is not None for name in names)]
        missing = len(known) - len(has)
        more = max(0, int(dropout * len(known)) - missing)
        dropped = set(rng.permutation(has)[:more].tolist()) if rng is not None else set()
        told = set(has) - dropped
        for name in names:
            columns[name] = [values[name] if i in told else None for i, values in enumerate(known)]
    return Metadata(**columns)
