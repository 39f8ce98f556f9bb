"""Cities and suburbs: streets, blocks, roofs, gardens, pools, trees and cars."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats, hashed, unit
from tiles.imagery.null_island.paint.brush import Patch, box, cells, over, palette, resolved, rgb, strip, within
from tiles.imagery.null_island.paint.buildings import Lots, cast_shadows, roof
from tiles.imagery.null_island.paint.plants import trees
from tiles.imagery.null_island.paint.vehicles import lane_of_cars
from tiles.imagery.null_island.paint.wild import leaves

_FLAT_ROOFS = np.array(
    [[176, 174, 168], [206, 204, 198], [142, 140, 138], [112, 110, 108], [188, 178, 160],
     [158, 150, 142], [226, 226, 222], [132, 120, 110], [164, 120, 98], [96, 96, 100]]
)  # fmt: skip
_TILE_ROOFS = np.array(
    [[150, 98, 78], [168, 116, 90], [126, 86, 72], [112, 108, 104], [138, 132, 124], [92, 90, 92], [160, 150, 136],
     [120, 104, 92], [178, 132, 104]]
)  # fmt: skip
_ASPHALT = rgb(108, 107, 106)


def frame(patch: Patch) -> tuple[Floats, Floats, Floats, Floats]:
    """Coordinates in the town's own street grid, its heading, and a number per town (n,)."""
    towns = patch.survey.land.settlements.towns
    which = patch.of(patch.survey.towns.which).astype(np.intp)
    angle = towns.angle[which]
    u, v = patch.turned(towns.x[which], towns.y[which], angle)
    return u, v, angle, unit(hashed(which, np.array([0]), 741))


def city(patch: Patch) -> Floats:
    """The dense heart of a town."""
    u, v, angle, taste = frame(patch)
    block = cells(u, v, 104.0, 72.0, 742)
    ground = palette(np.array([[132, 129, 124], [146, 141, 132], [120, 119, 118]]), block.draw(1))
    colour = ground * (1 + 0.05 * patch.noise(14, 743) + 0.04 * patch.noise(3, 744))
    park = (block.draw(2) < 0.08).astype(np.float32)
    over(colour, rgb(98, 118, 72) * (1 + 0.1 * patch.noise(9, 745)), park)
    edge = np.minimum(52 - np.abs(block.u), 36 - np.abs(block.v))

    def plan(a: Floats, b: Floats) -> Lots:
        return _city_lots(patch, a, b)

    seen = patch.sees(16)
    if seen < 0.3:
        average = palette(_FLAT_ROOFS, (block.draw(4) + taste) % 1) * 0.55 + rgb(52, 51, 50)
        over(colour, average, np.full(len(u), 0.6, dtype=np.float32) * (1 - park))
    _streets(patch, colour, block.u, block.v, edge, u, v)
    cast_shadows(patch, colour, plan, u, v, angle, 24.0)
    bare = np.ones(len(u), dtype=np.float32)
    if seen > 0:
        lots = plan(u, v)
        bare = 1 - lots.cover
        lots.cover *= np.float32(min(1.0, seen + 0.3))
        paint = palette(_FLAT_ROOFS, (0.7 * unit(lots.word, 6) + 0.3 * taste) % 1) * (0.88 + 0.24 * unit(lots.word, 7))
        roof(patch, colour, lots, paint, angle, (unit(lots.word, 8) < 0.2).astype(np.float32))
        _roof_plant(patch, colour, lots)
    green = park * 0.55 + 0.10 * (edge > 5) * (1 - park) + 0.35 * (np.abs(edge - 8.2) < 1.5)
    trees(patch, colour, leaves(patch) * 0.95, green * bare, 746, 7.0)
    return _speckled(patch, colour, 16.0)


def _speckled(patch: Patch, colour: Floats, size: float) -> Floats:
    """Roofs and shadows too small to draw, as the grain a satellite sees."""
    fine = np.float32(1 - patch.sees(size))
    grain = 0.08 * patch.noise(150, 747) + fine * (0.13 * patch.noise(48, 748) + 0.26 * patch.noise(24, 749))
    bright = np.clip(patch.noise(26, 750) - 0.7, 0, 0.7) * fine
    return np.asarray(colour * (1 + grain) + rgb(120, 112, 100) * bright)


