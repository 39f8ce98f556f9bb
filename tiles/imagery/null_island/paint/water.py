"""Ocean, reef, beach, river and lake."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats
from tiles.imagery.null_island.paint.brush import Patch, cells, disc, over, palette, rgb
from tiles.imagery.null_island.paint.plants import trees
from tiles.imagery.null_island.paint.wild import leaves, region

_DEEP = np.array([[22, 52, 78], [14, 44, 74], [26, 62, 82], [20, 50, 66]])
_SHALLOW = np.array([[70, 142, 140], [92, 140, 128], [60, 130, 140], [112, 148, 132]])
_SAND = np.array([[214, 200, 168], [196, 180, 150], [222, 210, 186], [186, 166, 138], [176, 168, 156]])
_FRESH = np.array([[70, 88, 74], [88, 94, 72], [56, 80, 82], [104, 98, 74], [62, 84, 66]])
_LAKE = np.array([[36, 68, 58], [44, 76, 62], [32, 62, 60], [50, 74, 54]])
_FOAM = rgb(232, 236, 234)


def waves(patch: Patch, strength: float = 1.0) -> Floats:
    """The light and dark of swell and ripples (n,)."""
    total = 0.05 * patch.noise(400, 601) + 0.06 * patch.relief(36, 602) + 0.06 * patch.relief(13, 603)
    total = total + 0.07 * patch.relief(5, 604) + 0.06 * patch.relief(2.2, 605)
    return np.asarray(total * np.float32(strength))


def sea_floor(patch: Patch, coast: Floats) -> Floats:
    """Water coloured by its depth: turquoise at the shore, dark blue off it (3, n)."""
    away = np.clip(-coast, 0, None) * (1 + 0.25 * patch.noise(300, 606))
    steep = 170 + 60 * patch.noise(9e3, 607)
    shallow = np.exp(-away / steep) * np.clip(0.75 + 0.4 * patch.noise(12e3, 608), 0.3, 1)
    shelf = np.exp(-away / 5000) * 0.22
    deep = region(patch, _DEEP, 60e3, 609)
    return np.asarray(deep + (region(patch, _SHALLOW, 19e3, 610) - deep) * np.clip(shallow + shelf, 0, 1))


def surf(patch: Patch, coast: Floats) -> Floats:
    """How much of each pixel is foam: the wash at the shore, and breakers that trail foam to seaward (n,)."""
    gsd = patch.gsd
    rough = np.clip(0.8 + 0.7 * patch.noise(2500, 611), 0.15, 1.3)
    lace = 0.5 + 0.32 * patch.noise(11, 612) + 0.3 * patch.noise(4.5, 613) + 0.25 * patch.noise(1.8, 614)
    total = np.clip(1 + (coast - 3 * patch.noise(26, 615)) / max(gsd, 9.0), 0, 1) * np.clip(1.2 - 0.6 * lace, 0, 1)
    for far, trail, strength in ((-20, 11, 1.25), (-50, 14, 1.15), (-92, 10, 0.95)):
        swell = 11 * patch.noise(110, 616 - far) + 3 * patch.noise(25, 617 - far)
        behind = np.float32(far) + swell - coast  # metres to seaward of the breaking front
        broken = strength + 0.55 * patch.noise(170, 618 - far) - 0.55
        foam = np.exp(-np.clip(behind, 0, None) / trail) * np.clip(behind / max(gsd, 1.5) + 0.5, 0, 1)
        total = np.maximum(total, np.clip(1.5 * foam * rough * (0.35 + broken) - 0.75 * lace, 0, 1))
    return np.asarray(total)


def ocean(patch: Patch) -> Floats:
    """The sea with swell, whitecaps and surf."""
    coast = patch.of(patch.survey.coast)
    colour = sea_floor(patch, coast) * (1 + waves(patch))
    caps = np.clip((patch.noise(9, 618) + 0.5 * patch.noise(3, 619) + 0.5 * patch.noise(1500, 620) - 1.75) * 2, 0, 0.6)
    over(colour, _FOAM, caps)
    if coast.max(initial=-1e6) > -260:
        over(colour, _FOAM, surf(patch, coast))
    return colour


def reef(patch: Patch) -> Floats:
    """Pale lagoon, brown coral heads, and a line of breakers at the outer edge."""
    inside, coast = patch.of(patch.survey.reefs), patch.of(patch.survey.coast)
    lagoon = region(patch, np.array([[104, 186, 178], [86, 168, 170], [126, 190, 168]]), 15e3, 631)
    sand = 0.10 * patch.noise(220, 632) + 0.08 * patch.noise(60, 633)
    colour: Floats = lagoon * (1 + sand + 0.5 * waves(patch))
    heads = 0.5 * patch.noise(120, 634) + 0.55 * patch.noise(40, 635) + 0.5 * patch.noise(14, 636)
    heads = heads + 0.4 * patch.noise(5, 637) + 0.25 * patch.noise(2, 638)
    over(colour, rgb(62, 96, 88), np.clip(heads * 1.6 + 0.15, 0, 0.85))
    over(colour, rgb(112, 104, 74), np.clip(heads * 1.8 - 0.75, 0, 0.6))
    outer = np.clip(1 - inside / 130, 0, 1) * (coast < -160)
    over(colour, sea_floor(patch, coast), outer * 0.8)
    crest = np.clip(1 - np.abs(inside - 45 + 22 * patch.noise(150, 639)) / 24, 0, 1) * (coast < -160)
    lace = np.clip(0.45 + 0.5 * patch.noise(16, 640) + 0.5 * patch.noise(5, 641) + 0.5 * patch.noise(300, 642), 0, 1)
    over(colour, _FOAM, crest * lace)
    return colour


def beach(patch: Patch) -> Floats:
    """Sand: wet at the water, rippled and footworn above, with tufts of grass at its back."""
    coast, width = patch.of(patch.survey.coast), patch.of(patch.survey.beach_width)
    sand = region(patch, _SAND, 16e3, 651)
    tone = 0.05 * patch.noise(60, 652) + 0.04 * patch.noise(14, 653) + 0.035 * patch.noise(4, 654)
    colour: Floats = sand * (
        1 + tone + 0.06 * patch.noise(1.3, 655) + 0.06 * patch.noise(0.8, 664) + 0.05 * patch.relief(3.5, 656)
    )
    edge = coast + 7 * patch.noise(50, 657) + 2.5 * patch.noise(15, 658)
    over(colour, sand * 0.66, np.clip(1 - edge / 24, 0, 1) * 0.9)
    weed = np.clip(1 - np.abs(edge - 27) / 2.5, 0, 1) * np.clip(0.3 + patch.noise(9, 659), 0, 0.7)
    over(colour, rgb(98, 84, 64), weed * patch.sees(3))
    growth = np.clip(0.4 + 0.9 * patch.noise(16, 660) + 0.6 * patch.noise(5, 661), 0, 0.9)
    over(colour, rgb(112, 116, 74), growth * np.clip((edge - width * 0.72) / 30, 0, 1))
    wash = np.clip(1 - edge / 7, 0, 1) * np.clip(0.55 + 0.6 * patch.noise(12, 662) + 0.4 * patch.noise(4, 663), 0, 1)
    over(colour, _FOAM, wash * 0.85)
    _parasols(patch, colour, edge, width)
    return colour


def _parasols(patch: Patch, colour: Floats, edge: Floats, width: Floats) -> None:
    if patch.sees(1.4) == 0:
        return
    cell = cells(patch.x, patch.y, 6.0, 6.0, 664)
    near = (edge > 28) & (edge < width * 0.7) & (patch.noise(400, 665) > 0.3)
    spot = disc(cell.u - (cell.draw(1) - 0.5) * 3, cell.v - (cell.draw(2) - 0.5) * 3, 1.3, patch.gsd)
    tints = np.array([[210, 70, 60], [240, 240, 236], [70, 110, 180], [236, 200, 90]])
    over(colour, palette(tints, cell.draw(3)), spot * near * (cell.draw(4) < 0.16) * np.float32(patch.sees(1.4)))


def _fresh(patch: Patch, inside: Floats, seed: int) -> Floats:
    """Still or flowing fresh water with darker depths and a muddy, reedy margin."""
    water = region(patch, _FRESH, 18e3, seed)
    depth = np.clip(inside / 45, 0, 1)
    colour = water * (1.12 - 0.3 * depth) * (1 + 0.5 * waves(patch) + 0.05 * patch.noise(70, seed + 1))
    bank = np.clip(1 - (inside + 3 * patch.noise(18, seed + 2)) / 9, 0, 1)
    over(colour, rgb(122, 110, 82), bank * 0.7)
    return np.asarray(colour)


def river(patch: Patch) -> Floats:
    """Flowing water with bars of gravel and trees that lean over the banks."""
    inside = np.full(len(patch.at), 60, dtype=np.float32)
    if patch.gsd <= 90:
        inside = patch.of(patch.survey.inside("river"))
    colour = _fresh(patch, inside, 671)
    colour = colour * (1 + 0.05 * patch.noise(7, 674))
    bars = np.clip((patch.noise(160, 675) + 0.4 * patch.noise(30, 676) - 0.95) * 3, 0, 1) * np.clip(
        1.4 - inside / 30, 0, 1
    )
    over(colour, rgb(176, 162, 134) * (1 + 0.08 * patch.noise(4, 677)), bars * 0.9)
    edge = np.clip(1 - inside / 13, 0, 1) * np.clip(0.5 + patch.noise(70, 678), 0, 1)
    if float(edge.max(initial=0)) > 0:
        trees(patch, colour, leaves(patch), edge, 679, 8.0)
    return colour


def lake(patch: Patch) -> Floats:
    """A lake, its own colour, ruffled by wind in streaks."""
    inside = patch.of(patch.survey.lakes.metres)
    colour = _fresh(patch, inside, 681)
    over(colour, region(patch, _LAKE, 22e3, 685), np.clip(inside / 260, 0, 0.8))
    return colour * (1 + 0.06 * patch.noise(180, 686))
