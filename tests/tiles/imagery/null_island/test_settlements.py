"""Towns keep apart on land that suits them, harbours lie at the shore, airports on flat ground, roads link cities."""

import numpy as np
import pytest

from tiles.imagery.null_island.geography import geography
from tiles.imagery.null_island.lattice import Points
from tiles.imagery.null_island.settlements import MOTORWAY_WIDTH, Sites, _spread


@pytest.fixture(scope="module")
def land():
    return geography()


def inland(land, sites):
    """Metres to the coast of each site, negative at sea."""
    return Points(sites.x, sites.y).sample(land.terrain.coast)


def test_towns_are_on_land_and_come_in_their_ranks(land):
    settled = land.settlements
    assert 8 <= settled.cities < len(settled.towns)
    assert 0 < settled.ports <= settled.cities
    assert inland(land, settled.towns).min() > 1000
    assert settled.towns.radius[0] == settled.towns.radius.max() == 7200, "the capital is the largest"
    assert settled.towns.radius[: settled.cities].min() > settled.towns.radius[settled.cities + 34 :].max()


def test_cities_keep_apart_from_one_another_and_villages_from_all(land):
    towns = land.settlements.towns
    apart = np.hypot(towns.x[:, None] - towns.x, towns.y[:, None] - towns.y) + 1e9 * np.eye(len(towns))
    assert apart[: land.settlements.cities, : land.settlements.cities].min() > 45e3
    assert apart.min() > 7.5e3


def test_ports_are_nearer_to_the_coast_than_the_cities_of_the_plain(land):
    settled = land.settlements
    away = inland(land, settled.towns)
    assert away[: settled.ports].max() < 3500
    assert away[settled.ports : settled.cities].min() > 15e3


def test_harbours_lie_at_the_shore_with_the_sea_before_them(land):
    harbours = land.settlements.harbours
    assert len(harbours) >= 4
    assert np.abs(inland(land, harbours)).max() < 400
    out = Points(harbours.x - 900 * np.sin(harbours.angle), harbours.y + 900 * np.cos(harbours.angle))
    behind = Points(harbours.x + 900 * np.sin(harbours.angle), harbours.y - 900 * np.cos(harbours.angle))
    coast = land.terrain.coast
    assert (out.sample(coast) < behind.sample(coast)).all()


def test_airports_have_dry_flat_room_outside_the_towns(land):
    airports, towns = land.settlements.airports, land.settlements.towns
    assert len(airports) >= 5
    assert inland(land, airports).min() > 3000
    assert Points(airports.x, airports.y).sample(land.terrain.elevation).max() < 500
    clear = np.hypot(airports.x[:, None] - towns.x, airports.y[:, None] - towns.y) - towns.radius
    assert clear.min() > 2000


def test_motorways_reach_the_cities_and_have_one_width(land):
    towns, roads = land.settlements.towns, land.motorways
    away = [np.hypot(roads.start[:, 0] - x, roads.start[:, 1] - y).min() for x, y in zip(towns.x, towns.y, strict=True)]
    assert np.mean(np.array(away[: land.settlements.cities]) < 3000) > 0.8
    assert (roads.width == np.float32(MOTORWAY_WIDTH)).all()


def test_motorways_keep_to_the_land(land):
    middle = (land.motorways.start + land.motorways.end) / 2
    assert (Points(middle[:, 0], middle[:, 1]).sample(land.terrain.coast) < 0).mean() < 0.03


def test_a_choice_keeps_apart_from_what_is_taken_and_from_itself():
    x, y = np.meshgrid(np.arange(0.0, 100, 5), np.arange(0.0, 100, 5))
    x, y = x.ravel(), y.ravel()
    chosen = _spread(x, y, [(50.0, 50.0)], 50, 20.0)
    assert len(chosen) == len(set(chosen)) < 50, "no more fit"
    apart = np.hypot(x[chosen][:, None] - x[chosen], y[chosen][:, None] - y[chosen]) + 1e9 * np.eye(len(chosen))
    assert apart.min() > 20
    assert np.hypot(x[chosen] - 50, y[chosen] - 50).min() > 20
    assert _spread(x, y, [], 3, 20.0) == chosen[:0] + _spread(x, y, [], 50, 20.0)[:3]


def test_sites_meet_the_boxes_they_reach_into():
    sites = Sites.of([(0.0, 0.0, 100.0, 0.0), (1000.0, 0.0, 50.0, 1.0)])
    assert len(sites) == 2
    assert sites.meets(90, -10, 200, 10, 1.0)
    assert not sites.meets(110, -10, 200, 10, 1.0)
    assert sites.meets(110, -10, 200, 10, 2.0)
    assert not Sites.of([]).meets(-1e9, -1e9, 1e9, 1e9, 1.0)
