"""A cargo berth: warehouses, stacks of containers, cranes, and freighters alongside. v = 0 is the quay's edge."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats, unit
from tiles.imagery.null_island.paint.brush import Cells, Patch, box, cells, over, palette, rgb, strip, stripes

_CONTAINERS = np.array(
    [[158, 62, 48], [54, 88, 138], [182, 180, 174], [62, 112, 92], [190, 130, 58], [110, 52, 46], [66, 70, 78]]
)
_HULLS = np.array([[122, 54, 46], [60, 64, 72], [46, 78, 110], [116, 112, 104]])
_ROOFS = np.array([[204, 204, 200], [160, 128, 110], [178, 182, 186], [132, 142, 150]])
_CRANES = np.array([[196, 84, 52], [60, 100, 150], [222, 220, 214]])


def cargo(patch: Patch, colour: Floats, u: Floats, v: Floats, berth_u: Floats) -> None:
    """Draw the berth over quay and water in place; `berth_u` is metres along from the berth's middle."""
    _warehouses(patch, colour, u, v)
    _stacks(patch, colour, u, v)
    lanes = np.maximum(strip(v + 62, 6, patch.gsd), strip(v + 235, 7, patch.gsd))
    over(colour, rgb(112, 111, 110), lanes)
    for row, away, share in ((0, 0.0, 0.9), (1, 130.0, 0.7)):
        _ship(patch, colour, u, v - np.float32(away), berth_u + 25 * row, row, share)
    _cranes(patch, colour, u, v)


def _warehouses(patch: Patch, colour: Floats, u: Floats, v: Floats) -> None:
    hall = cells(u, np.zeros_like(u), 118.0, 1.0, 873)
    half = 40 + 12 * hall.draw(1)
    x, y, gsd = hall.u, v + 312, patch.gsd
    over(colour, rgb(38, 40, 46), box(x - 6, y + 4, half, 48, gsd) * 0.55)
    light = 0.10 * np.sign(x) - 0.14 * stripes(y, 8.0, 0.8, gsd) + 0.04 * patch.noise(9, 874)
    over(colour, palette(_ROOFS, hall.draw(2)) * (1 + light), box(x, y, half, 48, gsd))


def _stacks(patch: Patch, colour: Floats, u: Floats, v: Floats) -> None:
    """Blocks of containers ten wide and six long, some places empty."""
    gsd = patch.gsd
    block = cells(u, v + 70, 34.0, 80.0, 875)
    room = (v < -72) & (v > -228) & (block.draw(1) < 0.82)
    over(colour, rgb(40, 42, 48), box(block.u - 3, block.v + 3, 13.5, 36.0, gsd) * room * 0.5)
    one = cells(block.u + 13.5, block.v + 36.0, 2.7, 12.0, 876)
    word, seen = one.word ^ block.word, np.float32(patch.sees(2.2))
    seam = np.maximum(strip(1.35 - np.abs(one.u), 0.15, gsd), strip(6.0 - np.abs(one.v), 0.2, gsd))
    mean = _from_afar(patch, block)
    steel = palette(_CONTAINERS, unit(word, 1)) * (0.85 + 0.3 * unit(word, 2)) * (1 - 0.45 * seam)
    there = box(block.u, block.v, 13.5, 36.0, gsd) * room * (1 - seen * (unit(word, 3) < 0.12))
    over(colour, mean + (steel - mean) * seen, there)


def _from_afar(patch: Patch, block: Cells) -> Floats:
    """Stacks seen too coarsely to tell containers apart: every three of them share a mixed colour."""
    three = cells(block.u + 13.5, block.v + 36.0, 8.1, 12.0, 879)
    mixed = palette(_CONTAINERS, unit(three.word ^ block.word, 1))
    mean = rgb(132, 110, 102) * (0.9 + 0.2 * block.draw(4))
    return np.asarray(mean + (mixed - mean) * np.float32(0.6 * patch.sees(6)))


def _ship(patch: Patch, colour: Floats, u: Floats, v: Floats, berth_u: Floats, row: int, share: float) -> None:
    """A freighter: hull with its shadow on the water, deck cargo or hatches, white bridge."""
    gsd = patch.gsd
    berth = cells(u - berth_u, np.full_like(u, row + 0.5), 420.0, 1.0, 877)
    near = np.flatnonzero((v > -2) & (v < 45) & (np.abs(berth_u) < 150) & (berth.draw(3) < share))
    if len(near) == 0:
        return
    part, x = colour[:, near], berth_u[near]
    one, two, three, four = (berth.draw(k)[near] for k in (1, 2, 8, 9))
    half, beam = 80 + 55 * one, 12 + 5 * two
    y = v[near] - 6 - beam
    taper = beam * np.sqrt(np.clip((half - np.abs(x)) / 26, 0.0, 1.0))
    over(part, rgb(12, 26, 30), strip(y + 2, taper, gsd) * (np.abs(x - 3) < half) * 0.5)
    over(part, palette(_HULLS, three), strip(y, taper, gsd) * (np.abs(x) < half))
    hold = cells(x, y, 12.6, 2.7, 878)
    deck = box(x - 8, y, half - 34, beam - 2, gsd)
    mean = rgb(124, 106, 98)
    stacked = mean + (palette(_CONTAINERS, hold.draw(1)) - mean) * np.float32(patch.sees(2.4))
    over(part, stacked, deck * (four < 0.75))
    over(part, rgb(96, 92, 86), deck * box(hold.u, hold.v, 5.5, 1.2, gsd) * (four >= 0.75) * 0.6)
    over(part, rgb(232, 232, 228), box(x + half - 20, y, 6, beam - 1, gsd))
    colour[:, near] = part


def _cranes(patch: Patch, colour: Floats, u: Floats, v: Floats) -> None:
    """Gantries that reach from the quay over the ships."""
    gsd = patch.gsd
    crane = cells(u, np.zeros_like(u), 95.0, 1.0, 872)
    there = crane.draw(1) < 0.8
    x = crane.u - (crane.draw(2) - 0.5) * 40
    over(colour, rgb(36, 40, 44), box(x - 5, v - 5, 2.0, 34, gsd) * there * 0.5)
    legs = np.maximum(box(np.abs(x) - 8, v + 16, 1.0, 15, gsd), box(x, v - 10, 1.6, 40, gsd))
    over(colour, palette(_CRANES, crane.draw(3)), legs * there)
