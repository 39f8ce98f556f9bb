"""Samples as the bytes of a sound file, with what is said of them inside; the same samples give the same bytes."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal
from zlib import crc32

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from model.errors import AudioError

Format = Literal["wav", "flac", "ogg"]
FORMATS: tuple[Format, ...] = ("wav", "flac", "ogg")
TAGS = ("title", "artist", "album", "copyright", "comment", "license")
"""What can be said inside a file: libsndfile's text fields. A WAV file has none for the licence."""
OPUS_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)
WRITE_BLOCK = 65_536
"""Frames handed to the encoder at once: libsndfile's Vorbis encoder keeps a whole call on the stack."""
PAGE_HEADER = 27
SERIAL = slice(14, 18)
CHECKSUM = slice(22, 26)
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@cache
def ogg_subtype() -> str:
    """Opus where libsndfile writes it, else Vorbis."""
    return "OPUS" if "OPUS" in soundfile.available_subtypes("OGG") else "VORBIS"


def encode(samples: NDArray[np.float32], rate: int, format: Format, tags: Mapping[str, str]) -> bytes:
    """The bytes of a sound file of samples (channels, n): "wav" and "flac" in 16 bits, "ogg" in Opus or Vorbis.

    Opus knows five rates; samples at another one are resampled to 48 kHz. Values beyond full scale are clipped.

    Raises:
        AudioError: an unknown format or tag, or samples libsndfile does not write.
    """
    if format not in FORMATS:
        raise AudioError(f"format: {format!r} is unknown: known are {', '.join(FORMATS)}")
    if unknown := tags.keys() - set(TAGS):
        raise AudioError(f"tags: {', '.join(sorted(unknown))}: known are {', '.join(TAGS)}")
    frames = np.ascontiguousarray(samples.T)  # (n, channels)
    subtype = ogg_subtype() if format == "ogg" else "PCM_16"
    if subtype == "OPUS" and rate not in OPUS_RATES:
        frames, rate = soxr.resample(frames, rate, OPUS_RATES[-1]), OPUS_RATES[-1]
    target = io.BytesIO()
    options: dict[str, Any] = {"format": format.upper(), "subtype": subtype}
    try:
        with soundfile.SoundFile(target, "w", rate, frames.shape[1], **options) as file:
            for name, text in tags.items():
                if text and not (format == "wav" and name == "license"):
                    setattr(file, name, text)
            for start in range(0, len(frames), WRITE_BLOCK):
                file.write(frames[start : start + WRITE_BLOCK])
    except (OSError, soundfile.SoundFileError) as error:
        raise AudioError(f"the sound cannot be written: {error}") from error
    return _with_own_serial(target.getvalue()) if format == "ogg" else target.getvalue()


def _with_own_serial(content: bytes) -> bytes:
    """An Ogg stream whose serial number, which libsndfile draws by chance, follows from its content (RFC 3533)."""
    pages = list(_pages(content))
    for page in pages:
        page[SERIAL] = page[CHECKSUM] = bytes(4)
    serial = struct.pack("<I", crc32(b"".join(pages)))
    for page in pages:
        page[SERIAL] = serial
        page[CHECKSUM] = struct.pack("<I", _checksum(bytes(page)))
    return b"".join(pages)


def _pages(content: bytes) -> Iterator[bytearray]:
    start = 0
    while start < len(content):
        segments = content[start + PAGE_HEADER - 1]
        table = content[start + PAGE_HEADER : start + PAGE_HEADER + segments]
        end = start + PAGE_HEADER + segments + sum(table)
        yield bytearray(content[start:end])
        start = end


def _checksum(page: bytes) -> int:
    """Ogg's CRC-32: zlib's with every byte's bits in the other order, and neither begun nor ended with ones."""
    mirrored = crc32(page.translate(REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
