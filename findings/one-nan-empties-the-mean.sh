#!/usr/bin/env bash
# Reflectance stored as floats, NaN where there is none, without a declared no-data value: a decimated read by `average`
# gives NaN for every cell that holds a single NaN, and so does every overview made by average; with nodata=nan declared the
# same read means the others. Scattered gaps of 6 % of the pixels thus empty a view four times coarser altogether.
#
# Seen with rasterio 1.4.4 (GDAL 3.10.3, as its wheel brings it). Earshot reads such a view again, from the finest data.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check rasterio==1.4.4 numpy
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import rasterio
from rasterio.enums import Resampling

values = np.full((1, 256, 256), 0.25, np.float32)
values[:, ::4, ::4] = np.nan
empty = {}
for declared in (None, float("nan")):
    shape = {"width": 256, "height": 256, "count": 1, "dtype": "float32", "nodata": declared}
    with rasterio.open(f"{declared}.tif", "w", driver="GTiff", crs="EPSG:32632", **shape) as file:
        file.write(values)
    with rasterio.open(f"{declared}.tif") as file:
        seen = file.read(1, out_shape=(64, 64), resampling=Resampling.average)
    empty[str(declared)] = float(np.isnan(seen).mean())
print(f"rasterio {rasterio.__version__}, GDAL {rasterio.__gdal_version__}: share of a coarser view that is empty: {empty}")
assert empty == {"None": 1.0, "nan": 0.0}, "means pass over NaN now, or no longer do where it is declared"
PYTHON
