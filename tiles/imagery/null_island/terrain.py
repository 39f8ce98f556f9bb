"""The island's coarse shape: distance to the coast and elevation every 640 m."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter

from tiles.imagery.null_island.lattice import Doubles, Floats, Grid, Lattice, fbm

SPACING = 640.0
SIDE = 768


@dataclass(frozen=True)
class Terrain:
    """Coarse maps: `coast` metres to the shore (land positive), `elevation` metres above the sea."""

    coast: Lattice
    elevation: Lattice
    axis: Doubles  # (SIDE,) metres, both ways


def _height(grid: Grid) -> Floats:
    """A unitless dome broken up by noise; land where positive."""
    x = grid.east + 45e3 * grid.noise(120e3, 11) + 14e3 * grid.noise(40e3, 12)
    y = grid.north * 1.12 + 45e3 * grid.noise(120e3, 13) + 14e3 * grid.noise(40e3, 14)
    dome = 1.0 - (np.hypot(x, y) / 185e3) ** 2.4
    rim = np.clip((np.hypot(grid.east, grid.north) - 195e3) / 25e3, 0, None)
    return np.asarray(dome + 0.5 * fbm(grid, 70e3, 6, 20, 0.6) - rim, dtype=np.float32)


def _signed_distance(land: np.ndarray) -> Floats:
    inside, outside = distance_transform_edt(land), distance_transform_edt(~land)
    signed = np.where(land, inside - 0.5, 0.5 - outside).astype(np.float32) * SPACING
    return np.asarray(gaussian_filter(signed, 0.9))


def _elevation(grid: Grid, coast: Floats) -> Floats:
    """A gentle plain that rises inland, and ranges where ridged noise crests."""
    inland = np.clip((coast - 9e3) / 28e3, 0, 1)
    crest = np.clip(1 - np.abs(grid.noise(75e3, 31) + 0.35 * grid.noise(24e3, 32)) * 1.9, 0, 1)
    ranges = inland * crest**1.5 * (1800 + 700 * grid.noise(30e3, 33) + 350 * fbm(grid, 9e3, 3, 34))
    return np.asarray(0.0035 * coast + np.clip(ranges, 0, None), dtype=np.float32)


def build_terrain() -> Terrain:
    """Compute the coarse maps (deterministic, some tenths of a second)."""
    axis = (np.arange(SIDE) - (SIDE - 1) / 2) * SPACING
    grid = Grid(axis, axis, SPACING)
    coast = _signed_distance(_height(grid) > 0)
    return Terrain(Lattice(coast, SPACING), Lattice(_elevation(grid, coast), SPACING), axis)
