"""Dates and times of day as they are printed in English, Spanish, French and German, with the precision they have."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Order = Literal["DMY", "MDY", ""]
FIRST_YEAR, LAST_YEAR = 1850, 2100

_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "jan january ene enero janv janvier januar jän jänner",
        "feb february febrero févr fév février fevrier februar",
        "mar march marzo mars mär märz mrz maerz",
        "apr april abr abril avr avril",
        "may mayo mai",
        "jun june junio juin juni",
        "jul july julio juil juillet juli",
        "aug august ago agosto août aout",
        "sep sept september septiembre setiembre septembre",
        "oct october octubre octobre okt oktober",
        "nov november noviembre novembre",
        "dec december dic diciembre déc décembre decembre dez dezember",
    ),
    start=1,
):
    _MONTHS |= dict.fromkeys(_names.split(), _number)
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")(?![a-zà-ÿ])\.?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1[89]\d\d|20\d\d)"
_TIME = (
    r"(?:\s*(?:,|at|um|a las|à|-|T)?\s*(?P<hour>[01]?\d|2[0-3])\s?(?::|h|"
    r"\.(?=\d\d\s?uhr))\s?(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
    r"(?:\.\d+)?\s*(?P<half>[ap]\.?\s?m\.?)?(?:\s*(?:h|hrs|uhr))?(?!\w))?"
)
_OF = r"(?:of |del? )?\s*"
_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|\.)?"
_FORMS = (
    rf"(?P<y1>{_YEAR})(?P<s1>[-/.])(?P<m1>0?[1-9]|1[0-2])(?P=s1)(?P<d1>{_DAY})(?!\d)",
    rf"(?P<y5>{_YEAR})(?P<m5>0[1-9]|1[0-2])(?P<d5>0[1-9]|[12]\d|3[01])(?!\d)",
    rf"(?P<a2>\d{{1,2}})(?P<s2>[-/.])(?P<b2>\d{{1,2}})(?P=s2)(?P<y2>{_YEAR}|\d\d)(?![\d/])",
    rf"(?P<d3>{_DAY}){_ORDINAL}\s*[-/ .]?\s*{_OF}(?P<m3>{_MONTH})\s*[-/ .,]?\s*{_OF}(?P<y3>{_YEAR}|\d\d(?!\d|:))",
    rf"(?P<m4>{_MONTH})\s*[-/ .]?\s*(?P<d4>{_DAY})(?:st|nd|rd|th)?\s*[-/ .,]\s*(?P<y4>{_YEAR})",
    rf"(?P<m6>{_MONTH})\s*[-/ .,]?\s*{_OF}(?P<y6>{_YEAR})",
    rf"(?P<m7>0[1-9]|1[0-2])\s?/\s?(?P<y7>{_YEAR})(?!\d)",
)
_DATE = re.compile(r"(?<![\w/.])(?:" + "|".join(_FORMS) + ")" + _TIME, re.IGNORECASE)
_CLOCK = re.compile(
    r"(?<![\w/:.])" + _TIME.removesuffix("?").replace(r"\s*(?:,|at|um|a las|à|-|T)?\s*", "", 1),
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(rf"\s*(?P<year>{_YEAR})\s*")


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text. `other` is what it would be with day and month the other way round, if it may be so."""

    start: int
    end: int
    date: str  # FHIR: YYYY, YYYY-MM or YYYY-MM-DD
    time: str = ""  # HH:MM or HH:MM:SS, as a clock on the wall
    other: str = ""


def find_dates(text: str, order: Order = "") -> Iterator[Found]:
    """All dates with a month, in their order. Where `order` is not known, month first is tried before day first."""
    for match in _DATE.finditer(text):
        found = _read(match, order)
        if found is not None:
            yield found


def parse_date(text: str, order: Order = "") -> Found | None:
    """The whole text as a date with or without a time of day; a year alone counts too."""
    text = text.strip().rstrip(".,;")
    alone = _YEAR_ALONE.fullmatch(text)
    if alone is not None:
        return Found(0, len(text), alone["year"])
    match = _DATE.fullmatch(text)
    return _read(match, order) if match is not None else None


def parse_time(text: str) -> str:
    """The whole text as a time of day, HH:MM or HH:MM:SS; "" if it is none."""
    match = _CLOCK.fullmatch(text.strip())
    return _time(match) if match is not None else ""


def date_order(texts: Iterable[str]) -> Order:
    """Whether the numeric dates of a document begin with the day or the month, told by those that leave no choice."""
    votes: Counter[Order] = Counter()
    for text in texts:
        for match in _DATE.finditer(text):
            if not match["a2"] or match["s2"] == ".":
                continue
            first, second = int(match["a2"]), int(match["b2"])
            if first > 12 >= second:
                votes["DMY"] += 1
            elif second > 12 >= first:
                votes["MDY"] += 1
    (best, count), *others = [*votes.most_common(), ("", 0)]
    return best if count > 2 * (others[0][1] if others else 0) else ""


def _read(match: re.Match[str], order: Order) -> Found | None:
    time = _time(match)
    start, end = match.span()
    if match["a2"]:
        return _numeric(match, order, time)
    for year, month, day in (
        ("y1", "m1", "d1"),
        ("y5", "m5", "d5"),
        ("y3", "m3", "d3"),
        ("y4", "m4", "d4"),
    ):
        if match[year]:
            date = _day(_year(match[year]), _month(match[month]), int(match[day]))
            return Found(start, end, date, time) if date else None
    year, month = (match["y6"], match["m6"]) if match["y6"] else (match["y7"], match["m7"])
    return Found(start, end, f"{_year(year):04}-{_month(month):02}")


def _numeric(match: re.Match[str], order: Order, time: str) -> Found | None:
    first, second, year = int(match["a2"]), int(match["b2"]), _year(match["y2"])
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    if match["s2"] == ".":
        order = "DMY"
    chosen, other = (day_first, month_first) if order == "DMY" else (month_first, day_first)
    if not chosen:
        return Found(*match.span(), other, time) if other else None
    sure = bool(order) or chosen == other
    return Found(*match.span(), chosen, time, "" if sure else other)


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    return 2000 + int(text) if int(text) <= 35 else 1900 + int(text)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS[text.casefold().rstrip(".")]


def _day(year: int, month: int, day: int) -> str:
    """Empty for a day that the calendar does not have."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ""
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return ""


def _time(match: re.Match[str]) -> str:
    if not match["hour"]:
        return ""
    hour, half = int(match["hour"]), (match["half"] or "").casefold()[:1]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    second = f":{match['second']}" if match["second"] else ""
    return f"{hour:02}:{match['minute']}{second}"
