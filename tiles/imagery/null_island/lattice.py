"""Noise on integer lattices, seen through two kinds of view: a grid of pixels or loose points.

Positions are metres east (x) and north (y) of 0N 0E. Noise is a cubic B-spline over hashed lattice values: smooth, band
limited, and on a grid separable, so that one octave is two small matrix products.
"""

from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]  # colours, shares, distances: float32
Doubles = NDArray[np.floating[Any]]  # positions: float64, since float32 is too coarse 200 km from the origin
Ints = NDArray[np.int64]
Window = tuple[slice, slice] | NDArray[np.intp]

_TABLE = 512
NOISE_MOST = 1.8  # no octave exceeds it; brings the standard deviation of one to about 0.5


def hashed(i: NDArray[np.integer], j: NDArray[np.integer], seed: int) -> NDArray[np.uint32]:
    """One well mixed 32-bit word for every lattice point (i, j), broadcast."""
    start = (seed * 0xCB1AB31F + 0x9E3779B9) & 0xFFFFFFFF
    h = (np.atleast_1d(i).astype(np.uint32) * 0x8DA6B343) ^ (np.atleast_1d(j).astype(np.uint32) * 0xD8163841)
    h ^= start
    for shift, factor in ((15, 0x2C1B3C6D), (12, 0x297A2D39)):
        h ^= h >> shift
        h *= factor
    h ^= h >> 15
    return h


def unit(h: NDArray[np.uint32], channel: int = 0) -> Floats:
    """A number in [0, 1) from a hash; each channel is another number."""
    if channel:
        h = h * (0x9E3779B1 + 2 * channel * 0x3C6EF372 & 0xFFFFFFFF)
        h ^= h >> 16
        h *= 0x85EBCA6B
    return (h >> 8).astype(np.float32) * np.float32(2.0**-24)


@lru_cache(maxsize=1)
def _table() -> Floats:
    side = np.arange(_TABLE)
    return np.asarray(unit(hashed(side[None, :], side[:, None], 71)) * 2 - 1, dtype=np.float32)


def _taps(t: Doubles) -> tuple[Ints, Floats]:
    """First lattice index and the four cubic B-spline weights (4, n) at lattice coordinate t."""
    base = np.floor(t)
    f = (t - base).astype(np.float32)
    g = 1 - f
    f3, g3 = f**3, g**3
    weights = np.stack([g3, 4 - 6 * f**2 + 3 * f3, 4 - 6 * g**2 + 3 * g3, f3]) / np.float32(6)
    return base.astype(np.int64) - 1, weights


def _band(t: Doubles) -> tuple[int, Floats]:
    """The first lattice index and the dense (n, m) matrix that interpolates m lattice values at t."""
    base, weights = _taps(t)
    first, last = int(base.min()), int(base.max())
    if first == last:
        return first, np.ascontiguousarray(weights.T)
    matrix = np.zeros((len(t), last - first + 4), dtype=np.float32)
    matrix[np.arange(len(t))[:, None], (base - first)[:, None] + np.arange(4)] = weights.T
    return first, matrix


@lru_cache(maxsize=1024)
def _offset(seed: int) -> tuple[int, int]:
    words = hashed(np.array([seed]), np.array([1, 2]), 5)
    return int(words[0]) % _TABLE, int(words[1]) % _TABLE


def visible(wavelength: float, gsd: float) -> float:
    """How much of a detail of this size a pixel still shows: 1 when resolved, 0 when it is as small as the pixel."""
    return float(min(1.0, max(0.0, wavelength / gsd - 1.0))) if gsd > 0 else 1.0


class Lattice:
    """A coarse map: values every `spacing` metres, rows from south to north, centred on 0N 0E."""

    def __init__(self, values: NDArray[np.floating], spacing: float) -> None:
        self.values = np.ascontiguousarray(values, dtype=np.float32)
        self.spacing = spacing
        self.half = (len(values) - 1) / 2

    def coordinate(self, metres: Doubles) -> Doubles:
        """Metres to fractional index, held inside the map."""
        return np.asarray(np.clip(metres / self.spacing + self.half, 1.0, len(self.values) - 3.0))


