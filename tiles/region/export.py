"""Regions for other programs: vectors as GeoParquet or NumPy, scores as a COG, each with a STAC Collection beside it.

A cell's id is its tile, "zoom/x/y". Only valid cells are written.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from tiles.errors import InvalidRegion
from tiles.files import replacing, write_whole
from tiles.region.manifest import Condition
from tiles.region.region import Region
from tiles.region.stac import collection
from tiles.scores.cog import write_cog

SUFFIXES = {"geoparquet": ".parquet", "cog": ".tif", "npy": ".npy"}
ROWS = 4096


def export_region(
    region: Region,
    path: Path,
    format: str,
    *,
    condition: Condition | None = None,
    vector: ArrayLike | None = None,
    query: str | None = None,
) -> list[Path]:
    """Write a region's valid cells for one condition; returns the files, the STAC Collection last.

    "geoparquet" and "npy" hold the vectors, "cog" the cosine and percentile of `vector` (dim,), which `query` names.
    Raises InvalidRegion for another format, for a COG without a vector, and without the package GeoParquet needs.
    """
    at = condition or region.conditions[0]
    if format == "geoparquet":
        files = _parquet(region, path, at)
    elif format == "npy":
        files = _npy(region, path, at)
    elif format == "cog" and vector is not None:
        files = _cog(region, path, at, vector, query or "")
    else:
        raise InvalidRegion(f"format: {format!r} is none of {', '.join(SUFFIXES)}, or lacks a vector to score by")
    beside = path.with_name(f"{path.name}.stac.json")
    write_whole(beside, json.dumps(collection(region, at, files, query), indent=2) + "\n")
    return [*files, beside]


def _parquet(region: Region, path: Path, condition: Condition) -> list[Path]:
    """GeoParquet 1.1: id, geometry (WKB polygon), vector (fixed-size list of float32), and the centre."""
    try:  # an optional extra
        import pyarrow as pa  # type: ignore[import-untyped]
        import pyarrow.parquet as pq  # type: ignore[import-untyped]
    except ImportError as error:
        raise InvalidRegion("format: GeoParquet needs pyarrow; install earshot[export]") from error
    schema = pa.schema(
        [
            ("id", pa.string()),
            ("geometry", pa.binary()),
            ("vector", pa.list_(pa.float32(), region.dim)),
            ("latitude", pa.float64()),
            ("longitude", pa.float64()),
        ],
        metadata={"geo": json.dumps(_geo(region)), "earshot": json.dumps(model_of(region, condition))},
    )

    with replacing(path) as partial, pq.ParquetWriter(partial, schema, compression="zstd") as writer:
        for cells, vectors in _rows(region, condition):
            boxes = [shapely.to_wkb(shapely.box(*corners)) for corners in region.grid.corners(cells).tolist()]
            numbers = pa.array(vectors.astype(np.float32).ravel())
            lists = pa.FixedSizeListArray.from_arrays(numbers, region.dim)
            lat, lon = region.cells.lat[cells], region.cells.lon[cells]
            ids = pa.array(_ids(region, cells))
            columns = [ids, pa.array(boxes, pa.binary()), lists, pa.array(lat), pa.array(lon)]
            writer.write_batch(pa.record_batch(columns, schema=schema))
    return [path]


def _npy(region: Region, path: Path, condition: Condition) -> list[Path]:
    """Vectors (n, dim) float16, and beside them the cells' tiles (n, 3): zoom, x, y."""
    cells = np.flatnonzero(region.valid)
    with replacing(path) as partial:
        file = np.lib.format.open_memmap(partial, "w+", np.float16, (len(cells), region.dim))
        first = 0
        for rows, vectors in _rows(region, condition):
            file[first : first + len(rows)] = vectors
            first += len(rows)
        file.flush()
    beside = path.with_suffix(".cells.npy")
    with replacing(beside) as partial, partial.open("wb") as whose:
        np.save(whose, np.array(_tiles(region, cells), np.int64).reshape(-1, 3))
    return [path, beside]


def _cog(region: Region, path: Path, condition: Condition, vector: ArrayLike, query: str) -> list[Path]:
    scores = region.score(np.asarray(vector), condition)
    bands = {"cosine": scores, "percentile": region.percentile(scores)}
    tags = {"query": query, **{key: str(value) for key, value in model_of(region, condition).items()}}
    write_whole(path, write_cog(region.grid, bands, tags))
    return [path]


def model_of(region: Region, condition: Condition) -> dict[str, Any]:
    """What made the vectors."""
    return {
        "region": region.name,
        "checkpoint": region.checkpoint,
        "checkpoint_hash": region.checkpoint_hash,
        "dim": region.dim,
        "metric": "cosine",
        "imagery": region.imagery,
        "attribution": region.attribution,
        "gsd": region.gsd,
        "scale": region.scale,
        "pixels": region.pixels,
        "condition": str(condition),
    }


def _rows(region: Region, condition: Condition) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float16]]]:
    """Valid cells and their vectors, a few thousand at a time."""
    for start in range(0, region.grid.count, ROWS):
        stop = min(start + ROWS, region.grid.count)
        here = np.flatnonzero(region.valid[start:stop])
        if len(here):
            yield start + here, region.vectors(start, stop, condition)[here]


def _tiles(region: Region, cells: NDArray[np.intp]) -> list[tuple[int, int, int]]:
    grid = region.grid
    rows, columns = grid.positions[cells].T
    x, y = (grid.west + columns) % (1 << grid.zoom), grid.north + rows
    return [(grid.zoom, int(column), int(row)) for column, row in zip(x, y, strict=True)]


def _ids(region: Region, cells: NDArray[np.intp]) -> list[str]:
    return [f"{z}/{x}/{y}" for z, x, y in _tiles(region, cells)]


def _geo(region: Region) -> dict[str, Any]:
    """GeoParquet's own metadata; without a crs, coordinates are longitude and latitude on WGS84."""
    column = {"encoding": "WKB", "geometry_types": ["Polygon"], "bbox": list(region.grid.bounds), "edges": "planar"}
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
