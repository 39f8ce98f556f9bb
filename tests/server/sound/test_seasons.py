"""Seasons on both sides of the equator."""

import pytest

from server.sound.seasons import northern_month


@pytest.mark.parametrize("month", range(1, 13))
def test_months_stay_what_they_are_in_the_north_and_on_the_equator(month):
    assert northern_month(month, 52.0) == month
    assert northern_month(month, 0.0) == month


@pytest.mark.parametrize(("month", "north"), [(1, 7), (6, 12), (7, 1), (12, 6)])
def test_the_south_has_its_summer_half_a_year_away(month, north):
    assert northern_month(month, -33.9) == north


@pytest.mark.parametrize("month", range(1, 13))
def test_turned_twice_a_month_is_itself_again(month):
    assert northern_month(northern_month(month, -1.0), -1.0) == month
