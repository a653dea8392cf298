"""Dates as a person writes them, to FHIR and back."""

from __future__ import annotations

import re

from healthmate_desktop.domain.facts.dates import when_of
from healthmate_desktop.domain.measures.dates import parse_date
from healthmate_desktop.errors import InvalidInput

_FHIR = re.compile(r"(\d{4}(?:-\d\d){0,2})(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?(.*))?")
_HELP = "Write the date as 2026-06-03, or as 2026-06 or 2026 where the day is not known."


def written(fhir: str) -> str:
    """To be changed by a person: "2026-07-14 08:40", without seconds and zone."""
    found = _FHIR.fullmatch(fhir)
    if found is None:
        return fhir
    return f"{found[1]} {found[2]}" if found[2] else found[1]


def fhir_date(text: str, before: str = "") -> str:
    """`before` is what stood there: seconds and zone of its time stay. Raises InvalidInput."""
    words = " ".join(text.split())
    found = parse_date(words)
    if found is None:
        if "T" not in words and ":" not in words and when_of(words).given:
            return words  # 2026-06
        raise InvalidInput(_HELP)
    if found.other:
        raise InvalidInput(f"{words} can be two days. {_HELP}")
    return found.date + _time(found.time, before) if found.time else found.date


def _time(clock: str, before: str) -> str:
    old = _FHIR.fullmatch(before)
    zone = old[4] or "" if old else ""
    if len(clock) > len("08:40"):
        return f"T{clock}{zone}"
    seconds = old[3] or ":00" if old and old[2] == clock else ":00"
    return f"T{clock}{seconds}{zone}"
