"""Recordings that clients send: decoded within bounds, whatever is in the file."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.errors import AudioError
from model.recordings import decode
from server.errors import InvalidInput

FIELD = "file"
MAX_SECONDS = 60.0
"""What lies beyond is not decoded."""

HEARD_SECONDS = 10.0
SILENCE = 1e-4
"""Peak of full scale that a recording must reach: -80 dB."""


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
    """Decode at most the first minute of a sound file, mixed to one channel.

    Raises:
        InvalidInput: Not a sound file of a known format, cut off, empty, silent, not finite, or with more channels or
            samples per second than are decoded; `file` is blamed.
    """
    try:
        found = decode(data, MAX_SECONDS)
    except AudioError as error:
        raise InvalidInput(FIELD, str(error)) from error
    samples = found.samples[0]
    peak = float(np.abs(samples).max())
    if peak < SILENCE:
        raise InvalidInput(FIELD, "is silent")
    return Recording(samples / np.float32(max(peak, 1.0)), found.rate, hashlib.sha256(data).hexdigest())
