"""Polygons as GeoJSON: read, asked which points they hold, and written; the dateline is nowhere special."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry import shape as to_shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from tiles.errors import InvalidRegion
from tiles.footprint import FloatGrid, wrap_longitude
from tiles.projection import in_degrees

DECIMALS = 8
"""Of degrees: a millimetre."""


def read_polygon(geojson: Mapping[str, Any]) -> BaseGeometry:
    """All polygons of a GeoJSON object, as one shape in degrees. Raises InvalidRegion."""
    try:
        shape = shapely.union_all([shapely.make_valid(part) for part in _shapes(geojson)])
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise InvalidRegion(f"polygon: is not GeoJSON ({' '.join(str(error).split())[:120]})") from error
    areas = [part for part in shapely.get_parts(shape, return_index=False) if part.geom_type.endswith("Polygon")]
    shape = shapely.union_all(areas)
    if shape.is_empty or not shape.area > 0:
        raise InvalidRegion("polygon: holds no Polygon or MultiPolygon with an area")
    west, south, east, north = shape.bounds
    inside = south >= -90 and north <= 90 and west >= -360 and east <= 360
    if not (np.isfinite(shape.bounds).all() and inside):
        raise InvalidRegion("polygon: coordinates must be longitude and latitude in degrees")
    shapely.prepare(shape)
    return shape


def span(shape: BaseGeometry) -> tuple[float, float, float, float]:
    """West, south, east, north of the narrowest box around a shape; east may pass 180 where that is narrower."""
    _, south, _, north = shape.bounds
    spans = sorted((part.bounds[0], part.bounds[2]) for part in shapely.get_parts(shape))
    merged = [list(spans[0])]
    for west, east in spans[1:]:
        if west <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], east)
        else:
            merged.append([west, east])
    gaps = [after[0] - before[1] for before, after in itertools.pairwise(merged)]
    around = merged[0][0] + 360 - merged[-1][1]
    if gaps and max(gaps) > around:
        cut = int(np.argmax(gaps))
        return merged[cut + 1][0], south, merged[cut][1] + 360, north
    return merged[0][0], south, min(merged[-1][1], merged[0][0] + 360), north


def contains(shape: BaseGeometry, lat: FloatGrid, lon: FloatGrid) -> NDArray[np.bool_]:
    """Whether points (n,) lie inside; a shape may be drawn past 180 on either side."""
    inside = shapely.contains_xy(shape, lon, lat)
    west, _, east, _ = shape.bounds
    if east > 180:
        inside |= shapely.contains_xy(shape, lon + 360, lat)
    if west < -180:
        inside |= shapely.contains_xy(shape, lon - 360, lat)
    return np.asarray(inside, np.bool_)


def net_polygons(lats: FloatGrid, lons: FloatGrid) -> list[dict[str, Any]]:
    """The cells between a net's corners (rows + 1, columns + 1) as GeoJSON geometries, row by row.

    Row 0 is the north. Polygons with counterclockwise exteriors, neighbours sharing their corners; a MultiPolygon where
    the dateline cuts one (RFC 7946 sections 3.1.6 and 3.1.9).
    """
    lats, lons = np.round(lats, DECIMALS), np.round(lons, DECIMALS)
    rows, columns = np.indices((lats.shape[0] - 1, lats.shape[1] - 1)).reshape(2, -1)
    corners = [(rows, columns), (rows + 1, columns), (rows + 1, columns + 1), (rows, columns + 1)]
    around = (np.stack([net[at] for at in corners], axis=1) for net in (lats, lons))  # (cells, 4), counterclockwise
    return [_geometry(*corner) for corner in zip(*around, strict=True)]


def _geometry(lats: FloatGrid, lons: FloatGrid) -> dict[str, Any]:
    """A cell by its corners, counterclockwise as seen from above the ground."""
    turns = wrap_longitude(np.diff(lons, append=lons[0]))
    unwrapped = lons[0] + np.concatenate([[0.0], np.cumsum(turns[:-1])])
    ring = list(zip(unwrapped.tolist(), lats.tolist(), strict=True))
    around = float(turns.sum())
    if abs(around) > 180:  # the pole lies inside: the ring goes once around it, and is closed along it
        pole = 90.0 if lats.mean() > 0 else -90.0
        ring += [(ring[0][0] + around, ring[0][1]), (ring[0][0] + around, pole), (ring[0][0], pole)]
    shape = Polygon(ring)
    west, _, east, _ = shape.bounds
    parts = [orient(part) for part in (_cut_at_dateline(shape) if west < -180 or east > 180 else [shape])]
    return dict(mapping(parts[0] if len(parts) == 1 else MultiPolygon(parts)))


def _cut_at_dateline(shape: Polygon) -> list[Polygon]:
    """The parts of a shape on either side of the dateline, each brought back within -180 to 180."""
    parts = []
    for turn in (-360, 0, 360):
        part = shape.intersection(shapely.box(-180 + turn, -90, 180 + turn, 90))
        parts += [translate(piece, -turn) for piece in shapely.get_parts(part) if piece.geom_type == "Polygon"]
    return [piece for piece in shapely.get_parts(shapely.union_all(parts)) if isinstance(piece, Polygon)]


def _shapes(geojson: Mapping[str, Any], crs: Any = None) -> Iterator[BaseGeometry]:
    """Every geometry of an object in degrees; features without one hold none.

    A `crs` member, as GIS programs wrote it before RFC 7946, holds for all that the object holds.
    """
    kind, crs = geojson["type"], geojson.get("crs") or crs
    if kind == "FeatureCollection":
        parts = geojson["features"]
    elif kind == "GeometryCollection":
        parts = geojson["geometries"]
    elif kind == "Feature":
        parts = [] if geojson["geometry"] is None else [geojson["geometry"]]
    else:
        yield in_degrees(to_shape(dict(geojson)), crs)
        return
    for part in parts:
        yield from _shapes(part, crs)
