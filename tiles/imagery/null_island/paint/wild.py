"""Forest, meadow and rock."""

import numpy as np

from tiles.imagery.null_island.lattice import Floats
from tiles.imagery.null_island.paint.brush import Patch, over, palette, rgb, shade
from tiles.imagery.null_island.paint.plants import crowns, trees

_LEAVES = np.array([[60, 84, 54], [46, 78, 60], [78, 92, 62], [58, 74, 50], [88, 94, 74], [48, 82, 52], [92, 90, 66]])
_GRASS = np.array([[118, 132, 78], [98, 128, 70], [146, 138, 92], [124, 124, 84], [90, 122, 72]])
_RELIEF = (
    (6000, 0.11), (2500, 0.13), (1100, 0.13), (450, 0.12), (180, 0.10),
    (70, 0.08), (28, 0.08), (11, 0.07), (4.5, 0.06), (1.8, 0.06),
)  # fmt: skip
_CRESTS = (2500, 1100, 450, 180, 70, 28)
_STONE = np.array([[138, 124, 106], [124, 118, 110], [146, 128, 104], [116, 110, 100]])


def region(patch: Patch, colours: np.ndarray, wavelength: float, seed: int) -> Floats:
    """A palette's colours blended smoothly over the country (3, n)."""
    place = np.clip(patch.noise(wavelength, seed) * 0.42 + 0.5, 0, 0.999) * (len(colours) - 1)
    low = place.astype(np.intp)
    part = place - low
    table = np.ascontiguousarray(colours.astype(np.float32).T)
    first, last = int(low.min(initial=len(colours))), int(low.max(initial=0))
    if first == last:  # a chip is small: nearly always all of it lies between the same two colours
        below, above = table[:, first, None], table[:, first + 1, None]
    else:
        below, above = table.take(low, axis=1), table.take(low + 1, axis=1)
    return np.asarray(below * (1 - part) + above * part)


def leaves(patch: Patch) -> Floats:
    """The colour of the trees hereabouts (3, n)."""
    return region(patch, _LEAVES, 26e3, 501)


def forest(patch: Patch) -> Floats:
    """A closed canopy: crowns of three sizes at fine pixels, a dark mottled cloth at coarse ones."""
    leaf = leaves(patch)
    stand = 0.10 * patch.noise(900, 502) + 0.10 * patch.noise(160, 503) + 0.06 * patch.noise(45, 504)
    fine = patch.sees(2.6)
    far = 0.80 + stand + 0.14 * patch.relief(700, 505) * 0.5 + 0.16 * patch.noise(22, 506) + 0.12 * patch.noise(11, 507)
    far = far + 0.05 * patch.relief(11, 507)
    colour: Floats = leaf * far
    if fine > 0:
        over(colour, _canopy(patch, leaf, stand), np.full(len(patch.at), fine, dtype=np.float32))
    clearing = np.clip((patch.noise(220, 508) - 1.05) * 4, 0, 0.8)
    over(colour, rgb(128, 122, 88), clearing * (0.75 + 0.25 * patch.noise(9, 509)))
    return colour


def _canopy(patch: Patch, leaf: Floats, stand: Floats) -> Floats:
    gloom = leaf * 0.36
    colour = gloom + rgb(6, 8, 10)
    vary = palette(np.array([[1.0, 1.0, 1.0], [1.12, 1.04, 0.9], [0.88, 0.98, 1.0], [1.05, 1.1, 1.02]]), _mosaic(patch))
    tinted = leaf * vary
    for size, seed in ((5.5, 511), (8.5, 512), (11.0, 513)):
        dense = 0.92 + stand
        cover, light, tone = crowns(patch, size, dense, seed)
        shine = 0.66 + 0.5 * tone + 0.42 * light + stand
        over(colour, tinted * shine, cover)
    shade(colour, 0.14 * patch.noise(1.6, 514) + 0.10 * patch.noise(3.2, 515))
    return colour


def _mosaic(patch: Patch) -> Floats:
    return np.clip(patch.noise(60, 516) * 0.3 + patch.noise(14, 517) * 0.35 + 0.5, 0, 0.999)


def meadow(patch: Patch) -> Floats:
    """Open grass with worn spots, paths of animals, shrubs and a few trees."""
    grass = region(patch, _GRASS, 21e3, 521)
    tone = 0.10 * patch.noise(700, 522) + 0.10 * patch.noise(130, 523) + 0.09 * patch.noise(32, 524)
    grain = 0.09 * patch.noise(7, 525) + 0.10 * patch.noise(1.8, 526) + 0.07 * patch.noise(0.9, 527)
    colour: Floats = grass * (1 + tone + grain)
    worn = np.clip((patch.noise(90, 528) + 0.4 * patch.noise(18, 529) - 0.75) * 1.2, 0, 0.65)
    over(colour, rgb(158, 138, 104), worn)
    thicket = np.clip(patch.noise(75, 534) + 0.6 * patch.noise(24, 535) - 0.8, 0, 0.7)
    over(colour, leaves(patch) * (0.85 + 0.25 * patch.noise(3, 536)), thicket)
    shrubs = np.clip(0.10 + thicket + 0.30 * patch.noise(180, 530), 0, 0.5)
    trees(patch, colour, leaves(patch) * 1.05, shrubs, 531, 5.0)
    trees(patch, colour, leaves(patch), shrubs * 0.35, 532, 11.0)
    return colour


def rock(patch: Patch) -> Floats:
    """Bare ranges: shaded relief of crests and gullies, strata and scree, with scrub where it is lower."""
    colour = region(patch, _STONE, 17e3, 541)
    light = np.zeros(len(patch.at), dtype=np.float32)
    for wavelength, strength in _RELIEF:
        light += np.float32(strength) * patch.relief(wavelength, 542, ridged=wavelength in _CRESTS)
    scrub = np.clip(
        0.25 + 0.5 * patch.noise(600, 544) + 0.5 * patch.noise(130, 545) + 0.4 * patch.noise(30, 546), 0, 0.8
    )
    scree = np.clip(patch.noise(260, 551) + 0.6 * patch.noise(60, 552) - 0.35, 0, 0.7)
    over(colour, rgb(168, 156, 138), scree)
    over(colour, rgb(92, 94, 64) * (1 + 0.15 * patch.noise(4, 553)), scrub * (0.75 - 0.5 * scree))
    bands = (
        0.07 * patch.noise(40, 547)
        + 0.07 * patch.noise(9, 548)
        + 0.10 * patch.noise(2.2, 549)
        + 0.07 * patch.noise(1.1, 556)
    )
    shade(colour, np.clip(light * 1.25, -0.66, 0.6) + bands)
    cracks = np.clip(1 - np.abs(patch.noise(19, 554) + 0.3 * patch.noise(5, 555)) * 9, 0, 1) * (1 - scree)
    over(colour, rgb(58, 54, 50), cracks * np.float32(0.22 * patch.sees(3)))
    trees(patch, colour, leaves(patch) * 0.9, scrub * 0.55, 550, 4.5)
    return colour
