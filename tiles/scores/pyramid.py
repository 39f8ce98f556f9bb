"""Scores of a grid's cells as map tiles of any zoom: means and maxima when zoomed out, the cells when zoomed in."""

from dataclasses import dataclass
from functools import cache
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from tiles.grid import Grid
from tiles.mercator import TILE_PIXELS, check_tile

Plane = NDArray[np.float32]
Kind = Literal["mean", "max"]

SMOOTH_PIXELS = 16
"""Cells up to this many pixels wide melt into their neighbours at the rim; wider ones are drawn with sharp edges."""

TILE_ZOOMS = TILE_PIXELS.bit_length() - 1
"""A tile's pixels are the tiles of this many zooms further in."""


@dataclass(frozen=True, eq=False)
class Level:
    """Cells of one zoom, as many as the region touches: `west` and `north` are the first cell's tile x and y.

    `mean` and `max` (rows, columns) float32, NaN without data; columns run on over the dateline.
    """

    zoom: int
    west: int
    north: int
    mean: Plane
    max: Plane

    def block(self, kind: Kind, x: int, y: int, width: int, height: int) -> Plane:
        """The cells from tile x, y on: (height, width) float32, NaN outside; x goes round the world."""
        plane = self.mean if kind == "mean" else self.max
        size = 1 << self.zoom
        rows, columns = plane.shape
        top, bottom = max(y, self.north), min(y + height, self.north + rows)
        block = np.full((height, width), np.nan, np.float32)
        # The plane comes by once in every turn round the world: where its first column lies in the block.
        for left in range((self.west - x) % size - size, width if top < bottom else -size, size):
            first, last = max(left, 0), min(left + columns, width)
            if first < last:
                part = plane[top - self.north : bottom - self.north, first - left : last - left]
                block[top - y : bottom - y, first:last] = part
        return block


class ScorePyramid:
    """The levels of a grid's scores, from its own zoom to the whole world in one cell."""

    def __init__(self, levels: tuple[Level, ...]) -> None:
        self._levels = levels

    @classmethod
    def of(cls, grid: Grid, values: NDArray[np.floating]) -> Self:
        """The pyramid of one value for each of the grid's cells (count,), NaN where there is none.

        Raises ValueError for another number of values.
        """
        if values.shape != (grid.count,):
            raise ValueError(f"values: the grid has {grid.count} cells, got {values.shape}")
        plane = np.full((grid.rows, grid.columns), np.nan, np.float32)
        plane[grid.positions[:, 0], grid.positions[:, 1]] = values
        weights = np.isfinite(plane).astype(np.float32)
        levels = [Level(grid.zoom, grid.west, grid.north, plane, plane)]
        while levels[-1].zoom > 0:
            level, weights = _halved(levels[-1], weights)
            levels.append(level)
        return cls(tuple(levels))

    @property
    def nbytes(self) -> int:
        """Memory the planes take."""
        return self._levels[0].mean.nbytes + sum(level.mean.nbytes * 2 for level in self._levels[1:])

    def tile(self, z: int, x: int, y: int, kind: Kind = "mean") -> Plane:
        """A Web Mercator tile of scores: (256, 256) float32, NaN where there is no data.

        A pixel wider than a cell is the `kind` of the cells in it. A cell wider than a pixel keeps its value, except
        at its rim while it is small on the map. Raises InvalidPoint for a tile outside the scheme.
        """
        check_tile(z, x, y)
        inward = z + TILE_ZOOMS - self._levels[0].zoom  # cells are 2 ** inward pixels wide
        if inward <= 0:
            return self._levels[-inward].block(kind, x << TILE_ZOOMS, y << TILE_ZOOMS, TILE_PIXELS, TILE_PIXELS)
        cells = self._levels[0]
        if inward >= TILE_ZOOMS:  # the tile lies within one cell
            value = cells.block(kind, x >> (inward - TILE_ZOOMS), y >> (inward - TILE_ZOOMS), 1, 1)
            return np.full((TILE_PIXELS, TILE_PIXELS), value[0, 0])
        count, pixels = TILE_PIXELS >> inward, 1 << inward
        if pixels > SMOOTH_PIXELS:
            return _enlarged(cells.block(kind, x * count, y * count, count, count), pixels)
        return _melted(cells.block(kind, x * count - 1, y * count - 1, count + 2, count + 2), pixels)


