"""Sat2Sound as the encoders of an evaluation."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import torch
from torch import Tensor

from model.baselines.pairs import Imagery, PairedRow
from model.sat2sound.config import METADATA_FIELDS
from model.sat2sound.features import centre_crop, image_tensor
from model.sat2sound.metadata import FIELD_VALUES, Metadata
from model.sat2sound.sat2sound import Sat2Sound


class Sat2SoundEncoders:
    """Sat2Sound, in evaluation mode, on one kind of imagery."""

    def __init__(self, model: Sat2Sound, imagery: Imagery) -> None:
        self.model, self.imagery = model, imagery

    @property
    def name(self) -> str:
        """What the checkpoint calls itself."""
        return self.model.config.name

    @property
    def scales(self) -> tuple[int, ...]:
        """The zooms the checkpoint has seen."""
        return self.model.config.scales

    @property
    def metadata_fields(self) -> tuple[str, ...]:
        """The metadata the checkpoint uses."""
        return self.model.config.metadata_fields

    @torch.inference_mode()
    def embed_images(self, rows: Sequence[PairedRow], scale: int, fields: Collection[str]) -> Tensor:
        """Centre crops of tile × scale pixels -> (n, dim), with metadata `fields` told and all others masked."""
        config, pixels = self.model.config, self.imagery.tile_pixels * scale
        images = torch.stack([image_tensor(centre_crop(row.image, pixels), config.image_size) for row in rows])
        gsd = pixels * self.imagery.gsd / config.tile_pixels
        metadata = metadata_of(rows, fields) if config.uses_metadata else None
        return self.model.embed_images(images, gsd, metadata).vector

    @torch.inference_mode()
    def embed_audio(self, rows: Sequence[PairedRow]) -> Tensor:
        """The first clip of each recording -> (n, dim)."""
        return self.model.embed_log_mel(torch.stack([row.log_mel[0] for row in rows])).vector

    @torch.inference_mode()
    def embed_audio_captions(self, rows: Sequence[PairedRow]) -> Tensor:
        """Captions of the recordings -> (n, dim)."""
        return self.model.embed_texts([row.audio_caption for row in rows]).vector

    @torch.inference_mode()
    def embed_image_captions(self, rows: Sequence[PairedRow], scale: int) -> Tensor:
        """Captions of the images at `scale`, which every row has -> (n, dim)."""
        return self.model.embed_texts([row.image_captions[scale] for row in rows]).vector


def metadata_of(rows: Sequence[PairedRow], fields: Collection[str] = METADATA_FIELDS) -> Metadata:
    """What is known of rows, restricted to `fields`: all else is masked."""
    names = [name for field in fields for name in FIELD_VALUES[field]]
    return Metadata(**{name: [getattr(row, name) for row in rows] for name in names})