def _city_lots(patch: Patch, u: Floats, v: Floats) -> Lots:
    """Three by two buildings a block, of differing footprint and height, set back from the street."""
    block = cells(u, v, 104.0, 72.0, 742)
    whole = block.draw(3) < 0.3
    lot = cells(block.u + 40.5, block.v + 25.0, 27.0, 25.0, 751)
    word = np.where(whole, block.word, hashed(lot.i + 7 * block.i, lot.j + 5 * block.j, 752))
    du, dv = np.where(whole, block.u, lot.u), np.where(whole, block.v, lot.v)
    half_u = np.where(whole, 34 + 6 * unit(word, 1), 10.0 + 3.5 * unit(word, 1)).astype(np.float32)
    half_v = np.where(whole, 19 + 5 * unit(word, 2), 8.5 + 4 * unit(word, 2)).astype(np.float32)
    inside = (np.abs(block.u) < 40.5) & (np.abs(block.v) < 25) & (block.draw(2) >= 0.08)
    court = np.where(whole & (unit(word, 9) < 0.5), 1 - box(du, dv, half_u - 15, half_v - 11, patch.gsd), 1)
    cover = box(du, dv, half_u, half_v, patch.gsd) * inside * (unit(word, 3) < 0.93) * court
    height = (8 + 26 * unit(word, 4) ** 2).astype(np.float32)
    return Lots(cover.astype(np.float32), height, du, dv, half_u, half_v, word, lot)


def _roof_plant(patch: Patch, colour: Floats, lots: Lots) -> None:
    """Air conditioners and stair heads on flat roofs."""
    if patch.sees(1.8) == 0:
        return
    unit_cell = cells(lots.u, lots.v, 5.5, 4.5, 753)
    word = unit_cell.word ^ lots.word
    spot = box(unit_cell.u, unit_cell.v, 0.7 + unit(word, 1), 0.6 + 0.8 * unit(word, 2), patch.gsd) * lots.cover
    inner = np.minimum(lots.half_u - np.abs(lots.u), lots.half_v - np.abs(lots.v)) > 3
    tint = palette(np.array([[210, 210, 206], [92, 92, 94], [170, 168, 164]]), unit(word, 4))
    over(colour, tint, spot * inner * (unit(word, 3) < 0.22) * np.float32(patch.sees(1.8)))


def _streets(patch: Patch, colour: Floats, bu: Floats, bv: Floats, edge: Floats, u: Floats, v: Floats) -> None:
    """Pavements, carriageways, their centre lines and the cars on them."""
    gsd = patch.gsd
    over(colour, rgb(164, 160, 152), resolved(patch, within(edge, 9.8, gsd), 72, 0.4))
    asphalt = resolved(patch, within(edge, 6.8, gsd), 72, 0.3)
    over(colour, _ASPHALT * (1 + 0.05 * patch.noise(20, 754) + 0.05 * patch.noise(1.8, 755)), asphalt)
    to_u, to_v = 52 - np.abs(bu), 36 - np.abs(bv)
    on_u, on_v = (to_v < 6.8) & (to_u > 8), (to_u < 6.8) & (to_v > 8)
    if patch.sees(0.5) > 0:
        line = strip(to_v, 0.12, gsd) * on_u + strip(to_u, 0.12, gsd) * on_v
        over(colour, rgb(226, 222, 200), line * 0.8)
    across_u, across_v = np.floor(u / 104.0 + 0.5), np.floor(v / 72.0 + 0.5)
    for offset, share, number in ((5.6, 0.62, 0.2), (2.6, 0.22, 1.2)):
        lane_of_cars(patch, colour, u, across_v * 9 + 3 * np.sign(bv) + number, to_v - offset, on_u, share, 6.6)
        lane_of_cars(patch, colour, v, across_u * 9 + 3 * np.sign(bu) + number, to_u - offset, on_v, share, 6.6)


