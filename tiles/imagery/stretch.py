"""From a raster's own values to bytes: bytes that fill their range stay as they are, anything else is stretched."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiles.imagery.resample import FloatImage

LOW, HIGH = 2.0, 98.0
DARK = 110.0
NARROWEST = np.float32(1e-35)
"""255 divided by much less is no float32 any more."""


@dataclass(frozen=True)
class Stretch:
    """A linear map per band: `low` (3,) becomes 0, `high` (3,) becomes 255."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]

    def apply(self, values: FloatImage) -> FloatImage:
        """Stretch (..., 3) values; the result may leave 0 to 255."""
        return np.asarray((values - self.low) * (255 / (self.high - self.low)), np.float32)


def measure_stretch(values: FloatImage, is_byte: bool) -> Stretch | None:
    """The stretch that (n, 3) valid values of a dataset call for; None where its bytes are a picture already.

    The rule: stretch each band from its 2nd to its 98th percentile when the values are not bytes, or when they are
    bytes but the 98th percentile over all bands is below 110 of 255 (raw sensor counts, such as Landsat's).
    """
    if is_byte and np.percentile(values, HIGH) >= DARK:
        return None
    low, high = np.percentile(values, [LOW, HIGH], axis=0).astype(np.float32)
    # A band of one value, or as good as one to float32, is shown as it would be in the middle of its range.
    flat = high - low < NARROWEST
    return Stretch(np.where(flat, low - 1, low), np.where(flat, high + 1, high))
