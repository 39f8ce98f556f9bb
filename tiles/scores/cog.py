"""A query's scores as a Cloud-Optimized GeoTIFF, for QGIS and everything else that reads rasters."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tiles.grid import Grid
from tiles.mercator import CIRCUMFERENCE

BLOCK_PIXELS = 256


def write_cog(grid: Grid, bands: Mapping[str, NDArray[np.floating]], tags: Mapping[str, str]) -> bytes:
    """A GeoTIFF in EPSG:3857 with one pixel for each cell of the grid.

    `bands` maps descriptions to values (count,); pixels without a cell or a value hold NaN, the nodata value. A grid
    across the dateline runs on to the east of it. `tags` become metadata of the file.
    """
    import rasterio  # loads GDAL, which few requests need
    from rasterio.io import MemoryFile
    from rasterio.transform import Affine

    cell = CIRCUMFERENCE / (1 << grid.zoom)  # metres
    west, north = grid.west * cell - CIRCUMFERENCE / 2, CIRCUMFERENCE / 2 - grid.north * cell
    transform = Affine(cell, 0, west, 0, -cell, north)
    layout = {"driver": "COG", "blocksize": BLOCK_PIXELS, "compress": "deflate", "predictor": "yes"}
    place = {"crs": "EPSG:3857", "transform": transform, "overview_resampling": "average"}
    shape = {"width": grid.columns, "height": grid.rows, "count": len(bands), "dtype": "float32", "nodata": np.nan}
    with rasterio.Env(), MemoryFile() as memory:
        with memory.open(**layout, **place, **shape) as file:
            for number, (description, values) in enumerate(bands.items(), start=1):
                plane = np.full((grid.rows, grid.columns), np.nan, np.float32)
                plane[grid.positions[:, 0], grid.positions[:, 1]] = values
                file.write(plane, number)
                file.set_band_description(number, description)
            file.update_tags(**tags)
        return bytes(memory.read())
