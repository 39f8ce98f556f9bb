"""What clocks at a place showed at a moment: zones as dates are written with, and the zone that a place lies in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from tzfpy import get_tz

_BY_HOURS: Mapping[float | None, tuple[str, ...]] = {
    0: ("utc", "gmt", "wet"),
    1: ("cet", "west"),
    2: ("cest", "eet", "sast"),
    3: ("eest", "msk"),
    8: ("hkt", "awst"),
    9: ("jst", "kst"),
    9.5: ("acst",),
    10: ("aest",),
    10.5: ("acdt",),
    11: ("aedt",),
    12: ("nzst",),
    13: ("nzdt",),
    -4: ("edt",),
    -5: ("cdt",),
    -6: ("mdt",),
    -7: ("pdt",),
    -8: ("pst", "akdt"),
    -9: ("akst",),
    -10: ("hst",),
    None: ("bst", "ist", "est", "cst", "mst", "ast"),
}
ZONES = {name: hours for hours, names in _BY_HOURS.items() for name in names}
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
