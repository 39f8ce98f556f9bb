"""Images, recordings and log-mels as data sets hold them -> what a model takes; nothing in them is trusted."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from model.errors import AudioError, GalleryError, InvalidInput
from model.inside import inside
from model.recordings import decode, mono
from model.sat2sound.features import BANDS, HOP, SAMPLE_RATE, SECONDS, log_mel, sounding_ten_seconds

IMAGE_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
MAX_PIXELS = 25_000_000
"""The largest published tile has 2.25 million pixels; a file may claim billions."""
FRAMES = SECONDS * SAMPLE_RATE // HOP + 1
QUIET_DB = -99.9
"""A log-mel with nothing above this is the floor of silence."""


def read_image(value: Any, folder: Path | None) -> Image.Image:
    """An image from its bytes, a struct of bytes and path, or a path inside `folder` -> RGB.

    Raises:
        InvalidInput: empty, unreadable, too large, not 8 bits a channel, or a path that leaves the folder.
    """
    source = _source(value, folder)
    try:
        with Image.open(source, formats=IMAGE_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise InvalidInput(f"{image.width} x {image.height} pixels are more than {MAX_PIXELS}")
            if image.mode[0] in "IF":
                raise InvalidInput(f"mode {image.mode}: not 8 bits a channel")
            return image.convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInput(f"too large: {error}") from error
    # Pillow tells of some broken files by SyntaxError.
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidInput(f"not a readable image: {error}") from error


def read_recording(value: Any, folder: Path | None) -> Tensor:
    """The first ten seconds of a recording as one log-mel (1, 1001, 64).

    `value` is a path inside `folder`, or a struct of `bytes` or `path`, or of `array` and `sampling_rate`.

    Raises:
        AudioError: empty, unreadable, silent, not finite, of an impossible rate or of too many channels.
        InvalidInput: a path that leaves the folder.
    """
    if isinstance(value, Mapping) and value.get("array") is not None:
        waveform, rate = _from_array(value)
    else:
        waveform, rate = _from_file(_source(value, folder))
    return log_mel(sounding_ten_seconds(waveform, rate))


def read_log_mel(value: Any, folder: Path | None) -> Tensor:
    """Log-mels (clips, 1, 1001, 64), (clips, 1001, 64) or (1001, 64), as an array or a .npy file -> (clips, 1001, 64).

    Raises:
        InvalidInput: another shape, not numbers, not finite, silent, or a path that leaves the folder.
    """
    if isinstance(value, str):
        value = _load(_source(value, folder))
    if value is None:
        raise InvalidInput("empty")
    mel = np.asarray(value)
    is_shaped = mel.shape[-2:] == (FRAMES, BANDS) and 2 <= mel.ndim <= 4 and 0 not in mel.shape
    if not is_shaped or (mel.ndim == 4 and mel.shape[1] != 1):
        raise InvalidInput(f"shape {mel.shape}, expected (clips, 1, {FRAMES}, {BANDS})")
    if not np.issubdtype(mel.dtype, np.floating) or not np.isfinite(mel).all():
        raise InvalidInput("holds values that are no numbers")
    if mel.max() <= QUIET_DB:
        raise InvalidInput("silent")
    return torch.from_numpy(np.array(mel, dtype=np.float32).reshape(-1, FRAMES, BANDS))


def _source(value: Any, folder: Path | None) -> Path | io.BytesIO:
    """The bytes a value holds, or the file it names."""
    path = value
    if isinstance(value, Mapping):
        path, value = value.get("path"), value.get("bytes")
    if isinstance(value, bytes):
        return io.BytesIO(value)
    if not path:
        raise InvalidInput("empty")
    if folder is None:
        raise InvalidInput(f"{path}: only named, its bytes are not in the data set")
    try:
        return inside(folder, str(path))
    except GalleryError as error:
        raise InvalidInput(str(error)) from error


def _load(path: Path | io.BytesIO) -> NDArray[Any]:
    """A .npy file, mapped rather than read: its header may claim any shape."""
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        raise InvalidInput(f"not a readable .npy file: {error}") from error


def _from_array(value: Mapping[str, Any]) -> tuple[NDArray[np.floating[Any]], int]:
    rate, array = value.get("sampling_rate"), np.asarray(value["array"])
    if not rate:
        raise AudioError("no sampling_rate")
    if array.ndim not in (1, 2) or not np.issubdtype(array.dtype, np.number):
        raise AudioError(f"array of shape {array.shape}, expected (samples,) or (channels, samples)")
    array = array.astype(np.float32)
    return (mono(array) if array.ndim == 2 else array), int(rate)


def _from_file(source: Path | io.BytesIO) -> tuple[NDArray[np.floating[Any]], int]:
    # Resampling looks a little past the tenth second.
    found = decode(source if isinstance(source, Path) else source.getvalue(), SECONDS + 1)
    return found.samples[0], found.rate
