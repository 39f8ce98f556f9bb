"""Places go by their names, and their boxes are on Earth and hold what they should."""

import pytest

from tiles.errors import UnknownRegion
from tiles.imagery.null_island.source import BOUNDS
from tiles.places import find_place, place_boxes
from tiles.region import Grid

CAPITALS = {
    "france": (48.86, 2.35),
    "japan": (35.68, 139.69),
    "brazil": (-15.79, -47.88),
    "kenya": (-1.29, 36.82),
    "australia": (-35.28, 149.13),
    "new-zealand": (-41.29, 174.78),
    "united-states": (38.9, -77.04),
    "fiji": (-18.14, 178.44),
    "chile": (-33.45, -70.67),
    "iceland": (64.15, -21.94),
}


@pytest.mark.parametrize("name", place_boxes())
def test_every_box_makes_a_grid_of_its_own_size(name):
    west, south, east, north = find_place(name)
    grid = Grid.over((west, south, east, north), 8)
    assert grid.count > 0
    assert -90 <= south < north <= 90
    columns = (east - west) % 360 / 360 * 256 or 256
    assert grid.columns == pytest.approx(columns, abs=1.01)


@pytest.mark.parametrize(("name", "place"), CAPITALS.items())
def test_a_country_holds_its_capital(name, place):
    west, south, east, north = find_place(name)
    lat, lon = place
    assert south < lat < north
    assert west < lon < east if west < east else lon > west or lon < east


def test_null_island_is_all_of_it():
    assert find_place("null-island") == BOUNDS


@pytest.mark.parametrize("spelling", ["New Zealand", "new_zealand", "NEW-ZEALAND", "  new   zealand "])
def test_a_name_may_be_spelt_as_people_do(spelling):
    assert find_place(spelling) == find_place("new-zealand")


def test_fiji_lies_on_both_sides_of_the_dateline():
    west, _, east, _ = find_place("fiji")
    assert west > east


@pytest.mark.parametrize(("name", "words"), [("frence", "france"), ("atlantis-of-old", "bounding box"), ("", "place")])
def test_a_place_that_is_not_known_is_refused_with_a_hint(name, words):
    with pytest.raises(UnknownRegion, match=words):
        find_place(name)
