"""Harbours: cargo quays with cranes, containers and ships, and marinas full of boats."""

import numpy as np

from tiles.imagery.null_island.lattice import Doubles, Floats, hashed, unit
from tiles.imagery.null_island.paint.brush import Patch, box, cells, over, palette, rgb, strip, stripes
from tiles.imagery.null_island.paint.water import waves
from tiles.imagery.null_island.paint.wild import region

_BASIN = np.array([[28, 60, 62], [36, 66, 58], [22, 52, 66], [44, 70, 66]])
_CONTAINERS = np.array(
    [
        [158, 62, 48],
        [54, 88, 138],
        [182, 180, 174],
        [62, 112, 92],
        [190, 130, 58],
        [110, 52, 46],
        [66, 70, 78],
        [208, 206, 200],
    ]
)
_BERTH = 420.0


def harbour(patch: Patch) -> Floats:
    """The grounds in their own axes: u along the quay, v out to sea; berths of 420 m are cargo quays or marinas."""
    sites = patch.survey.land.settlements.harbours
    which = patch.of(patch.survey.harbours.which).astype(np.intp)
    angle = sites.angle[which]
    u, v = patch.turned(sites.x[which], sites.y[which], angle)
    a, b = u.astype(np.float32), v.astype(np.float32)
    berth = cells(u, which * 1.0 + 0.5, _BERTH, 1.0, 861)
    small = sites.radius[which] < 1000
    marina = (berth.draw(1) < np.where(small, 0.75, 0.4)).astype(np.float32)
    basin = region(patch, _BASIN, 30e3, 862) * (1 + 0.8 * waves(patch))
    colour = basin
    land = np.clip(-b / patch.gsd + 0.5, 0, 1)
    quay = palette(
        np.array([[168, 162, 150], [146, 143, 138], [132, 130, 128]]), unit(hashed(which, np.array([1]), 863))
    )
    stain = 0.06 * patch.noise(30, 864) + 0.05 * patch.noise(8, 865) + 0.04 * patch.noise(2, 866)
    over(colour, quay * (1 + stain), land)
    _breakwater(patch, colour, a, b, sites.radius[which])
    _cargo(patch, colour, u, b, berth.u, 1 - marina, angle)
    _marina(patch, colour, u, b, berth.u, marina)
    return np.asarray(colour, dtype=np.float32)


def _breakwater(patch: Patch, colour: Floats, u: Floats, v: Floats, half: Floats) -> None:
    """A rubble mole out at sea with gaps to sail through, and a pier between every two berths."""
    gap = np.abs(np.mod(u, 2 * _BERTH) - _BERTH) > 60
    rough = patch.noise(9, 867) + patch.noise(4, 868)
    mole = strip(v - 318 + rough, 11, patch.gsd) * gap
    over(colour, rgb(134, 126, 114) * (1 + 0.22 * patch.relief(4, 869) + 0.15 * patch.noise(2, 870)), mole)
    over(colour, rgb(172, 166, 154), strip(v - 318, 2.5, patch.gsd) * gap)
    pier = strip(np.mod(u + _BERTH / 2, _BERTH) - _BERTH / 2, 13, patch.gsd) * strip(v - 110, 120, patch.gsd)
    side = np.clip((half - 8 - np.abs(u)) / patch.gsd, 0, 1)
    over(colour, rgb(156, 151, 142) * (1 + 0.06 * patch.noise(12, 871)), pier * side)


def _cargo(patch: Patch, colour: Floats, u: Doubles, v: Floats, bu: Floats, where: Floats, angle: Floats) -> None:
    if not where.any():
        return
    gsd = patch.gsd
    _warehouses(patch, colour, u, v, where)
    _stacks(patch, colour, u, v, where)
    lane = np.maximum(strip(v + 62, 6, gsd), strip(v + 235, 7, gsd))
    over(colour, rgb(112, 111, 110), lane * where)
    _ship(patch, colour, u, v, bu, where)
    crane = cells(u, v * 0 + 0.5, 95.0, 1.0, 872)
    there = where * (crane.draw(1) < 0.8)
    x = crane.u - (crane.draw(2) - 0.5) * 40
    over(colour, rgb(36, 40, 44), box(x - 5, v - 5, 2.0, 34, gsd) * there * 0.5)
    legs = np.maximum(box(np.abs(x) - 8, v + 16, 1.0, 15, gsd), box(x, v - 10, 1.6, 40, gsd))
    over(colour, palette(np.array([[196, 84, 52], [60, 100, 150], [222, 220, 214]]), crane.draw(3)), legs * there)


