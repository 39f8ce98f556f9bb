"""What clocks at a place showed at a moment: zones as dates are written with, and the zone that a place lies in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from tzfpy import get_tz

_HOURS = [
    "utc",
    "0",
    "gmt",
    "0",
    "wet",
    "0",
    "west",
    "1",
    "cet",
    "1",
    "cest",
    "2",
    "eet",
    "2",
    "eest",
    "3",
    "msk",
    "3",
    "sast",
    "2",
    "jst",
    "9",
    "kst",
    "9",
    "hkt",
    "8",
    "awst",
    "8",
    "acst",
    "9.5",
    "acdt",
    "10.5",
    "aest",
    "10",
    "aedt",
    "11",
    "nzst",
    "12",
    "nzdt",
    "13",
    "edt",
    "-4",
    "cdt",
    "-5",
    "mdt",
    "-6",
    "pst",
    "-8",
    "pdt",
    "-7",
    "akst",
    "-9",
    "akdt",
    "-8",
    "hst",
    "-10",
]
_SHARED = ("bst", "ist", "est", "cst", "mst", "ast")
ZONES: Mapping[str, float | None] = {
    **{name: float(hours) for name, hours in zip(_HOURS[::2], _HOURS[1::2], strict=True)},
    **dict.fromkeys(_SHARED),
}
"""Hours ahead of UTC of zones by their abbreviations; None of those that several parts of the world share."""


def offset_of(zone: str | None, offset: str | None) -> timedelta | None:
    """How far ahead of UTC a date is that ends on "z", an abbreviation or digits like "+0200"; None: it is not told."""
    if offset:
        sign, digits = (-1 if offset[0] == "-" else 1), offset[1:].replace(":", "").ljust(4, "0")
        return sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    hours = 0 if zone == "z" else ZONES.get(zone or "")
    return None if hours is None else timedelta(hours=hours)


def local_time(written: datetime, offset: timedelta, latitude: float, longitude: float) -> datetime:
    """A moment, written at an offset from UTC, as the clocks of a place showed it; what is no moment stays as it is."""
    try:
        moment = written.replace(tzinfo=timezone(offset)).astimezone(UTC)
        return moment.astimezone(ZoneInfo(get_tz(longitude, latitude)))
    except (ValueError, OverflowError):  # an offset of a day and more, or a year before the first
        return written
