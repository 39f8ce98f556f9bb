"""Something passing by: how level, side, pitch and brightness follow from where it is at each moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.synthesis.foley.sources.grains import moved
from model.synthesis.foley.sources.noise import RATE, Samples, filtered

SOUND = 340.0
"""Speed of sound, m/s."""


@dataclass(frozen=True)
class Path:
    """A straight path: nearest at `at` seconds, `distance` metres off, at `speed` m/s (negative: from the right)."""

    at: float
    distance: float
    speed: float

    def along(self, n: int) -> Samples:
        """Metres (n,) along the path, 0 at the nearest point."""
        return np.asarray((np.arange(n, dtype=np.float32) / RATE - self.at) * self.speed, dtype=np.float32)

    def range(self, n: int) -> Samples:
        """Metres (n,) to the listener."""
        return np.asarray(np.hypot(self.along(n), self.distance), dtype=np.float32)

    def level(self, n: int, power: float = 1.0) -> Samples:
        """Amplitude (n,): 1 at the nearest point, falling as 1 / range to a power."""
        return np.asarray((self.distance / self.range(n)) ** power, dtype=np.float32)

    def pan(self, n: int) -> Samples:
        """Side (n,), -1 to 1."""
        return np.asarray(self.along(n) / self.range(n), dtype=np.float32)

    def doppler(self, n: int) -> Samples:
        """Factor (n,) on every frequency: above 1 on the way in, below 1 on the way out."""
        radial = self.along(n) * self.speed / self.range(n)
        return np.asarray(1 / (1 + radial / SOUND), dtype=np.float32)

    def heard(self, sound: Samples, air_hz: float) -> Samples:
        """A mono sound (n,) from this path in stereo: near it is whole, far its part above `air_hz` fades away."""
        n = len(sound)
        level = self.level(n)
        dull = filtered(sound, high=air_hz, order=1)
        return moved((dull + (sound - dull) * level) * level, self.pan(n))
