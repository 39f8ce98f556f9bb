"""What a linear probe sees: one frozen vector for each image or recording of a folder of classes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from model.errors import AudioError, InvalidInput, TrainingError
from model.recordings import decode
from model.sat2sound import Sat2Sound, image_tensor
from model.sat2sound.features import SECONDS, at_level, log_mel, sounding_ten_seconds
from model.training.probe.class_folders import ClassFolders, LabelledFile

Vector = Literal["embedding", "tokens"]
BATCH = {"image": 32, "audio": 8}
EIGHT_BIT = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"})
"""Pillow's modes that become RGB without guessing how to stretch their values."""


@dataclass(frozen=True, eq=False)
class Features:
    """Frozen vectors (n, width) float32 of `files`, what was skipped and why, and the GSD the model was told.

    `gsd` is the (lowest, highest) number of metres told to the model, None for recordings.
    """

    files: tuple[LabelledFile, ...]
    vectors: NDArray[np.float32]
    skipped: tuple[tuple[str, str], ...]
    gsd: tuple[float, float] | None


def read_features(
    model: Sat2Sound,
    data: ClassFolders,
    vector: Vector = "embedding",
    gsd: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Features:
    """Read and embed every file; what cannot be read, is silent or is not finite is skipped with its reason.

    `vector` is the `embedding`, or the mean of the image encoder's patch or the audio encoder's frame `tokens`.
    `gsd` is in metres per pixel of the files; None tells the model the middle of what it was trained for. An image
    is cut to its central square; of a recording the first ten seconds are heard. The model is put in evaluation
    mode. `progress` is told (files done, files in all).

    Raises:
        TrainingError: no file can be used.
        InvalidInput: a gsd that is no positive number, or one told of recordings.
    """
    if gsd is not None and (data.modality == "audio" or not (math.isfinite(gsd) and gsd > 0)):
        raise InvalidInput("gsd: is told of images alone, as a positive number of metres per pixel")
    work = _Work(model.eval(), data, vector, gsd)
    size = BATCH[data.modality]
    for start in range(0, len(data.files), size):
        work.embed(data.files[start : start + size])
        if progress:
            progress(min(start + size, len(data.files)), len(data.files))
    if not work.kept:
        file, reason = work.skipped[0]
        raise TrainingError(f"{data.folder}: no file can be used, of {len(work.skipped)} ({file}: {reason})")
    told = (min(work.told), max(work.told)) if work.told else None
    return Features(tuple(work.kept), np.concatenate(work.vectors), tuple(work.skipped), told)


class _Work:
    """One reading under way."""

    def __init__(self, model: Sat2Sound, data: ClassFolders, vector: Vector, gsd: float | None) -> None:
        self.model, self.data, self.vector, self.gsd = model, data, vector, gsd
        self.kept: list[LabelledFile] = []
        self.vectors: list[NDArray[np.float32]] = []
        self.skipped: list[tuple[str, str]] = []
        self.told: list[float] = []

    @torch.inference_mode()
    def embed(self, files: Sequence[LabelledFile]) -> None:
        """Read one batch and add the vectors of what can be used."""
        read: list[tuple[LabelledFile, Tensor, float]] = []
        for file in files:
            try:
                read.append((file, *self._read(file.path)))
            except (AudioError, InvalidInput) as error:
                self._skip(file, str(error))
        if not read:
            return
        inputs = torch.stack([tensor for _, tensor, _ in read]).to(self.model.device)
        embed = self._images if self.data.modality == "image" else self._audio
        vectors = embed(inputs, torch.tensor([gsd for *_, gsd in read])).float().cpu().numpy()  # (B, width)
        usable = np.isfinite(vectors).all(axis=1)
        for (file, _, gsd), ok in zip(read, usable, strict=True):
            if not ok:
                self._skip(file, "its vector is not finite")
                continue
            self.kept.append(file)
            self.told += [gsd] if self.data.modality == "image" else []
        self.vectors.append(vectors[usable])

    def _read(self, path: Path) -> tuple[Tensor, float]:
        """A file as the model takes it, and the GSD to tell (0 for recordings)."""
        if self.data.modality == "audio":
            return read_recording(path, self.model.config.level), 0.0
        image, side = read_square(path, self.model.config.image_size)
        config = self.model.config
        # The middle of a range of scales is the geometric one: as far from either end in octaves.
        return image, math.sqrt(
            math.prod(config.gsd_range)
        ) if self.gsd is None else self.gsd * side / config.tile_pixels

    def _images(self, images: Tensor, gsd: Tensor) -> Tensor:
        """Images (B, 3, S, S) and gsd (B,) -> (B, width)."""
        if self.vector == "embedding":
            return self.model.embed_images(images, gsd).vector
        tokens: Tensor = self.model.image_encoder(images, gsd.to(images.device))  # (B, patches, dim)
        return tokens.mean(dim=1)

    def _audio(self, log_mels: Tensor, _: Tensor) -> Tensor:
        """Log-mels (B, frames, bands) -> (B, width)."""
        if self.vector == "embedding":
            return self.model.embed_log_mel(log_mels).vector
        tokens: Tensor = self.model.audio_encoder(log_mels)  # (B, frames, audio_dim)
        return tokens.mean(dim=1)

    def _skip(self, file: LabelledFile, reason: str) -> None:
        self.skipped.append((str(file.path.relative_to(self.data.folder)), reason))


def read_square(path: Path, size: int) -> tuple[Tensor, int]:
    """The central square of an image as the model takes it (3, size, size), and its side in pixels of the file.

    Raises:
        InvalidInput: not a readable image of 8 bits a channel.
    """
    try:
        with Image.open(path) as image:
            if image.mode not in EIGHT_BIT:
                raise InvalidInput(f"holds {image.mode} pixels; save it as 8-bit RGB")
            rgb = image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput(f"not a readable image: {error}") from error
    side = min(rgb.size)
    left, top = (rgb.width - side) // 2, (rgb.height - side) // 2
    return image_tensor(rgb.crop((left, top, left + side, top + side)), size), side


def read_recording(path: Path, level: float | None = None) -> Tensor:
    """The first ten seconds of a recording, mixed to mono, at `level` where one is given, as log-mel (frames, bands).

    Raises:
        AudioError: unreadable, empty, silent or not finite.
    """
    found = decode(path, SECONDS + 1)  # resampling looks a little past the tenth second
    heard = sounding_ten_seconds(found.samples, found.rate)
    return log_mel(heard if level is None else at_level(heard, level))[0]
