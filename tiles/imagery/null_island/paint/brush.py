"""The painters' tools: the pixels of one class, colours as (3, n) arrays, soft shapes that fade as pixels grow."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.imagery.null_island.lattice import Doubles, Floats, Grid, hashed, unit, visible
from tiles.imagery.null_island.survey import Survey

Words = NDArray[np.uint32]
_THINNEST = 0.004  # paint thinner than this moves a byte by one at most, and is left out


@dataclass
class Patch:
    """The pixels, as flat indices into the grid, that show some of one class."""

    survey: Survey
    grid: Grid
    at: NDArray[np.intp]

    @property
    def gsd(self) -> float:
        """Metres per pixel."""
        return self.grid.gsd

    @cached_property
    def x(self) -> Floats:
        """Metres east (n,), to two centimetres: enough to draw with, and twice as fast."""
        return self.of(self.grid.east)

    @cached_property
    def y(self) -> Floats:
        """Metres north (n,)."""
        return self.of(self.grid.north)

    def part(self, chosen: NDArray[np.intp]) -> "Patch":
        """Only some of these pixels, by their position in this patch."""
        return Patch(self.survey, self.grid, self.at[chosen])

    def of(self, values: NDArray[Any]) -> Floats:
        """A grid's values at these pixels (n,)."""
        flat = values.ravel()
        return np.asarray(flat if len(self.at) == len(flat) else flat.take(self.at), dtype=np.float32)

    def noise(self, wavelength: float, seed: int) -> Floats:
        """One octave (n,)."""
        return self.of(self.grid.noise(wavelength, seed))

    def relief(self, wavelength: float, seed: int, ridged: bool = False) -> Floats:
        """How much one octave, taken as a height, faces the sun (n,); `ridged` folds it into crests."""
        if self.sees(wavelength) == 0:
            return np.zeros(len(self.at), dtype=np.float32)
        height = self.grid.noise(wavelength, seed)
        height = -1.4 * np.sqrt(height * height + np.float32(0.02)) if ridged else height
        slope = np.zeros_like(height)
        slope[1:-1, 1:-1] = height[2:, 2:] - height[:-2, :-2]  # rows run south: down-right is away from the sun
        return self.of(slope) * np.float32(wavelength / (2.83 * self.gsd) * -1)

    def sees(self, size: float) -> float:
        """How much of a detail of this size shows (0..1)."""
        return visible(size, self.gsd)

    def turned(self, x: Doubles | float, y: Doubles | float, angle: Floats | float) -> tuple[Floats, Floats]:
        """Coordinates (u, v) about (x, y) with the u axis at `angle` from east."""
        c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        dx, dy = self.x - np.float32(x), self.y - np.float32(y)
        return dx * c + dy * s, dy * c - dx * s


@dataclass
class Cells:
    """A lattice of rectangles: each pixel's cell, its word, and its offset from the cell's centre in metres."""

    i: NDArray[np.int32]
    j: NDArray[np.int32]
    word: Words
    u: Floats
    v: Floats

    def draw(self, channel: int) -> Floats:
        """The cell's random number of a channel."""
        return unit(self.word, channel)


def cells(u: Floats, v: Floats, wide: float | Floats, high: float | Floats, seed: int) -> Cells:
    """Cut the plane into rectangles `wide` x `high` metres."""
    a, b = u / wide, v / high
    i, j = np.floor(a), np.floor(b)
    whole_i, whole_j = i.astype(np.int32), j.astype(np.int32)
    du = ((a - i - 0.5) * wide).astype(np.float32)
    dv = ((b - j - 0.5) * high).astype(np.float32)
    return Cells(whole_i, whole_j, hashed(whole_i, whole_j, seed), du, dv)


def rgb(*channels: float) -> Floats:
    """One colour (3, 1)."""
    return np.array(channels, dtype=np.float32)[:, None]


def flat(colour: Floats, count: int) -> Floats:
    """A colour as a fresh field (3, count)."""
    return np.repeat(colour, count, axis=1)


def palette(colours: NDArray[np.floating], pick: Floats) -> Floats:
    """The colour (3, n) of each pixel from a (k, 3) palette, by a number in [0, 1)."""
    table = np.ascontiguousarray(np.asarray(colours, dtype=np.float32).T)
    return np.asarray(table.take((pick * table.shape[1]).astype(np.intp), axis=1))


def over(colour: Floats, paint: Floats, alpha: Floats) -> None:
    """Lay a paint (3, 1) or (3, n) over the colours in place, `alpha` (n,) thick."""
    at = np.flatnonzero(alpha > _THINNEST)
    if len(at) == 0:
        return
    if len(at) > 0.6 * len(alpha):
        colour += (paint - colour) * alpha
        return
    if len(at) > 0.2 * len(alpha):  # all pixels in a row take less time than so many picked ones
        colour += (paint - colour) * np.where(alpha > _THINNEST, alpha, 0)
        return
    part = colour.take(at, axis=1)
    part += ((paint if paint.shape[1] == 1 else paint.take(at, axis=1)) - part) * alpha.take(at)
    colour[:, at] = part


def shade(colour: Floats, light: Floats) -> None:
    """Brighten (positive) or darken (negative) the colours in place, by a share."""
    colour *= 1 + light


def within(edge: Floats, reach: float, gsd: float) -> Floats:
    """Share of a pixel nearer than `reach` to a border that lies `edge` metres away (and as far on its other side)."""
    return np.asarray(np.clip((reach - edge) / np.float32(gsd) + np.float32(0.5), 0, min(1.0, 2 * reach / gsd)))


def resolved(patch: Patch, cover: Floats, period: float, mean: float) -> Floats:
    """A cover that repeats every `period` metres, brought to its mean where pixels are too coarse for it (no moire)."""
    return np.asarray(mean + (cover - mean) * np.float32(patch.sees(period / 2)))


def strip(offset: Floats, half: float | Floats, gsd: float) -> Floats:
    """Share of a pixel covered by a strip `2 * half` wide whose middle line is `offset` metres away."""
    most = np.minimum(np.float32(1), np.float32(2 / gsd) * half)
    return np.clip((half - np.abs(offset)) / np.float32(gsd) + np.float32(0.5), 0, most)


def box(u: Floats, v: Floats, half_u: float | Floats, half_v: float | Floats, gsd: float) -> Floats:
    """Share of a pixel covered by a rectangle about the origin."""
    return np.asarray(strip(u, half_u, gsd) * strip(v, half_v, gsd))


def disc(u: Floats, v: Floats, radius: float | Floats, gsd: float) -> Floats:
    """Share of a pixel covered by a disc about the origin."""
    most = np.minimum(np.float32(1), (np.float32(1.8 / gsd) * radius) ** 2)
    return np.clip((radius - np.sqrt(u * u + v * v)) / np.float32(gsd) + np.float32(0.5), 0, most)


def stripes(offset: Floats, period: float, half: float, gsd: float) -> Floats:
    """Share covered by lines every `period` metres; below two pixels a period, their mean."""
    sharp = min(1.0, max(0.0, period / (2 * gsd) - 1.0))
    mean = 2 * half / period
    if sharp == 0:
        return np.full(len(offset), mean, dtype=np.float32)
    away = (offset - np.round(offset / period) * period).astype(np.float32)
    return mean + (strip(away, half, gsd) - mean) * np.float32(sharp)
