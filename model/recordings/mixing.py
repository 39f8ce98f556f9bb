"""From channels to one: their mean, or the loudest where they cancel each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

COLLAPSED = 0.25
"""A mean this much weaker than the loudest channel (-12 dB) has lost the sound: opposite polarity, dead channels."""


class Mix:
    """Mixes block by block, and tells at the end whether the channels cancelled each other.

    Of ambisonics the first channel hears everywhere; the others cancel what they share with it, and it is the loudest.
    """

    def __init__(self, channels: int) -> None:
        self._power = np.zeros(channels)
        self._kept = 0.0

    def mean(self, block: NDArray[np.floating]) -> NDArray[np.float32]:
        """Channels (c, n) -> their mean (1, n)."""
        values = block.astype(np.float64)
        mean: NDArray[np.float64] = values.mean(axis=0, keepdims=True)
        self._power += np.square(values).sum(axis=1)
        self._kept += float(np.square(mean).sum())
        return np.asarray(mean, np.float32)

    @property
    def loudest_if_collapsed(self) -> int | None:
        """The loudest channel where the mean has lost the sound, None where it has not."""
        loudest = int(self._power.argmax())
        return loudest if self._kept < COLLAPSED**2 * self._power[loudest] else None


def mono(channels: NDArray[np.floating]) -> NDArray[np.float32]:
    """Channels (c, n) -> (n,) float32, by the same rule."""
    mix = Mix(len(channels))
    mean = mix.mean(channels)[0]
    loudest = mix.loudest_if_collapsed
    return mean if loudest is None else np.asarray(channels[loudest], np.float32)
