"""The patches of a chip on the ground: the cells of an even grid over its footprint, as GeoJSON."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.polygon import orient

from tiles.chip import Chip
from tiles.footprint import FloatGrid, to_geographic, wrap_longitude

DECIMALS = 8
"""Of degrees: a millimetre."""


def patch_centre(chip: Chip, grid: int, row: int, column: int) -> tuple[float, float]:
    """Latitude and longitude of the middle of a patch; row 0 is the northernmost."""
    side = chip.gsd * len(chip.pixels)
    east, north = ((column + 0.5) / grid - 0.5) * side, (0.5 - (row + 0.5) / grid) * side
    lat, lon = to_geographic(chip.lat, chip.lon, east, north)
    return float(lat), float(lon)


def patch_corners(chip: Chip, grid: int) -> tuple[FloatGrid, FloatGrid]:
    """Latitudes and longitudes of the corners of a chip's patches: two (grid + 1, grid + 1), row 0 in the north."""
    along = (np.arange(grid + 1) / grid - 0.5) * chip.gsd * len(chip.pixels)  # metres from the centre
    return to_geographic(chip.lat, chip.lon, along[None, :], -along[:, None])


def patch_cells(chip: Chip, grid: int) -> list[dict[str, Any]]:
    """The patches as GeoJSON geometries, row by row from the north-west.

    Polygons with counterclockwise exteriors, neighbours sharing their corners; a MultiPolygon where the dateline cuts
    one (RFC 7946 sections 3.1.6 and 3.1.9).
    """
    lats, lons = (np.round(degrees, DECIMALS) for degrees in patch_corners(chip, grid))
    cells = []
    for row in range(grid):
        for column in range(grid):
            at = [(row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1)]
            cells.append(_cell(np.array([lons[i] for i in at]), np.array([lats[i] for i in at])))
    return cells


def _cell(lons: FloatGrid, lats: FloatGrid) -> dict[str, Any]:
    """One cell by its corners, counterclockwise as seen from above the ground."""
    turns = wrap_longitude(np.diff(lons, append=lons[0]))
    unwrapped = lons[0] + np.concatenate([[0.0], np.cumsum(turns[:-1])])
    ring = list(zip(unwrapped.tolist(), lats.tolist(), strict=True))
    around = float(turns.sum())
    if abs(around) > 180:  # the pole lies inside: the ring goes once around it, and is closed along it
        pole = 90.0 if lats.mean() > 0 else -90.0
        ring += [(ring[0][0] + around, ring[0][1]), (ring[0][0] + around, pole), (ring[0][0], pole)]
    shape = Polygon(ring)
    west, _, east, _ = shape.bounds
    if west < -180 or east > 180:
        shape = MultiPolygon(_cut(shape))
    parts = [orient(part) for part in shapely.get_parts(shape)]
    return dict(mapping(parts[0] if len(parts) == 1 else MultiPolygon(parts)))


def _cut(shape: Polygon) -> list[Polygon]:
    """The parts of a shape on either side of the dateline, each brought back within -180 to 180."""
    parts = []
    for turn in (-360, 0, 360):
        part = shape.intersection(shapely.box(-180 + turn, -90, 180 + turn, 90))
        parts += [translate(piece, -turn) for piece in shapely.get_parts(part) if piece.geom_type == "Polygon"]
    return parts
