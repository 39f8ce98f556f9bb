"""PairedEncoders: what an evaluation needs of a model, whichever it is, and how checkpoints are opened as one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from model.errors import TrainingError
from model.sat2sound.checkpoint.open import checkpoint_config, open_checkpoint
from model.sat2sound.config import METADATA_FIELDS
from model.sat2sound.features import centre_crop, image_tensor
from model.sat2sound.metadata import Metadata
from model.sat2sound.sat2sound import Sat2Sound
from model.training.dataset.paired_data import Imagery, PairedRow
from model.training.labelled.train import best_device

SOUNDINGEARTH = "soundingearth"
"""What the header of a baseline's checkpoint says under "system"."""
TRAINED_ON = {"bingmap": "bingmap", "sentinel": "sentinel", "SoundingEarth": "googleearth"}
"""What data sets call the imagery of a published checkpoint."""


class PairedEncoders(Protocol):
    """A model that puts images and recordings, and perhaps captions, in one space; vectors need no length of one.

    `scales` are the zooms it was trained on; `metadata_fields` the fields it uses (of METADATA_FIELDS, in that order;
    empty without metadata).
    """

    @property
    def name(self) -> str:
        """What the checkpoint calls itself."""
        ...

    @property
    def scales(self) -> tuple[int, ...]:
        """The zooms it was trained on."""
        ...

    @property
    def metadata_fields(self) -> tuple[str, ...]:
        """The metadata it uses, in the order of METADATA_FIELDS."""
        ...

    def embed_images(self, rows: Sequence[PairedRow], scale: int, fields: Collection[str]) -> Tensor:
        """Images at `scale` -> (n, dim); only metadata in `fields` is told, and none to a model without metadata."""
        ...

    def embed_audio(self, rows: Sequence[PairedRow]) -> Tensor:
        """The first clip of each recording -> (n, dim)."""
        ...

    def embed_audio_captions(self, rows: Sequence[PairedRow]) -> Tensor | None:
        """Captions of the recordings -> (n, dim), or None from a model that reads no text."""
        ...

    def embed_image_captions(self, rows: Sequence[PairedRow], scale: int) -> Tensor | None:
        """Captions of the images at `scale`, which every row has -> (n, dim), or None from one that reads no text."""
        ...


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
    place, month, time = (field in fields for field in ("latlong", "month", "time"))
    return Metadata(
        latitude=[row.latitude for row in rows] if place else None,
        longitude=[row.longitude for row in rows] if place else None,
        month=[row.month for row in rows] if month else None,
        hour=[row.hour for row in rows] if time else None,
        audio_source=[row.audio_source for row in rows] if "audio_source" in fields else None,
        caption_source=[row.caption_source for row in rows] if "caption_source" in fields else None,
    )


def open_encoders(checkpoint: str | Path, imagery: Imagery) -> PairedEncoders:
    """A checkpoint of Sat2Sound, or of the SoundingEarth baseline, which its header tells, on the best device.

    Raises:
        CheckpointError: no such checkpoint, or one that cannot be used.
        NotPulled: a published checkpoint that is not here.
        TrainingError: a published checkpoint that was trained on other imagery; both are named.
    """
    path = Path(checkpoint)
    if _system(path) == SOUNDINGEARTH:
        from model.baselines.soundingearth import open_soundingearth

        return open_soundingearth(path, str(best_device()))
    model = open_checkpoint(checkpoint, str(best_device()))
    trained = TRAINED_ON.get(model.config.imagery or "")
    if trained not in (None, imagery.name):
        raise TrainingError(
            f"imagery: checkpoint {model.config.name} was trained on {trained} imagery, not on {imagery.name}"
        )
    return Sat2SoundEncoders(model, imagery)


def trained_imagery(checkpoint: str | Path) -> str | None:
    """The imagery a published checkpoint was trained on, by its name in data sets; None of any other checkpoint.

    Raises:
        CheckpointError: no such checkpoint, or one that cannot be used.
        NotPulled: a published checkpoint that is not here.
    """
    if _system(Path(checkpoint)) == SOUNDINGEARTH:
        return None
    return TRAINED_ON.get(checkpoint_config(checkpoint).imagery or "")


def _system(path: Path) -> str | None:
    """What a safetensors header says under "system"; None of anything else, which `open_checkpoint` judges."""
    if path.suffix != ".safetensors" or not path.is_file():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            return (file.metadata() or {}).get("system")
    except (OSError, SafetensorError):
        return None
