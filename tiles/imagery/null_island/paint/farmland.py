"""Farmland: parcels of many crops in the grid of their neighbourhood, with rows, tramlines, hedges and tracks."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats, hashed, unit
from tiles.imagery.null_island.paint.brush import Patch, Words, cells, over, palette, rgb, stripes
from tiles.imagery.null_island.paint.plants import trees
from tiles.imagery.null_island.paint.wild import leaves, region

_CROPS = np.array(
    [[92, 118, 66], [74, 108, 62], [112, 134, 78], [168, 150, 104], [184, 166, 122], [134, 112, 86], [154, 122, 96],
     [104, 92, 72], [124, 128, 92], [86, 124, 84], [146, 140, 98], [60, 92, 56], [176, 138, 108], [118, 112, 84]]
)  # fmt: skip
_QUARTER = 3200.0


def _quarters(patch: Patch) -> tuple[Words, Floats]:
    """The neighbourhood a pixel farms in, and metres to its edge (a lane)."""
    u = patch.x + 420 * patch.noise(2600, 701) + 130 * patch.noise(800, 702)
    v = patch.y + 420 * patch.noise(2600, 703) + 130 * patch.noise(800, 704)
    cell = cells(u, v, _QUARTER, _QUARTER, 705)
    return cell.word, np.minimum(_QUARTER / 2 - np.abs(cell.u), _QUARTER / 2 - np.abs(cell.v))


def farmland(patch: Patch) -> Floats:
    """Fields; where a pixel holds many of them, their mean."""
    far = _from_afar(patch)
    near = patch.sees(90)
    if near == 0:
        return far
    word, lane = _quarters(patch)
    angle = unit(word, 1) * np.float32(np.pi)
    u, v = patch.turned(0, 0, angle)
    wide, high = 150 + 260 * unit(word, 2), 90 + 150 * unit(word, 3)
    row = np.floor(v / high)
    shift = unit(hashed(row.astype(np.int64), word.astype(np.int64), 706))
    cell = cells(u + shift * wide, v, wide, high, 707)
    parcel = cell.word ^ word
    parcel = _halved(parcel, cell.u)
    colour = _crop(patch, parcel, word)
    _rows(patch, colour, parcel, u, v)
    edge = np.minimum(wide / 2 - np.abs(cell.u), high / 2 - np.abs(cell.v))
    _borders(patch, colour, edge, lane, unit(word, 4))
    return np.asarray(colour + (far - colour) * np.float32(1 - near))


def _from_afar(patch: Patch) -> Floats:
    """The country's patchwork as one cloth of greens and straws."""
    mean = region(patch, np.array([[124, 124, 82], [112, 122, 76], [142, 130, 94], [118, 116, 80]]), 22e3, 718)
    patchy = 0.10 * patch.noise(2200, 719) + 0.09 * patch.noise(800, 720) + 0.16 * patch.noise(350, 721)
    return np.asarray(mean * (1 + patchy))


def _halved(parcel: Words, u: Floats) -> Words:
    """Every third parcel is split in two."""
    split = (unit(parcel, 5) < 0.34) & (u > 0)
    return np.where(split, parcel * np.uint32(2654435761) + np.uint32(17), parcel).astype(np.uint32)


def _crop(patch: Patch, parcel: Words, word: Words) -> Floats:
    """Each parcel's colour: neighbourhoods prefer some crops; soil and growth vary within a field."""
    usual = unit(word, 6)
    pick = (usual + 0.62 * (unit(parcel, 1) - 0.5)) % 1
    colour = palette(_CROPS, pick) * (0.86 + 0.28 * unit(parcel, 2))
    dryness = 0.12 * patch.noise(40e3, 708)
    colour = colour * np.stack([1 + dryness, 1 + 0.3 * dryness, 1 - 0.6 * dryness])
    soil = 0.07 * patch.noise(110, 709) + 0.05 * patch.noise(34, 710) + 0.035 * patch.noise(9, 711)
    return np.asarray(
        colour * (1 + soil + 0.06 * patch.noise(1.6, 712) + 0.04 * patch.noise(3.6, 722)), dtype=np.float32
    )


def _rows(patch: Patch, colour: Floats, parcel: Words, u: np.ndarray, v: np.ndarray) -> None:
    """Sown rows along the parcel, the sprayer's tramlines across it, and orchards in some."""
    if patch.gsd > 12:
        return
    along = np.where(unit(parcel, 7) < 0.5, u, v)
    kind = unit(parcel, 8)
    for low, high, period in ((0.0, 0.3, 1.5), (0.3, 0.55, 2.6), (0.55, 0.72, 4.5)):
        chosen = ((kind >= low) & (kind < high)).astype(np.float32)
        lines = stripes(along + 0.5 * patch.noise(30, 713), period, period * 0.24, patch.gsd)
        rough = np.clip(0.8 + 0.5 * patch.noise(5, 714), 0.2, 1.3)
        over(colour, colour * 0.62, chosen * (lines - 0.1) * (0.55 + 0.4 * unit(parcel, 9)) * rough)
    tram = stripes(along - 0.9, 21.0, 0.3, patch.gsd) + stripes(along + 0.9, 21.0, 0.3, patch.gsd)
    over(colour, rgb(150, 130, 100), tram * (kind < 0.6) * 0.5)
    orchard = (kind > 0.9).astype(np.float32)
    if orchard.any():
        trees(patch, colour, leaves(patch), orchard * 0.94, 715, 6.5)


def _borders(patch: Patch, colour: Floats, edge: Floats, lane: Floats, hedged: Floats) -> None:
    """Grass balks between parcels, hedges where the neighbourhood keeps them, and gravel lanes around it."""
    gsd = patch.gsd
    balk = np.clip((1.6 - edge) / gsd + 0.5, 0, min(1.0, 3.2 / gsd))
    over(colour, rgb(116, 124, 76), balk * 0.8)
    hedge = np.clip((6.5 - edge) / gsd + 0.5, 0, min(1.0, 10 / gsd)) * np.clip((hedged - 0.45) * 6, 0, 1)
    gaps = np.clip(0.6 + patch.noise(60, 716), 0, 1)
    if float(hedge.max(initial=0)) > 0:
        leaf = leaves(patch)
        over(colour, leaf * 0.8, hedge * gaps * np.float32(0.35 + 0.4 * (1 - patch.sees(2))))
        trees(patch, colour, leaf, hedge * gaps * 0.9, 717, 6.0)
    lane_cover = np.clip((3.0 - lane) / gsd + 0.5, 0, min(1.0, 6 / gsd))
    over(colour, rgb(178, 162, 132), lane_cover * 0.9)
