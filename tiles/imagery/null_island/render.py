"""A view of the country as pixels: every class painted where it shows, seen through air and by a sensor."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tiles.imagery.null_island.geography import Geography
from tiles.imagery.null_island.lattice import Doubles, Floats, Grid
from tiles.imagery.null_island.paint.airport import airport
from tiles.imagery.null_island.paint.brush import Patch
from tiles.imagery.null_island.paint.farmland import farmland
from tiles.imagery.null_island.paint.harbour import harbour
from tiles.imagery.null_island.paint.road import road
from tiles.imagery.null_island.paint.town import city, residential
from tiles.imagery.null_island.paint.water import beach, lake, ocean, reef, river
from tiles.imagery.null_island.paint.wild import forest, meadow, rock
from tiles.imagery.null_island.paint.works import industry
from tiles.imagery.null_island.survey import Survey

PAINTERS: dict[str, Callable[[Patch], Floats]] = {
    "airport": airport,
    "harbour": harbour,
    "road": road,
    "reef": reef,
    "ocean": ocean,
    "beach": beach,
    "river": river,
    "lake": lake,
    "industry": industry,
    "city": city,
    "residential": residential,
    "rock": rock,
    "forest": forest,
    "farmland": farmland,
    "meadow": meadow,
}


def render(land: Geography, x: Doubles, y: Doubles, gsd: float) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) at columns x and rows y (metres, row 0 in the north), `gsd` metres apart."""
    grid = Grid(_with_margin(x), _with_margin(y), gsd)
    survey = Survey(land, grid)
    picture = np.zeros((3, grid.shape[0] * grid.shape[1]), dtype=np.float32)
    for name, share in survey.shares().items():
        flat = share.ravel()
        at = np.flatnonzero(flat > 0.004)
        _add(picture, PAINTERS[name](Patch(survey, grid, at)), flat, at)
    _develop(picture, grid)
    height, width = grid.shape
    inner = picture.reshape(3, height, width)[:, 1:-1, 1:-1]
    return np.ascontiguousarray(np.clip(inner + 0.5, 0, 255).astype(np.uint8).transpose(1, 2, 0))


def _add(picture: Floats, paint: Floats, share: Floats, at: NDArray[np.intp]) -> None:
    """Add to the picture (3, N) a class's paint (3, n) at its pixels, by its share (N,) of each."""
    if len(at) == len(share):
        picture += paint * share
        return
    paint = paint * share.take(at)
    for channel, added in zip(picture, paint, strict=True):  # one by one: NumPy picks along one axis much faster
        channel[at] += added


def _with_margin(t: Doubles) -> Doubles:
    """One pixel more at either end, so that slopes at the edge are those of the neighbour."""
    step = (t[-1] - t[0]) / (len(t) - 1) if len(t) > 1 else 1.0
    return np.concatenate([[t[0] - step], t, [t[-1] + step]])


def _develop(picture: Floats, grid: Grid) -> None:
    """Air and sensor: bluish haze that grows with height, a tint and exposure of the region, grain, in place."""
    high = float(np.clip(np.log2(max(grid.gsd, 0.3) / 1.2) / 4, 0, 1))
    exposure = 1 + 0.07 * grid.noise(34e3, 901).ravel()
    warmth = 0.035 * grid.noise(48e3, 902).ravel()
    haze = np.clip(0.05 + 0.09 * high + 0.03 * grid.noise(27e3, 903).ravel(), 0, 0.24)
    grain = (5.5 - 3.5 * high) * grid.noise(2.0 ** np.ceil(np.log2(grid.gsd * 1.01)) * 2, 904).ravel()
    air = np.array([150, 164, 178], dtype=np.float32) * (1 - 0.3 * high)
    for channel, sign in enumerate((1, 0, -1)):
        light = picture[channel] * (exposure * (1 + sign * warmth) * (1 - (0.22 - 0.06 * channel) * high))
        picture[channel] = light + (air[channel] - light) * haze + grain
