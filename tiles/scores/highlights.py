"""The places that answer a query best: connected bright areas of a grid, ranked, as polygons with their true area."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.errors import InvalidPoint
from tiles.footprint import ECCENTRICITY2, SEMI_MAJOR, Bounds, FloatGrid
from tiles.grid import Grid
from tiles.mercator import from_world

NEIGHBOURS = np.ones((3, 3), bool)
"""Cells that touch, be it by a corner, belong together."""

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class BestCell:
    """The brightest cell of an area: its centre in degrees, its score and its percentile."""

    lat: float
    lon: float
    score: float
    percentile: float


@dataclass(frozen=True)
class Highlight:
    """A connected bright area.

    `geometry` GeoJSON MultiPolygon in degrees, exterior rings counterclockwise, cut at the dateline (RFC 7946);
    `area_km2` on the WGS84 ellipsoid; `cells` how many; `mean_score` over them.
    """

    geometry: dict[str, Any]
    area_km2: float
    cells: int
    mean_score: float
    best: BestCell


@dataclass(frozen=True)
class Highlights:
    """The `shown` best areas of `found`."""

    shown: tuple[Highlight, ...]
    found: int


def highlights(
    grid: Grid,
    scores: NDArray[np.floating],
    percentiles: NDArray[np.floating],
    *,
    min_percentile: float,
    limit: int,
    bbox: Bounds | None = None,
) -> Highlights:
    """Areas whose cells all reach `min_percentile`, by their best score, at most `limit` of them.

    `scores` and `percentiles` (count,), NaN without data. `bbox` keeps cells whose centre lies within west, south,
    east, north (west > east across the dateline).

    Raises:
        InvalidPoint: The box is not one; the message begins with "bbox: ".
    """
    bright = np.nan_to_num(percentiles, nan=-np.inf) >= min_percentile
    if bbox is not None:
        check_box(bbox)
        bright &= within(bbox, grid.cells.lat, grid.cells.lon)
    labels = _labels(grid, bright)
    rows, columns = grid.positions.T
    number = labels[rows, columns]  # (count,) 0 where it is not bright
    held = np.flatnonzero(number)
    held = held[np.lexsort((held, -scores[held]))]  # best first, the earlier cell where two are equal
    areas, first = np.unique(number[held], return_index=True)
    ranked = np.argsort(first)
    by_area = np.split(held[np.argsort(number[held], kind="stable")], np.cumsum(np.bincount(number[held])[areas])[:-1])
    outlines = _outlines(grid, labels, areas[ranked[:limit]])
    ground = _cell_areas(grid)[rows]  # (count,)
    shown = tuple(
        Highlight(
            geometry={"type": "MultiPolygon", "coordinates": outlines[int(areas[place])]},
            area_km2=float(ground[by_area[place]].sum()) / 1e6,
            cells=len(by_area[place]),
            mean_score=float(scores[by_area[place]].mean()),
            best=_best(grid, int(by_area[place][0]), scores, percentiles),
        )
        for place in ranked[:limit]
    )
    return Highlights(shown, len(areas))


def check_box(bbox: Bounds) -> None:
    """Raise InvalidPoint, its message beginning with "bbox: ", unless west, south, east, north make a box on Earth."""
    west, south, east, north = bbox
    if not np.isfinite(bbox).all() or not (-180 <= west <= 180 and -180 <= east <= 180):
        raise InvalidPoint(f"bbox: west and east must be -180 to 180 degrees, got {west:g} and {east:g}")
    if not -90 <= south <= north <= 90:
        raise InvalidPoint(f"bbox: south to north must rise within -90 to 90 degrees, got {south:g} and {north:g}")


def within(bbox: Bounds, lat: FloatGrid, lon: FloatGrid) -> NDArray[np.bool_]:
    """Which points lie within west, south, east, north; west > east crosses the dateline."""
    west, south, east, north = bbox
    along = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    return np.asarray(along & (lat >= south) & (lat <= north))


def _labels(grid: Grid, bright: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The number of each cell's connected area (rows, columns), 0 where it is not bright."""
    from scipy import ndimage  # as heavy as GDAL, and neither is needed before the first search

    plane = np.zeros((grid.rows, grid.columns), bool)
    plane[tuple(grid.positions.T)] = bright
    labels = np.asarray(ndimage.label(plane, NEIGHBOURS)[0], np.int32)
    return _joined_at_the_seam(labels) if grid.columns == 1 << grid.zoom else labels


