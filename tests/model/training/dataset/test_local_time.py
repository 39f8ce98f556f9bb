"""Zones as dates are written with, and the time that clocks at a place showed."""

from datetime import datetime, timedelta

import pytest

from model.training.dataset.local_time import local_time, offset_of


@pytest.mark.parametrize(
    ("zone", "offset", "hours"),
    [
        *(("z", None, 0), ("utc", None, 0), ("cest", None, 2), ("pst", None, -8), ("gmt", "+0200", 2)),
        *((None, "-03:30", -3.5), (None, "+05", 5), (None, None, None), ("ist", None, None)),
    ],
)
def test_an_offset_is_told_by_digits_or_by_a_name_that_one_zone_has(zone, offset, hours):
    assert offset_of(zone, offset) == (None if hours is None else timedelta(hours=hours))


def test_summer_time_is_that_of_the_day():
    utc = timedelta(0)
    assert local_time(datetime(2021, 7, 1, 12), utc, 46.5, 12.2).hour == 14
    assert local_time(datetime(2021, 1, 1, 12), utc, 46.5, 12.2).hour == 13


def test_what_is_no_moment_stays_as_it_is_written():
    written = datetime(1, 1, 1, 0)
    assert local_time(written, timedelta(hours=14), -33.9, 151.2) == written
    assert local_time(datetime(2021, 1, 1), timedelta(hours=99), 0, 0) == datetime(2021, 1, 1)
