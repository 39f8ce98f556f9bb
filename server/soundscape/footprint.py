"""Which ground a click covers: a square of so many pixels of so many metres, on the imagery that suits the point."""

from dataclasses import dataclass

from model.sat2sound import ModelConfig
from server.errors import InvalidInput
from server.http.parameters import PlaceQuery
from server.imagery.shelf import ImageryShelf
from tiles.chip import Chip
from tiles.imagery import ImagerySource


@dataclass(frozen=True)
class Footprint:
    """The square of ground a query looks at: `pixels` of `gsd` metres each, read from `source`."""

    source: ImagerySource
    lat: float
    lon: float
    gsd: float
    pixels: int

    def read(self) -> Chip:
        """Its imagery; blocks.

        Raises:
            TilesError: There is none, or it cannot be reached.
        """
        return self.source.read(self.lat, self.lon, self.gsd, self.pixels)


def footprint_of(query: PlaceQuery, config: ModelConfig, imagery: ImageryShelf) -> Footprint:
    """Decide which ground a query looks at: `tile_pixels` of the source's GSD times the scale.

    Raises:
        InvalidInput: A scale the checkpoint lacks, or imagery that is not offered.
        NoImagery: No imagery covers the point.
    """
    if query.scale not in config.scales:
        offered = ", ".join(str(scale) for scale in config.scales)
        raise InvalidInput("scale", f"checkpoint {config.name} listens at scales {offered}, not {query.scale}")
    source = imagery.pick(query.lat, query.lon, query.imagery)
    gsd = round(source.gsd * query.scale, 9)  # three times 0.6 is told as 1.8
    return Footprint(source, query.lat, query.lon, gsd, config.tile_pixels)
