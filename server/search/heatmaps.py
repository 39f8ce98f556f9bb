"""A query's map: which scores, in which colours; its tiles, its legend, its raster and how it is addressed."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from server.search.colour_range import ramp_of
from server.search.queries import HeatmapQuery, Measure, Pool
from server.search.query_embedding import EmbeddedQuery
from server.search.schemas import TileJson
from server.search.scoring import QueryScores
from server.settings import installed_version
from tiles.mercator import MAX_ZOOM
from tiles.region import Condition, Region
from tiles.scores.cog import write_cog
from tiles.scores.ramp import Ramp, TileFormat


@dataclass(frozen=True, eq=False)
class Heatmap:
    """Everything that decides how a query's scores in a region are drawn; `hash` is the region's as it was."""

    region: Region
    hash: str
    embedded: EmbeddedQuery
    condition: Condition | None
    by: Measure
    pool: Pool
    ramp: Ramp

    @classmethod
    def of(cls, region: Region, embedded: EmbeddedQuery, query: HeatmapQuery) -> "Heatmap":
        """The map that a request asks for.

        Raises:
            InvalidInput, InvalidHeatmap: A colormap or range it cannot be drawn with.
            InvalidRegion: The region was not listened to under that condition.
        """
        region.check_condition(query.when)
        ramp = ramp_of(region, query.by, embedded.difference, query.colormap, query.range, query.opacity)
        return cls(region, region.hash, embedded, query.when, query.by, query.pool, ramp)

    @cached_property
    def key(self) -> str:
        """What the map is made of, by content; no two maps that differ share it."""
        ramp = self.ramp
        drawn = (ramp.colormap, ramp.low, ramp.high, ramp.opacity, self.by, self.pool)
        made = (self.hash, self.embedded.key, str(self.condition), *drawn, installed_version())
        return hashlib.sha256(repr(made).encode()).hexdigest()[:32]

    def tile(self, scores: QueryScores, z: int, x: int, y: int, format: TileFormat) -> bytes:
        """A map tile as an image file."""
        return self.ramp.draw(scores.pyramid(self.by).tile(z, x, y, self.pool), format)

    def raster(self, scores: QueryScores) -> bytes:
        """The scores themselves as a Cloud-Optimized GeoTIFF."""
        embedded, region = self.embedded, self.region
        tags = {
            "TIFFTAG_IMAGEDESCRIPTION": describe(embedded),
            "TIFFTAG_SOFTWARE": f"Earshot {installed_version()}",
            "REGION": region.name,
            "IMAGERY": region.imagery,
            "ATTRIBUTION": region.attribution,
            "CHECKPOINT": f"{region.checkpoint} {region.checkpoint_hash}",
        }
        return write_cog(region.grid, {"cosine": scores.cosine, "percentile": scores.percentile}, tags)

    def parameters(self) -> str:
        """The query string under which this very map is found for ever."""
        ramp = self.ramp
        drawn = {
            "by": self.by,
            "pool": self.pool,
            "colormap": ramp.colormap,
            "rescale": f"{ramp.low:g},{ramp.high:g}",
            "opacity": f"{ramp.opacity:g}",
            "v": self.hash,
        }
        return urlencode({**parameters_of(self.embedded, self.region, self.condition), **drawn})

    def tilejson(self, root: str) -> TileJson:
        """The map for web maps; `root` is put before its URLs."""
        west, south, east, north = self.region.grid.bounds
        if west > east:  # TileJSON has no box across the dateline
            west, east = -180.0, 180.0
        return TileJson(
            name=f"{describe(self.embedded)} ({self.region.title})",
            description=f"How much each place sounds like it, by {self.by}",
            attribution=self.region.attribution,
            tiles=[f"{root}/heatmap/{{z}}/{{x}}/{{y}}.png?{self.parameters()}"],
            minzoom=0,
            maxzoom=MAX_ZOOM,
            bounds=(west, south, east, north),
            center=((west + east) / 2, (south + north) / 2, max(0, self.region.grid.zoom - 4)),
            legend=f"{root}/heatmap/legend?{self.parameters()}",
        )


def parameters_of(embedded: EmbeddedQuery, region: Region, condition: Condition | None) -> dict[str, str]:
    """How a query in a region is named in a URL."""
    asked = {"query": embedded.id} if embedded.recording else {"q": embedded.text}
    if embedded.concept is not None:
        asked = {"concept": str(embedded.concept)}
    if embedded.minus:
        asked["minus"] = embedded.minus
    asked["region"] = region.name
    if condition is not None:
        asked["condition"] = str(condition)
    return asked


def describe(embedded: EmbeddedQuery) -> str:
    """A query in words."""
    parts = ["a recording"] if embedded.recording else []
    parts += [embedded.text] if embedded.text else []
    return " and ".join(parts) + (f" rather than {embedded.minus}" if embedded.minus else "")
