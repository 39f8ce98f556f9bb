"""The pyramid cuts the very scores out of the grid: crisp when finer than a cell, means and maxima when coarser."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiles.errors import InvalidPoint
from tiles.grid import Grid
from tiles.scores.pyramid import Level, ScorePyramid


def box(zoom=12, west=2040, north=2041, columns=21, rows=13, wanted=None):
    return Grid(zoom, west, north, columns, rows, np.ones((rows, columns), bool) if wanted is None else wanted)


def scored(grid, seed=0, missing=0.1):
    rng = np.random.default_rng(seed)
    values = rng.uniform(-1, 1, grid.count).astype(np.float32)
    values[rng.random(grid.count) < missing] = np.nan
    return values


def brute_force(grid, values, z, x, y, row, column, kind):
    """One pixel's value, from the cells whose tiles lie in the pixel's tile (or the one that holds it)."""
    inside = []
    for (r, c), value in zip(grid.positions, values, strict=True):
        cell_x, cell_y = (grid.west + c) % (1 << grid.zoom), grid.north + r
        shift = z + 8 - grid.zoom
        pixel = (x * 256 + column, y * 256 + row)
        same = (
            (pixel[0] >> shift, pixel[1] >> shift) == (cell_x, cell_y)
            if shift >= 0
            else pixel
            == (
                cell_x >> -shift,
                cell_y >> -shift,
            )
        )
        if same and not np.isnan(value):
            inside.append(float(value))
    if not inside:
        return np.nan
    return np.mean(inside) if kind == "mean" else np.max(inside)


@pytest.mark.parametrize("kind", ["mean", "max"])
@pytest.mark.parametrize("z", [0, 1, 2, 3, 4])
def test_a_pixel_no_finer_than_a_cell_is_what_the_cells_below_it_say(z, kind):
    grid = box()
    values = scored(grid)
    pyramid = ScorePyramid.of(grid, values)
    seen = 0
    for x in range(1 << z):
        for y in range(1 << z):
            tile = pyramid.tile(z, x, y, kind)
            for row, column in np.argwhere(~np.isnan(tile)):
                expected = brute_force(grid, values, z, x, y, row, column, kind)
                assert tile[row, column] == pytest.approx(expected, abs=1e-6)
                seen += 1
    assert seen > 0  # and no fewer than there are pixels with a cell that has a score:
    shift = grid.zoom - z - 8
    held = grid.positions[~np.isnan(values)] + (grid.north, grid.west)
    assert seen == len(np.unique(held >> shift, axis=0))


@settings(deadline=None)
@given(
    west=st.integers(0, 63),
    north=st.integers(0, 60),
    columns=st.integers(1, 64),
    rows=st.integers(1, 3),
    zoom_in=st.integers(0, 6),
    seed=st.integers(0, 99),
)
def test_wherever_the_grid_lies_a_pixel_means_its_cells(west, north, columns, rows, zoom_in, seed):
    grid = box(14, west + (1 << 14) - 32, north, columns, rows)  # some of them across the dateline
    grid = dataclasses.replace(grid, west=grid.west % (1 << 14))
    values = scored(grid, seed)
    pyramid = ScorePyramid.of(grid, values)
    row, column = grid.positions[seed % grid.count]
    pixel = (grid.west + column) % (1 << 14) >> zoom_in, (north + row) >> zoom_in
    (x, column), (y, row) = (divmod(int(value), 256) for value in pixel)
    for kind in ("mean", "max"):
        expected = brute_force(grid, values, 6 - zoom_in, x, y, row, column, kind)
        np.testing.assert_allclose(pyramid.tile(6 - zoom_in, x, y, kind)[row, column], expected, atol=1e-6)


def numbers(grid):
    """The number of the cell at every row and column: (rows, columns)."""
    found = np.full(grid.wanted.shape, -1)
    found[grid.wanted] = np.arange(grid.count)
    return found


def test_zoomed_in_a_cell_is_one_flat_square():
    grid = box()
    values = scored(grid, missing=0)
    tile = ScorePyramid.of(grid, values).tile(12, 2043, 2042)
    assert (tile == values[numbers(grid)[1, 3]]).all()
    quarter = ScorePyramid.of(grid, values).tile(11, 1021, 1021)  # two cells either way
    np.testing.assert_array_equal(quarter[::128, ::128], values[numbers(grid)[1:3, 2:4].ravel()].reshape(2, 2))


def test_a_tile_far_below_a_cell_is_that_cell():
    grid = box()
    values = scored(grid, missing=0)
    tile = ScorePyramid.of(grid, values).tile(24, (2043 << 12) + 4095, (2042 << 12) + 4095)
    assert (tile == values[numbers(grid)[1, 3]]).all()


def test_cells_that_are_not_wanted_or_have_no_score_are_nan():
    wanted = np.ones((2, 2), bool)
    wanted[0, 1] = False
    grid = box(8, 100, 100, 2, 2, wanted)
    tile = ScorePyramid.of(grid, np.array([1, np.nan, 3], np.float32)).tile(7, 50, 50)
    assert tile[0, 0] == 1
    assert np.isnan(tile[0, 128])
    assert np.isnan(tile[128, 0])
    assert tile[255, 255] == 3


def test_beyond_the_grid_there_is_nothing():
    pyramid = ScorePyramid.of(box(), scored(box()))
    assert np.isnan(pyramid.tile(12, 0, 0)).all()
    assert np.isnan(pyramid.tile(12, 4095, 4095)).all()


def test_across_the_dateline_both_sides_are_drawn():
    grid = box(8, 254, 100, 4, 2)  # two columns either side
    values = np.arange(8, dtype=np.float32)
    pyramid = ScorePyramid.of(grid, values)
    assert pyramid.tile(8, 255, 100)[0, 0] == 1
    assert pyramid.tile(8, 0, 100)[0, 0] == 2
    whole = pyramid.tile(0, 0, 0)
    np.testing.assert_array_equal(whole[100, [254, 255, 0, 1]], [0, 1, 2, 3])
    assert np.isnan(whole[100, 2:254]).all()


def test_a_grid_once_around_the_world_joins_where_it_ends():
    grid = box(10, 513, 500, 1024, 2)  # begins in the middle of a coarser tile, and ends there
    values = np.arange(2048, dtype=np.float32)
    tile = ScorePyramid.of(grid, values).tile(0, 0, 0)  # each pixel holds 4 x 4 cells
    assert not np.isnan(tile[125]).any()
    assert tile[125].mean() == pytest.approx(values.mean())
    assert tile[125, 128] == pytest.approx(brute_force(grid, values, 0, 0, 0, 125, 128, "mean"))
    assert ScorePyramid.of(grid, values).tile(0, 0, 0, "max")[125, 128] == 2047


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (25, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (5, 2**60, 0)])
def test_a_tile_that_does_not_exist_is_refused(z, x, y):
    with pytest.raises(InvalidPoint):
        ScorePyramid.of(box(), scored(box())).tile(z, x, y)


def test_small_cells_melt_into_their_neighbours_and_keep_their_middle():
    grid = box(12, 2040, 2041, 2, 2)
    values = np.array([0, 1, 0, 1], np.float32)
    tile = ScorePyramid.of(grid, values).tile(8, 127, 127)  # cells of 16 pixels
    row = tile[-100, 128:160]
    assert (row[4:12] == 0).all()
    assert (row[20:28] == 1).all()
    assert (np.diff(row) >= 0).all()
    assert 0 < row[15] < 0.5 < row[16] < 1
    assert np.isnan(tile[:, :128]).all()


def test_a_tile_takes_no_longer_the_more_cells_there_are(monkeypatch):
    """However large the grid, a tile is made of no more cells than it has pixels, and a few at its rim."""
    grid = box(11, 300, 700, 500, 448)  # 224,000 cells
    pyramid, looked_at, block = ScorePyramid.of(grid, scored(grid)), [], Level.block

    def counted(self, kind, x, y, width, height):
        looked_at.append(width * height)
        return block(self, kind, x, y, width, height)

    monkeypatch.setattr(Level, "block", counted)
    for z in range(15):
        looked_at.clear()
        pyramid.tile(z, 5 << z >> 4, 5 << z >> 4)
        assert len(looked_at) == 1
        assert looked_at[0] <= 258**2
