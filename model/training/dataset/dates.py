"""Free-form dates of recordings -> month and hour, as far as they are known (specification §13).

Numbers alone are read month first unless that is impossible, as the lenient parser behind the published data does.
"""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_BEHIND = re.compile(r"(\d\s*[ap]m\b|\bgmt).*", re.DOTALL)
"""What follows am, pm or GMT: a zone, and sometimes its name in brackets."""
_WEEKDAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?")
_TIME = re.compile(
    r"(?:(?<=\d)t|\b)(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*(?P<half>[ap]m)?|\s*(?P<only>[ap]m))"
    r"(?!\d|:)\s*(?:z\b|utc\b|gmt\b|[+-]\d{2}:?\d{2}\b|[+-]\d{2}\b)?"
)
_COMPACT = re.compile(r"\b(\d{8})t?(\d{2})(\d{2})(?:\d{2})?(z?)\b")
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?:(?P=mark)(?P<day>\d{1,2}))?",
        r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second>\d{1,2})(?P=mark)(?:\d{4}|\d{2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        rf"(?:{_DAY}[\s.,/-]*(?:of\s+)?)?{_MONTH}(?:[\s,/-]+(?P<year>\d{{4}}))?",
        rf"{_MONTH}[\s-]*{_DAY}(?:[\s,/-]+(?P<year>\d{{4}}))?",
        rf"(?P<year>\d{{4}})[\s,/-]*{_MONTH}(?:[\s,/-]*{_DAY})?",
    )
)
LEAP_YEAR = 2000
"""Stands in for a year that is not written, so that any day of the year exists."""


def month_and_hour(text: str) -> tuple[int | None, int | None]:
    """Month 1-12 and hour 0-23 of a date as people and cameras write it; what is not said or not readable is None.

    Text behind am, pm or GMT is dropped; a zone is not applied: the hour is the one written.
    """
    text = _BEHIND.sub(r"\1", text.lower()).strip()
    text = _WEEKDAY.sub(" ", _COMPACT.sub(r"\1 \2:\3\4", text))
    time = _TIME.search(text)
    if time is None:
        return _month(text), None
    hour = _hour(time)
    rest = (text[: time.start()] + " " + text[time.end() :]).strip(" ,")
    month = _month(rest)
    # A half that cannot be read makes the other half untrustworthy too.
    return (None, None) if hour is None or (rest and month is None) else (month, hour)


def _hour(time: re.Match[str]) -> int | None:
    hour, half = int(time["hour"]), time["half"] or time["only"]
    if int(time["minute"] or 0) > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        return None
    return hour % 12 + (12 if half == "pm" else 0) if half else hour


def _month(text: str) -> int | None:
    for pattern in _DATES:
        found = pattern.fullmatch(text.strip(" ,"))
        if found:
            return _checked(found.groupdict())
    return None


def _checked(parts: dict[str, str | None]) -> int | None:
    """The month, where the date exists."""
    day = int(parts.get("day") or 1)
    name, first = parts.get("name"), parts.get("first")
    if name:
        month = _MONTHS.index(name[:3]) + 1
    elif first:
        month, day = int(first), int(parts["second"] or 0)
        month, day = (day, month) if month > 12 else (month, day)
    else:
        month = int(parts["month"] or 0)
    try:
        return date(int(parts.get("year") or LEAP_YEAR), month, day).month
    except ValueError:
        return None
