"""Dates as publishers write them, kept as precise as they are."""

from __future__ import annotations

import re

from healthmate_desktop.domain.library import partial_date

_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d\d)?(\d\d)?")
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?!\d)")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[ .]+)?([A-Za-z]{3,9})\.?[ ]+"
    r"(?:(\d{1,2})(?:st|nd|rd|th)?,?[ ]+)?(\d{4})"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def joined(year: str, month: str = "", day: str = "") -> str:
    """As precise as its parts allow: 2024, 2024-02 or 2024-02-29."""
    year, month, day = year.strip(), month.strip(), day.strip()
    if month[:3].casefold() in MONTHS:
        month = str(MONTHS.index(month[:3].casefold()) + 1)
    parts = [year.zfill(4)]
    for part in (month, day):
        if not (part.isascii() and part.isdigit()):
            break
        parts.append(part.zfill(2))
    while parts:
        if said := partial_date("-".join(parts)):
            return said
        parts.pop()
    return ""


def american(text: str) -> str:
    """02/29/2024, perhaps with a time after it."""
    found = _AMERICAN.match(text.strip())
    return joined(found[3], found[1], found[2]) if found else ""


def compact(text: str) -> str:
    """20240229, or its beginning, perhaps with a time after it."""
    found = _COMPACT.match(text.strip())
    return joined(found[1], found[2] or "", found[3] or "") if found else ""


def free(text: str) -> str:
    """2024-02-29, 2024/2, 29 February 2024 or February 29, 2024, with or without a time."""
    text = text.strip()
    if found := _ISO.match(text):
        return joined(found[1], found[2] or "", found[3] or "")
    if (found := _NAMED.search(text)) and found[2][:3].casefold() in MONTHS:
        return joined(found[4], found[2], found[1] or found[3] or "")
    return ""
