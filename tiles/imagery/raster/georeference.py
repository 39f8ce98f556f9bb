"""Where a raster lies: by a CRS and a geotransform, in it or beside it, by ground control points, or by RPCs."""

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import CRSError, NotGeoreferencedWarning
from rasterio.transform import GCPTransformer
from rasterio.vrt import WarpedVRT

from tiles.errors import InvalidRaster

WGS84 = CRS.from_epsg(4326)
METRES_PER_DEGREE = 111_320.0
LONGEST_PRJ = 20_000
FEWEST_POINTS = 3


def open_placed(path: Path, driver: str, **options: str) -> tuple[Any, str]:
    """An open dataset with a CRS and a geotransform, and a note where it had to be placed by points or RPCs.

    Raises InvalidRaster for a file without a place on Earth, and what rasterio raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # such a file is refused by name
        dataset = rasterio.open(path, driver=driver, sharing=False, **options)
        if not dataset.transform.is_identity:
            crs = dataset.crs or _crs_beside(path)
            if crs is None:
                raise InvalidRaster(f"{path}: has a geotransform but no CRS, inside or in a .prj beside it")
            return (dataset if dataset.crs else _ofcrs(dataset, crs)), ""
        points, crs = dataset.gcps
        if len(points) >= FEWEST_POINTS and crs:
            note = _points_note(points, crs)
            return WarpedVRT(
                dataset, src_crs=crs, crs=crs, resampling=Resampling.bilinear, add_alpha=_needs_alpha(dataset)
            ), note
        if dataset.rpcs:
            height = float(dataset.rpcs.height_off)
            note = (
                f"Placed by RPCs at a height of {height:.0f} m, without a terrain model: hills and valleys lie aside."
            )
            options = {"RPC_HEIGHT": str(height)}
            return WarpedVRT(
                dataset,
                src_crs=WGS84,
                crs=WGS84,
                resampling=Resampling.bilinear,
                add_alpha=_needs_alpha(dataset),
                **options,
            ), note
    raise InvalidRaster(f"{path}: has no georeference (a CRS and a geotransform, control points or RPCs)")


def without_numbers(dataset: Any) -> Any:
    """The dataset, pixel for pixel, such that means pass over values that are no numbers."""
    if dataset.nodata is not None or not np.issubdtype(np.dtype(dataset.dtypes[0]), np.floating):
        return dataset
    same = {"crs": dataset.crs, "transform": dataset.transform, "width": dataset.width, "height": dataset.height}
    return WarpedVRT(dataset, src_nodata=math.nan, nodata=math.nan, resampling=Resampling.nearest, **same)


def _ofcrs(dataset: Any, crs: CRS) -> Any:
    """The dataset in a CRS it does not hold itself, pixel for pixel."""
    return WarpedVRT(
        dataset,
        src_crs=crs,
        crs=crs,
        transform=dataset.transform,
        width=dataset.width,
        height=dataset.height,
        resampling=Resampling.nearest,
        add_alpha=_needs_alpha(dataset),
    )


def _needs_alpha(dataset: Any) -> bool:
    """Whether a warped view must be told where there is nothing: it has no mask, no-data value or alpha itself."""
    return dataset.nodata is None and all(
        "all_valid" in {flag.name for flag in flags} for flags in dataset.mask_flag_enums
    )


def _crs_beside(path: Path) -> CRS | None:
    """The CRS in a .prj beside a raster, as GIS programs write it; None where there is none that can be read."""
    for beside in (path.with_suffix(".prj"), path.with_suffix(".PRJ")):
        try:
            if beside.stat().st_size <= LONGEST_PRJ:
                return CRS.from_wkt(beside.read_text(encoding="utf-8-sig"), morph_from_esri_dialect=True)
        except (OSError, UnicodeDecodeError, CRSError):
            continue
    return None


def _points_note(points: list[Any], crs: CRS) -> str:
    """How far, on average, the points lie from where the smooth surface through them puts them."""
    with GCPTransformer(points) as placed:
        xs, ys = placed.xy([p.row for p in points], [p.col for p in points], offset="ul")
    off = np.hypot(np.asarray(xs) - [p.x for p in points], np.asarray(ys) - [p.y for p in points])
    metres = math.sqrt(float(np.square(off).mean())) * (METRES_PER_DEGREE if crs.is_geographic else 1.0)
    return f"Placed by {len(points)} ground control points, which fit to about {metres:.1f} m."
