"""What people bring as rasters: places written as GeoTIFFs of many kinds, and whether they are heard as they were."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray

from benchmarks.listening import Ear
from model.gallery import Gallery
from model.sat2sound import image_tensor, open_checkpoint
from tiles.imagery import open_imagery
from tiles.imagery.null_island import CLASSES, sample_land_cover
from tiles.imagery.raster import RasterImagery

GSD, PIXELS, SIDE = 0.6, 256, 400
ANYWHERE, EACH = 60, 4
RANDOM = np.random.default_rng(1)
TAGGED = {"PROCESSING_BASELINE": "05.09"}

Bands = NDArray[Any]


def _reflectance(bands: Bands, added: int = 0) -> Bands:
    return np.rint(bands / 255 * 3500 + RANDOM.uniform(0, 13, bands.shape) + added).astype(np.uint16)


KINDS: dict[str, tuple[Callable[[Bands], Bands], dict[str, Any]]] = {
    "8-bit RGB": (lambda bands: bands, {"photometric": "RGB"}),
    "8-bit RGB, JPEG": (lambda bands: bands, {"compress": "jpeg", "photometric": "ycbcr", "tiled": True}),
    "8-bit RGBA": (lambda bands: np.concatenate([bands, np.full_like(bands[:1], 255)]), {"alpha": "yes"}),
    "8 bits of 16": (lambda bands: bands.astype(np.uint16) * 257, {}),
    "12 bits of 16": (lambda bands: bands.astype(np.uint16) * 16, {}),
    "16 bits, scaled and moved": (lambda bands: bands.astype(np.uint16) * 12 + 300, {}),
    "float 0 to 1": (lambda bands: bands.astype(np.float32) / 255, {}),
    "reflectance, float": (lambda bands: (_reflectance(bands) / 10_000).astype(np.float32), {}),
    "reflectance, counts": (_reflectance, {}),
    "Sentinel-2 since 04.00, declared": (lambda bands: _reflectance(bands, 1000), {"tags": TAGGED}),
    "Sentinel-2 since 04.00, undeclared": (lambda bands: _reflectance(bands, 1000), {}),
    "blue first, by names": (
        lambda bands: np.concatenate([_reflectance(bands)[::-1], np.full((1, *bands.shape[1:]), 3000, np.uint16)]),
        {"names": ("B02", "B03", "B04", "B08")},
    ),
    "infrared as alpha": (
        lambda bands: np.concatenate([bands, RANDOM.integers(4, 220, (1, *bands.shape[1:])).astype(np.uint8)]),
        {"photometric": "RGB", "alpha": "yes"},
    ),
}


def kinds() -> Iterator[tuple[str, int, int]]:
    """Each kind, how many places were tried, and how many are heard as the scene they are."""
    ear = Ear(open_checkpoint("embedded").eval(), Gallery.open("embedded"))
    source = open_imagery("null-island")
    places = [*_anywhere(), *_of_each_cover()]
    right = dict.fromkeys(KINDS, 0)
    with tempfile.TemporaryDirectory() as folder:
        for lat, lon in places:
            true = _scene(ear, source.read(lat, lon, GSD, PIXELS).pixels)
            bands = np.moveaxis(source.read(lat, lon, GSD, SIDE).pixels, -1, 0)
            for kind, (change, profile) in KINDS.items():
                raster = RasterImagery(_written(Path(folder) / "place.tif", change(bands), lat, lon, **profile))
                right[kind] += _scene(ear, raster.read(lat, lon, GSD, PIXELS).pixels) == true
    for kind, count in right.items():
        yield f"raster: {kind}", len(places), count


def _anywhere() -> Iterator[tuple[float, float]]:
    for lat, lon in RANDOM.uniform(-2, 2, (ANYWHERE, 2)):
        yield float(lat), float(lon)


def _of_each_cover() -> Iterator[tuple[float, float]]:
    for number, cover in enumerate(CLASSES):
        lats, lons = sample_land_cover(cover, EACH, seed=number)
        yield from zip(lats.tolist(), lons.tolist(), strict=True)


def _scene(ear: Ear, pixels: NDArray[np.uint8]) -> str:
    image = ear.model.embed_images(image_tensor(pixels, ear.model.config.image_size)[None], GSD)
    return str(ear.nearest(image.normalised().detach())[0].scene)


def _written(path: Path, bands: Bands, lat: float, lon: float, **profile: Any) -> Path:
    tags, names = profile.pop("tags", {}), profile.pop("names", None)
    reach = GSD * SIDE / 2
    place = {
        "crs": f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m",
        "transform": Affine(GSD, 0, -reach, 0, -GSD, reach),
    }
    shape = {"count": len(bands), "height": SIDE, "width": SIDE, "dtype": bands.dtype}
    with rasterio.open(path, "w", driver="GTiff", **place, **shape, **profile) as file:
        file.write(bands)
        file.update_tags(**tags)
        if names:
            file.descriptions = names
    return path
