"""The words of a summary: days, flags and states, cut to what fits into a cell."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from healthmate_desktop.domain.facts import FLAG_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.ids import DocumentId
    from healthmate_desktop.domain.records import Record

LONGEST_NAME, LONGEST_VALUE, LONGEST_SOURCE = 160, 240, 44  # letters in a cell
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_FLAGS = {
    **FLAG_WORDS,
    ">": "above what can be measured",
    "<": "below what can be measured",
    "N": "",
    "normal": "",
}
_STATES = {
    "refuted": "ruled out",
    **dict.fromkeys(("final", "completed", "finished", "current", "unknown"), ""),
}


def day_words(day: date) -> str:
    """As in "3 Feb 2024"; in English whatever the system speaks."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def when_words(fhir: str) -> str:
    """As exact as it was given, without the hour: "2024", "Feb 2024", "3 Feb 2024"."""
    found = _DATE.match(fhir)
    if found is None:
        return cut(fhir, 20)
    year, month, day = found.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return cut(fhir, 20)
    if month is None:
        return year
    return day_words(first) if day else f"{_MONTHS[first.month - 1]} {year}"


def flag_words(facts: Facts) -> str:
    """In words: as the source marks it, else by the limits that stand beside it; "" for nothing to be said."""
    code = facts.interpretation
    if code:
        return _FLAGS.get(code, cut(code, 40))
    number = None if facts.comparator else facts.number
    if number is not None and facts.high is not None and number > facts.high:
        return "above the range"
    if number is not None and facts.low is not None and number < facts.low:
        return "below the range"
    return ""


def value_words(facts: Facts) -> str:
    """The value with its flag; what was not so says so first."""
    value = cut(facts.value, LONGEST_VALUE)
    if facts.negated:
        value = "; ".join(filter(None, (state_words(facts) or "not so", value)))
    flag = flag_words(facts)
    return f"{value} ({flag})" if value and flag else value or flag


def range_words(facts: Facts) -> str:
    return cut(facts.range_text, 60)


def state_words(facts: Facts) -> str:
    """Empty for a state that goes without saying."""
    return _STATES.get(facts.status, cut(facts.status.replace("-", " "), 40))


def name_words(facts: Facts) -> str:
    return cut(facts.display, LONGEST_NAME) or "no name given"


def source_words(record: Record, names: Mapping[DocumentId, str]) -> str:
    """The document, and the page where it has pages."""
    if record.document_id is None:
        return "entered by hand"
    name = cut(names.get(record.document_id, ""), LONGEST_SOURCE) or "a document without a name"
    return f"{name}, page\u00a0{record.spot.page}" if record.spot.page else name


def cut(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}\u2026"
