"""When and how each source is met."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.synthesis.foley.habits import DAILY, HABITS, YEARLY, Habit
from model.synthesis.foley.sources import SOURCES


def test_every_source_has_a_habit_of_known_hours_and_months():
    assert HABITS.keys() == SOURCES.keys()
    assert all(len(hours) == 24 for hours in DAILY.values())
    assert all(len(months) == 12 for months in YEARLY.values())
    for habit in HABITS.values():
        assert all(0 <= habit.activity(hour, month) <= 1 for hour in range(24) for month in range(1, 13))
        assert habit.activity(None, None) == 1


@pytest.mark.parametrize("hours", DAILY.values(), ids=DAILY)
def test_a_day_has_24_hours_and_a_height(hours):
    assert len(hours) == 24
    assert all(0 <= active <= 1 for active in hours)
    assert max(hours) == 1


@pytest.mark.parametrize("months", YEARLY.values(), ids=YEARLY)
def test_a_year_has_12_months_and_a_height(months):
    assert len(months) == 12
    assert all(0 <= active <= 1 for active in months)
    assert max(months) == 1


@given(st.sampled_from(sorted(HABITS)), st.integers(0, 23), st.integers(1, 12))
def test_activity_is_a_share_and_the_product_of_hour_and_month(name, hour, month):
    habit = HABITS[name]
    both = habit.activity(hour, month)
    assert 0 <= both <= 1
    assert both == pytest.approx(habit.activity(hour, None) * habit.activity(None, month))


def test_any_hour_and_any_month_is_full_activity():
    assert all(habit.activity(None, None) == 1 for habit in HABITS.values())


def test_birds_sing_at_dawn_and_crickets_at_night():
    assert HABITS["songbirds"].activity(5, 5) == 1 > HABITS["songbirds"].activity(0, 5)
    assert HABITS["crickets"].activity(22, 7) == 1 > HABITS["crickets"].activity(12, 7)


def test_months_are_counted_from_one():
    assert Habit(yearly="summer").activity(None, 7) == YEARLY["summer"][6] == 1


@pytest.mark.parametrize("name", sorted(HABITS))
def test_a_distance_is_that_of_something_real(name):
    assert 1 <= HABITS[name].metres <= 2000


@pytest.mark.parametrize("name", ["surf", "rain", "motorway", "machinery", "train"])
def test_what_never_pauses_has_no_calls_to_be_few_or_many(name):
    assert not HABITS[name].calls
