"""Motorways: two carriageways of three lanes, a planted median, verges, and traffic."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats
from tiles.imagery.null_island.paint.brush import Patch, box, cells, over, palette, rgb, strip
from tiles.imagery.null_island.paint.plants import trees
from tiles.imagery.null_island.paint.wild import leaves, region

_PAVEMENT = np.array([[112, 111, 110], [142, 138, 130], [96, 96, 98], [156, 152, 144]])
_TRAFFIC = np.array(
    [[228, 228, 228], [48, 50, 54], [132, 136, 140], [170, 50, 42], [56, 80, 120], [236, 236, 232], [24, 26, 28]]
)


def road(patch: Patch) -> Floats:
    """The corridor, verge to verge."""
    verge = region(patch, np.array([[128, 128, 84], [146, 136, 98], [108, 124, 76]]), 9e3, 821)
    colour: Floats = verge * (
        1 + 0.10 * patch.noise(24, 822) + 0.08 * patch.noise(5, 823) + 0.05 * patch.noise(1.5, 824)
    )
    paving = region(patch, _PAVEMENT, 12e3, 825) * (1 + 0.04 * patch.noise(30, 826) + 0.03 * patch.noise(2, 827))
    if patch.gsd > 30:
        return np.asarray(colour + (paving - colour) * np.float32(0.6))
    lateral, along, _, _ = (patch.of(a) for a in patch.survey.road)
    side = np.abs(lateral)
    bushes = np.clip((side - 20) / 4, 0, 1) * np.clip(0.4 + 0.7 * patch.noise(120, 828), 0, 0.8)
    trees(patch, colour, leaves(patch), bushes.astype(np.float32), 829, 5.5)
    gsd = patch.gsd
    over(colour, paving, strip(side - 10, 8.6, gsd))
    shoulder = strip(side - 17, 1.6, gsd)
    over(colour, paving * 0.9, shoulder)
    over(colour, rgb(176, 174, 168), strip(side, 0.5, gsd) * 0.8)
    over(colour, paving * 0.86, 0.5 * np.sum([strip(side - lane, 0.9, gsd) for lane in (5.0, 8.7, 12.4)], axis=0))
    _markings(patch, colour, side, along)
    _traffic(patch, colour, lateral, along)
    return colour


def _markings(patch: Patch, colour: Floats, side: Floats, along: Floats) -> None:
    """Solid edges and dashed lanes; their paint fades with the pixel."""
    gsd = patch.gsd
    if gsd > 4:
        return
    white = rgb(232, 230, 222)
    over(colour, white, np.maximum(strip(side - 3.1, 0.14, gsd), strip(side - 14.4, 0.14, gsd)))
    phase = np.mod(along, 12.0)
    dash = np.clip((2.0 - np.abs(phase - 6)) / max(gsd, 0.3) + 0.5, 0, 1) if gsd < 2 else np.full_like(along, 0.33)
    over(colour, white, np.maximum(strip(side - 6.85, 0.13, gsd), strip(side - 10.55, 0.13, gsd)) * dash)


def _traffic(patch: Patch, colour: Floats, lateral: Floats, along: Floats) -> None:
    """Cars and lorries in every lane, each with a shadow."""
    seen = patch.sees(1.6)
    if seen == 0:
        return
    for number, lane in enumerate((-12.4, -8.7, -5.0, 5.0, 8.7, 12.4)):
        near = np.flatnonzero(np.abs(lateral - lane) < 3)
        if len(near) == 0:
            continue
        across, part = lateral[near] - np.float32(lane), colour[:, near]
        spot = cells(along[near], np.full(len(near), number), 34.0, 1.0, 831)
        there = (spot.draw(1) < 0.42).astype(np.float32) * np.float32(seen)
        lorry = spot.draw(2) < (0.3 if abs(lane) > 12 else 0.06)
        half = np.where(lorry, 7.0, 2.3).astype(np.float32)
        u = spot.u - (spot.draw(3) - 0.5) * 16
        wide = np.where(lorry, 1.25, 0.95).astype(np.float32)
        over(part, rgb(34, 36, 40), box(u - 0.8, across + 0.9, half, wide, patch.gsd) * there * 0.55)
        body = box(u, across, half, wide, patch.gsd) * there
        over(part, palette(_TRAFFIC, spot.draw(4)), body)
        over(part, rgb(50, 56, 64), box(u - half * 0.25, across, 0.6, wide * 0.85, patch.gsd) * body * ~lorry * 0.8)
        colour[:, near] = part
