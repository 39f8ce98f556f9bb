"""Imagery from any XYZ tile service: Esri World Imagery, Sentinel-2 cloudless, or a URL template of the operator's."""

import math
import re
from itertools import product
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from tiles.chip import Chip, Pixels
from tiles.errors import NoImagery, UnknownImagery
from tiles.footprint import FloatGrid, chip_lattice
from tiles.imagery.cache import TileCache
from tiles.imagery.resample import sample, shrink, step, to_bytes
from tiles.imagery.tile_service import RequestPolicy, Tile, TileService
from tiles.mercator import MAX_LATITUDE, MAX_ZOOM, TILE_PIXELS, check_tile, to_world, zoom_for

COARSER_STEPS = 3
MAX_TILES = 400


class Known(NamedTuple):
    """A service known by name."""

    template: str
    attribution: str
    gsd: float
    max_zoom: int


KNOWN = {
    "esri": Known(
        "https://server.arcgisonline.com/ArcGIS/rest/services/World_Imagery/MapServer/tile/{z}/{y}/{x}",
        "Esri, Maxar, Earthstar Geographics, and the GIS User Community",
        gsd=0.6,
        max_zoom=19,
    ),
    "sentinel2": Known(
        "https://tiles.maps.eox.at/wmts/1.0.0/s2cloudless-2020_3857/default/g/{z}/{y}/{x}.jpg",
        "Sentinel-2 cloudless - https://s2maps.eu by EOX IT Services GmbH "
        "(Contains modified Copernicus Sentinel data 2020)",
        gsd=10.0,
        max_zoom=14,
    ),
}


