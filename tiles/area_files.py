"""Files of areas, as GIS programs write them, as GeoJSON: GeoJSON itself, GeoPackage, KML, shapefiles, FlatGeobuf."""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping

from tiles.errors import InvalidRegion

MAGIC = {b"SQLite format 3": "a GeoPackage", b"PK\x03\x04": "a ZIP archive", b"\x00\x00\x27\x0a": "a shapefile"}
MAGIC |= {b"fgb": "a FlatGeobuf file"}
"""How files begin that GDAL reads."""
BEGINNING = 4096
"""Bytes in which a KML file says that it is one."""
EXTRA = "areas"


def read_area_file(path: Path) -> Mapping[str, Any]:
    """What a file of areas holds as a GeoJSON object, as `tiles.polygon.read_polygon` takes it.

    Raises:
        InvalidRegion: unreadable, or of another format.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidRegion(f"polygon: cannot read {path}: {error.strerror}") from error
    kind = next((name for magic, name in MAGIC.items() if content.startswith(magic)), None)
    if kind is None and b"<kml" in content[:BEGINNING]:
        kind = "a KML file"
    return _json(path, content) if kind is None else _layers(path, kind)


def _json(path: Path, content: bytes) -> Mapping[str, Any]:
    """A GeoJSON object, or all those of a file with one a line (RFC 8142)."""
    try:
        found = json.loads(content)
    except ValueError as error:
        lines = [line for line in content.replace(b"\x1e", b"").splitlines() if line.strip()]
        try:
            found = {"type": "FeatureCollection", "features": [json.loads(line) for line in lines]}
        except ValueError:
            lines = []
        if len(lines) < 2:
            raise InvalidRegion(
                f"polygon: {path} is not JSON ({error}); GeoJSON, GeoPackage, KML, shapefiles and FlatGeobuf are read"
            ) from error
    if not isinstance(found, dict):
        raise InvalidRegion(f"polygon: {path} is not a GeoJSON object")
    return found


def _layers(path: Path, kind: str) -> Mapping[str, Any]:
    """The geometries of every layer of a file that GDAL reads, in one collection a layer."""
    try:
        pyogrio = importlib.import_module("pyogrio")
        raw = importlib.import_module("pyogrio.raw")
    except ModuleNotFoundError as error:
        raise InvalidRegion(
            f"polygon: {path} is {kind}, which needs pyogrio: pip install 'earshot[{EXTRA}]'; or write it as GeoJSON"
        ) from error
    try:
        layers = [name for name, geometry in pyogrio.list_layers(path) if geometry is not None]
        return {"type": "FeatureCollection", "features": [_collection(*_read(raw, path, name)) for name in layers]}
    # Whatever GDAL says of a file; its errors share no base class of their own.
    except (RuntimeError, ValueError, OSError, shapely.errors.ShapelyError) as error:
        raise InvalidRegion(f"polygon: {path} is {kind} that cannot be read ({str(error)[:120]})") from error


def _read(raw: Any, path: Path, layer: str) -> tuple[str | None, list[bytes | None]]:
    """The coordinate reference system of a layer and its geometries as WKB."""
    meta, _, geometries, _ = raw.read(path, layer=layer, columns=[])
    return meta["crs"], list(geometries)


def _collection(crs: str | None, geometries: list[bytes | None]) -> dict[str, Any]:
    shapes = [mapping(shapely.from_wkb(wkb)) for wkb in geometries if wkb is not None]
    told = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    return {"type": "GeometryCollection", "geometries": shapes, **told}
