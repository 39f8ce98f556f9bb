"""Chip: a square of imagery that knows where it is, how fine it is and whose it is."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tiles.footprint import Bounds, FloatGrid, check_point, chip_bounds, pixel_grid, to_geographic

__all__ = ["Bounds", "Chip", "Pixels", "check_point", "chip_bounds", "pixel_grid"]

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Chip:
    """Imagery around a point, north up; one pixel is `gsd` metres in both directions at every latitude.

    `pixels` (H, W, 3) uint8 RGB; `lat`, `lon` the centre in degrees; `bounds` west, south, east, north in degrees
    (west > east across the dateline, as in RFC 7946); `source` the imagery's name; `attribution` who is to be credited;
    `notes` what was not plain about reading it.
    Raises InvalidPoint for a place that is not on Earth, ValueError for pixels that are not RGB bytes.
    """

    pixels: Pixels
    lat: float
    lon: float
    gsd: float
    bounds: Bounds
    source: str
    attribution: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape, dtype = np.shape(self.pixels), getattr(self.pixels, "dtype", None)
        if dtype != np.uint8 or len(shape) != 3 or shape[2] != 3:
            raise ValueError(f"pixels: must be (H, W, 3) uint8, got {shape} {dtype}")
        check_point(self.lat, self.lon, self.gsd, max(shape[:2]))

    @classmethod
    def around(
        cls,
        lat: float,
        lon: float,
        gsd: float,
        pixels: Pixels,
        source: str,
        attribution: str,
        notes: tuple[str, ...] = (),
    ) -> Self:
        """The square chip `pixels` (n, n, 3) centred on a point; its bounds are those of the metric footprint."""
        return cls(pixels, lat, lon, gsd, chip_bounds(lat, lon, gsd, len(pixels)), source, attribution, notes)

    def patch_centre(self, grid: int, row: int, column: int) -> tuple[float, float]:
        """Latitude and longitude of the middle of one of its grid x grid patches; row 0 is the northernmost."""
        side = self.gsd * len(self.pixels)
        east, north = ((column + 0.5) / grid - 0.5) * side, (0.5 - (row + 0.5) / grid) * side
        lat, lon = to_geographic(self.lat, self.lon, east, north)
        return float(lat), float(lon)

    def patch_corners(self, grid: int) -> tuple[FloatGrid, FloatGrid]:
        """Latitudes and longitudes of its patches' corners: two (grid + 1, grid + 1), row 0 in the north."""
        along = (np.arange(grid + 1) / grid - 0.5) * self.gsd * len(self.pixels)  # metres from the centre
        return to_geographic(self.lat, self.lon, along[None, :], -along[:, None])
