"""Water runs downhill to the sea; rivers begin as brooks, widen as they go, and lakes are strung on them."""

import numpy as np
import pytest

from tests.tiles.imagery.null_island.ground import covers
from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.rivers import _accumulate, coarse, flow
from tiles.imagery.null_island.source import EAST_METRES_PER_DEGREE, NORTH_METRES_PER_DEGREE


@pytest.fixture(scope="module")
def drained():
    """Random hills with the sea along the south: the sea's cells, where each cell drains to, and in which order."""
    height = np.random.default_rng(4).random((20, 20)) * 10
    sea = np.zeros((20, 20), dtype=bool)
    sea[0] = True
    return sea, *flow(height, sea)


def test_water_flows_from_every_cell_to_the_sea(drained):
    _, down, order = drained
    assert sorted(order) == list(range(400))
    for start in range(400):
        k, steps = start, 0
        while down[k] >= 0:
            k, steps = down[k], steps + 1
            assert steps < 400
        assert k < 20, "it ends in the sea"


def test_a_cell_drains_to_one_beside_it_that_was_reached_before(drained):
    _, down, order = drained
    reached = np.argsort(order)
    for k in range(20, 400):
        assert max(abs(k // 20 - down[k] // 20), abs(k % 20 - down[k] % 20)) == 1
        assert reached[down[k]] < reached[k]


def test_all_the_rain_reaches_the_sea(drained):
    _, down, order = drained
    carried = _accumulate(down, order)
    assert sum(carried[:20]) == 400
    assert min(carried) == 1


def test_a_land_without_a_sea_drains_nowhere():
    down, order = flow(np.ones((4, 4)), np.zeros((4, 4), bool))
    assert order == []
    assert down == [-1] * 16


def test_coarse_cells_are_means():
    values = np.arange(144.0).reshape(12, 12)
    assert coarse(values).shape == (2, 2)
    assert coarse(values)[0, 0] == values[:6, :6].mean()


def test_rivers_run_down_to_the_sea_or_into_one_another():
    """The last point of every river is at sea or on another river."""
    land = geography()
    ends = np.flatnonzero(np.append(land.rivers.along[1:] == 0, True))
    mouths = land.rivers.end[ends]
    covered = covers(mouths[:, 1] / NORTH_METRES_PER_DEGREE, mouths[:, 0] / EAST_METRES_PER_DEGREE)
    others = np.array([np.hypot(*(np.delete(land.rivers.start, k, axis=0) - land.rivers.end[k]).T).min() for k in ends])
    reached = np.isin(covered, ["ocean", "reef", "beach"]) | (others < 1.0)
    assert reached.mean() > 0.95


def test_a_river_begins_as_a_brook_and_is_wider_at_its_mouth():
    rivers = geography().rivers
    heads = np.flatnonzero(rivers.along == 0)
    mouths = np.append(heads[1:], len(rivers.along)) - 1
    assert (rivers.width[heads] == 50).all()
    assert (rivers.width[mouths] >= rivers.width[heads]).all()
    assert rivers.width.max() <= 250


def test_lakes_lie_on_rivers_well_inland():
    land = geography()
    assert len(land.lakes) >= 10
    away = [np.hypot(*(land.rivers.start - (x, y)).T).min() for x, y in zip(land.lakes.x, land.lakes.y, strict=True)]
    assert max(away) < 2500
    assert 500 <= land.lakes.radius.min() <= land.lakes.radius.max() <= 2400
