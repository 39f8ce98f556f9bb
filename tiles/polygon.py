"""Polygons from GeoJSON: read, checked, and asked which points they hold; the dateline is nowhere special."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape as to_shape
from shapely.geometry.base import BaseGeometry

from tiles.errors import InvalidRegion
from tiles.footprint import FloatGrid


def read_polygon(geojson: Mapping[str, Any]) -> BaseGeometry:
    """All polygons of a GeoJSON object, as one shape in degrees. Raises InvalidRegion."""
    try:
        shape = shapely.union_all([to_shape(dict(geometry)) for geometry in _geometries(geojson)])
        shape = shapely.make_valid(shape)
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


def _geometries(geojson: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    kind = geojson["type"]
    if kind == "FeatureCollection":
        return [geometry for feature in geojson["features"] for geometry in _geometries(feature)]
    if kind == "Feature":
        return _geometries(geojson["geometry"])
    if kind == "GeometryCollection":
        return [geometry for part in geojson["geometries"] for geometry in _geometries(part)]
    return [geojson]
