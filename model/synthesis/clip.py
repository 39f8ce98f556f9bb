"""Clip: a sound as an immutable value, and the few things one does to it: level, rate, file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from model.errors import AudioError
from model.synthesis.encoding import Format, encode
from model.synthesis.loudness import integrated_loudness, to_loudness

RATES = (4_000, 384_000)
MAX_CHANNELS = 8


@dataclass(frozen=True, eq=False)
class Clip:
    """Samples (channels, n) float32 at full scale 1, and their rate in Hz.

    The samples are kept read-only; every operation returns a new clip.

    Raises:
        AudioError: not (channels, n), empty, not finite, or an impossible rate.
    """

    samples: NDArray[np.float32]
    sample_rate: int

    def __post_init__(self) -> None:
        samples = np.array(self.samples, dtype=np.float32)
        if samples.ndim != 2 or not 1 <= samples.shape[0] <= MAX_CHANNELS or samples.shape[1] == 0:
            raise AudioError(f"samples: expected (1 to {MAX_CHANNELS} channels, n > 0), got {samples.shape}")
        if not np.isfinite(samples).all():
            raise AudioError("samples: not all values are finite")
        if not RATES[0] <= self.sample_rate <= RATES[1]:
            raise AudioError(f"sample_rate: {self.sample_rate} is outside {RATES[0]} to {RATES[1]} Hz")
        samples.flags.writeable = False
        object.__setattr__(self, "samples", samples)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return float(self.samples.shape[1] / self.sample_rate)

    @property
    def loudness(self) -> float:
        """Integrated loudness in LUFS (ITU-R BS.1770); -inf for silence."""
        return integrated_loudness(self.samples, self.sample_rate)

    def mono(self) -> Clip:
        """The mean of the channels, as one channel."""
        return Clip(self.samples.mean(axis=0, keepdims=True), self.sample_rate)

    def at_loudness(self, lufs: float) -> Clip:
        """The same sound at an integrated loudness in LUFS, never beyond the limiter's ceiling (0.97 of full scale).

        Peaks above the ceiling are turned down by a look-ahead limiter; a sound too peaky to be that loud (a lone
        click) ends up as loud as the ceiling lets it.

        Raises:
            AudioError: the clip is silent, or `lufs` is not within -70 to -5.
        """
        return Clip(to_loudness(self.samples, self.sample_rate, lufs), self.sample_rate)

    def resample(self, rate: int) -> Clip:
        """The same sound at another rate in Hz (soxr, high quality).

        Raises:
            AudioError: an impossible rate.
        """
        if not RATES[0] <= rate <= RATES[1]:
            raise AudioError(f"rate: {rate} is outside {RATES[0]} to {RATES[1]} Hz")
        if rate == self.sample_rate:
            return self
        return Clip(soxr.resample(self.samples.T, self.sample_rate, rate).T, rate)

    def write(self, target: str | Path | BinaryIO, format: Format, tags: Mapping[str, str] | None = None) -> None:
        """Write a sound file; see `to_bytes`.

        Raises:
            AudioError: an unknown format or tag, or a target that cannot be written.
        """
        content = self.to_bytes(format, tags)
        try:
            if isinstance(target, str | Path):
                Path(target).write_bytes(content)
            else:
                target.write(content)
        except OSError as error:
            raise AudioError(f"the sound cannot be written: {error}") from error

    def to_bytes(self, format: Format, tags: Mapping[str, str] | None = None) -> bytes:
        """A sound file: "wav" and "flac" in 16 bits, "ogg" in Opus where libsndfile writes it, else in Vorbis.

        `tags` (see `encoding.TAGS`) are said inside the file. Opus is written at 48 kHz when it lacks the clip's rate.

        Raises:
            AudioError: an unknown format or tag.
        """
        return encode(self.samples, self.sample_rate, format, tags or {})

    @classmethod
    def read(cls, source: str | Path | BinaryIO) -> Clip:
        """Read a sound file of any format libsndfile knows, at its own rate.

        Raises:
            AudioError: it cannot be read, or holds nothing that can be heard.
        """
        try:
            frames, rate = soundfile.read(source, dtype="float32", always_2d=True)
        except (OSError, TypeError, soundfile.SoundFileError) as error:
            raise AudioError(f"the sound cannot be read: {error}") from error
        return cls(frames.T, int(rate))
