"""Dates as a person writes them, to FHIR and back."""

from __future__ import annotations

import re
from datetime import date

from healthmate_desktop.domain.facts.dates import when_of
from healthmate_desktop.errors import InvalidInput

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_WORDS = re.compile(r"(?:(\d{1,2})\.? )?([a-z]{3,9})\.?,? (\d{4})")
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
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
    day, _, clock = _plain(text).partition(" ")
    old = _FHIR.fullmatch(before)
    zone = old[4] or "" if old else ""
    seconds = old[3] or ":00" if old and old[2] == clock else ":00"
    made = f"{day}T{clock}{seconds}{zone}" if clock else day
    if not when_of(made).given:
        raise InvalidInput(_HELP)
    return made


def _plain(text: str) -> str:
    """Year, month and day first, whichever way they were written."""
    words = " ".join(text.split())
    if found := _GERMAN.fullmatch(words):
        return _iso(int(found[3]), int(found[2]), int(found[1]))
    if found := _WORDS.fullmatch(words.lower()):
        months = [n for n, name in enumerate(_MONTHS, 1) if name.startswith(found[2])]
        if len(months) != 1:
            raise InvalidInput(_HELP)
        if not found[1]:
            return f"{found[3]}-{months[0]:02}"
        return _iso(int(found[3]), months[0], int(found[1]))
    return words.replace("T", " ")


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise InvalidInput(_HELP) from error
