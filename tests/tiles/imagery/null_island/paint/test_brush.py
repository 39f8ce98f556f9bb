"""The painters' tools: shapes keep their area however coarse the pixels, and shortcuts change no bit."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import patch_at
from tiles.imagery.null_island.paint.brush import (
    box,
    cells,
    disc,
    flat,
    over,
    palette,
    resolved,
    rgb,
    shade,
    strip,
    stripes,
    within,
)

COLOURS = np.array([[10, 20, 30], [200, 100, 50], [0, 255, 128], [90, 90, 90]])


@pytest.fixture
def random():
    return np.random.default_rng(5)


def line(gsd, reach=40.0):
    """Pixel centres along a line through the origin, which lies a little beside one."""
    return np.arange(-reach, reach, gsd, np.float32) + np.float32(0.3 * gsd)


def plane(gsd, reach=40.0):
    u, v = np.meshgrid(line(gsd, reach), line(gsd, reach))
    return u.ravel(), v.ravel()


@pytest.mark.parametrize("covered", [0.0, 0.05, 0.3, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("paints", [1, 500])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_paint_is_laid_where_it_is_thick_enough_to_see(random, covered, paints, dtype):
    colour, paint = random.random((3, 500)).astype(dtype) * dtype(255), random.random((3, paints)) * 255
    alpha = np.where(random.random(500) < covered, 0.01 + 0.9 * random.random(500), 0.002).astype(np.float32)
    before, thick = colour.copy(), alpha > 0.004
    over(colour, paint, alpha)
    expected = (before + (paint - before) * alpha).astype(dtype)
    np.testing.assert_array_equal(colour[:, thick], expected[:, thick])
    if covered < 0.6:
        np.testing.assert_array_equal(colour[:, ~thick], before[:, ~thick])


def test_a_palette_gives_each_pixel_its_colour(random):
    pick = random.random(300).astype(np.float32)
    np.testing.assert_array_equal(palette(COLOURS, pick), COLOURS[(pick * 4).astype(int)].T)


def test_a_colour_is_one_field_that_may_be_drawn_on():
    field = flat(rgb(1, 2, 3), 4)
    field[0, 0] = 9
    assert field.tolist() == [[9, 1, 1, 1], [2] * 4, [3] * 4]


def test_light_brightens_and_dark_darkens():
    colour = np.full((3, 2), 100.0, np.float32)
    shade(colour, np.float32([0.5, -0.25]))
    assert colour[0].tolist() == [150, 75]


@pytest.mark.parametrize("gsd", [0.1, 0.6, 2.0, 5.0])
@pytest.mark.parametrize("half", [0.3, 2.0, 8.0])
def test_a_strip_is_as_wide_as_it_is_whatever_the_pixel(gsd, half):
    covered = strip(line(gsd), half, gsd).sum() * gsd
    assert covered == pytest.approx(2 * half, abs=max(0.15 * half, 0.62 * gsd))
    assert strip(line(gsd), half, gsd).max() <= 1


@pytest.mark.parametrize("gsd", [0.3, 1.0, 2.5])
def test_a_rectangle_and_a_disc_cover_their_area(gsd):
    u, v = plane(gsd, 20)
    assert box(u, v, 6.0, 3.0, gsd).sum() * gsd**2 == pytest.approx(4 * 6 * 3, rel=0.2)
    assert disc(u, v, 5.0, gsd).sum() * gsd**2 == pytest.approx(np.pi * 25, rel=0.2)


@pytest.mark.parametrize("gsd", [0.1, 0.5, 2.0, 20.0])
def test_stripes_cover_the_same_share_near_and_far(gsd):
    assert stripes(line(gsd, 200), 6.0, 0.9, gsd).mean() == pytest.approx(0.3, abs=0.06)


def test_stripes_too_fine_to_see_are_an_even_tone():
    assert np.ptp(stripes(line(3.0), 6.0, 0.9, 3.0)) == 0
    assert np.ptp(stripes(line(0.2), 6.0, 0.9, 0.2)) == 1


def test_a_border_is_drawn_on_both_its_sides_and_no_thicker_than_it_is():
    edge = np.float32([0, 2, 5, 9, 30])
    near = within(edge, 5.0, 1.0)
    assert near.tolist() == pytest.approx([1, 1, 0.5, 0, 0])
    assert within(edge, 5.0, 100.0).max() == pytest.approx(0.1)


def test_a_cover_that_repeats_too_finely_is_its_mean():
    fine, coarse = patch_at(0, 0, gsd=1.0, pixels=4), patch_at(0, 0, gsd=60.0, pixels=4)
    cover = np.float32([0, 1] * 8)
    np.testing.assert_array_equal(resolved(fine, cover, 72, 0.4), cover)
    np.testing.assert_allclose(resolved(coarse, cover, 72, 0.4), 0.4)


def test_cells_share_the_plane_out_and_each_has_its_own_number():
    u, v = plane(1.0)
    made = cells(u, v, 10.0, 5.0, 3)
    assert np.abs(made.u).max() <= 5
    assert np.abs(made.v).max() <= 2.5
    np.testing.assert_allclose((made.i + 0.5) * 10 + made.u, u, atol=1e-4)
    np.testing.assert_allclose((made.j + 0.5) * 5 + made.v, v, atol=1e-4)
    words = {(i, j): word for i, j, word in zip(made.i, made.j, made.word, strict=True)}
    assert len(set(words.values())) > 0.8 * len(words), "few are alike so near to one another"
    assert all(words[i, j] == word for i, j, word in zip(made.i, made.j, made.word, strict=True))


def test_cells_of_another_seed_are_others():
    u, v = plane(5.0)
    assert (cells(u, v, 10.0, 10.0, 1).word != cells(u, v, 10.0, 10.0, 2).word).all()


def test_a_part_of_a_patch_sees_what_the_whole_saw_there():
    whole = patch_at(30e3, 41e3)
    chosen = np.arange(7, 2000, 13)
    part = whole.part(chosen)
    np.testing.assert_array_equal(part.x, whole.x[chosen])
    np.testing.assert_array_equal(part.noise(40, 3), whole.noise(40, 3)[chosen])
    np.testing.assert_array_equal(part.relief(40, 3), whole.relief(40, 3)[chosen])


def test_detail_too_fine_to_see_is_not_there():
    coarse = patch_at(0, 0, gsd=50.0, pixels=8)
    assert not coarse.noise(40, 3).any()
    assert not coarse.relief(40, 3).any()
    assert coarse.sees(40) == 0


def test_turned_axes_keep_distances_and_point_where_they_should():
    patch = patch_at(1000, 500)
    u, v = patch.turned(1000, 500, np.pi / 2)
    np.testing.assert_allclose(np.hypot(u, v), np.hypot(patch.x - 1000, patch.y - 500), atol=1e-2)
    np.testing.assert_allclose(u, patch.y - 500, atol=1e-2)
    np.testing.assert_allclose(v, 1000 - patch.x, atol=1e-2)


def test_a_slope_towards_the_north_west_is_lit():
    """Where a height falls away to the south-east, the sun, in the north-west, is behind it."""
    patch = patch_at(30e3, 41e3, gsd=1.0)
    height = patch.of(patch.grid.noise(60, 9)).reshape(patch.grid.shape)
    lit = patch.relief(60, 9).reshape(patch.grid.shape)[1:-1, 1:-1]
    rise = height[2:, 2:] - height[:-2, :-2]
    assert np.corrcoef(lit.ravel(), rise.ravel())[0, 1] == pytest.approx(-1, abs=1e-5)
    assert not np.array_equal(lit, patch.relief(60, 9, ridged=True).reshape(patch.grid.shape)[1:-1, 1:-1])
