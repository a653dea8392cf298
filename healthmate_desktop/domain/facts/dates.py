"""FHIR dates of any precision, and the stretch of time that each stands for."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, NamedTuple

from healthmate_desktop.domain.facts.reading import object_in, objects_in, text_in, texts_in

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<part>\d{1,12}))?)?"
    r" ?(?P<zone>[Zz]|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
_MOMENT = timedelta(milliseconds=1)


class When(NamedTuple):
    """A date as given, and the first and last moment it can mean, in UTC. All "" if there is none."""

    given: str = ""
    first: str = ""  # fit to sort: 2024-03-01T00:00:00.000Z
    last: str = ""


def when_of(value: Any) -> When:
    """Of a date, dateTime, instant, Period or Timing. Times without a zone count as UTC."""
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, list):
        return next((when for when in map(when_of, value[:20]) if when.given), When())
    period = object_in(value)
    if "event" in period or "repeat" in period:
        return _of_timing(period)
    start, end = _of_text(period.get("start")), _of_text(period.get("end"))
    if not start.given:
        return end
    return When(start.given, start.first, max(start.last, end.last))


def _of_timing(timing: dict[str, Any]) -> When:
    whens = [when for when in map(_of_text, texts_in(timing.get("event"))) if when.given]
    bounds = [each.get("boundsPeriod") for each in objects_in(timing.get("repeat"))]
    whens += [when for when in map(when_of, bounds[:1]) if when.given]
    if not whens:
        return When()
    first = min(whens, key=lambda when: when.first)
    return When(first.given, first.first, max(when.last for when in whens))


def _of_text(value: Any) -> When:
    return _parsed(text_in(value)) if isinstance(value, str) else When()


@lru_cache(maxsize=2048)  # records of one visit share their dates
def _parsed(given: str) -> When:
    found = _DATE.fullmatch(given)
    if found is None:
        return When()
    try:
        first, last = _stretch(found)
        return When(given, _sortable(first), _sortable(last))
    except (ValueError, OverflowError):  # no such day, or outside the years 1 to 9999
        return When()


def _stretch(found: re.Match[str]) -> tuple[datetime, datetime]:
    year, month, day = (int(found[name] or 0) for name in ("year", "month", "day"))
    if not month:
        return datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, 23, 59, 59, 999000, UTC)
    if not day:
        first = datetime(year, month, 1, tzinfo=UTC)
        return first, first + (timedelta(days=monthrange(year, month)[1]) - _MOMENT)
    first = datetime(year, month, day, tzinfo=_zone(found["zone"]))
    if found["hour"] is None:
        return first, first + (timedelta(days=1) - _MOMENT)
    hour, minute = int(found["hour"]), int(found["minute"])
    second = min(int(found["second"] or 0), 59)  # FHIR allows 60, for leap seconds
    first = first.replace(hour=hour, minute=minute, second=second)
    if found["second"] is None:
        return first, first + (timedelta(minutes=1) - _MOMENT)
    if found["part"] is None:
        return first, first + (timedelta(seconds=1) - _MOMENT)
    first = first.replace(microsecond=int(found["part"][:3].ljust(3, "0")) * 1000)
    return first, first


def _zone(letters: str | None) -> timezone:
    if letters is None or letters in {"Z", "z"}:
        return UTC
    digits = letters[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        raise ValueError("no such zone")
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if letters[0] == "-" else shift)


def _sortable(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat("T", "milliseconds") + "Z"
