"""Roofs cover their lots and nothing else; their shadows fall to the south-east, the longer the taller."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import blank, is_blank, patch_at
from tiles.imagery.null_island.paint.brush import box, cells, rgb
from tiles.imagery.null_island.paint.buildings import Lots, cast_shadows, roof

X, Y = 30e3, 41e3


def one_house(patch, u, v, height=9.0, half=6.0):
    """A single square building in the middle of the patch."""
    count = len(u)
    lot = cells(u, v, 1e6, 1e6, 1)
    half_u, half_v = np.full(count, half, np.float32), np.full(count, half, np.float32)
    cover = box(u, v, half_u, half_v, patch.gsd).astype(np.float32)
    return Lots(cover, np.full(count, height, np.float32), u, v, half_u, half_v, lot.word, lot)


def place(gsd=0.5):
    patch = patch_at(X, Y, gsd, 96)
    return patch, *patch.turned(X, Y, 0.0)


def shadow(tall, angle=0.0):
    """What a building of a height darkens, and where: pixels' metres east and south of its middle."""
    patch = patch_at(X, Y, 0.5, 96)
    u, v = patch.turned(X, Y, angle)
    colour = blank(patch)
    cast_shadows(patch, colour, lambda a, b: one_house(patch, a, b, tall), u, v, angle, 24.0)
    return ~is_blank(colour), patch.x - np.float32(X), np.float32(Y) - patch.y


@pytest.mark.parametrize("angle", [0.0, 0.7, 2.4])
def test_a_shadow_falls_to_the_south_east_however_the_street_runs(angle):
    dark, east, south = shadow(20.0, angle)
    assert dark.any()
    assert east[dark].mean() > 2
    assert south[dark].mean() > 2


def test_the_taller_the_longer():
    reach = [(east + south)[dark].max() for dark, east, south in (shadow(10.0), shadow(16.0), shadow(24.0))]
    assert reach == sorted(reach)
    assert reach[-1] > reach[0] + 4


def test_where_nothing_stands_nothing_is_dark():
    patch, u, v = place()

    def empty(a, b):
        lots = one_house(patch, a, b)
        lots.cover[:] = 0
        return lots

    colour = blank(patch)
    cast_shadows(patch, colour, empty, u, v, 0.0, 12.0)
    assert is_blank(colour).all()


def test_shadows_too_short_to_see_are_not_cast():
    patch = patch_at(X, Y, 30.0, 16)
    u, v = patch.turned(X, Y, 0.0)
    colour = blank(patch)
    cast_shadows(patch, colour, lambda a, b: pytest.fail("it was planned"), u, v, 0.0, 12.0)
    assert is_blank(colour).all()


def roofed(pitched, paint=None):
    patch, u, v = place()
    lots, colour = one_house(patch, u, v), blank(patch)
    roof(patch, colour, lots, rgb(180, 60, 50) if paint is None else paint, 0.0, np.full(len(u), pitched, np.float32))
    return patch, lots, colour


def test_a_roof_covers_its_building_and_nothing_else():
    _, lots, colour = roofed(0.0)
    assert is_blank(colour)[lots.cover == 0].all()
    assert colour[0][lots.cover == 1].mean() > 1.8 * colour[2][lots.cover == 1].mean()


def test_a_pitched_roof_has_a_bright_and_a_dark_slope():
    _, lots, colour = roofed(1.0)
    inside = lots.cover == 1
    north, south = (colour[:, inside & (side * lots.v > 1)].mean() for side in (1, -1))
    assert north > 1.2 * south


def test_a_flat_roof_has_slopes_alike():
    _, lots, colour = roofed(0.0)
    inside = lots.cover == 1
    north, south = (colour[:, inside & (side * lots.v > 1)].mean() for side in (1, -1))
    assert north == pytest.approx(south, rel=0.05)


def test_laying_a_roof_leaves_the_paint_as_it_was():
    paint = np.repeat(rgb(180, 60, 50), 96 * 96, axis=1)
    roofed(1.0, paint)
    assert (paint == rgb(180, 60, 50)).all()
