"""GeoTIFFs to test with, as other programs write them."""

import warnings
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.warp import transform

CRS = "EPSG:32632"
AFFINE = Affine(10, 0, 740_350, 0, -10, 5_168_160)


def halves(side=64):
    """Green in the west, sand in the east: (3, side, side) uint8."""
    picture = np.empty((3, side, side), np.uint8)
    picture[:] = np.array([40, 140, 60], np.uint8)[:, None, None]
    picture[:, :, side // 2 :] = np.array([220, 190, 120], np.uint8)[:, None, None]
    return picture


def write(path: Path, bands, crs=CRS, affine=AFFINE, **profile):
    """A GeoTIFF of (count, h, w) bands; `names`, `colours`, `tags` and `band_tags` (a dict a band) are set on it."""
    bands = np.asarray(bands)
    names, colours = profile.pop("names", None), profile.pop("colours", None)
    tags, band_tags = profile.pop("tags", {}), profile.pop("band_tags", [])
    scales, offsets = profile.pop("scales", None), profile.pop("offsets", None)
    shape = {"count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2], "dtype": bands.dtype}
    place = {} if affine is None else {"transform": affine}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(path, "w", driver="GTiff", crs=crs, **place, **shape, **profile) as file:
            file.write(bands)
            if names:
                file.descriptions = names
            if colours:
                file.colorinterp = colours
            if scales:
                file.scales, file.offsets = scales, offsets
            file.update_tags(**tags)
            for number, own in enumerate(band_tags, 1):
                file.update_tags(number, **own)
    return path


def centre(side=64, affine=AFFINE, crs=CRS):
    """Latitude and longitude of the middle."""
    x, y = affine @ (side / 2, side / 2)
    (lon,), (lat,) = transform(crs, "EPSG:4326", [x], [y])
    return lat, lon


def sides(source, side=64):
    """The mean colours of the western and the eastern half of what is read, but for the seam."""
    pixels = source.read(*centre(side), 10.0, side - 4).pixels.astype(float)
    middle = pixels.shape[1] // 2
    return pixels[:, 2 : middle - 3].mean(axis=(0, 1)), pixels[:, middle + 3 : -2].mean(axis=(0, 1))