def _halved(level: Level, weights: Plane) -> tuple[Level, Plane]:
    """The level one zoom out, whose cells hold four each, and how many of the finest cells with data those cover."""
    held = weights > 0
    at_rest = (np.where(held, level.mean, 0) * weights, weights, np.where(held, level.max, -np.inf))
    west, planes = _from_the_edge(level.west, 1 << level.zoom, at_rest)
    top, left = level.north % 2, west % 2
    rows, columns = planes[0].shape
    margin = ((top, (rows + top) % 2), (left, (columns + left) % 2))
    sums, counts, highest = (
        np.pad(plane, margin, constant_values=fill) for plane, fill in zip(planes, (0, 0, -np.inf), strict=True)
    )
    west, (sums, counts, highest) = _from_the_edge(west - left, 1 << level.zoom, (sums, counts, highest))
    total, covered = _quartered(sums).sum((1, 3)), _quartered(counts).sum((1, 3))
    none = covered == 0
    mean = np.where(none, np.nan, total / np.where(none, 1, covered))
    most = np.where(none, np.nan, _quartered(highest).max((1, 3)))
    return Level(level.zoom - 1, west // 2, (level.north - top) // 2, mean, most), covered


def _from_the_edge(west: int, size: int, planes: tuple[Plane, ...]) -> tuple[int, tuple[Plane, ...]]:
    """Planes once round a world of `size` columns, turned to begin at its edge: no coarser cell may be cut in two."""
    if planes[0].shape[1] < size:
        return west, planes
    return 0, tuple(np.roll(plane, west, axis=1) for plane in planes)


def _quartered(plane: Plane) -> Plane:
    """(rows, columns) -> (rows / 2, 2, columns / 2, 2)."""
    return plane.reshape(plane.shape[0] // 2, 2, plane.shape[1] // 2, 2)


def _enlarged(cells: Plane, pixels: int) -> Plane:
    """Each cell as a square of `pixels` with sharp edges."""
    return np.repeat(np.repeat(cells, pixels, axis=0), pixels, axis=1)


def _melted(cells: Plane, pixels: int) -> Plane:
    """Each cell but those of the outer ring as a square of `pixels` that passes into its neighbours at the rim."""
    weights = _melting(len(cells) - 2, pixels)  # (256, cells + 2)
    held = np.isfinite(cells)
    if not held[1:-1, 1:-1].any():
        return np.full((TILE_PIXELS, TILE_PIXELS), np.nan, np.float32)
    sums = weights @ np.where(held, cells, 0) @ weights.T  # (256, 256)
    if held.all():
        return sums
    shares = weights @ held.astype(np.float32) @ weights.T
    shares[_enlarged(~held[1:-1, 1:-1], pixels)] = np.nan
    return np.asarray(sums / shares, np.float32)


@cache
def _melting(cells: int, pixels: int) -> Plane:
    """How much each of `cells` and the one before and after them counts in each pixel: (cells * pixels, cells + 2).

    The middle half of a cell is its own; from there to the middle half of the next the weight passes over linearly.
    """
    offset = (np.arange(pixels) + 0.5) / pixels - 0.5  # (pixels,) from the cell's centre, in cells
    share = np.clip(np.abs(offset) * 2 - 0.5, 0, 0.5)  # of the neighbour on that side
    weights = np.zeros((cells, pixels, cells + 2), np.float32)
    for cell in range(cells):
        neighbour = cell + 1 + np.sign(offset).astype(int)
        weights[cell, np.arange(pixels), neighbour] = share
        weights[cell, :, cell + 1] += (1 - share).astype(np.float32)
    return weights.reshape(cells * pixels, cells + 2)
