"""A query's map: which scores, in which colours; its tiles, its legend, its raster and how it is addressed."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from server.errors import InvalidInput
from server.search.queries import HeatmapQuery, Pool, Scale
from server.search.schemas import Legend, LegendStop, TileJson
from server.search.scoring import DEFAULT_COLORMAPS, Scored, Sought
from server.settings import installed_version
from tiles.mercator import MAX_ZOOM
from tiles.region import Condition, Region
from tiles.scores.cog import write_cog
from tiles.scores.ramp import DIVERGING, SEQUENTIAL, Ramp, TileFormat

LEGEND_STOPS = 11


@dataclass(frozen=True, eq=False)
class Heatmap:
    """Everything that decides how a query's scores in a region are drawn; `hash` is the region's as it was."""

    region: Region
    hash: str
    sought: Sought
    condition: Condition | None
    by: Scale
    pool: Pool
    ramp: Ramp

    @classmethod
    def of(cls, region: Region, sought: Sought, query: HeatmapQuery) -> "Heatmap":
        """The map that a request asks for.

        Raises:
            InvalidInput, InvalidHeatmap: A colormap or range it cannot be drawn with.
            InvalidRegion: The region was not listened to under that condition.
        """
        region.check_condition(query.when)
        ramp = ramp_of(region, query.by, sought.difference, query.colormap, query.range, query.opacity)
        return cls(region, region.hash, sought, query.when, query.by, query.pool, ramp)

    @cached_property
    def key(self) -> str:
        """What the map is made of, by content; no two maps that differ share it."""
        ramp = self.ramp
        drawn = (ramp.colormap, ramp.low, ramp.high, ramp.opacity, self.by, self.pool)
        made = (self.hash, self.sought.key, str(self.condition), *drawn, installed_version())
        return hashlib.sha256(repr(made).encode()).hexdigest()[:32]

    def tile(self, scored: Scored, z: int, x: int, y: int, format: TileFormat) -> bytes:
        """A map tile as an image file."""
        return self.ramp.draw(scored.pyramid(self.by).tile(z, x, y, self.pool), format)

    def raster(self, scored: Scored) -> bytes:
        """The scores themselves as a Cloud-Optimized GeoTIFF."""
        sought, region = self.sought, self.region
        tags = {
            "TIFFTAG_IMAGEDESCRIPTION": describe(sought),
            "TIFFTAG_SOFTWARE": f"Earshot {installed_version()}",
            "REGION": region.name,
            "IMAGERY": region.imagery,
            "ATTRIBUTION": region.attribution,
            "CHECKPOINT": f"{region.checkpoint} {region.checkpoint_hash}",
        }
        return write_cog(region.grid, {"cosine": scored.cosine, "percentile": scored.percentile}, tags)

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
        return urlencode({**parameters_of(self.sought, self.region, self.condition), **drawn})

    def tilejson(self, root: str) -> TileJson:
        """The map for web maps; `root` is put before its URLs."""
        west, south, east, north = self.region.grid.bounds
        if west > east:  # TileJSON has no box across the dateline
            west, east = -180.0, 180.0
        return TileJson(
            name=f"{describe(self.sought)} ({self.region.title})",
            description=f"How much each place sounds like it, by {self.by}",
            attribution=self.region.attribution,
            tiles=[f"{root}/heatmap/{{z}}/{{x}}/{{y}}.png?{self.parameters()}"],
            minzoom=0,
            maxzoom=MAX_ZOOM,
            bounds=(west, south, east, north),
            center=((west + east) / 2, (south + north) / 2, max(0, self.region.grid.zoom - 4)),
            legend=f"{root}/heatmap/legend?{self.parameters()}",
        )


def legend_of(ramp: Ramp, by: Scale) -> Legend:
    """What the colours of a map stand for, in numbers."""
    stops = [LegendStop(value=value, colour=colour, alpha=alpha) for value, colour, alpha in ramp.stops(LEGEND_STOPS)]
    return Legend(
        by=by,
        colormap=ramp.colormap,
        rescale=(ramp.low, ramp.high),
        opacity=ramp.opacity,
        difference=ramp.diverges,
        step=ramp.step,
        stops=stops,
    )


def parameters_of(sought: Sought, region: Region, condition: Condition | None) -> dict[str, str]:
    """How a query in a region is named in a URL."""
    asked = {"query": sought.id} if sought.recording else {"q": sought.text}
    if sought.concept is not None:
        asked = {"concept": str(sought.concept)}
    if sought.minus:
        asked["minus"] = sought.minus
    asked["region"] = region.name
    if condition is not None:
        asked["condition"] = str(condition)
    return asked


def describe(sought: Sought) -> str:
    """A query in words."""
    parts = ["a recording"] if sought.recording else []
    parts += [sought.text] if sought.text else []
    return " and ".join(parts) + (f" rather than {sought.minus}" if sought.minus else "")


def ramp_of(
    region: Region, by: Scale, difference: bool, colormap: str | None, range: tuple[float, float] | None, opacity: float
) -> Ramp:
    """How scores are drawn unless it is said otherwise: what is above the median glows.

    Raises:
        InvalidHeatmap: An unknown colormap, a range that does not rise, an opacity out of bounds.
        InvalidInput: A colormap that diverges where nothing is compared, or the other way round.
    """
    colormap = colormap or DEFAULT_COLORMAPS[difference]
    if colormap in (SEQUENTIAL if difference else DIVERGING):
        wanted = "a difference needs a colormap that diverges" if difference else "only a difference has two sides"
        raise InvalidInput("colormap", f"{wanted}, and {colormap} {'does not' if difference else 'diverges'}")
    low, high = range or _range(region, by, difference)
    return Ramp(colormap, low, high, opacity)


def _range(region: Region, by: Scale, difference: bool) -> tuple[float, float]:
    """From the median of what the region might be asked for to the most; as far to both sides where two differ."""
    if by == "percentile":
        return (-50.0, 50.0) if difference else (50.0, 100.0)
    background = region.background
    if not len(background):
        return (-1.0, 1.0) if difference else (0.0, 1.0)
    low, high = round(float(background[len(background) // 2]), 3), round(float(background[-1]) + 0.0005, 3)
    return (round(low - high, 3), round(high - low, 3)) if difference else (low, high)