def residential(patch: Patch) -> Floats:
    """Suburbs: houses in gardens along curving streets."""
    u, v, angle, taste = frame(patch)
    u, v = u + 55 * patch.noise(520, 761), v + 55 * patch.noise(520, 762)
    block = cells(u, v, 168.0, 74.0, 763)
    each = np.float32(patch.sees(37))
    lawn = palette(
        np.array([[112, 124, 78], [98, 116, 72], [138, 130, 92], [122, 126, 84]]),
        (taste + 0.2 * each * block.draw(1)) % 1,
    )
    colour = lawn * (1 + 0.08 * patch.noise(26, 764) + 0.07 * patch.noise(6, 765) + 0.05 * patch.noise(1.8, 766))
    edge = np.minimum(84 - np.abs(block.u), 37 - np.abs(block.v))

    def plan(a: Floats, b: Floats) -> Lots:
        return _houses(patch, a, b)

    lots = plan(u, v)
    if patch.sees(14) < 1:
        mixed = palette(_TILE_ROOFS, (0.5 * taste + 0.5 * each * block.draw(2)) % 1) * 0.5 + rgb(62, 64, 60)
        over(colour, mixed, np.full(len(u), 0.62 * (1 - patch.sees(14)), dtype=np.float32))
    _garden(patch, colour, lots)
    _lane(patch, colour, edge, block.u, block.v, u, v)
    dense = np.clip(0.30 + 0.2 * taste + 0.2 * patch.noise(300, 767), 0.12, 0.7) * (edge > 6)
    cast_shadows(patch, colour, plan, u, v, angle, 8.0)
    seen = patch.sees(14)
    if seen > 0:
        lots.cover *= np.float32(seen)
        paint = palette(_TILE_ROOFS, (0.45 * unit(lots.word, 6) + taste) % 1) * (0.85 + 0.3 * unit(lots.word, 7))
        roof(patch, colour, lots, paint, angle, (unit(lots.word, 8) < 0.8).astype(np.float32))
    trees(patch, colour, leaves(patch), (dense * (1 - 0.85 * lots.cover)).astype(np.float32), 768, 7.5)
    return _speckled(patch, colour, 14.0)


def _houses(patch: Patch, u: Floats, v: Floats) -> Lots:
    """One house a lot, eight lots along and two back to back, turned and shifted a little."""
    lot = cells(u, v, 21.0, 37.0, 772)
    word = lot.word
    du = lot.u - (unit(word, 1) - 0.5) * 3
    front = np.where(lot.j % 2 == 0, 1, -1).astype(np.float32)
    dv = lot.v + front * (3 + 3 * unit(word, 2))
    half_u = 5.2 + 3.0 * unit(word, 3)
    half_v = 4.4 + 3.2 * unit(word, 4)
    clear = (np.abs(np.mod(u, 168.0) - 84) < 76) * (unit(word, 5) < 0.95)
    cover = box(du, dv, half_u, half_v, patch.gsd)
    wing = box(du - half_u * 0.55, dv - front * half_v, half_u * 0.45, half_v * 0.6, patch.gsd) * (unit(word, 9) < 0.5)
    return Lots(
        (np.maximum(cover, wing) * clear).astype(np.float32),
        3.5 + 3.5 * unit(word, 4),
        du,
        dv,
        half_u,
        half_v,
        word,
        lot,
    )


def _garden(patch: Patch, colour: Floats, lots: Lots) -> None:
    """Driveways, patios and pools around the house."""
    seen = patch.sees(2.5)
    if seen == 0:
        return
    front = np.where(lots.cell.j % 2 == 0, -1, 1).astype(np.float32)
    drive = box(lots.u + lots.half_u * 0.6, lots.v - front * 9, 1.6, 9.0, patch.gsd)
    over(colour, rgb(166, 162, 154), drive * np.float32(0.9 * seen))
    patio = box(lots.u, lots.v + front * (lots.half_v + 2.5), 4.5, 2.6, patch.gsd)
    over(colour, rgb(172, 162, 144), patio * (unit(lots.word, 10) < 0.6) * np.float32(0.8 * seen))
    pool = (unit(lots.word, 11) < 0.22) * np.float32(seen)
    x, y = lots.u - 3, lots.v + front * (lots.half_v + 7.5)
    over(colour, rgb(200, 192, 178), box(x, y, 4.4, 2.9, patch.gsd) * pool)
    over(colour, rgb(84, 172, 190), box(x, y, 3.4, 1.9, patch.gsd) * pool)
    fence = strip(10.5 - np.abs(lots.cell.u), 0.25, patch.gsd)
    over(colour, rgb(92, 88, 72), fence * np.float32(0.5 * patch.sees(0.8)))


def _lane(patch: Patch, colour: Floats, edge: Floats, bu: Floats, bv: Floats, u: Floats, v: Floats) -> None:
    """The street of a suburb, its pavement and parked cars."""
    gsd = patch.gsd
    over(colour, rgb(158, 154, 146), resolved(patch, within(edge, 5.9, gsd), 74, 0.22) * 0.8)
    over(
        colour,
        _ASPHALT * (1.04 + 0.05 * patch.noise(16, 773)),
        within(edge, 4.3, gsd),
    )
    parked = np.abs(bu) < 74
    lane_of_cars(
        patch, colour, u, np.floor(v / 74.0 + 0.5) * 5 + np.sign(bv) + 0.5, 37 - np.abs(bv) - 3.2, parked, 0.3, 7.5
    )