def _warehouses(patch: Patch, colour: Floats, u: Doubles, v: Floats, where: Floats) -> None:
    hall = cells(u, v * 0 + 0.5, 118.0, 1.0, 873)
    half = 40 + 12 * hall.draw(1)
    x, y, gsd = hall.u, v + 312, patch.gsd
    over(colour, rgb(38, 40, 46), box(x - 6, y + 4, half, 48, gsd) * where * 0.55)
    paint = palette(np.array([[204, 204, 200], [160, 128, 110], [178, 182, 186], [132, 142, 150]]), hall.draw(2))
    paint = paint * (1 - 0.14 * stripes(y + 1e4, 8.0, 0.8, gsd) + 0.10 * np.sign(x) + 0.04 * patch.noise(9, 874))
    over(colour, paint, box(x, y, half, 48, gsd) * where)


def _stacks(patch: Patch, colour: Floats, u: Doubles, v: Floats, where: Floats) -> None:
    """Blocks of containers, six wide, some bays empty."""
    gsd = patch.gsd
    block = cells(u, v + 70, 34.0, 80.0, 875)
    room = (v < -72) & (v > -228)
    inside = box(block.u, block.v, 13.5, 36.0, gsd) * room * where * (block.draw(1) < 0.82)
    one = cells(block.u + 13.5, block.v + 36.0, 2.7, 12.0, 876)
    word = one.word ^ block.word
    tint = palette(_CONTAINERS, unit(word, 1)) * (0.85 + 0.3 * unit(word, 2))
    seam = np.maximum(strip(1.35 - np.abs(one.u), 0.15, gsd), strip(6.0 - np.abs(one.v), 0.2, gsd))
    mean = rgb(132, 110, 102) * (0.9 + 0.2 * block.draw(4))
    seen = np.float32(patch.sees(2.2))
    over(
        colour,
        rgb(40, 42, 48),
        box(block.u - 3, block.v + 3, 13.5, 36.0, gsd) * room * where * (block.draw(1) < 0.82) * 0.5,
    )
    over(colour, mean + (tint * (1 - 0.45 * seam) - mean) * seen, inside * (1 - seen * (unit(word, 3) < 0.12)))


def _ship(patch: Patch, colour: Floats, u: Doubles, v: Floats, bu: Floats, where: Floats) -> None:
    """A freighter alongside: hull, deck cargo, white bridge."""
    gsd = patch.gsd
    berth = cells(u, np.zeros_like(u) + 0.5, _BERTH, 1.0, 877)
    half, beam = 80 + 55 * berth.draw(1), 12 + 5 * berth.draw(2)
    there = where * (berth.draw(3) < 0.88)
    for row, (off, share) in enumerate(((0.0, 1.0), (130.0, 0.8))):
        x, y = bu + (0 if row == 0 else 25), v - 6 - beam - np.float32(off)
        keep = there * (berth.draw(4 + row) < share)
        taper = beam * np.sqrt(np.clip((half - np.abs(x)) / 26, 0.0, 1.0))
        hull = strip(y, taper, gsd) * (np.abs(x) < half)
        shade_hull = strip(y + 2, taper, gsd) * (np.abs(x - 3) < half)
        over(colour, rgb(12, 26, 30), shade_hull * keep * 0.5)
        paint = palette(
            np.array([[122, 54, 46], [60, 64, 72], [46, 78, 110], [116, 112, 104]]), (berth.draw(8) + 0.3 * row) % 1
        )
        over(colour, paint, hull * keep)
        one = cells(x, y, 12.6, 2.7, 878)
        deck = box(x - 8, y, half - 34, beam - 2, gsd) * keep
        tint = palette(_CONTAINERS, one.draw(1))
        mean = rgb(124, 106, 98)
        over(colour, mean + (tint - mean) * np.float32(patch.sees(2.4)), deck * (berth.draw(9) < 0.75))
        hatch = box(one.u, one.v, 5.5, 1.2, gsd)
        over(colour, rgb(96, 92, 86), deck * hatch * (berth.draw(9) >= 0.75) * 0.6)
        over(colour, rgb(232, 232, 228), box(x + half - 20, y, 6, beam - 1, gsd) * keep)


