"""Airports: runway, taxiways, aprons with aircraft, terminal and car park."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats, hashed, unit
from tiles.imagery.null_island.paint.brush import Patch, box, cells, over, palette, rgb, shade, strip, stripes
from tiles.imagery.null_island.paint.vehicles import car_park
from tiles.imagery.null_island.paint.wild import region

_APRONS = np.array([[176, 170, 158], [152, 148, 140], [132, 128, 122], [190, 184, 172]])
_LIVERIES = np.array([[238, 240, 240], [226, 226, 222], [206, 210, 214]])
_TAILS = np.array([[178, 44, 40], [40, 70, 130], [44, 110, 84], [220, 150, 50]])
_ROOFS = np.array([[214, 214, 210], [186, 188, 190], [160, 164, 170], [198, 186, 166]])
_GRASS = np.array([[132, 134, 86], [154, 142, 104], [116, 130, 80]])
_RUNWAY = -150.0


def airport(patch: Patch) -> Floats:
    """The whole grounds in the airport's own axes: runway at v = -150, apron 40 to 300, terminal beyond."""
    sites = patch.survey.land.settlements.airports
    which = patch.of(patch.survey.airports.which).astype(np.intp)
    angle = sites.angle[which]
    u, v = patch.turned(sites.x[which], sites.y[which], angle)
    taste = unit(hashed(which, np.array([3]), 841))
    grass = region(patch, _GRASS, 30e3, 842)
    colour: Floats = grass * (
        1 + 0.07 * patch.noise(40, 843) + 0.05 * patch.noise(9, 844) + 0.05 * patch.noise(1.8, 845)
    )
    worn = 1 + 0.05 * patch.noise(50, 846) + 0.04 * patch.noise(12, 847) + 0.03 * patch.noise(1.5, 848)
    slab = palette(_APRONS, taste) * worn
    _runway(patch, colour, u, v, worn)
    _taxiways(patch, colour, u, v, slab)
    _apron(patch, colour, u, v, slab)
    _aircraft(patch, colour, u, v, angle)
    _terminal(patch, colour, u, v, angle)
    return colour


def _runway(patch: Patch, colour: Floats, u: Floats, v: Floats, worn: Floats) -> None:
    gsd, w = patch.gsd, v - np.float32(_RUNWAY)
    over(colour, rgb(142, 136, 124), box(u, w, 1450, 37, gsd))
    over(colour, rgb(100, 99, 98) * worn, box(u, w, 1440, 29, gsd))
    rubber = np.exp(-(((np.abs(u) - 1120) / 170) ** 2) - (w / 8) ** 2)
    over(colour, rgb(52, 52, 54), rubber * np.clip(0.6 + 0.2 * patch.noise(6, 849), 0, 0.8))
    over(colour, rgb(84, 84, 84), np.exp(-((w / 12) ** 2)) * np.float32(0.35) * (np.abs(u) < 1430))
    white = rgb(232, 232, 228)
    over(colour, white, np.maximum(strip(w - 26.5, 0.6, gsd), strip(w + 26.5, 0.6, gsd)) * (np.abs(u) < 1430))
    dash = np.clip((17 - np.abs(np.mod(u, 60) - 30)) / max(gsd, 0.5) + 0.5, 0, 1)
    over(colour, white, strip(w, 0.5, gsd) * dash * (np.abs(u) < 1360))
    keys = stripes(w, 3.6, 0.9, gsd) * (np.abs(w) < 24) * strip(np.abs(u) - 1405, 15, gsd)
    over(colour, white, keys)
    bars = np.maximum(
        strip(np.abs(w) - 9, 3.5, gsd) * strip(np.abs(u) - 1080, 22, gsd),
        strip(np.abs(w) - 9, 1.6, gsd) * strip(np.abs(u) - 1230, 11, gsd),
    )
    over(colour, white, bars)


def _taxiways(patch: Patch, colour: Floats, u: Floats, v: Floats, slab: Floats) -> None:
    gsd = patch.gsd
    crossing = np.abs(np.mod(u, 360) - 180)
    links = strip(crossing, 13, gsd) * strip(v + 70, 60, gsd) * (np.abs(u) < 1440)
    main = box(u, v + 28, 1440, 15, gsd)
    cover = np.maximum(links, main)
    over(
        colour,
        rgb(126, 122, 114),
        np.maximum(
            box(u, v + 28, 1440, 21, gsd), strip(crossing, 18, gsd) * strip(v + 70, 60, gsd) * (np.abs(u) < 1440)
        )
        * 0.7,
    )
    over(colour, slab * 0.82, cover)
    yellow = np.maximum(
        strip(v + 28, 0.35, gsd) * (np.abs(u) < 1430),
        strip(crossing, 0.35, gsd) * (np.abs(v + 70) < 55) * (np.abs(u) < 1440),
    )
    over(colour, rgb(206, 176, 70), yellow * 0.9)


