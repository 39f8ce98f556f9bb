"""Grid: the cells of a region, Web Mercator tiles of one zoom over a box or a polygon; and their centres."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tiles.errors import InvalidRegion
from tiles.footprint import Bounds, FloatGrid, wrap_longitude
from tiles.mercator import MAX_LATITUDE, MAX_ZOOM, from_world, to_world
from tiles.polygon import contains, read_polygon, span

MAX_CELLS = 1 << 26
"""Tiles of the rectangle around a region: more is a mistyped zoom."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Centres of cells in degrees, `lat` (n,) and `lon` (n,) float64, in the grid's order."""

    lat: FloatGrid
    lon: FloatGrid


@dataclass(frozen=True, eq=False)
class Grid:
    """A rectangle of tiles at one zoom, and which of them are wanted; their order is row by row from the north-west.

    `west`, `north` the tile x and y of the north-west corner; x runs on modulo 2**zoom across the dateline.
    `wanted` (rows, columns) bool: the cells that belong to the region, all of them for a box.
    """

    zoom: int
    west: int
    north: int
    columns: int
    rows: int
    wanted: NDArray[np.bool_]

    @classmethod
    def over(cls, bounds: Bounds, zoom: int) -> Self:
        """The tiles whose centre lies in a box of degrees; west > east crosses the dateline.

        A box that holds no centre gets the one tile under its middle. Raises InvalidRegion.
        """
        west, south, east, north = _checked(bounds)
        return cls._around(west, south, east if west < east else east + 360, north, zoom)

    @classmethod
    def within(cls, geometry: Mapping[str, Any], zoom: int) -> Self:
        """The tiles whose centre lies inside a GeoJSON Polygon, MultiPolygon, Feature or FeatureCollection.

        A shape cut at the dateline (RFC 7946) is one region. Raises InvalidRegion, also when no centre lies inside.
        """
        shape = read_polygon(geometry)
        box = cls._around(*span(shape), zoom)
        lat, lon = box.cells.lat, box.cells.lon
        wanted = contains(shape, lat, lon).reshape(box.rows, box.columns)
        if not wanted.any():
            raise InvalidRegion(f"polygon: holds no centre of a cell at zoom {zoom}; choose a higher zoom")
        rows, columns = np.flatnonzero(wanted.any(axis=1)), np.flatnonzero(wanted.any(axis=0))
        top, left = int(rows[0]), int(columns[0])
        inner = np.ascontiguousarray(wanted[top : rows[-1] + 1, left : columns[-1] + 1])
        return cls(zoom, (box.west + left) % (1 << zoom), box.north + top, inner.shape[1], inner.shape[0], inner)

    @classmethod
    def _around(cls, west: float, south: float, east: float, north: float, zoom: int) -> Self:
        """All tiles whose centre lies in a box with west <= east; east may pass 180."""
        if isinstance(zoom, bool) or zoom != int(zoom) or not 0 <= zoom <= MAX_ZOOM:
            raise InvalidRegion(f"zoom: must be a whole number from 0 to {MAX_ZOOM}, got {zoom}")
        size = 1 << int(zoom)
        (top, bottom), (left, right) = _edges(west, south, east, north, size)
        x, columns = _centres_between(left, right)
        y, rows = _centres_between(top, bottom)
        columns = min(columns, size)
        if rows * columns > MAX_CELLS:
            raise InvalidRegion(f"zoom: {rows * columns:,} cells at zoom {zoom}; at most {MAX_CELLS:,} make a region")
        y = min(max(y, 0), size - 1)
        return cls(int(zoom), x % size, y, columns, rows, np.ones((rows, columns), np.bool_))

    @cached_property
    def count(self) -> int:
        """How many cells are wanted."""
        return int(np.count_nonzero(self.wanted))

    @cached_property
    def positions(self) -> NDArray[np.int64]:
        """Row and column of every cell, (count, 2)."""
        return np.argwhere(self.wanted).astype(np.int64)

    @cached_property
    def cells(self) -> Cells:
        """The cells' centres, longitudes in [-180, 180]."""
        size = 1 << self.zoom
        rows, columns = self.positions[:, 0], self.positions[:, 1]
        lat, lon = from_world(((self.west + columns) % size + 0.5) / size, (self.north + rows + 0.5) / size)
        return Cells(lat, lon)

    @cached_property
    def bounds(self) -> Bounds:
        """West, south, east, north of the rectangle in degrees; west > east across the dateline (RFC 7946)."""
        size = 1 << self.zoom
        (north, south), _ = from_world(0.5, np.array([self.north, self.north + self.rows]) / size)
        west = self.west / size * 360 - 180
        if self.columns == size:
            return -180.0, float(south), 180.0, float(north)
        east = float(wrap_longitude(west + self.columns / size * 360))
        return west, float(south), east, float(north)

    def corners(self, cells: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """West, south, east, north of the tiles of some cells (n,): (n, 4) degrees, each within [-180, 180]."""
        size = 1 << self.zoom
        rows, columns = self.positions[cells, 0], self.positions[cells, 1]
        x, y = (self.west + columns) % size, self.north + rows
        north, west = from_world(x / size, y / size)
        south, east = from_world((x + 1) / size, (y + 1) / size)
        return np.stack([west, south, east, north], axis=1)


def _checked(bounds: Bounds) -> Bounds:
    if len(bounds) != 4 or not all(isinstance(edge, int | float) and math.isfinite(edge) for edge in bounds):
        raise InvalidRegion("bbox: must be four numbers, west,south,east,north")
    west, south, east, north = (float(edge) for edge in bounds)
    if not (-180 <= west <= 180 and -180 <= east <= 180):
        raise InvalidRegion(f"bbox: west and east must be -180 to 180 degrees, got {west:g} and {east:g}")
    if not -90 <= south < north <= 90:
        raise InvalidRegion(
            f"bbox: south and north must be -90 to 90 degrees, south first, got {south:g} and {north:g}"
        )
    if west == east:
        raise InvalidRegion(f"bbox: west and east are both {west:g}")
    return west, south, east, north


def _edges(
    west: float, south: float, east: float, north: float, size: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The box in tiles: (top, bottom) and (left, right). Raises InvalidRegion beyond the map's latitudes."""
    if south >= MAX_LATITUDE or north <= -MAX_LATITUDE:
        raise InvalidRegion(f"bbox: web maps end at {MAX_LATITUDE:.2f} degrees, and {south:g} to {north:g} lies beyond")
    clipped = np.clip([north, south], -MAX_LATITUDE, MAX_LATITUDE)
    x, y = to_world(clipped, np.array([west, east]))
    return (float(y[0]) * size, float(y[1]) * size), (float(x[0]) * size, float(x[1]) * size)


def _centres_between(low: float, high: float) -> tuple[int, int]:
    """The first tile, and how many, whose centre lies in [low, high]; the one under the middle if there is none."""
    first, last = math.ceil(round(low - 0.5, 9)), math.floor(round(high - 0.5, 9))
    return (first, last - first + 1) if last >= first else (math.floor((low + high) / 2), 1)
