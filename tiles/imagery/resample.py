"""From a source's pixels to a chip's: averaged down to the chip's scale, then sampled at positions spread over it.

Positions count source pixels from the outer corner: 0 is the left (or top) edge of the first pixel, 0.5 its centre;
NaN is nowhere in the source.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import map_coordinates

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
    outside = -9.0
    at = np.nan_to_num(np.stack([spread(rows, n), spread(cols, n)]) - 0.5, nan=outside)
    bands = [
        map_coordinates(image[..., band], at, output=np.float32, order=1, mode="grid-constant")
        for band in range(image.shape[2])
    ]
    return np.stack(bands, axis=-1)


def to_bytes(values: FloatImage) -> Pixels:
    """Values rounded and clipped to uint8."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
