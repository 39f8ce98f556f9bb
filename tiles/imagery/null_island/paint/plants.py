"""Trees: crowns on jittered lattices, lit from the north-west, with their shadows."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats
from tiles.imagery.null_island.paint.brush import Patch, cells, over, rgb

_TURN = 0.6


def crowns(patch: Patch, size: float, density: float | Floats, seed: int) -> tuple[Floats, Floats, Floats]:
    """One lattice of crowns, `size` metres apart: cover (n,), light -1..1 across each dome, and a number per tree."""
    turn = _TURN + seed * 1.1
    c, s = np.cos(turn), np.sin(turn)
    u, v = patch.x * c + patch.y * s, patch.y * c - patch.x * s
    cell = cells(u, v, size, size, seed)
    jitter = np.float32(0.34 * size)
    du, dv = cell.u - (cell.draw(1) - 0.5) * jitter, cell.v - (cell.draw(2) - 0.5) * jitter
    tone = cell.draw(3)
    radius = np.float32(size) * (np.float32(0.27) + np.float32(0.16) * tone)
    square = (du * du + dv * dv) / (radius * radius)
    cover = np.clip((1 - square) * radius / np.float32(1.2 * patch.gsd) + 0.3, 0, 1) * (cell.draw(4) < density)
    sunward = (du * np.float32(c) - dv * np.float32(s)) * -0.7071 + (du * np.float32(s) + dv * np.float32(c)) * 0.7071
    light = np.clip(sunward / radius, -1, 1)
    return cover.astype(np.float32), light.astype(np.float32), tone


def trees(patch: Patch, colour: Floats, leaf: Floats, density: float | Floats, seed: int, size: float = 8.0) -> None:
    """Scatter single trees with shadows over the colours in place; finer than the pixel they only darken it."""
    seen = patch.sees(size / 3)
    if seen < 1:
        over(colour, leaf * 0.8, np.broadcast_to(np.float32(0.5 * (1 - seen)) * density, patch.at.shape))
    if seen == 0:
        return
    cover, light, tone = crowns(patch, size, density, seed)
    shadow = Patch(patch.survey, patch.grid, patch.at)
    shadow.__dict__["x"], shadow.__dict__["y"] = patch.x - 0.22 * size, patch.y + 0.22 * size
    dark, _, _ = crowns(shadow, size, density, seed)
    over(colour, rgb(32, 38, 36), dark * np.float32(0.62 * seen))
    over(colour, leaf * (0.82 + 0.3 * tone + 0.42 * light), cover * np.float32(seen))
