"""The whole geography, built once: terrain, water, settlements and motorways."""

import threading
from dataclasses import dataclass
from functools import cache

from tiles.imagery.null_island.rivers import trace_rivers
from tiles.imagery.null_island.routes import Routes
from tiles.imagery.null_island.settlements import Settlements, Sites, place_settlements, trace_motorways
from tiles.imagery.null_island.terrain import Terrain, build_terrain

_lock = threading.Lock()


@dataclass(frozen=True)
class Geography:
    """Everything that has a place; the same on every machine."""

    terrain: Terrain
    rivers: Routes
    lakes: Sites
    settlements: Settlements
    motorways: Routes


def geography() -> Geography:
    """The country, built by the first caller and shared by all."""
    with _lock:  # or those who come during the first call would build it too
        return _build()


@cache
def _build() -> Geography:
    terrain = build_terrain()
    rivers, lakes = trace_rivers(terrain)
    settlements = place_settlements(terrain)
    return Geography(
        terrain,
        Routes.of(rivers, 450.0),
        Sites.of([(float(x), float(y), float(r), 0.0) for x, y, r in lakes]),
        settlements,
        Routes.of(trace_motorways(terrain, settlements), 300.0),
    )