def _best(grid: Grid, cell: int, scores: NDArray[np.floating], percentiles: NDArray[np.floating]) -> BestCell:
    return BestCell(
        lat=float(grid.cells.lat[cell]),
        lon=float(grid.cells.lon[cell]),
        score=float(scores[cell]),
        percentile=float(percentiles[cell]),
    )


def _joined_at_the_seam(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Areas of a grid once round the world that touch where its last column meets its first are one."""
    renamed = np.arange(labels.max() + 1)
    last, first = labels[:, -1], labels[:, 0]
    for shift in (-1, 0, 1):
        rows = np.arange(max(0, -shift), min(len(first), len(first) - shift))
        for one, other in zip(renamed[last[rows]], renamed[first[rows + shift]], strict=True):
            if one and other:
                renamed[renamed == renamed[other]] = renamed[one]
    return renamed[labels].astype(np.int32)


def _outlines(grid: Grid, labels: NDArray[np.int32], wanted: NDArray[np.int32]) -> dict[int, list[list[Ring]]]:
    """The polygons of each label, in degrees; cells that only touch by a corner are polygons of their own."""
    from rasterio.features import shapes  # loads GDAL

    shown = np.where(np.isin(labels, wanted), labels, 0).astype(np.int32)
    seam = (1 << grid.zoom) - grid.west  # the column that begins east of the dateline
    outlines: dict[int, list[list[Ring]]] = {int(label): [] for label in wanted}
    for start, stop in ((0, min(seam, grid.columns)), (min(seam, grid.columns), grid.columns)):
        part = np.ascontiguousarray(shown[:, start:stop])
        if not part.any():
            continue
        west = (grid.west + start) % (1 << grid.zoom)
        for geometry, label in shapes(part, mask=part > 0, connectivity=4):
            rings = [_in_degrees(grid, west, ring) for ring in geometry["coordinates"]]
            outlines[int(label)].append([_turned(ring, outer=number == 0) for number, ring in enumerate(rings)])
    return outlines


def _in_degrees(grid: Grid, west: int, ring: list[tuple[float, float]]) -> Ring:
    column, row = np.array(ring).T
    scale = 1 << grid.zoom
    lat, lon = from_world((column + west) / scale, (row + grid.north) / scale)
    return list(zip(lon.round(9).tolist(), lat.round(9).tolist(), strict=True))


def _turned(ring: Ring, outer: bool) -> Ring:
    """The ring with its interior on the left: outer rings counterclockwise, holes clockwise."""
    x, y = np.array(ring).T
    counterclockwise = (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() > 0
    return ring if counterclockwise == outer else ring[::-1]


def _cell_areas(grid: Grid) -> FloatGrid:
    """Square metres of a cell of each row (rows,): its share of the exact area of the band between two parallels."""
    scale = 1 << grid.zoom
    lat, _ = from_world(0.0, (grid.north + np.arange(grid.rows + 1)) / scale)
    sin, e = np.sin(np.radians(lat)), np.sqrt(ECCENTRICITY2)
    # From the equator to the parallel, per radian of longitude (Snyder 1987, equation 3-12 times the semi-axes).
    band = SEMI_MAJOR**2 / 2 * (1 - ECCENTRICITY2) * (sin / (1 - ECCENTRICITY2 * sin**2) + np.arctanh(e * sin) / e)
    return np.asarray(-np.diff(band) * (2 * np.pi / scale))
