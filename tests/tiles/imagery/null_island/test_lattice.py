"""Noise, views and routes under Null Island: the same place gives the same value however it is looked at."""

import numpy as np
import pytest

from tiles.imagery.null_island.lattice import Grid, Lattice, Points, fbm, hashed, unit, visible
from tiles.imagery.null_island.rivers import flow
from tiles.imagery.null_island.routes import Routes, smooth


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
def test_a_grid_and_points_hear_the_same_noise(wavelength):
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


def test_a_smoothed_path_passes_through_its_points():
    path = np.array([[0.0, 0.0, 1.0], [10.0, 0.0, 2.0], [10.0, 10.0, 3.0], [20.0, 10.0, 4.0]])
    curve = smooth(path, 4)
    assert len(curve) == 13
    assert np.allclose(curve[::4], path)


def line_routes():
    return Routes.of([np.array([[-90.0, 0.0, 20.0], [0.0, 0.0, 20.0], [0.0, 90.0, 20.0]])], 60.0)


def test_distance_to_a_route_is_the_same_on_a_grid_and_at_points():
    view, routes = grid(0.0, 0.0, gsd=5.0, pixels=60), line_routes()
    on_grid = routes.nearest(view, view.east, view.north)
    loose = points_of(view)
    at_points = routes.nearest(loose, loose.east, loose.north)
    assert np.allclose(on_grid[3].ravel(), at_points[3], atol=1e-3)


def test_distance_to_a_route_equals_brute_force():
    view, routes = grid(0.0, 0.0, gsd=5.0, pixels=40), line_routes()
    _, _, width, distance = routes.nearest(view, view.east, view.north)
    first = np.hypot(view.east - np.clip(view.east, -90, 0), view.north)
    second = np.hypot(view.east, view.north - np.clip(view.north, 0, 90))
    truth = np.minimum(first, second)
    near = truth < 60
    assert np.allclose(distance[near], truth[near], atol=1e-3)
    assert (width[near] == 20).all()
    assert (distance[~near] >= 60 - 1e-3).all()


def test_a_thin_line_covers_its_area_of_coarse_pixels():
    view = grid(0.0, 0.0, gsd=100.0, pixels=16)
    routes = Routes.of([np.array([[-300.0, 30.0, 20.0], [300.0, 30.0, 20.0]])], 60.0)
    still = np.zeros(view.shape, dtype=np.float32)
    covered = routes.coverage(view, (still, still))
    assert covered.sum() * 100.0**2 == pytest.approx(600 * 20, rel=0.02)
    assert covered.max() <= 1


def test_water_flows_from_every_cell_to_the_sea():
    height = np.random.default_rng(4).random((20, 20)) * 10
    sea = np.zeros((20, 20), dtype=bool)
    sea[0] = True
    down, order = flow(height, sea)
    assert sorted(order) == list(range(400))
    for start in range(400):
        k, steps = start, 0
        while down[k] >= 0:
            k, steps = down[k], steps + 1
            assert steps < 400
        assert k < 20, "it ends in the sea"
