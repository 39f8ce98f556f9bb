"""Chips and tiles of a large GeoTIFF: overviews in the file or in one beside it, and rio-tiler on the latter, in turns.

python -m benchmarks.overviews [--side 16384]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import mercantile
import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from rasterio.windows import Window
from rio_tiler.io import Reader

from tiles.imagery.raster import RasterImagery

ROUNDS = 15
CHIP = 256
LEVELS = [2, 4, 8, 16, 32]
Read = Callable[[float, float], object]
WIDER = (1, 8, 40)
"""How many of the file's pixels one of the chip's spans."""


def main() -> None:
    """Write the two files, then read the same chips from both and by rio-tiler."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", type=int, default=16_384)
    side = parser.parse_args().side
    with tempfile.TemporaryDirectory() as folder:
        inside, beside = Path(folder) / "inside.tif", Path(folder) / "beside.tif"
        _write(beside, side)
        shutil.copy(beside, inside)
        _overviews(inside, external=False)
        _overviews(beside, external=True)
        size = f"{side} x {side} pixels, {inside.stat().st_size >> 20} MB"
        print(f"{size}; medians of {ROUNDS}, each at another place")
        print("| read | internal | external | external / internal | rio-tiler | Earshot / rio-tiler |")
        print("| --- | --: | --: | --: | --: | --: |")
        for what, ways in _reads(inside, beside):
            own, other, peer = _times(ways)
            told = f"{peer * 1e3:.1f} ms | {other / peer:.2f}" if peer else "|"
            print(f"| {what} | {own * 1e3:.1f} ms | {other * 1e3:.1f} ms | {other / own:.2f} | {told} |", flush=True)


def _write(path: Path, side: int) -> None:
    shape = {"count": 3, "height": side, "width": side, "dtype": "uint8", "photometric": "RGB"}
    tiled = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate", "zlevel": 1}
    place = {"crs": "EPSG:32632", "transform": Affine(1, 0, 500_000, 0, -1, 5_200_000)}
    rng = np.random.default_rng(0)
    with rasterio.open(path, "w", driver="GTiff", **shape, **tiled, **place) as file:
        for top in range(0, side, 512):
            rows = min(512, side - top)
            coarse = rng.integers(40, 200, (3, (rows + 7) // 8, (side + 7) // 8)).astype(np.uint8)
            file.write(coarse.repeat(8, 1).repeat(8, 2)[:, :rows, :side], window=Window(0, top, side, rows))


def _overviews(path: Path, *, external: bool) -> None:
    with rasterio.Env(TIFF_USE_OVR=external, COMPRESS_OVERVIEW="DEFLATE"), rasterio.open(path, "r+") as file:
        file.build_overviews(LEVELS, Resampling.average)


def _reads(inside: Path, beside: Path) -> Iterator[tuple[str, list[Read]]]:
    """What is read, and how: by Earshot from either file, and by rio-tiler, whose tiles are the same squares."""
    own, other = RasterImagery(inside), RasterImagery(beside)
    for wider in WIDER:
        yield f"chip, {wider} pixels of the file a pixel", [partial(_chip, raster, wider) for raster in (own, other)]
    with Reader(str(beside)) as peer:
        for zoom in range(own.max_zoom, own.max_zoom - 6, -2):

            def tiler(lat: float, lon: float, zoom: int = zoom) -> object:
                tile = mercantile.tile(lon, lat, zoom)
                return peer.tile(tile.x, tile.y, tile.z, resampling_method="bilinear")

            yield f"tile of zoom {zoom}", [*(partial(_tile, raster, zoom) for raster in (own, other)), tiler]


def _chip(raster: RasterImagery, wider: int, lat: float, lon: float) -> object:
    return raster.read(lat, lon, raster.gsd * wider, CHIP)


def _tile(raster: RasterImagery, zoom: int, lat: float, lon: float) -> object:
    tile = mercantile.tile(lon, lat, zoom)
    return raster.tile(zoom, tile.x, tile.y)


def _times(ways: list[Read]) -> tuple[float, float, float]:
    """Seconds each way takes, all in turn at the same places; 0 for a way that is not there."""
    rng = np.random.default_rng(0)
    spent: list[list[float]] = [[] for _ in ways]
    for _ in range(ROUNDS + 1):
        lat, lon = rng.uniform(46.855, 46.88), rng.uniform(9.08, 9.13)
        for seconds, read in zip(spent, ways, strict=True):
            start = time.perf_counter()
            read(float(lat), float(lon))
            seconds.append(time.perf_counter() - start)
    own, other, *peer = (statistics.median(seconds[1:]) for seconds in spent)
    return own, other, peer[0] if peer else 0.0


if __name__ == "__main__":
    main()
