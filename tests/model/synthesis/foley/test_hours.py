"""The hour and the month say who is awake; what a caption names is heard at any time, if faintly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.synthesis.foley.habits import HABITS
from model.synthesis.foley.hours import COMPANION_DB, LEAST_DB, _decibels, at_time
from model.synthesis.foley.planner import Part, Scene

MEADOW = Scene((Part("wind_in_the_open", 0.0),), "open")


def named(scene: Scene) -> dict[str, Part]:
    return {part.name: part for part in scene.parts}


def test_without_hour_and_month_nothing_changes():
    assert at_time(MEADOW, None, None) is MEADOW


@pytest.mark.parametrize(("active", "level"), [(1.0, 0.0), (0.5, -6.0), (0.1, LEAST_DB), (0.0, LEAST_DB)])
def test_activity_is_a_level_in_steps_of_half_a_decibel(active, level):
    assert _decibels(active) == level


@given(st.sampled_from(sorted(HABITS)), st.integers(0, 23), st.integers(1, 12))
def test_what_is_named_is_never_louder_than_the_caption_has_it_nor_gone(name, hour, month):
    (part,) = [p for p in at_time(Scene((Part(name, -3.0),), "street"), hour, month).parts if p.name == name]
    assert -3.0 + LEAST_DB <= part.level_db <= -3.0


def test_what_sleeps_is_sparse_and_what_is_at_its_height_is_a_chorus():
    birds = Scene((Part("songbirds", 0.0),), "street")
    assert named(at_time(birds, 1, 5))["songbirds"].density == -1
    assert named(at_time(birds, 5, 5))["songbirds"].density == 1
    assert named(at_time(birds, 11, 5))["songbirds"].density == 0


def test_few_birds_stay_few_at_dawn():
    birds = Scene((Part("songbirds", 0.0, density=-1),), "street")
    assert named(at_time(birds, 5, 5))["songbirds"].density == -1


def test_a_texture_is_never_made_sparse():
    crickets = Scene((Part("crickets", 0.0),), "street")
    assert named(at_time(crickets, 12, 1))["crickets"].density == 0


def test_distance_and_movement_stay_as_the_caption_says():
    part = Part("dogs", 0.0, times=5.0, movement="passing")
    timed = at_time(Scene((part,), "street"), 3, 3).parts[0]
    assert (timed.times, timed.movement) == (5.0, "passing")


def test_who_is_awake_joins_below_the_loudest():
    night = named(at_time(MEADOW, 22, 7))
    assert "crickets" in night
    assert night["crickets"].level_db == COMPANION_DB + _decibels(HABITS["crickets"].activity(22, 7))


def test_who_sleeps_does_not_join():
    assert "crickets" not in named(at_time(MEADOW, 12, 1))


def test_nobody_joins_where_only_the_month_is_known():
    assert set(named(at_time(MEADOW, None, 7))) == {"wind_in_the_open"}


def test_nobody_joins_who_is_denied_or_there_already():
    denied = Scene(MEADOW.parts, "open", frozenset({"crickets"}))
    assert "crickets" not in named(at_time(denied, 22, 7))
    there = Scene((Part("crickets", 0.0),), "open")
    assert [part.name for part in at_time(there, 22, 7).parts].count("crickets") == 1


def test_no_one_keeps_company_in_a_street():
    assert set(named(at_time(Scene(MEADOW.parts, "street"), 5, 5))) == {"wind_in_the_open"}


def test_a_scene_of_nothing_has_company_too():
    assert "songbirds" in named(at_time(Scene(()), 5, 5))
