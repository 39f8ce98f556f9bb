"""The island's coarse shape: one country in the middle of the sea, low at the coast, with ranges inland."""

import numpy as np
import pytest

from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.terrain import SIDE, SPACING, _signed_distance, build_terrain


@pytest.fixture(scope="module")
def terrain():
    return geography().terrain


def test_the_maps_are_square_and_centred_on_0n_0e(terrain):
    assert terrain.coast.values.shape == terrain.elevation.values.shape == (SIDE, SIDE)
    np.testing.assert_allclose(terrain.axis, -terrain.axis[::-1])
    assert np.diff(terrain.axis).tolist() == [SPACING] * (SIDE - 1)


def test_it_is_an_island(terrain):
    coast = terrain.coast.values
    rim = np.concatenate([coast[0], coast[-1], coast[:, 0], coast[:, -1]])
    assert rim.max() < -10e3
    assert 0.1 < (coast > 0).mean() < 0.5


def test_the_coast_is_level_with_the_sea_and_ranges_rise_inland(terrain):
    coast, height = terrain.coast.values, terrain.elevation.values
    assert np.abs(height[np.abs(coast) < 1000]).max() < 10
    assert height[coast > 20e3].max() > 1000
    assert height[coast > 0].min() >= 0


def test_distance_to_the_coast_changes_no_faster_than_one_walks(terrain):
    assert np.abs(np.diff(terrain.coast.values, axis=0)).max() <= 1.2 * SPACING
    assert np.abs(np.diff(terrain.coast.values, axis=1)).max() <= 1.2 * SPACING


def test_a_straight_coast_is_as_far_as_it_is():
    land = np.zeros((60, 60), bool)
    land[30:] = True
    away = _signed_distance(land)
    np.testing.assert_allclose(away[35, 30], 5.5 * SPACING, rtol=0.01)
    np.testing.assert_allclose(away[24, 30], -5.5 * SPACING, rtol=0.01)


def test_it_is_the_same_whenever_it_is_built(terrain):
    again = build_terrain()
    np.testing.assert_array_equal(again.coast.values, terrain.coast.values)
    np.testing.assert_array_equal(again.elevation.values, terrain.elevation.values)
