"""From a raster's own values to bytes: bytes are a picture already, anything else is brought onto their scale.

Every band is moved and scaled alike, or the colours of one kind of land would turn to grey noise. What a file declares
of its values wins; else it is taken as what such values mostly are: a picture in other numbers, or reflectance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiles.imagery.resample import FloatImage

LOW, HIGH = 2.0, 98.0
DARK = 110.0
"""Single bands of bytes whose 98th percentile lies below are counts of something, and no picture."""
NARROWEST = np.float32(1e-35)
"""255 divided by much less is no float32 any more."""
BRIGHTEST_GROUND = 0.35
"""The reflectance shown as white: clouds and snow reflect more, nearly all ground less."""
REFLECTANCE_COUNTS = 10_000
"""The whole number that stands for a reflectance of one, in most products that are no floats."""
LEVELS = 256
FEWEST_LEVELS = 16
"""A picture in other numbers has at most as many values as a byte, and enough to be told from a map of classes."""
BIT_CHANGES = (*(float(1 << bits) for bits in range(1, 9)), 257.0)
"""From one of a byte's levels to the next in a picture that was only written in more bits."""
SHADOW = 25
"""How bright, as a byte, the darkest ground of a picture mostly is: of 120 places 118 keep their scene by it."""
COUNTS_ADDED = 1000
DARKEST = 0.1
NEGATIVE = -0.1
"""A share of the brightest below zero that reflectance reaches by noise alone."""


@dataclass(frozen=True)
class Stretch:
    """A linear map per band: `low` (3,) becomes 0, `high` (3,) becomes 255."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]

    def apply(self, values: FloatImage) -> FloatImage:
        """Stretch (..., 3) values; the result may leave 0 to 255."""
        return np.asarray((values - self.low) * (255 / (self.high - self.low)), np.float32)


def measure_stretch(values: FloatImage, *, is_byte: bool, is_grey: bool = False) -> Stretch | None:
    """The stretch that (n, 3) valid values of a file call for; None where its bytes are a picture already.

    A single band that is no picture (heights, radar) is stretched from its 2nd to its 98th percentile, and so are
    colours that go below zero. Other colours begin at zero: where they are a picture in other numbers it ends at 255 of
    its steps, else at what nearly all ground reflects less than, as far as the values themselves allow that.
    """
    bright = float(np.percentile(values, HIGH))
    if is_byte and (not is_grey or bright >= DARK):
        return None
    darkest = float(np.percentile(values, 100 - HIGH))
    if is_grey or darkest < NEGATIVE * abs(bright) or bright <= 0:
        return stretch_between(darkest, bright)
    if step := _step(values):
        black = _black_of_picture(values, step)
        return stretch_between(black, black + (LEVELS - 1) * step)
    is_whole = bool((values == np.rint(values)).all())
    black = float(COUNTS_ADDED if is_whole and _is_moved(values, bright) else 0)
    bright -= black
    return stretch_between(black, black + float(np.clip(_white(is_whole, bright), 1.1 * bright, 4 * bright)))


def stretch_between(low: float, high: float) -> Stretch:
    """All bands alike; where there is nothing in between, the value is shown as if it were the middle of a range."""
    if np.float32(high) - np.float32(low) < NARROWEST:
        low, high = low - 1, high + 1
    return Stretch(np.full(3, low, np.float32), np.full(3, high, np.float32))


def _white(is_whole: bool, bright: float) -> float:
    """What is white among values that reach `bright`, by what numbers of that size mostly are."""
    counts = BRIGHTEST_GROUND * REFLECTANCE_COUNTS
    if is_whole:
        return counts if bright <= REFLECTANCE_COUNTS else float(np.iinfo(np.uint16).max)
    if bright <= 1.3 * BRIGHTEST_GROUND:
        return BRIGHTEST_GROUND
    return next((white for white in (1.0, 255.0, counts) if bright <= 1.2 * white), bright)


def _is_moved(values: FloatImage, bright: float) -> bool:
    """Whether 1000 seems to be added to counts of reflectance, as to Sentinel-2's: no ground is all that bright."""
    darkest = float(np.percentile(values, DARKEST))
    return darkest >= COUNTS_ADDED and bright <= REFLECTANCE_COUNTS + COUNTS_ADDED


def _black_of_picture(values: FloatImage, step: float) -> float:
    """What is black in a picture of such steps: zero where bits were changed, else a little below the darkest."""
    if step < 1 or step in BIT_CHANGES:
        return 0.0
    return max(0.0, float(values.min()) - SHADOW * step)


def _step(values: FloatImage) -> float:
    """The distance between neighbouring values where all are a byte's levels times it, moved or not; 0 elsewhere."""
    distinct = np.unique(values)
    if not FEWEST_LEVELS <= len(distinct) <= LEVELS:
        return 0.0
    gaps = np.diff(distinct.astype(np.float64))
    step = float(gaps.min())
    levels = gaps / step
    is_even = np.abs(levels - np.rint(levels)) < 0.02 + 1e-6 * np.abs(distinct[1:]) / step
    is_picture = bool(is_even.all()) and distinct[-1] - distinct[0] <= (LEVELS - 1) * step * 1.001
    return step if is_picture and not _is_decimal(step) else 0.0


def _is_decimal(step: float) -> bool:
    """Whether a step is a power of ten: values were rounded to it, and are no levels."""
    digits = np.log10(step)
    return bool(abs(digits - np.rint(digits)) < 1e-4)
