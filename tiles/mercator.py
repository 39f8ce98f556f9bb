"""Web Mercator tiles (EPSG:3857, the XYZ scheme) as arrays; mercantile's formulas over whole grids at once."""

import math

import numpy as np
from numpy.typing import ArrayLike

from tiles.errors import InvalidPoint
from tiles.footprint import LATTICE, SEMI_MAJOR, FloatGrid

TILE_PIXELS = 256
MAX_ZOOM = 24
MAX_LATITUDE = math.degrees(math.atan(math.sinh(math.pi)))
CIRCUMFERENCE = 2 * math.pi * SEMI_MAJOR


def check_tile(z: int, x: int, y: int) -> None:
    """Raise InvalidPoint, its message beginning with the field's name, unless tile (z, x, y) exists in the scheme."""
    if not 0 <= z <= MAX_ZOOM:
        raise InvalidPoint(f"z: must be 0 to {MAX_ZOOM}, got {z}")
    for field, value in (("x", x), ("y", y)):
        if not 0 <= value < 1 << z:
            raise InvalidPoint(f"{field}: must be 0 to {(1 << z) - 1} at zoom {z}, got {value}")


def to_world(lat: ArrayLike, lon: ArrayLike) -> tuple[FloatGrid, FloatGrid]:
    """The world square: x from 0 (180 W) to 1 (180 E), y from 0 (85.05 N) to 1 (85.05 S); degrees in."""
    sin = np.sin(np.radians(np.asarray(lat, np.float64)))
    return np.asarray(lon, np.float64) / 360 + 0.5, 0.5 - np.arctanh(sin) / (2 * math.pi)


def from_world(x: ArrayLike, y: ArrayLike) -> tuple[FloatGrid, FloatGrid]:
    """Latitude and longitude in degrees of points of the world square."""
    lat = np.degrees(np.arctan(np.sinh(math.pi * (1 - 2 * np.asarray(y, np.float64)))))
    return lat, (np.asarray(x, np.float64) - 0.5) * 360


def tile_lattice(z: int, x: int, y: int) -> tuple[FloatGrid, FloatGrid]:
    """Latitudes and longitudes of a LATTICE x LATTICE net from a tile's north-west to its south-east corner."""
    check_tile(z, x, y)
    side = np.linspace(0, 1, LATTICE)
    return from_world(*np.broadcast_arrays((x + side[None, :]) / (1 << z), (y + side[:, None]) / (1 << z)))


def zoom_for(lat: float, gsd: float) -> int:
    """The coarsest zoom whose tile pixels are no coarser than `gsd` metres (within 2%) at a latitude, 0 to MAX_ZOOM."""
    finest = CIRCUMFERENCE * math.cos(math.radians(lat)) / (TILE_PIXELS * gsd * 1.02)
    return min(max(math.ceil(math.log2(max(finest, 1.0))), 0), MAX_ZOOM)
