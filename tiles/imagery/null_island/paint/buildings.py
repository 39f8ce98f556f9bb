"""Roofs with shadows: rectangles on a lattice of lots, shared by every built-up class."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tiles.imagery.null_island.lattice import Floats
from tiles.imagery.null_island.paint.brush import Cells, Patch, Words, over, rgb, shade

Plan = Callable[[Floats, Floats], "Lots"]


@dataclass
class Lots:
    """For each pixel the building of its lot: cover, height (m), offsets from its middle and half sizes (m), word."""

    cover: Floats
    height: Floats
    u: Floats
    v: Floats
    half_u: Floats
    half_v: Floats
    word: Words
    cell: Cells


def cast_shadows(
    patch: Patch, colour: Floats, plan: Plan, u: Floats, v: Floats, angle: Floats | float, tall: float
) -> None:
    """Darken what lies south-east of buildings up to `tall` metres, on ground and colours alike, in place."""
    seen = patch.sees(tall / 3)
    if seen == 0:
        return
    c, s = np.cos(angle), np.sin(angle)
    toward_u, toward_v = -0.7071 * c + 0.7071 * s, 0.7071 * s + 0.7071 * c
    dark = np.zeros(len(patch.at), dtype=np.float32)
    for step in (0.3, 0.75):
        reach = step * tall * 0.8
        lots = plan(u + toward_u * reach, v + toward_v * reach)
        dark = np.maximum(dark, lots.cover * np.clip((lots.height * 0.8 - reach) / 1.5 + 0.5, 0, 1))
    over(colour, rgb(30, 34, 42), dark * np.float32(0.62 * seen))


def roof(patch: Patch, colour: Floats, lots: Lots, paint: Floats, angle: Floats | float, pitched: Floats) -> None:
    """Lay roofs over the colours in place; where `pitched`, two slopes of different light meet at a ridge."""
    c, s = np.cos(angle), np.sin(angle)
    lengthwise = lots.half_u >= lots.half_v
    side = np.where(
        lengthwise, np.sign(lots.v) * (0.7071 * s + 0.7071 * c), np.sign(lots.u) * (-0.7071 * c + 0.7071 * s)
    )
    tiles = paint.copy() if paint.shape[1] > 1 else np.repeat(paint, len(patch.at), axis=1)
    light = np.where(pitched > 0, 0.24 * side, 0).astype(np.float32)
    edge = np.minimum(lots.half_u - np.abs(lots.u), lots.half_v - np.abs(lots.v))
    parapet = (
        np.clip(1 - np.abs(edge - 0.5) / max(0.7, patch.gsd), 0, 1) * (1 - pitched) * np.float32(0.16 * patch.sees(1.0))
    )
    grain = 0.05 * patch.noise(6, 731) + 0.05 * patch.noise(1.5, 732)
    shade(tiles, light + parapet.astype(np.float32) + grain)
    over(colour, tiles, lots.cover)
