"""Recordings that clients send: decoded within bounds, whatever is in the file."""

import hashlib
import io
import struct
from dataclasses import dataclass

import numpy as np
import soundfile
from numpy.typing import NDArray

from server.errors import InvalidInput

FIELD = "file"
FORMATS = ("WAV", "WAVEX", "RF64", "W64", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF")
MAX_SECONDS = 60.0
"""What lies beyond is not decoded."""

HEARD_SECONDS = 10.0
MAX_CHANNELS = 64
MAX_RATE = 192_000
MIN_RATE = 1_000
SILENCE = 1e-4
"""Peak of full scale that a recording must reach: -80 dB."""

BLOCK_FRAMES = 1 << 16
UNKNOWN_LENGTHS = (0, 0xFFFFFFFF)
"""What a WAV that was written to a pipe says of its length."""


@dataclass(frozen=True, eq=False)
class Recording:
    """What was decoded: samples (n,) mono float32 at `rate` Hz, and the hash of the file."""

    samples: NDArray[np.float32]
    rate: int
    digest: str

    @property
    def seconds(self) -> float:
        """How long it is, at most MAX_SECONDS."""
        return len(self.samples) / self.rate

    def loudest(self) -> NDArray[np.float32]:
        """The ten seconds with the most energy, where it is longer than that; it begins on a whole second."""
        window = int(HEARD_SECONDS * self.rate)
        if len(self.samples) <= window:
            return self.samples
        energy = np.concatenate([[0.0], np.cumsum(self.samples.astype(np.float64) ** 2)])
        starts = np.arange(0, len(self.samples) - window + 1, self.rate)
        start = int(starts[np.argmax(energy[starts + window] - energy[starts])])
        return self.samples[start : start + window]


def decode_recording(data: bytes) -> Recording:
    """Decode at most the first minute of a sound file, its channels averaged.

    Raises:
        InvalidInput: Not a sound file of a known format, cut off, empty, silent, not finite, or with more channels or
            samples per second than are decoded; `file` is blamed.
    """
    if _is_cut_off(data):
        raise InvalidInput(FIELD, "is cut off: it holds less sound than it says")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            _check(file)
            samples = _decode(file)
            rate = file.samplerate
    except soundfile.SoundFileError as error:
        raise InvalidInput(FIELD, f"cannot be decoded as sound; known are {', '.join(FORMATS)}") from error
    if not np.isfinite(samples).all():
        raise InvalidInput(FIELD, "holds samples that are not finite numbers")
    peak = float(np.abs(samples).max())
    if peak < SILENCE:
        raise InvalidInput(FIELD, "is silent")
    return Recording(samples / np.float32(max(peak, 1.0)), rate, hashlib.sha256(data).hexdigest())


def _check(file: soundfile.SoundFile) -> None:
    if file.format not in FORMATS:
        raise InvalidInput(FIELD, f"is {file.format}; decoded are {', '.join(FORMATS)}")
    if not 1 <= file.channels <= MAX_CHANNELS:
        raise InvalidInput(FIELD, f"has {file.channels} channels; at most {MAX_CHANNELS} are decoded")
    if not MIN_RATE <= file.samplerate <= MAX_RATE:
        raise InvalidInput(FIELD, f"has {file.samplerate} samples per second; decoded are {MIN_RATE} to {MAX_RATE}")


def _decode(file: soundfile.SoundFile) -> NDArray[np.float32]:
    """The channels' mean, block by block: what a header promises is never allocated."""
    wanted = min(int(MAX_SECONDS * file.samplerate), file.frames)
    blocks: list[NDArray[np.float32]] = []
    decoded = 0
    while decoded < wanted:
        block = file.read(min(BLOCK_FRAMES, wanted - decoded), dtype="float32", always_2d=True)  # (frames, channels)
        if not len(block):
            raise InvalidInput(FIELD, "is cut off: it holds less sound than it says")
        blocks.append(block.mean(axis=1, dtype=np.float64).astype(np.float32))
        decoded += len(block)
    if not blocks:
        raise InvalidInput(FIELD, "holds no sound")
    return np.concatenate(blocks)


def _is_cut_off(data: bytes) -> bool:
    """Whether a WAV ends before the sound it announces does; its decoder would pass over that."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return False
    at = 12
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        if name == b"data":
            return length not in UNKNOWN_LENGTHS and at + 8 + length > len(data)
        at += 8 + length + length % 2
    return False
