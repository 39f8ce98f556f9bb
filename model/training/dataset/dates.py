"""Free-form dates of recordings -> month and hour, as far as they are known (specification §13).

Numbers alone are read month first unless that is impossible, as the lenient parser behind the published data does.
A date with a zone is a moment: where the place is known too, it is told as the clocks there showed it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from model.training.dataset.local_time import ZONES, local_time, offset_of

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ZONE = rf"(?P<zone>z|{'|'.join(ZONES)})?(?![a-z])\s*(?P<offset>[+-]\d{{2}}(?::?\d{{2}})?\b)?"
_BEHIND = re.compile(rf"(?P<before>\d\s*[ap]m\b|(?=\bgmt))\s*{_ZONE}.*", re.DOTALL)
"""What follows am, pm or GMT: a zone, and sometimes its name in brackets."""
_NAMED_PLACE = re.compile(r"\s*\[[a-z_/+-]+\]$")
"""The name of a zone that Java writes behind its offset."""
_CAMERA = re.compile(r"\b(\d{4}):(\d{2}):(\d{2})\b")
_FILE_NAME = re.compile(r"\b(\d{4}-\d{2}-\d{2})[_t ](\d{2})-(\d{2})(?:-(\d{2}))?\b")
_WEEKDAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?")
_TIME = re.compile(
    r"(?:(?<=\d)t|\b)(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*(?P<half>[ap]m)?|\s*(?P<only>[ap]m))"
    rf"(?!\d|:)\s*{_ZONE}"
)
_COMPACT = re.compile(r"\b(\d{8})[t_ -]?(\d{2})(\d{2})(?:\d{2})?(z?)\b")
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?:(?P=mark)(?P<day>\d{1,2}))?",
        r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second>\d{1,2})(?P=mark)(?:(?P<year>\d{4})|\d{2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        rf"(?:{_DAY}[\s.,/-]*(?:of\s+)?)?{_MONTH}(?:[\s,/-]+(?P<year>\d{{4}}))?",
        rf"{_MONTH}[\s-]*{_DAY}(?:[\s,/-]+(?P<year>\d{{4}}))?",
        rf"(?P<year>\d{{4}})[\s,/-]*{_MONTH}(?:[\s,/-]*{_DAY})?",
    )
)
LEAP_YEAR = 2000
"""Stands in for a year that is not written, so that any day of the year exists."""


@dataclass(frozen=True)
class _Day:
    """A day as far as it was written; its year may stand in for one that was not."""

    day: date
    is_whole: bool


def month_and_hour(
    text: str, latitude: float | None = None, longitude: float | None = None
) -> tuple[int | None, int | None]:
    """Month 1-12 and hour 0-23 of a date as people and cameras write it; what is not said or not readable is None.

    With a zone and a place both are those of the place; else the hour is the one written.
    """
    text, zone = _without_tail(_NAMED_PLACE.sub("", text.lower().strip()))
    text = _FILE_NAME.sub(r"\1 \2:\3", _CAMERA.sub(r"\1-\2-\3", text))
    text = _WEEKDAY.sub(" ", _COMPACT.sub(r"\1 \2:\3\4", text))
    time = _TIME.search(text)
    if time is None:
        return _month(_day(text)), None
    hour = _hour(time)
    rest = (text[: time.start()] + " " + text[time.end() :]).strip(" ,")
    day = _day(rest)
    # A half that cannot be read makes the other half untrustworthy too.
    if hour is None or (rest and day is None):
        return None, None
    offset = zone if zone is not None else offset_of(time["zone"], time["offset"])
    if day is None or not day.is_whole or offset is None or latitude is None or longitude is None:
        return _month(day), hour
    written = datetime(day.day.year, day.day.month, day.day.day, hour, int(time["minute"] or 0))
    there = local_time(written, offset, latitude, longitude)
    return there.month, there.hour


def _without_tail(text: str) -> tuple[str, timedelta | None]:
    """A date without what follows am, pm or GMT, and the zone that was told there."""
    found = _BEHIND.search(text)
    if found is None:
        return text, None
    return (text[: found.start()] + found["before"]).strip(), offset_of(found["zone"], found["offset"])


def _hour(time: re.Match[str]) -> int | None:
    hour, half = int(time["hour"]), time["half"] or time["only"]
    if int(time["minute"] or 0) > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        return None
    return hour % 12 + (12 if half == "pm" else 0) if half else hour


def _month(day: _Day | None) -> int | None:
    return None if day is None else day.day.month


def _day(text: str) -> _Day | None:
    for pattern in _DATES:
        found = pattern.fullmatch(text.strip(" ,"))
        if found:
            return _checked(found.groupdict())
    return None


def _checked(parts: dict[str, str | None]) -> _Day | None:
    """The day, where it exists."""
    day = int(parts.get("day") or 1)
    name, first = parts.get("name"), parts.get("first")
    if name:
        month = _MONTHS.index(name[:3]) + 1
    elif first:
        month, day = int(first), int(parts["second"] or 0)
        month, day = (day, month) if month > 12 else (month, day)
    else:
        month = int(parts["month"] or 0)
    year = parts.get("year")
    is_whole = year is not None and bool(parts.get("day") or first)
    try:
        return _Day(date(int(year or LEAP_YEAR), month, day), is_whole)
    except ValueError:
        return None
