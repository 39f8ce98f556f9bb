"""How far a place is from rivers and roads is the same on a grid and at points, and their area is kept from afar."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import grid_at
from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.lattice import Points
from tiles.imagery.null_island.routes import Routes, smooth

CORNER = np.array([[-90.0, 0.0, 20.0], [0.0, 0.0, 20.0], [0.0, 90.0, 20.0]])


@pytest.fixture
def routes():
    """East along the equator, then north."""
    return Routes.of([CORNER], 60.0)


def test_a_smoothed_path_passes_through_its_points():
    path = np.array([[0.0, 0.0, 1.0], [10.0, 0.0, 2.0], [10.0, 10.0, 3.0], [20.0, 10.0, 4.0]])
    curve = smooth(path, 4)
    assert len(curve) == 13
    np.testing.assert_allclose(curve[::4], path)


@pytest.mark.parametrize("points", [1, 2])
def test_a_path_too_short_to_bend_stays_as_it_is(points):
    np.testing.assert_array_equal(smooth(CORNER[:points]), CORNER[:points])


def test_a_straight_path_stays_straight():
    straight = np.column_stack([np.arange(5.0) * 10, np.zeros(5), np.ones(5)])
    assert np.abs(smooth(straight)[:, 1]).max() < 1e-12


def test_each_line_counts_its_metres_from_its_own_head():
    routes = Routes.of([CORNER, CORNER + 500], 60.0)
    assert routes.along.tolist() == [0, 90, 0, 90]
    assert len(routes.start) == len(routes.end) == len(routes.width) == 4


def test_distance_is_the_same_on_a_grid_and_at_points(routes):
    view = grid_at(0.0, 0.0, 5.0, 60)
    loose = Points(view.east.ravel(), view.north.ravel())
    on_grid, at_points = (routes.nearest(v, v.east, v.north) for v in (view, loose))
    np.testing.assert_allclose(on_grid[3].ravel(), at_points[3], atol=1e-3)


def test_distance_equals_brute_force(routes):
    view = grid_at(0.0, 0.0, 5.0, 40)
    _, _, width, distance = routes.nearest(view, view.east, view.north)
    first = np.hypot(view.east - np.clip(view.east, -90, 0), view.north)
    second = np.hypot(view.east, view.north - np.clip(view.north, 0, 90))
    truth = np.minimum(first, second)
    near = truth < 60
    np.testing.assert_allclose(distance[near], truth[near], atol=1e-3)
    assert (width[near] == 20).all()
    assert (distance[~near] >= 60 - 1e-3).all()


def test_left_of_a_line_is_positive_and_right_negative(routes):
    north_and_south = Points(np.array([-50.0, -50.0]), np.array([10.0, -10.0]))
    lateral, along, _, _ = routes.nearest(north_and_south, north_and_south.east, north_and_south.north)
    np.testing.assert_allclose(lateral, [10, -10], atol=1e-4)
    np.testing.assert_allclose(along, 40, atol=1e-4)


def test_beyond_reach_nothing_is_near(routes):
    far = Points(np.array([5000.0]), np.array([5000.0]))
    assert routes.nearest(far, far.east, far.north)[3].tolist() == [60]


def test_a_thin_line_covers_its_area_of_coarse_pixels():
    view = grid_at(0.0, 0.0, 100.0, 16)
    routes = Routes.of([np.array([[-300.0, 30.0, 20.0], [300.0, 30.0, 20.0]])], 60.0)
    still = np.zeros(view.shape, dtype=np.float32)
    covered = routes.coverage(view, (still, still))
    assert covered.sum() * 100.0**2 == pytest.approx(600 * 20, rel=0.02)
    assert covered.max() <= 1
    assert routes.coverage(view, (still, still), width=40.0).sum() == pytest.approx(2 * covered.sum(), rel=0.01)


@pytest.mark.parametrize(
    ("box", "meets"), [((-10, -10, 10, 10), True), ((100, 0, 110, 5), False), ((-500, 50, -400, 60), False)]
)
def test_a_box_that_lines_stay_away_from_is_left_out(routes, box, meets):
    assert routes.meets(*box, 5.0) == meets
    assert routes.meets(*box, 1000.0)


def test_the_countrys_lines_are_as_near_on_a_grid_as_at_points():
    land = geography()
    x, y = land.motorways.start[40]
    view = grid_at(float(x), float(y), 10.0, 40)
    loose = Points(view.east.ravel(), view.north.ravel())
    on_grid = land.motorways.nearest(view, view.east, view.north)[3].ravel()
    at_points = land.motorways.nearest(loose, loose.east, loose.north)[3]
    near = on_grid < 250
    np.testing.assert_allclose(on_grid[near], at_points[near], atol=0.1)
