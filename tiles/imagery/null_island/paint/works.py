"""Industry: halls, storage tanks, yards with lorries."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats, unit
from tiles.imagery.null_island.paint.brush import Patch, box, cells, disc, over, palette, rgb, shade, stripes
from tiles.imagery.null_island.paint.buildings import Lots, cast_shadows, roof
from tiles.imagery.null_island.paint.plants import trees
from tiles.imagery.null_island.paint.town import frame
from tiles.imagery.null_island.paint.vehicles import car_park
from tiles.imagery.null_island.paint.wild import leaves

_HALLS = np.array(
    [[206, 208, 208], [182, 184, 186], [226, 226, 224], [148, 152, 158], [122, 128, 136],
     [168, 132, 112], [112, 134, 150], [196, 190, 176], [136, 150, 138]]
)  # fmt: skip
_LORRIES = np.array([[226, 226, 224], [180, 60, 50], [70, 96, 140], [190, 188, 180]])
_TANKS = np.array([[226, 226, 220], [214, 214, 210], [196, 200, 200], [184, 150, 128], [236, 236, 232]])
_GROUND = np.array([[150, 145, 136], [134, 131, 127], [166, 156, 140], [124, 122, 120]])
_WIDE, _HIGH = 176.0, 128.0


def industry(patch: Patch) -> Floats:
    """Works in a grid of yards."""
    u, v, angle, taste = frame(patch)
    yard = cells(u, v, _WIDE, _HIGH, 801)
    ground = palette(_GROUND, yard.draw(1))
    stain = 0.08 * patch.noise(40, 802) + 0.06 * patch.noise(11, 803) + 0.04 * patch.noise(2.5, 804)
    colour: Floats = ground * (1 + stain)
    tanks = ((yard.draw(2) + 0.12 * taste) < 0.24).astype(np.float32)
    edge = np.minimum(_WIDE / 2 - np.abs(yard.u), _HIGH / 2 - np.abs(yard.v))
    over(
        colour,
        rgb(112, 120, 80) * (1 + 0.1 * patch.noise(7, 805)),
        ((edge > 6) & (edge < 10)) * 0.8 * np.ones_like(edge),
    )
    _yard(patch, colour, u, v, yard.draw(3), edge)
    over(colour, rgb(104, 103, 102), np.clip((5.6 - edge) / patch.gsd + 0.5, 0, min(1.0, 11 / patch.gsd)))

    def plan(a: Floats, b: Floats) -> Lots:
        return _halls(patch, a, b)

    cast_shadows(patch, colour, plan, u, v, angle, 12.0)
    lots = plan(u, v)
    paint = palette(_HALLS, unit(lots.word, 6)) * (0.9 + 0.2 * unit(lots.word, 7))
    across = np.where(lots.half_u > lots.half_v, lots.u, lots.v)
    ribs = stripes(across, 6.0, 0.5, patch.gsd) * (unit(lots.word, 8) < 0.55)
    shade(paint, -0.12 * ribs + 0.04 * patch.noise(18, 806))
    roof(patch, colour, lots, paint, angle, (unit(lots.word, 9) < 0.45).astype(np.float32))
    _tanks(patch, colour, u, v, tanks, angle)
    trees(patch, colour, leaves(patch), ((edge > 5.5) & (edge < 11)).astype(np.float32) * 0.35, 807, 7.0)
    return colour


def _halls(patch: Patch, u: Floats, v: Floats) -> Lots:
    """One great hall or up to four smaller ones on every yard."""
    yard = cells(u, v, _WIDE, _HIGH, 801)
    great = yard.draw(4) < 0.42
    lot = cells(yard.u, yard.v, 76.0, 50.0, 808)
    word = np.where(great, yard.word, lot.word ^ yard.word).astype(np.uint32)
    du, dv = np.where(great, yard.u - 4, lot.u), np.where(great, yard.v + 3, lot.v)
    half_u = np.where(great, 48 + 22 * unit(word, 1), 17 + 15 * unit(word, 1)).astype(np.float32)
    half_v = np.where(great, 28 + 20 * unit(word, 2), 10 + 11 * unit(word, 2)).astype(np.float32)
    inside = (np.abs(yard.u) < 76) & (np.abs(yard.v) < 50) & (yard.draw(2) >= 0.24) & (unit(word, 3) < 0.88)
    cover = box(du, dv, half_u, half_v, patch.gsd) * inside
    return Lots(cover.astype(np.float32), 7 + 6 * unit(word, 4), du, dv, half_u, half_v, word, yard)


def _tanks(patch: Patch, colour: Floats, u: Floats, v: Floats, where: Floats, angle: Floats) -> None:
    """Tank farms: white cylinders in earth bunds, shaded around the rim, each with its shadow."""
    at = np.flatnonzero(where > 0)
    if len(at) == 0:
        return
    part, u, v, angle = colour[:, at], u[at], v[at], angle[at]
    cell = cells(u, v, 44.0, 42.7, 809)
    radius = 9 + 9 * cell.draw(1)
    c, s = np.cos(angle), np.sin(angle)
    east, north = cell.u * c - cell.v * s, cell.u * s + cell.v * c
    keep = cell.draw(2) < 0.9
    over(part, rgb(158, 146, 124), np.full(len(at), 0.45, dtype=np.float32))
    over(part, rgb(36, 38, 44), disc(east - 5.5, north + 5.5, radius, patch.gsd) * keep * 0.6)
    cover = disc(east, north, radius, patch.gsd) * keep
    tint = palette(_TANKS, cell.draw(3))
    rim = np.clip(np.sqrt(east * east + north * north) / radius, 0, 1)
    light = (-0.7071 * east + 0.7071 * north) / radius
    over(part, tint * (0.95 + 0.10 * light * rim - 0.25 * (rim > 0.93)), cover)
    floating = (cell.draw(4) < 0.35).astype(np.float32)
    over(part, rgb(150, 150, 146) * (1 + 0.25 * light), disc(east, north, radius * 0.88, patch.gsd) * keep * floating)
    colour[:, at] = part


def _yard(patch: Patch, colour: Floats, u: Floats, v: Floats, use: Floats, edge: Floats) -> None:
    """Rows of parked lorries and cars, or stacked goods."""
    if patch.gsd > 4:
        return
    bay = cells(u, v, 3.4, 18.0, 811)
    open_yard = (edge > 12) & (patch.noise(60, 812) > -0.1)
    lorry = box(bay.u, bay.v, 1.25, 6.2, patch.gsd) * (bay.draw(1) < 0.45) * open_yard * (use < 0.45)
    over(colour, palette(_LORRIES, bay.draw(2)), lorry)
    car_park(patch, colour, u, v, open_yard & (use >= 0.45), 0.6, 813)