def _marina(patch: Patch, colour: Floats, u: Doubles, v: Floats, bu: Floats, where: Floats) -> None:
    """Pontoons every 46 m with boats on both sides, a promenade and car parks ashore."""
    if not where.any():
        return
    gsd = patch.gsd
    pontoon = np.mod(bu + 23, 46.0) - 23
    room = where * (np.abs(bu) < 190) * strip(v - 150, 140, gsd)
    boat = cells(v, np.floor((bu + 23) / 46.0) * 4 + np.sign(pontoon) + 1.5, 5.2, 1.0, 881)
    word = boat.word ^ hashed(np.floor(u / _BERTH).astype(np.int64), np.array([2]), 882)
    length = 4.2 + 2.8 * unit(word, 1)
    out = np.abs(pontoon) - 2.4 - length
    hull = np.clip(
        (1.75 * np.sqrt(np.clip(1 - np.clip(out / length, -0.5, 1) ** 2, 0, 1)) - np.abs(boat.u)) / gsd + 0.5, 0, 1
    )
    hull = hull * (np.abs(out) < length) * (unit(word, 2) < 0.86) * room
    seen = np.float32(patch.sees(1.8))
    over(colour, rgb(8, 22, 26), np.clip(hull * 0, 0, 1))
    bulk = strip(np.abs(pontoon) - 9, 6.5, gsd) * room * (1 - seen)
    over(colour, rgb(186, 188, 186), bulk * 0.5)
    shadow = strip(np.abs(pontoon) - 9.5, 7.0, gsd) * room * seen
    over(colour, rgb(14, 30, 34), shadow * 0.25)
    over(
        colour,
        palette(np.array([[238, 238, 234], [228, 226, 218], [216, 220, 224], [190, 200, 208]]), unit(word, 3)),
        hull * seen,
    )
    cabin = box(boat.u, out + 0.5, 0.85, length * 0.4, gsd) * hull * seen
    over(
        colour,
        palette(np.array([[54, 76, 120], [90, 92, 96], [200, 196, 184], [36, 60, 96]]), unit(word, 4)),
        cabin * 0.85,
    )
    over(colour, rgb(186, 176, 156), strip(pontoon, 1.5, gsd) * room)
    _promenade(patch, colour, u, v, where)


def _promenade(patch: Patch, colour: Floats, u: Doubles, v: Floats, where: Floats) -> None:
    from tiles.imagery.null_island.paint.plants import trees
    from tiles.imagery.null_island.paint.wild import leaves

    gsd = patch.gsd
    ashore = where * (v < -14)
    over(colour, rgb(112, 111, 110), ashore * strip(v + 120, 75, gsd))
    row = cells(u, v, 2.7, 16.0, 883)
    stalls = ashore * (np.abs(v + 120) < 70)
    for side in (-2.7, 2.7):
        stall = cells(u, row.j * 4.0 + side, 2.7, 1.0, 884)
        body = box(stall.u, row.v - np.float32(side), 0.95, 2.2, gsd) * (stall.draw(1) < 0.5) * stalls
        over(
            colour,
            palette(
                np.array([[222, 222, 222], [58, 60, 64], [150, 54, 48], [64, 86, 124], [140, 142, 146]]), stall.draw(2)
            ),
            body,
        )
    over(colour, rgb(104, 120, 76), ashore * (v < -200))
    trees(
        patch,
        colour,
        leaves(patch),
        (ashore * (v < -205) * 0.5 + ashore * strip(v + 30, 6, gsd) * 0.6).astype(np.float32),
        885,
        7.5,
    )
    house = cells(u, v, 70.0, 60.0, 886)
    there = where * (v < -215) * (v > -385) * (house.draw(1) < 0.6)
    over(colour, rgb(36, 38, 44), box(house.u - 4, house.v + 4, 20, 12, gsd) * there * 0.5)
    over(
        colour,
        palette(np.array([[150, 100, 80], [196, 192, 184], [132, 128, 122]]), house.draw(2))
        * (1 + 0.1 * np.sign(house.v)),
        box(house.u, house.v, 20, 12, gsd) * there,
    )
