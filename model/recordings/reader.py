"""One reader of recordings for searching, galleries, probes and training: the same formats, bounds and refusals.

libsndfile reads what it reads whole; MP3, whose length it guesses, and all it does not know is FFmpeg's to decode.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from model.errors import AudioError
from model.recordings.ffmpeg import FfmpegSound, open_ffmpeg
from model.recordings.mixing import Mix
from model.recordings.wave_length import Repaired, repair_of

MAX_CHANNELS = 64
MIN_RATE, MAX_RATE = 1_000, 384_000
BLOCK_VALUES = 1 << 18
GUESSED = ("MP3", "MPEG")
"""Formats, and what WAV may hold, whose length libsndfile estimates, and stops there."""
REFUSED = (
    "RAW",
    "VOC",
    "MAT4",
    "MAT5",
    "PVF",
    "SD2",
    "XI",
    "HTK",
    "IRCAM",
    "NIST",
    "SVX",
    "WVE",
    "SDS",
    "AVR",
    "MPC2K",
)
"""What libsndfile knows beside the formats of recordings; nobody records in these."""
UNKNOWN_FRAMES = 1 << 60
"""What a FLAC that was written to a pipe has more of, by libsndfile, which then cannot find its place in it."""
CUT = "is cut off: it holds less sound than it says"
NOT_FINITE = "holds samples that are not finite numbers"
KNOWN = "WAV, FLAC, Ogg, Opus, MP3, M4A/AAC, 3GP/AMR, WebM, CAF, AIFF, WMA, W64 and films with sound"


@dataclass(frozen=True, eq=False)
class Decoded:
    """What was decoded: samples (channels, n) float32 at `rate` Hz."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        """How long that is."""
        return float(self.samples.shape[1] / self.rate)


@dataclass(frozen=True)
class _Sound:
    """An open recording: blocks (channels, n) of what was asked for."""

    rate: int
    channels: int
    blocks: Iterator[NDArray[np.float32]]


def decode(source: Path | bytes, seconds: float, start: float = 0.0, most_channels: int = 1) -> Decoded:
    """The first `seconds` of a recording behind its `start`; more channels than `most_channels` are mixed to one.

    Whatever a header promises, no more is decoded, and of many channels no more than one is held. The mean is what is
    heard, but where channels cancel each other the loudest: it is then decoded by itself.

    Raises:
        AudioError: not a recording of a known format, cut off, without sound there, not finite, or with more channels
            or samples a second than are read; in one sentence, without the file's name.
    """
    try:
        with _opened(source) as (file, size), _sound(file, size, seconds, start) as sound:
            if sound.channels <= most_channels:
                samples = _joined(sound.blocks, sound.channels)
            else:
                mix = Mix(sound.channels)
                samples = _joined((mix.mean(block) for block in _finite(sound.blocks)), 1)
                if (loudest := mix.loudest_if_collapsed) is not None:
                    with _sound(file, size, seconds, start) as again:
                        samples = _joined((block[loudest : loudest + 1] for block in again.blocks), 1)
            decoded = Decoded(samples, sound.rate)
    except EOFError as error:
        raise AudioError(CUT) from error
    except soundfile.SoundFileError as error:
        raise AudioError(f"cannot be decoded as sound ({error}); read are {KNOWN}") from error
    except OSError as error:
        raise AudioError(f"cannot be read: {error.strerror or error}") from error
    if not decoded.samples.shape[1]:
        raise AudioError(f"holds no sound behind {start:g} s" if start else "holds no sound")
    if not np.isfinite(decoded.samples).all():
        raise AudioError(NOT_FINITE)
    return decoded


def _joined(blocks: Iterator[NDArray[np.float32]], channels: int) -> NDArray[np.float32]:
    return np.concatenate([np.zeros((channels, 0), np.float32), *blocks], axis=1)


def _finite(blocks: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    for block in blocks:
        if not np.isfinite(block).all():
            raise AudioError(NOT_FINITE)
        yield block


@contextmanager
def _opened(source: Path | bytes) -> Iterator[tuple[BinaryIO, int]]:
    if isinstance(source, bytes):
        yield io.BytesIO(source), len(source)
        return
    with source.open("rb") as file:
        yield file, source.stat().st_size


@contextmanager
def _sound(file: BinaryIO, size: int, seconds: float, start: float) -> Iterator[_Sound]:
    """The recording by the library that reads it whole."""
    repair = repair_of(file, size)
    file.seek(0)
    try:
        sound = soundfile.SoundFile(Repaired(file, repair) if repair else file)
    except (soundfile.LibsndfileError, ValueError, TypeError):
        sound = None  # not a format of libsndfile's, or one it cannot read
    if sound is not None:
        with sound:
            if sound.format in REFUSED:
                raise AudioError(f"is {sound.format}; read are {KNOWN}")
            is_guessed = sound.format in GUESSED or sound.subtype.startswith(GUESSED)
            if not is_guessed and sound.frames < UNKNOWN_FRAMES:
                _check(sound.channels, sound.samplerate)
                yield _Sound(int(sound.samplerate), sound.channels, _by_libsndfile(sound, seconds, start))
                return
    try:
        with open_ffmpeg(file) as other:
            _check(other.channels, other.rate)
            yield _Sound(other.rate, 1 if other.is_ambisonic else other.channels, _by_ffmpeg(other, seconds, start))
    except ValueError as error:
        raise AudioError(f"cannot be decoded as sound ({error}); read are {KNOWN}") from error


def _by_libsndfile(sound: soundfile.SoundFile, seconds: float, start: float) -> Iterator[NDArray[np.float32]]:
    first = min(round(start * sound.samplerate), sound.frames)
    sound.seek(first)
    wanted = min(int(seconds * sound.samplerate), sound.frames - first)
    most = max(1, BLOCK_VALUES // sound.channels)
    while wanted > 0:
        block = sound.read(min(most, wanted), dtype="float32", always_2d=True)  # (frames, channels)
        if not len(block):
            raise EOFError
        wanted -= len(block)
        yield block.T


def _by_ffmpeg(sound: FfmpegSound, seconds: float, start: float) -> Iterator[NDArray[np.float32]]:
    skipped, wanted = round(start * sound.rate), int(seconds * sound.rate)
    for block in sound.blocks():
        ahead = min(skipped, block.shape[1])
        skipped -= ahead
        found = block[: 1 if sound.is_ambisonic else None, ahead : ahead + wanted]  # the first hears everywhere
        wanted -= found.shape[1]
        yield found
        if wanted <= 0:
            return
    if sound.is_cut_off:
        raise EOFError


def _check(channels: int, rate: int) -> None:
    if not 1 <= channels <= MAX_CHANNELS:
        raise AudioError(f"has {channels} channels; at most {MAX_CHANNELS} are read")
    if not MIN_RATE <= rate <= MAX_RATE:
        raise AudioError(f"has {rate} samples a second; read are {MIN_RATE} to {MAX_RATE}")