class View(Protocol):
    """Where the country is looked at: a grid of pixels or loose points."""

    gsd: float

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of every array this view gives."""

    @property
    def east(self) -> Doubles:
        """Metres east of 0E, broadcast to shape."""

    @property
    def north(self) -> Doubles:
        """Metres north of 0N, broadcast to shape."""

    def noise(self, wavelength: float, seed: int) -> Floats:
        """One octave, about -1..1, faded out where the pixel is too coarse for it."""

    def sample(self, lattice: Lattice) -> Floats:
        """A coarse map, interpolated."""

    def window(self, x: float, y: float, reach: float) -> Window | None:
        """The part of this view within a square around (x, y), or None."""


class Grid:
    """A grid of pixel centres given by its columns x (W,) and rows y (H,)."""

    def __init__(self, x: Doubles, y: Doubles, gsd: float) -> None:
        self.x, self.y, self.gsd = x, y, gsd
        self.shape = (len(y), len(x))
        self.bounds = float(x[0]), float(y[-1]), float(x[-1]), float(y[0])
        """West, south, east, north of the outer pixels' centres, metres."""
        self._octaves: dict[tuple[float, int], Floats] = {}
        self._bands: dict[float, tuple[tuple[int, Floats], tuple[int, Floats]]] = {}

    @cached_property
    def east(self) -> Doubles:
        """Metres east, (H, W)."""
        return np.ascontiguousarray(np.broadcast_to(self.x, self.shape))

    @cached_property
    def north(self) -> Doubles:
        """Metres north, (H, W)."""
        return np.ascontiguousarray(np.broadcast_to(self.y[:, None], self.shape))

    def noise(self, wavelength: float, seed: int) -> Floats:
        """One octave (H, W)."""
        key = (wavelength, seed)
        if key not in self._octaves:
            self._octaves[key] = self._octave(wavelength, seed)
        return self._octaves[key]

    @cached_property
    def _nothing(self) -> Floats:
        """Every octave too short for these pixels."""
        return np.zeros(self.shape, dtype=np.float32)

    def _octave(self, wavelength: float, seed: int) -> Floats:
        gain = visible(wavelength, self.gsd) * NOISE_MOST
        if gain == 0:
            return self._nothing
        if wavelength not in self._bands:
            self._bands[wavelength] = _band(self.y / wavelength), _band(self.x / wavelength)
        (j0, rows), (i0, columns) = self._bands[wavelength]
        di, dj = _offset(seed)
        j = (np.arange(rows.shape[1]) + j0 + dj) % _TABLE
        i = (np.arange(columns.shape[1]) + i0 + di) % _TABLE
        return np.asarray((rows @ (_table()[np.ix_(j, i)] * np.float32(gain))) @ columns.T)

    def sample(self, lattice: Lattice) -> Floats:
        """A coarse map, interpolated (H, W)."""
        (j0, rows), (i0, columns) = _band(lattice.coordinate(self.y)), _band(lattice.coordinate(self.x))
        part = lattice.values[j0 : j0 + rows.shape[1], i0 : i0 + columns.shape[1]]
        return np.asarray((rows @ part) @ columns.T)

    def window(self, x: float, y: float, reach: float) -> Window | None:
        """Rows and columns within a square around (x, y)."""
        left, right = np.searchsorted(self.x, (x - reach, x + reach))
        top, bottom = np.searchsorted(-self.y, (-y - reach, reach - y))
        return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None


class Points:
    """Loose points (n,) in full detail."""

    gsd = 0.0

    def __init__(self, east: Doubles, north: Doubles) -> None:
        self.east, self.north = east, north
        self.shape = east.shape
        self._octaves: dict[tuple[float, int], Floats] = {}

    def noise(self, wavelength: float, seed: int) -> Floats:
        """One octave (n,)."""
        key = (wavelength, seed)
        if key not in self._octaves:
            values = self._spline(_table(), self.east / wavelength, self.north / wavelength, _offset(seed))
            self._octaves[key] = values * np.float32(NOISE_MOST)
        return self._octaves[key]

    def sample(self, lattice: Lattice) -> Floats:
        """A coarse map, interpolated (n,)."""
        return self._spline(lattice.values, lattice.coordinate(self.east), lattice.coordinate(self.north), (0, 0))

    def window(self, x: float, y: float, reach: float) -> Window | None:
        """Indices of the points within a square around (x, y)."""
        at = np.flatnonzero((np.abs(self.east - x) < reach) & (np.abs(self.north - y) < reach))
        return at if len(at) else None

    @staticmethod
    def _spline(values: Floats, tx: Doubles, ty: Doubles, offset: tuple[int, int]) -> Floats:
        side = len(values)
        (i, wx), (j, wy) = _taps(tx), _taps(ty)
        flat, total = values.ravel(), np.zeros(tx.shape, dtype=np.float32)
        columns = [(i + offset[0] + k) % side for k in range(4)]
        for row in range(4):
            start = (j + offset[1] + row) % side * side
            total += wy[row] * sum(wx[k] * flat.take(start + columns[k]) for k in range(4))
        return total


def fbm(view: View, wavelength: float, octaves: int, seed: int, gain: float = 0.5) -> Floats:
    """Octaves of noise, each half as long and `gain` as strong as the one before."""
    total = np.zeros(view.shape, dtype=np.float32)
    for octave in range(octaves):
        length = wavelength / 2**octave
        if view.gsd and length <= view.gsd:
            break
        total = total + view.noise(length, seed + octave) * np.float32(gain**octave)
    return total
