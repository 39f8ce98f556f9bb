"""In which colours scores are drawn, and over which range: a heatmap's ramp and its legend."""

from server.errors import InvalidInput
from server.search.queries import Measure
from server.search.schemas import Legend, LegendStop
from tiles.region import Region
from tiles.scores.ramp import DIVERGING, SEQUENTIAL, Ramp

DEFAULT_COLORMAPS = {False: "magma", True: "puor_r"}
"""By whether two sounds are compared."""

LEGEND_STOPS = 11


def ramp_of(
    region: Region,
    by: Measure,
    difference: bool,
    colormap: str | None,
    range: tuple[float, float] | None,
    opacity: float,
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
    low, high = range or _usual_range(region, by, difference)
    return Ramp(colormap, low, high, opacity)


def _usual_range(region: Region, by: Measure, difference: bool) -> tuple[float, float]:
    """From the median of what the region might be asked for to the most; as far to both sides where two differ."""
    if by == "percentile":
        return (-50.0, 50.0) if difference else (50.0, 100.0)
    background = region.background
    if not len(background):
        return (-1.0, 1.0) if difference else (0.0, 1.0)
    low, high = round(float(background[len(background) // 2]), 3), round(float(background[-1]) + 0.0005, 3)
    return (round(low - high, 3), round(high - low, 3)) if difference else (low, high)


def legend_of(ramp: Ramp, by: Measure) -> Legend:
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
