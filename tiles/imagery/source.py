"""ImagerySource: what every source of imagery can do."""

from typing import Protocol, runtime_checkable

from tiles.chip import Chip, Pixels


@runtime_checkable
class ImagerySource(Protocol):
    """A source of imagery, safe to read from several threads at once.

    `gsd` is its ground sampling distance at scale 1 in metres per pixel; `min_zoom` and `max_zoom` bound its map tiles.
    """

    name: str
    attribution: str
    gsd: float
    min_zoom: int
    max_zoom: int

    def read(self, lat: float, lon: float, gsd: float, pixels: int) -> Chip:
        """The chip of `pixels` x `pixels` at `gsd` metres per pixel around a point.

        Raises InvalidPoint, NoImagery where the source has none, and ImageryUnavailable when it cannot be reached.
        """
        ...

    def tile(self, z: int, x: int, y: int) -> Pixels:
        """The Web Mercator map tile (256, 256, 3) uint8, or (256, 256, 4) where parts of it are clear for want of data.

        Raises the errors of `read`.
        """
        ...
