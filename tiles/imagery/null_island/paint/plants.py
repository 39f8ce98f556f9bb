"""Trees: crowns on jittered lattices, lit from the north-west, with their shadows."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats
from tiles.imagery.null_island.paint.brush import Patch, cells, over, rgb


def crowns(
    patch: Patch, size: float, density: float | Floats, seed: int, east: float = 0.0, south: float = 0.0
) -> tuple[Floats, Floats, Floats]:
    """One lattice of crowns, `size` metres apart: cover (n,), light -1..1 across each dome, and a number per tree.

    `east` and `south` shift the crowns by so many metres, as a shadow is.
    """
    c, s = np.float32(np.cos(0.6 + seed * 1.1)), np.float32(np.sin(0.6 + seed * 1.1))
    x, y = patch.x - np.float32(east), patch.y + np.float32(south)
    cell = cells(x * c + y * s, y * c - x * s, size, size, seed)
    jitter, ragged = np.float32(0.36 * size), np.float32(0.07 * size)
    du = cell.u - (cell.draw(1) - 0.5) * jitter + ragged * patch.noise(2.6, 551)
    dv = cell.v - (cell.draw(2) - 0.5) * jitter + ragged * patch.noise(2.6, 552)
    tone = cell.draw(3)
    radius = np.float32(size) * (np.float32(0.25) + np.float32(0.19) * tone)
    square = (du * du + dv * dv) / (radius * radius)
    cover = np.clip((1 - square) * radius / np.float32(1.2 * patch.gsd) + 0.3, 0, 1) * (cell.draw(4) < density)
    sunward = (dv * (c - s) - du * (c + s)) * np.float32(0.7071)
    light = np.clip(sunward / radius, -1, 1) + 0.30 * patch.noise(1.2, 553)
    return cover, light, tone


def trees(patch: Patch, colour: Floats, leaf: Floats, density: float | Floats, seed: int, size: float = 8.0) -> None:
    """Scatter single trees with shadows over the colours in place; finer than the pixel they only darken it."""
    seen = patch.sees(size / 3)
    if seen < 1:
        over(colour, leaf * 0.8, np.broadcast_to(np.float32(0.5 * (1 - seen)) * density, patch.at.shape))
    if seen == 0:
        return
    cover, light, tone = crowns(patch, size, density, seed)
    dark, _, _ = crowns(patch, size, density, seed, 0.24 * size, 0.24 * size)
    over(colour, rgb(34, 38, 36), dark * np.float32(0.6 * seen))
    over(colour, leaf * (0.80 + 0.36 * tone + 0.36 * light), cover * np.float32(seen))
