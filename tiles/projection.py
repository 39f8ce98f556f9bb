"""Shapes in the coordinates of a map, in degrees."""

from typing import Any

import shapely
from rasterio import Env
from rasterio.crs import CRS
from rasterio.errors import CRSError
from rasterio.warp import transform_geom
from shapely.geometry import mapping
from shapely.geometry import shape as to_shape
from shapely.geometry.base import BaseGeometry

from tiles.errors import InvalidRegion

DEGREES = CRS.from_epsg(4326)
PIECES = 256
"""Into how many pieces a side as long as the whole shape is cut: straight on a map is not straight in degrees."""


def in_degrees(shape: BaseGeometry, crs: Any) -> BaseGeometry:
    """A shape whose coordinates are of what a GeoJSON `crs` member names; x is always east or longitude.

    Raises:
        InvalidRegion: it names no coordinate reference system that is known, or the shape lies outside of it.
    """
    system = None if crs is None else _named(crs)
    if shape.is_empty or system is None or system == DEGREES:
        return shape
    west, south, east, north = shape.bounds
    pieces = shapely.segmentize(shape, max(east - west, north - south) / PIECES or 1.0)
    try:
        # Cuts at the dateline, and closes around poles.
        found = to_shape(transform_geom(system, DEGREES, mapping(pieces)))
    except Exception as error:  # whatever GDAL and PROJ say of a point; they share no base class
        raise InvalidRegion(f"polygon: holds coordinates outside of {system.to_string()[:60]}") from error
    return found


def _named(crs: Any) -> CRS:
    try:
        name = crs["properties"]["name"]
        with Env():  # which has PROJ's complaints logged rather than printed
            return CRS.from_user_input(DEGREES if "CRS84" in name.upper() else name)
    except (CRSError, KeyError, TypeError, AttributeError) as error:
        raise InvalidRegion(
            f"polygon: crs {str(crs)[:80]} is no coordinate reference system that is known; "
            "write it in longitude and latitude (EPSG:4326)"
        ) from error