def _apron(patch: Patch, colour: Floats, u: Floats, v: Floats, slab: Floats) -> None:
    gsd = patch.gsd
    cover = box(u, v - 150, 1400, 160, gsd)
    over(colour, slab, cover)
    joint = np.maximum(stripes(u, 9.0, 0.12, gsd), stripes(v, 9.0, 0.12, gsd))
    over(colour, slab * 0.72, joint * cover * np.float32(patch.sees(1.2)))
    panels = cells(u, v, 27.0, 27.0, 851)
    over(colour, slab * 0.9, cover * (panels.draw(1) < 0.35) * np.float32(0.7))
    stains = np.clip(patch.noise(22, 852) - 0.3, 0, 0.6)
    over(colour, slab * 0.7, stains * cover)
    line = np.maximum(strip(v - 40, 0.3, gsd), strip(v - 170, 0.3, gsd)) * cover
    over(colour, rgb(206, 176, 70), line * 0.9)


def _aircraft(patch: Patch, colour: Floats, u: Floats, v: Floats, angle: Floats) -> None:
    """Airliners parked nose to the terminal, in three rows."""
    if patch.gsd > 14:
        return
    rows = np.floor((v - 60) / 82)
    at = np.flatnonzero((rows >= 0) & (rows < 3) & (np.abs(u) < 1390))
    if len(at) == 0:
        return
    c, s = np.cos(angle[at]), np.sin(angle[at])
    part = colour[:, at]
    spot = cells(u[at], v[at] - 60, 62.0, 82.0, 853)
    size = 0.62 + 0.38 * spot.draw(2)
    size = np.where(spot.draw(5) < 0.25, 0.42, size).astype(np.float32)
    there = (spot.draw(1) < 0.66).astype(np.float32)
    way = np.where(spot.j == 1, -1.0, 1.0).astype(np.float32)
    tilt = (spot.draw(3) - 0.5) * 0.3
    shift_u, shift_v = 3.9 * (c - s), -3.9 * (s + c)
    for dark, du, dv in ((True, shift_u, shift_v), (False, 0.0, 0.0)):
        x, y = spot.u - du, (spot.v - dv) * way
        x, y = x - tilt * y, y + tilt * x
        shape = _plane(x / size, y / size, patch.gsd / 0.8) * there
        paint = rgb(38, 40, 44) if dark else palette(_LIVERIES, spot.draw(4))
        over(part, paint, shape * np.float32(0.6 if dark else 1.0))
    tail = box(x / size, y / size + 16, 0.5, 3.2, patch.gsd / 0.8) * there
    over(part, palette(_TAILS, spot.draw(6)), tail)
    colour[:, at] = part


def _plane(x: Floats, y: Floats, gsd: float) -> Floats:
    """An airliner 38 m long with its nose at +y: fuselage, swept wings, tailplane, engines."""
    out = np.abs(x)
    girth = 2.0 * np.sqrt(np.clip(1 - ((y - 0.5) / 19.5) ** 4, 0, 1))
    body = np.clip((girth - out) / np.float32(gsd) + 0.5, 0, 1) * (np.abs(y) < 20)
    wings = strip(y - 2.5 + 0.55 * out, 3.4 - 0.13 * out, gsd) * np.clip((18 - out) / gsd + 0.5, 0, 1)
    tail = strip(y + 15.5 + 0.5 * out, 1.8 - 0.12 * out, gsd) * np.clip((6.8 - out) / gsd + 0.5, 0, 1)
    engines = box(out - 6.0, y - 3.0, 1.0, 2.4, gsd)
    return np.asarray(np.maximum(np.maximum(body, wings), np.maximum(tail, engines)))


def _terminal(patch: Patch, colour: Floats, u: Floats, v: Floats, angle: Floats) -> None:
    """Terminal, hangars, and the car park behind them."""
    gsd = patch.gsd
    over(colour, rgb(116, 115, 114), box(u, v - 402, 1380, 60, gsd))
    block = cells(u, v, 210.0, 1e6, 854)
    half_u, half_v = 62 + 34 * block.draw(1), 15 + 9 * block.draw(2)
    x, y = block.u, v - 334
    c, s = np.cos(angle), np.sin(angle)
    du, dv = 7 * (0.7071 * c - 0.7071 * s), 7 * (-0.7071 * s - 0.7071 * c)
    over(colour, rgb(36, 38, 44), box(x - du, y - dv, half_u, half_v, gsd) * 0.6 * (np.abs(u) < 1365))
    cover = box(x, y, half_u, half_v, gsd) * (np.abs(u) < 1365)
    paint = palette(_ROOFS, block.draw(3))
    paint = paint * (1 - 0.16 * stripes(x, 12.0, 1.5, gsd) + 0.04 * patch.noise(8, 855))
    over(colour, paint, cover)
    shade(colour, 0.14 * cover * (y > 0) * np.sign(block.draw(4) - 0.5))
    over(colour, rgb(96, 110, 124), box(x, y, half_u * 0.8, 2.5, gsd) * (block.draw(5) < 0.6) * (np.abs(u) < 1365))
    parked = (v > 362) & (v < 460) & (np.abs(u) < 1370)
    car_park(patch, colour, u, v, parked, 0.68, 856)
