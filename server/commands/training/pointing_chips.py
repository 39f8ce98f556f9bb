"""Null Island for the pointing game: chips that hold what is sought on part of their area, and where."""

from collections.abc import Iterator
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from model.sat2sound import ModelConfig
from model.training.labelled.pointing import PointingCase
from server.commands.training.null_island_chips import is_held_back
from tiles.chip import pixel_grid
from tiles.imagery.null_island import NullIsland, land_cover, sample_land_cover
from tiles.imagery.null_island.source import EAST_METRES_PER_DEGREE

SOUGHT = {
    "waves": ("ocean", "beach", "reef"),
    "traffic": ("road", "city"),
    "birds in trees": ("forest",),
}
"""What is typed, and the land covers that make the sound."""

SHARE = (0.1, 0.6)
"""How much of a chip is what is sought."""
LOOK = 5
"""Points a side at which a place is looked at before its chip is read closely."""
POINTS = 3
"""Points a side at which every patch is read."""
AT_ONCE = 400
OF_EACH = 8
"""Chips of one scale before the next scale's turn; drawing places takes longer than reading them."""


def mixed_chips(config: ModelConfig, count: int, seed: int = 0) -> Iterator[PointingCase]:
    """`count` chips, the queries in turn, centred in blocks that no chip to learn from was centred in.

    Each is what `earshot listen` would read there: `tile_pixels` of Null Island's own GSD times the scale.
    """
    source = NullIsland()
    queries = {query: _cases(source, config, query, seed) for query in SOUGHT}
    for _, query in zip(range(count), cycle(SOUGHT), strict=False):
        yield next(queries[query])


def _cases(source: NullIsland, config: ModelConfig, query: str, seed: int) -> Iterator[PointingCase]:
    number = 0
    for scale in cycle(config.scales):
        gsd, found = source.gsd * scale, 0
        while not found:
            number += 1
            for lat, lon in _candidates(config, SOUGHT[query], gsd, [seed, number]):
                sought = _sought(config, SOUGHT[query], lat, lon, gsd)
                if found < OF_EACH and SHARE[0] <= sought.mean() <= SHARE[1]:
                    found += 1
                    yield PointingCase(source.read(lat, lon, gsd, config.tile_pixels).pixels, gsd, query, sought, query)


def _candidates(config: ModelConfig, covers: tuple[str, ...], gsd: float, seed: list[int]) -> list[tuple[float, float]]:
    """Held-back places whose chips hold enough of the covers, and not too much, at a first look."""
    rng = np.random.default_rng(seed)
    cover = covers[int(rng.integers(len(covers)))]
    lat, lon = sample_land_cover(cover, AT_ONCE, seed=int(rng.integers(2**31)))
    side = config.tile_pixels * gsd / EAST_METRES_PER_DEGREE
    lat, lon = (axis + rng.uniform(-0.5, 0.5, len(axis)) * side for axis in (lat, lon))
    held = is_held_back(lat, lon)
    lat, lon = lat[held], lon[held]
    offsets = (np.arange(LOOK) - (LOOK - 1) / 2) / LOOK * side
    seen = land_cover(lat[:, None, None] + offsets[:, None], lon[:, None, None] + offsets)  # (n, LOOK, LOOK)
    share = np.isin(seen, covers).mean(axis=(1, 2))
    likely = np.flatnonzero((share > SHARE[0] / 2) & (share < (1 + SHARE[1]) / 2))
    return [(float(lat[i]), float(lon[i])) for i in likely]


def _sought(config: ModelConfig, covers: tuple[str, ...], lat: float, lon: float, gsd: float) -> NDArray[np.float64]:
    """The share of every patch under the covers: (grid, grid), row 0 in the north."""
    grid = config.grid
    lats, lons = pixel_grid(lat, lon, config.tile_pixels * gsd / (grid * POINTS), grid * POINTS)
    there = np.isin(land_cover(lats, lons), covers)
    return np.asarray(there.reshape(grid, POINTS, grid, POINTS).mean(axis=(1, 3)))
