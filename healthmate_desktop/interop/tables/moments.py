"""Dates with times of day, as people and programs write them into cells."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import TYPE_CHECKING, NamedTuple

from healthmate_desktop.domain.measures.dates import parse_date

if TYPE_CHECKING:
    from healthmate_desktop.domain.measures.dates import Order

_STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s?(Z|[+-]\d\d(?::?\d\d)?)?\Z"
)
_OFFSET = re.compile(r"([+-]\d\d):?(\d\d)?\Z")


class Moment(NamedTuple):
    """A FHIR date, a time on the wall, the zone if it is written with it, and the date that could be meant as well."""

    date: str
    time: str = ""
    zone: str = ""
    other: str = ""


def moment_of(text: str, order: Order = "") -> Moment | None:
    """The whole text as a date with or without a time of day."""
    stamp = _STAMP.match(text.strip())
    if stamp is not None:
        found = parse_date(stamp[1])
        return Moment(found.date, stamp[2], stamp[3] or "") if found is not None else None
    found = parse_date(text, order)
    return Moment(found.date, found.time, "", found.other) if found is not None else None


def in_zone(date: str, time: str, zone: str) -> str:
    """A FHIR dateTime; "" if the zone ("Europe/Berlin", "+01:00") is not known."""
    moment = f"{date}T{time}" + (":00" if len(time) == 5 else "")
    offset = _OFFSET.match(zone)
    if zone in ("Z", "UTC"):
        return moment + "Z"
    if offset is not None:
        return f"{moment}{offset[1]}:{offset[2] or '00'}"
    try:
        place = zoneinfo.ZoneInfo(zone) if zone else None
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return ""
    return dt.datetime.fromisoformat(moment).replace(tzinfo=place).isoformat() if place else ""
