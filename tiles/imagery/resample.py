"""From a source's pixels to a chip's: averaged down to the chip's scale, then sampled at positions spread over it.

Positions count source pixels from the outer corner: 0 is the left (or top) edge of the first pixel, 0.5 its centre;
NaN is nowhere in the source.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tiles.chip import Pixels
from tiles.footprint import LATTICE, FloatGrid

FloatImage = NDArray[np.float32]


def spread(lattice: FloatGrid, n: int) -> FloatGrid:
    """Values on the corner-to-corner lattice spread bilinearly to the centres of n x n cells."""
    along = (np.arange(n) + 0.5) * ((LATTICE - 1) / n)
    low = np.minimum(along.astype(np.intp), LATTICE - 2)
    part = along - low
    rows = lattice[low] + (lattice[low + 1] - lattice[low]) * part[:, None]  # (n, LATTICE)
    return np.asarray(rows[:, low] + (rows[:, low + 1] - rows[:, low]) * part)


def step(rows: FloatGrid, cols: FloatGrid, n: int) -> float:
    """Source pixels per chip pixel, the median over the chip: the side of what one of n x n chip pixels covers.

    NaN where no cell of the lattice falls on finite positions.
    """
    a, b = np.diff(cols, axis=1)[:-1], np.diff(rows, axis=0)[:, :-1]
    c, d = np.diff(rows, axis=1)[:-1], np.diff(cols, axis=0)[:, :-1]
    area = np.abs(a * b - c * d)
    area = area[np.isfinite(area)]
    return math.sqrt(float(np.median(area))) * (LATTICE - 1) / n if area.size else math.nan


def shrink(image: Pixels, factor: float) -> Pixels:
    """An RGB image made `factor` times smaller by antialiased averaging; as it is for a factor of 1 or less."""
    if factor <= 1:
        return image
    size = math.ceil(image.shape[1] / factor), math.ceil(image.shape[0] / factor)
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.HAMMING))


def sample(image: Pixels | FloatImage, rows: FloatGrid, cols: FloatGrid, n: int) -> FloatImage:
    """Sample (h, w, c) bilinearly at the positions of a lattice: (n, n, c) float32, zero beyond the image.

    Nothing aliases as long as the image is no finer than the chip: whoever reads a finer source averages it down first.
    """
    height, width, bands = image.shape
    framed = np.zeros((height + 2, width + 2, bands), np.float32)  # a rim of nothing, so that no position needs asking
    framed[1:-1, 1:-1] = image
    row, down = _split(spread(rows, n), height)
    col, across = _split(spread(cols, n), width)
    flat, first = framed.reshape(-1, bands), row * (width + 2) + col  # (n, n)
    upper, lower = (
        _between(flat.take(at, axis=0), flat.take(at + 1, axis=0), across) for at in (first, first + width + 2)
    )
    return _between(upper, lower, down)


def _split(positions: FloatGrid, size: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The index, in an image with a rim, of the pixel before each position, and how far to the next one it lies."""
    at = np.clip(np.nan_to_num(positions - 0.5, nan=-1.0), -1, size) + 1
    before = np.minimum(at.astype(np.intp), size)
    return before, (at - before).astype(np.float32)[..., None]


def _between(one: FloatImage, other: FloatImage, part: NDArray[np.float32]) -> FloatImage:
    other -= one
    other *= part
    other += one
    return other


def to_bytes(values: FloatImage) -> Pixels:
    """Values rounded and clipped to uint8."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
