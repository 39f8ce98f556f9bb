"""The ground truth of Null Island: classes, places, and room to learn in one part and be tested in another."""

import numpy as np
import pytest

from tiles.imagery.null_island import CLASSES, land_cover, places, sample_land_cover
from tiles.imagery.null_island.source import EAST_METRES_PER_DEGREE, NORTH_METRES_PER_DEGREE

KINDS = {"capital", "city", "town", "village", "harbour", "airport", "lake", "beach", "reef"}


def clusters(lats, lons, apart=0.15):
    """How many groups of points lie more than `apart` degrees from each other."""
    heads = []
    for lat, lon in zip(lats, lons, strict=True):
        if all(np.hypot(lat - a, lon - b) > apart for a, b in heads):
            heads.append((lat, lon))
    return len(heads)


def share_of_footprint(name, side, count=60):
    """The share of a square of `side` metres around points of a class that is of that class, for each point."""
    lats, lons = sample_land_cover(name, count, seed=17)
    step = (np.arange(12) - 5.5) / 12 * side
    north, east = step[None, :, None] / NORTH_METRES_PER_DEGREE, step[None, None, :] / EAST_METRES_PER_DEGREE
    around = land_cover(lats[:, None, None] + north, lons[:, None, None] + east)
    return (around == name).reshape(count, -1).mean(axis=1)


def test_the_classes_are_the_vocabulary_of_the_scenes():
    wild = {"ocean", "reef", "beach", "forest", "meadow", "farmland", "river", "lake", "rock"}
    assert set(CLASSES) == wild | {"city", "residential", "industry", "harbour", "airport", "road"}
    assert len(CLASSES) == 15


def test_land_cover_takes_floats_and_arrays_and_keeps_their_shape():
    assert land_cover(0.0, 0.0).shape == ()
    assert str(land_cover(0.0, 0.0)) in CLASSES
    assert land_cover(np.zeros((3, 4)), np.zeros((3, 4))).shape == (3, 4)
    assert land_cover(np.zeros((5, 1)), np.zeros(2)).shape == (5, 2)
    assert land_cover(np.zeros(0), np.zeros(0)).shape == (0,)


def test_points_answer_alike_alone_and_in_company():
    random = np.random.default_rng(1)
    lats, lons = random.uniform(-1.6, 1.6, (2, 24))
    together = land_cover(lats, lons)
    assert list(together) == [str(land_cover(lat, lon)) for lat, lon in zip(lats, lons, strict=True)]


def test_random_points_meet_every_class():
    random = np.random.default_rng(3)
    lats, lons = random.uniform(-1.7, 1.7, (2, 60_000))
    assert set(land_cover(lats, lons)) == set(CLASSES)


def test_far_out_there_is_only_sea():
    assert set(land_cover([-2.2, 2.2, 0.0, 5.0, -80.0], [0.0, 0.0, 2.2, 5.0, 170.0])) == {"ocean"}


def test_the_country_is_some_four_hundred_kilometres_across():
    lats = np.linspace(-2.2, 2.2, 150)
    land = land_cover(lats[:, None], lats[None, :]) != "ocean"
    tall = np.ptp(lats[land.any(axis=1)]) * 110.6
    wide = np.ptp(lats[land.any(axis=0)]) * 111.3
    assert min(tall, wide) > 280
    assert max(tall, wide) < 430


@pytest.mark.parametrize("name", CLASSES)
def test_sampled_points_are_of_their_class(name):
    lats, lons = sample_land_cover(name, 50, seed=4)
    assert lats.shape == lons.shape == (50,)
    assert set(land_cover(lats, lons)) == {name}


def test_samples_repeat_with_their_seed_and_differ_without():
    assert np.array_equal(sample_land_cover("beach", 5, seed=6), sample_land_cover("beach", 5, seed=6))
    assert not np.array_equal(sample_land_cover("beach", 5, seed=6), sample_land_cover("beach", 5, seed=7))


def test_an_unknown_class_is_refused_by_name():
    with pytest.raises(ValueError, match="tundra"):
        sample_land_cover("tundra", 1)


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in ("road", "river", "beach")])
def test_a_footprint_centred_on_a_class_mostly_shows_it(name):
    assert share_of_footprint(name, 154).mean() > 0.85


@pytest.mark.parametrize(("name", "least"), [("road", 0.3), ("river", 0.6), ("beach", 0.6)])
def test_narrow_classes_still_fill_much_of_a_footprint(name, least):
    assert share_of_footprint(name, 154).mean() > least


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_occurs_in_several_parts_of_the_country(name):
    """So that learning and testing can keep apart."""
    assert clusters(*sample_land_cover(name, 400, seed=9)) >= 4


def test_places_begin_at_the_capital_and_have_known_kinds():
    listed = places()
    assert listed[0].kind == "capital"
    assert {place.kind for place in listed} == KINDS
    assert all(abs(place.lat) < 2.2 and abs(place.lon) < 2.2 and place.name for place in listed)
    assert listed == places()


def test_a_list_of_places_is_the_callers_own():
    places().clear()
    assert places()


@pytest.mark.parametrize(
    ("kind", "least"), [("airport", 5), ("harbour", 4), ("city", 8), ("beach", 6), ("reef", 6), ("lake", 10)]
)
def test_there_are_enough_places_of_a_kind_far_apart(kind, least):
    found = [place for place in places() if place.kind == kind]
    assert clusters([p.lat for p in found], [p.lon for p in found]) >= least


@pytest.mark.parametrize("kind", ["airport", "harbour", "lake", "beach", "reef"])
def test_a_place_is_what_it_says(kind):
    found = [place for place in places() if place.kind == kind]
    said = land_cover([p.lat for p in found], [p.lon for p in found])
    assert (said == kind).mean() > 0.85


def test_what_lies_near_a_town_bears_its_name():
    towns = {place.name for place in places() if place.kind in ("capital", "city", "town", "village")}
    assert all(
        place.name.removesuffix(f" {place.kind}") in towns for place in places() if place.kind in ("lake", "reef")
    )
