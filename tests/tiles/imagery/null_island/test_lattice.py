"""Noise and views under Null Island: the same place gives the same value however it is looked at."""

import numpy as np
import pytest

from tiles.imagery.null_island.lattice import Grid, Lattice, Points, _band, _taps, fbm, hashed, unit, visible


def grid(x=1000.0, y=-500.0, gsd=5.0, pixels=40):
    along = (np.arange(pixels) - (pixels - 1) / 2) * gsd
    return Grid(x + along, y - along, gsd)


def points_of(view):
    return Points(view.east.ravel(), view.north.ravel())


def test_hashes_are_even_and_differ_between_seeds_and_channels():
    i, j = np.arange(200)[None, :], np.arange(-100, 100)[:, None]
    values = unit(hashed(i, j, 1))
    assert values.min() >= 0
    assert values.max() < 1
    assert np.histogram(values, 10, (0, 1))[0].min() > 3600
    for other in (unit(hashed(i, j, 2)), unit(hashed(i, j, 1), 1)):
        assert abs(np.corrcoef(values.ravel(), other.ravel())[0, 1]) < 0.02


@pytest.mark.parametrize("channel", range(1, 12))
def test_channels_of_one_hash_are_independent(channel):
    word = hashed(np.arange(20_000), np.array([0]), 3)
    assert abs(np.corrcoef(unit(word, channel), unit(word, channel - 1))[0, 1]) < 0.03


@pytest.mark.parametrize("wavelength", [40.0, 300.0, 5000.0, 60e3])
def test_a_grid_and_points_see_the_same_noise(wavelength):
    view = grid()
    assert np.allclose(view.noise(wavelength, 5).ravel(), points_of(view).noise(wavelength, 5), atol=1e-4)


def test_noise_is_centred_and_about_half_strong():
    values = grid(gsd=300.0, pixels=300).noise(1200, 7)
    assert abs(values.mean()) < 0.05
    assert 0.4 < values.std() < 0.6


def test_noise_is_smooth():
    values = grid(gsd=1.0, pixels=64).noise(100.0, 7)
    assert np.abs(np.diff(values, axis=0)).max() < 0.06


def test_detail_finer_than_the_pixel_fades_out():
    assert visible(10, 20) == 0
    assert visible(10, 10) == 0
    assert 0 < visible(15, 10) < 1
    assert visible(20, 10) == 1
    assert visible(1, 0) == 1
    assert not grid(gsd=100.0).noise(50.0, 1).any()


def test_summed_octaves_skip_what_cannot_be_seen():
    coarse, fine = grid(gsd=100.0), grid(gsd=1.0)
    assert np.array_equal(fbm(coarse, 400, 8, 3), fbm(coarse, 400, 2, 3))
    assert not np.array_equal(fbm(fine, 400, 8, 3), fbm(fine, 400, 2, 3))


def test_a_coarse_map_is_read_alike_by_both_views():
    values = np.random.default_rng(0).random((64, 64))
    lattice = Lattice(values, 1000.0)
    view = grid(gsd=200.0)
    assert np.allclose(view.sample(lattice).ravel(), points_of(view).sample(lattice), atol=1e-5)


def test_a_coarse_map_of_one_value_reads_that_value_even_beyond_its_edge():
    lattice = Lattice(np.full((16, 16), 7.0), 100.0)
    assert np.allclose(Points(np.array([0.0, 1e6]), np.array([10.0, -1e6])).sample(lattice), 7.0)


def test_a_window_holds_just_the_square_asked_for():
    view = grid(0.0, 0.0, gsd=10.0, pixels=20)
    rows, columns = view.window(50.0, 50.0, 20.0)
    assert np.abs(view.x[columns] - 50).max() <= 20
    assert np.abs(view.y[rows] - 50).max() <= 20
    assert view.window(500.0, 0.0, 100.0) is None
    loose = points_of(view)
    inside = loose.window(50.0, 50.0, 20.0)
    assert len(inside) == view.east[rows, columns].size
    assert loose.window(5000.0, 0.0, 10.0) is None


@pytest.mark.parametrize("span", [0.2, 1.5, 40.0])
def test_a_band_holds_four_weights_a_row_where_its_taps_are(span):
    t = 7.3 + np.linspace(0, span, 50)
    first, matrix = _band(t)
    base, weights = _taps(t)
    assert matrix.shape == (50, base.max() - base.min() + 4)
    expected = np.zeros_like(matrix)
    for row in range(50):
        expected[row, base[row] - first : base[row] - first + 4] = weights[:, row]
    np.testing.assert_array_equal(matrix, expected)
    np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-6)
