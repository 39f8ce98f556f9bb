"""Trees stand as densely as they are told to, lit from the north-west, and melt into a tone when seen from afar."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import blank, is_blank, patch_at
from tiles.imagery.null_island.paint.brush import rgb
from tiles.imagery.null_island.paint.plants import crowns, trees

LEAF = rgb(60, 84, 54)


def test_crowns_cover_no_more_than_all_and_have_a_number_each():
    cover, light, tone = crowns(patch_at(30e3, 41e3), 8.0, 1.0, 511)
    assert cover.min() >= 0
    assert cover.max() <= 1
    assert tone.min() >= 0
    assert tone.max() < 1
    assert np.abs(light).max() < 2


def test_the_denser_they_stand_the_more_they_cover():
    patch = patch_at(30e3, 41e3, gsd=1.0, pixels=96)
    shares = [float(crowns(patch, 8.0, density, 511)[0].mean()) for density in (0.0, 0.2, 0.5, 1.0)]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert 0.2 < shares[-1] < 0.8


def test_density_may_differ_from_place_to_place():
    patch = patch_at(30e3, 41e3)
    west = patch.x < 30e3
    cover, _, _ = crowns(patch, 6.0, west.astype(np.float32), 512)
    assert cover[west].max() > 0.5
    assert not cover[~west].any()


def test_a_shadow_is_the_crown_moved_south_east():
    patch = patch_at(30e3, 41e3, gsd=0.5)
    cover = crowns(patch, 8.0, 1.0, 511)[0].reshape(patch.grid.shape)
    shadow = crowns(patch, 8.0, 1.0, 511, east=2.0, south=2.0)[0].reshape(patch.grid.shape)
    moved = np.abs(shadow[4:, 4:] - cover[:-4, :-4]).mean()
    assert moved < 0.5 * np.abs(shadow - cover).mean()


def test_the_side_towards_the_north_west_is_the_brighter_one():
    patch = patch_at(30e3, 41e3, gsd=0.25)
    cover, light, _ = crowns(patch, 8.0, 1.0, 511)
    held = (cover > 0.5).reshape(patch.grid.shape)
    light = light.reshape(patch.grid.shape)
    inner = held[:-8, :-8] & held[8:, 8:]
    assert (light[:-8, :-8] - light[8:, 8:])[inner].mean() > 0.1


def test_no_trees_leave_the_ground_alone():
    patch = patch_at(30e3, 41e3)
    colour = blank(patch)
    trees(patch, colour, LEAF, 0.0, 531)
    assert is_blank(colour).all()


def test_trees_are_green_with_dark_shadows_between_bare_ground():
    patch = patch_at(30e3, 41e3, gsd=0.3, pixels=96)
    colour = blank(patch)
    trees(patch, colour, LEAF, 0.6, 531)
    drawn = ~is_blank(colour)
    assert 0.2 < drawn.mean() < 0.95
    assert (colour[1] > colour[0])[drawn].mean() > 0.4
    assert colour[:, drawn].mean() < 120


@pytest.mark.parametrize("gsd", [3.0, 30.0])
def test_from_afar_trees_are_an_even_tone(gsd):
    patch = patch_at(30e3, 41e3, gsd=gsd)
    colour = blank(patch)
    trees(patch, colour, LEAF, 0.6, 531)
    assert np.ptp(colour, axis=1).max() < 1e-3
    assert not is_blank(colour).any()
