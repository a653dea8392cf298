"""Times: TS and intervals of it to FHIR dates, with the precision and the offset they were given, and no more."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node

FIRST_YEAR, LAST_YEAR = 1850, 2200  # others fill a field that must not be empty, or mean "for ever"

_ZONE = r"\s*(?P<zone>Z|[+-]\d{1,2}:?(?:\d{2})?)?"
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d{2})(?:(?P<day>\d{2})(?:[T ]?(?P<hour>\d{2})"
    r"(?:(?P<minute>\d{2})(?:(?P<second>\d{2})(?P<part>\.\d{1,9})?)?)?)?" + _ZONE + r")?)?",
    re.ASCII,
)
_DASHED = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2})(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?P<part>\.\d{1,9})?)?)?" + _ZONE + ")?",
    re.ASCII,
)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_DAY = re.compile(r"\d{9}", re.ASCII)


class Time(NamedTuple):
    """A FHIR date or dateTime. `sent` is the value in the file, where the time of day had to be left out."""

    text: str = ""
    sent: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)


NO_TIME = Time()


def time_of(value: str, zone: str = "") -> Time:
    """FHIR wants an offset with a time of day: `zone` is the document's own, used where a value has none.

    Without either, the date stands alone and `sent` keeps the rest. Nothing for what is no date.
    """
    value = value.strip()
    found = _DASHED.fullmatch(value) or _COMPACT.fullmatch(value)
    if not found and _DAY.match(value):  # the day is good, the time of day is not
        found = _COMPACT.fullmatch(value[:8])
    date = _date(found) if found else ""
    if not found or len(date) < len("2024-03-01"):
        return Time(date)
    if not found["hour"]:
        return Time(date, value if len(value) > len(date) else "")
    clock, offset = _clock(found), offset_of(found["zone"] or "") or zone
    return Time(f"{date}T{clock}{offset}") if clock and offset else Time(date, value)


def _date(found: re.Match[str]) -> str:
    """As precise as it is: a month or a day of 00 is none."""
    year, month, day = found["year"], found["month"] or "00", found["day"] or "00"
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return ""
    try:
        dt.date(int(year), int(month) or 1, int(day) or 1)
    except ValueError:
        return ""
    if month == "00":
        return year
    return f"{year}-{month}" if day == "00" else f"{year}-{month}-{day}"


def _clock(found: re.Match[str]) -> str:
    hour, minute, second = found["hour"], found["minute"] or "00", found["second"] or "00"
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        return ""
    return f"{hour}:{minute}:{second}{found['part'] or ''}"


def offset_of(zone: str) -> str:
    """`-0500`, `-5`, `Z`: as FHIR writes it, or nothing."""
    if zone == "Z":
        return "+00:00"
    digits = zone[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "00")
    if not hours or int(hours) > 14 or int(minutes) > 59:
        return ""
    return f"{zone[0]}{hours.zfill(2)}:{minutes}"


def zone_of(value: str) -> str:
    """The offset of a time, for others of the same document that have none."""
    found = _DASHED.fullmatch(value) or _COMPACT.fullmatch(value)
    return offset_of(found["zone"]) if found and found["zone"] else ""


class Span(NamedTuple):
    """What an effectiveTime says: a point, or a start or an end or both."""

    point: Time = NO_TIME
    start: Time = NO_TIME
    end: Time = NO_TIME
    unread: str = ""  # a value that is no date

    @property
    def first(self) -> Time:
        """One time for it."""
        return self.point or self.start or self.end


def span_of(node: Node, zone: str = "") -> Span:
    """Any form: value, low and high, center, and sets that hold one of these."""
    if not node:
        return Span()
    sent = [
        node.get("value"),
        *(node.first(name).get("value") for name in ("low", "high", "center")),
    ]
    value, low, high, center = (time_of(text, zone) for text in sent)
    unread = next(
        (
            text
            for text, time in zip(sent, (value, low, high, center), strict=True)
            if bad(text, time)
        ),
        "",
    )
    if low or high:
        same = low == high
        return Span(
            low if same else NO_TIME,
            low if not same else NO_TIME,
            high if not same else NO_TIME,
            unread,
        )
    if value or center:
        return Span(value or center, unread=unread)
    inner = next((span for child in node.all("comp") if (span := span_of(child, zone)).first), None)
    return inner or Span(unread=unread)


def bad(text: str, time: Time) -> bool:
    """Whether it says something that is no date; years such as 0001 and 9999 only fill a field."""
    year = text[:4]
    filler = bool(_YEAR.fullmatch(year)) and not FIRST_YEAR <= int(year) <= LAST_YEAR
    return bool(text) and not time and not filler


def birth_date_of(node: Node) -> str:
    return time_of(node.get("value")).text[:10]
