"""A marina: pontoons lined with boats, a promenade with a car park, and a boatyard. v = 0 is the quay's edge."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats, hashed, unit
from tiles.imagery.null_island.paint.brush import Patch, box, cells, over, palette, rgb, strip
from tiles.imagery.null_island.paint.plants import trees
from tiles.imagery.null_island.paint.vehicles import car_park
from tiles.imagery.null_island.paint.wild import leaves

_HULLS = np.array([[238, 238, 234], [228, 226, 218], [216, 220, 224], [190, 200, 208]])
_CABINS = np.array([[54, 76, 120], [90, 92, 96], [200, 196, 184], [36, 60, 96]])
_SHEDS = np.array([[206, 206, 202], [150, 110, 92], [176, 182, 188]])
_APART = 46.0  # between pontoons


def marina(patch: Patch, colour: Floats, u: Floats, v: Floats, berth_u: Floats) -> None:
    """Draw the berth over quay and water in place; `berth_u` is metres along from the berth's middle."""
    if float(v.max()) > 0:
        _boats(patch, colour, u, v, berth_u)
    if float(v.min()) < 0:
        _promenade(patch, colour, u, v)


def _boats(patch: Patch, colour: Floats, u: Floats, v: Floats, berth_u: Floats) -> None:
    gsd = patch.gsd
    lane = np.floor((berth_u + _APART / 2) / np.float32(_APART))
    pontoon = berth_u - lane * np.float32(_APART)
    room = (np.abs(berth_u) < 190) * strip(v - 150, 140, gsd)
    boat = cells(v, lane * 4 + np.sign(pontoon) + 1.5, 5.2, 1.0, 881)
    word = boat.word ^ hashed(np.floor((u - berth_u) / 420).astype(np.int32), np.array([2]), 882)
    length, seen = 4.2 + 2.8 * unit(word, 1), np.float32(patch.sees(1.8))
    out = np.abs(pontoon) - 2.4 - length
    beam = 1.75 * np.sqrt(np.clip(1 - np.clip(out / length, -0.5, 1) ** 2, 0, 1))
    hull = np.clip((beam - np.abs(boat.u)) / np.float32(gsd) + 0.5, 0, 1) * (np.abs(out) < length)
    hull = hull * (unit(word, 2) < 0.86) * room * seen
    over(colour, rgb(186, 188, 186), strip(np.abs(pontoon) - 9, 6.5, gsd) * room * (1 - seen) * 0.5)
    over(colour, rgb(14, 30, 34), strip(np.abs(pontoon) - 9.5, 7.0, gsd) * room * seen * 0.25)
    over(colour, palette(_HULLS, unit(word, 3)), hull)
    over(colour, palette(_CABINS, unit(word, 4)), box(boat.u, out + 0.5, 0.85, length * 0.4, gsd) * hull * 0.85)
    over(colour, rgb(186, 176, 156), strip(pontoon, 1.5, gsd) * room)


def _promenade(patch: Patch, colour: Floats, u: Floats, v: Floats) -> None:
    gsd = patch.gsd
    over(colour, rgb(112, 111, 110), strip(v + 120, 75, gsd))
    car_park(patch, colour, u, v, np.abs(v + 120) < 70, 0.5, 883)
    trees(patch, colour, leaves(patch), 0.6 * strip(v + 30, 6, gsd), 885, 7.5)
    _boatyard(patch, colour, u, v)


def _boatyard(patch: Patch, colour: Floats, u: Floats, v: Floats) -> None:
    """Boats laid up in rows ashore, and sheds among them."""
    gsd, seen = patch.gsd, np.float32(patch.sees(1.8))
    room = (v < -204) & (v > -384)
    berth = cells(u, v, 5.4, 17.0, 886)
    length = 4.2 + 2.8 * berth.draw(1)
    beam = 1.7 * np.sqrt(np.clip(1 - np.clip(berth.v / length, -0.5, 1) ** 2, 0, 1))
    hull = np.clip((beam - np.abs(berth.u)) / np.float32(gsd) + 0.5, 0, 1) * (np.abs(berth.v) < length)
    there = (berth.draw(2) < 0.66) & room & (patch.noise(70, 887) > -0.5)
    over(colour, rgb(46, 48, 50), box(berth.u - 0.7, berth.v + 0.7, 1.7, length * 0.9, gsd) * there * 0.5 * seen)
    over(colour, palette(_HULLS, berth.draw(3)), hull * there * seen)
    over(colour, palette(_CABINS, berth.draw(4)), box(berth.u, berth.v + 0.5, 0.85, 2.4, gsd) * there * 0.85 * seen)
    rows = strip(berth.v, 6.0, gsd) * room * (1 + 0.5 * patch.noise(12, 889))
    over(colour, rgb(206, 208, 208), rows * 0.3 * (1 - seen))
    shed = cells(u, v + 24, 84.0, 60.0, 888)
    stands = room & (shed.draw(1) < 0.35)
    over(colour, rgb(36, 38, 44), box(shed.u - 4, shed.v + 4, 26, 15, gsd) * stands * 0.5)
    roof = palette(_SHEDS, shed.draw(2)) * (1 + 0.1 * np.sign(shed.v))
    over(colour, roof, box(shed.u, shed.v, 26, 15, gsd) * stands)