class XYZImagery:
    """An ImagerySource over a tile service in Web Mercator. Its template comes from the operator, never from a client.

    `template` is an http(s) URL with {z}, {x} and {y}; `gsd` the service's ground sampling distance at scale 1 in
    metres. Raises UnknownImagery for a template that is not one.
    """

    def __init__(
        self,
        template: str,
        *,
        name: str = "xyz",
        attribution: str | None = None,
        gsd: float = 0.6,
        max_zoom: int = 19,
        cache: TileCache | None = None,
        policy: RequestPolicy | None = None,
    ) -> None:
        host = _check_template(template)
        if not 0 <= max_zoom <= MAX_ZOOM or not 0 < gsd < math.inf:
            raise UnknownImagery(f"imagery: {name} needs a zoom of 0 to {MAX_ZOOM} and a GSD above 0")
        self.name, self.attribution = name, attribution or f"Tiles from {host}"
        self.gsd, self.min_zoom, self.max_zoom = gsd, 0, max_zoom
        self._service = TileService(name, template, cache, policy or RequestPolicy())

    def read(self, lat: float, lon: float, gsd: float, pixels: int) -> Chip:
        """The chip around a point, from tiles at least as fine as `gsd` (while the service has such), antialiased.

        Where the service has no tile, the whole chip is read up to three zooms coarser; NoImagery after that and
        beyond 85.05 degrees. Raises InvalidPoint and ImageryUnavailable.
        """
        lats, lons = chip_lattice(lat, lon, gsd, pixels)
        if np.abs(lats).max() > MAX_LATITUDE:
            raise NoImagery(f"{self.name}: web map tiles end at {MAX_LATITUDE:.2f} degrees of latitude")
        x, y = to_world(lats, lons)
        centre = x[x.shape[0] // 2, x.shape[1] // 2]
        x = centre + (x - centre + 0.5) % 1 - 0.5  # whole across the dateline
        finest = min(zoom_for(lat, gsd), self.max_zoom)
        for zoom in range(finest, max(finest - COARSER_STEPS, self.min_zoom) - 1, -1):
            try:
                values = self._read_zoom(zoom, x * (TILE_PIXELS << zoom), y * (TILE_PIXELS << zoom), pixels)
            except NoImagery:
                continue
            return Chip.around(lat, lon, gsd, values, self.name, self.attribution)
        raise NoImagery(f"{self.name}: no imagery at {lat:g}, {lon:g}")

    def tile(self, z: int, x: int, y: int) -> Pixels:
        """The map tile (256, 256, 3); where the service has none, its part of one up to three zooms coarser.

        Raises NoImagery, InvalidPoint and ImageryUnavailable.
        """
        check_tile(z, x, y)
        if z > self.max_zoom:
            raise NoImagery(f"{self.name}: has zooms {self.min_zoom} to {self.max_zoom}, not {z}")
        for up in range(min(COARSER_STEPS, z) + 1):
            try:
                parent = self._service.fetch((z - up, x >> up, y >> up))
            except NoImagery:
                continue
            return _part_of(parent, x, y, up)
        raise NoImagery(f"{self.name}: no imagery in tile {z}/{x}/{y}")

    def probe(self) -> bool:
        """Whether the service can be reached now; answers within about two seconds."""
        return self._service.probe()

    def close(self) -> None:
        """Close connections and threads. The source must not be used afterwards."""
        self._service.close()

    def _read_zoom(self, zoom: int, cols: FloatGrid, rows: FloatGrid, n: int) -> Pixels:
        """Sample (n, n, 3) from the tiles under a lattice of world pixels. Raises NoImagery if any is missing."""
        left, right = _tile_range(cols)
        top, bottom = _tile_range(rows)
        top, bottom = max(top, 0), min(bottom, (1 << zoom) - 1)
        across, down = right - left + 1, bottom - top + 1
        if across * down > MAX_TILES:
            raise NoImagery(f"{self.name}: the chip spans {across * down} tiles at zoom {zoom}")
        places = product(range(top, bottom + 1), range(left, right + 1))
        tiles: list[Tile] = [(zoom, column % (1 << zoom), row) for row, column in places]
        mosaic = np.stack(self._service.fetch_all(tiles)).reshape(down, across, TILE_PIXELS, TILE_PIXELS, 3)
        mosaic = mosaic.swapaxes(1, 2).reshape(down * TILE_PIXELS, across * TILE_PIXELS, 3)
        small = shrink(mosaic, step(rows, cols, n))
        rows = (rows - top * TILE_PIXELS) * (small.shape[0] / mosaic.shape[0])
        cols = (cols - left * TILE_PIXELS) * (small.shape[1] / mosaic.shape[1])
        return to_bytes(sample(small, rows, cols, n))


def open_xyz(name: str, cache_dir: Path | None = None, cache_bytes: int = 1 << 30) -> XYZImagery:
    """Open "esri", "sentinel2" or "xyz:URL", its tiles kept under `cache_dir` up to `cache_bytes`.

    Raises UnknownImagery.
    """
    if name not in KNOWN and not name.startswith("xyz:"):
        raise UnknownImagery(f"imagery: {name!r} is not a tile service")
    known = KNOWN.get(name)
    template = known.template if known else name.removeprefix("xyz:")
    _check_template(template)
    cache = None if cache_dir is None else TileCache(cache_dir, cache_bytes)
    if known is None:
        return XYZImagery(template, cache=cache)
    return XYZImagery(
        template, name=name, attribution=known.attribution, gsd=known.gsd, max_zoom=known.max_zoom, cache=cache
    )


def _check_template(template: str) -> str:
    """The host of a URL template. Raises UnknownImagery, saying what is wrong with it."""
    try:
        parts = urlsplit(template)
        host = parts.hostname
    except ValueError:
        raise UnknownImagery("imagery: the xyz: template is not a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UnknownImagery("imagery: the xyz: template must be an http or https URL")
    if sorted(re.findall(r"{([^}]*)}", template)) != ["x", "y", "z"]:
        raise UnknownImagery("imagery: the xyz: template must have {z}, {x} and {y} once each and no other {}")
    return host


def _tile_range(positions: FloatGrid) -> tuple[int, int]:
    """First and last tile that world pixels, with one pixel around them, fall in."""
    return math.floor((positions.min() - 1) / TILE_PIXELS), math.floor((positions.max() + 1) / TILE_PIXELS)


def _part_of(parent: Pixels, x: int, y: int, up: int) -> Pixels:
    """The part of a tile `up` zooms coarser that tile column x, row y covers, at full size."""
    if up == 0:
        return parent.copy()
    side = TILE_PIXELS >> up
    left, top = (x % (1 << up)) * side, (y % (1 << up)) * side
    box = (left, top, left + side, top + side)
    return np.array(Image.fromarray(parent).resize((TILE_PIXELS, TILE_PIXELS), Image.Resampling.BICUBIC, box=box))
