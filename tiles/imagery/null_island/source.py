"""NullIsland: the country as an imagery source."""

import math

import mercantile
import numpy as np

from tiles.chip import Chip, Pixels, check_point
from tiles.errors import InvalidPoint, NoImagery
from tiles.footprint import Bounds, to_geographic
from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.lattice import Doubles
from tiles.imagery.null_island.render import render
from tiles.mercator import CIRCUMFERENCE, TILE_PIXELS, check_tile, from_world

EAST_METRES_PER_DEGREE, NORTH_METRES_PER_DEGREE = 111319.49, 110574.30  # of the WGS84 ellipsoid at 0N 0E
BOUNDS: Bounds = (-2.2, -2.2, 2.2, 2.2)
MIN_GSD, MAX_GSD = 0.1, 2000.0


def to_plane(lat: Doubles, lon: Doubles) -> tuple[Doubles, Doubles]:
    """Metres east and north of 0N 0E."""
    return lon * EAST_METRES_PER_DEGREE, lat * NORTH_METRES_PER_DEGREE


class NullIsland:
    """A procedural country around 0N 0E: every pixel is a function of its place and size. Safe to share by threads."""

    name = "null-island"
    attribution = "Null Island, made by Earshot"
    gsd: float = 0.6
    min_zoom = 5
    max_zoom = 19
    bounds: Bounds = BOUNDS

    def read(self, lat: float, lon: float, gsd: float, pixels: int) -> Chip:
        """The chip of `pixels` x `pixels` at `gsd` (0.1 to 2000 metres) around a point within the bounds.

        Raises InvalidPoint for values that are not on Earth or out of range, NoImagery outside the bounds.
        """
        if not math.isfinite(gsd) or not MIN_GSD <= gsd <= MAX_GSD:
            raise InvalidPoint(f"gsd: Null Island is drawn at {MIN_GSD:g} to {MAX_GSD:g} metres per pixel, got {gsd}")
        check_point(lat, lon, gsd, pixels)
        west, south, east, north = self.bounds
        if not (west <= lon <= east and south <= lat <= north):
            raise NoImagery(
                f"Null Island lies within {east:g} degrees of 0N 0E; there is no imagery at {lat:g}, {lon:g}: "
                "choose a point inside it, or another imagery source"
            )
        offsets = (np.arange(pixels) - (pixels - 1) / 2) * gsd
        lons = to_geographic(lat, lon, offsets, 0.0)[1]
        lats = to_geographic(lat, lon, 0.0, -offsets)[0]
        x, y = to_plane(lats, lons)
        return Chip.around(lat, lon, gsd, render(geography(), x, y, gsd), self.name, self.attribution)

    def tile(self, z: int, x: int, y: int) -> Pixels:
        """The Web Mercator tile (256, 256, 3). Raises NoImagery outside the bounds or zooms 5 to 19; InvalidPoint."""
        if not self.min_zoom <= z <= self.max_zoom:
            raise NoImagery(f"Null Island has tiles at zooms {self.min_zoom} to {self.max_zoom}, not {z}")
        check_tile(z, x, y)
        if not self._meets(mercantile.bounds(x, y, z)):
            raise NoImagery(f"Null Island lies within {self.bounds[2]:g} degrees of 0N 0E; tile {z}/{x}/{y} does not")
        centre = np.arange(TILE_PIXELS) + 0.5
        lats, lons = from_world((x + centre / TILE_PIXELS) / 2**z, (y + centre / TILE_PIXELS) / 2**z)
        return render(geography(), *to_plane(lats, lons), CIRCUMFERENCE / (TILE_PIXELS << z))

    def _meets(self, box: mercantile.LngLatBbox) -> bool:
        west, south, east, north = self.bounds
        return bool(box.west < east and box.east > west and box.south < north and box.north > south)
