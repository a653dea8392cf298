"""The days that a page gives for all its results, told by the words before them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.dates import find_dates
from healthmate_desktop.interop.pages.columns import head_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.rows import Row

_COLLECTED = re.compile(
    r"collect(?:ed|ion)|drawn|sampl(?:e|ed|ing)\s*(?:date|on|time|taken)|date of (?:sample|"
    r"test|service)|date taken|taken on|specimen date|received|"
    r"toma de muestra|extracci[oó]n|fecha (?:de )?(?:la )?(?:toma|muestra|extracci[oó]n|"
    r"recogida)|recogida|pr[eéè]l[eéè]v|"
    r"abnahme|entnahme|probe(?:n)?(?:eingang|datum|entnahme)?\b|entnommen",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"report(?:ed)?|result(?:ed|s)?\s*(?:date|on)?|printed|issued|date\b|fecha|informe|"
    r"emisi[oó]n|rendu|[eé]dit[eé]|compte|befund|datum|ausgang|gedruckt",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"birth|dob|born|nacimiento|nac\.|n[eé]e?\b|naissance|geb(?:oren|\.|urt)|f\.?\s?nac",
    re.IGNORECASE,
)
_RECEIVED = re.compile(r"received", re.IGNORECASE)


def collected_in(row: Row, style: Style) -> tuple[Found | None, bool]:
    """When the sample was taken, if the row says so, and whether that is only when it was received."""
    for label, date in _labelled(row, style):
        if _COLLECTED.search(label) and not _BIRTH.search(label):
            return date, _RECEIVED.search(row.text) is not None
    return None, False


def report_date(pages: Iterable[Iterable[Row]], style: Style) -> Found | None:
    """The day of the report, for results of which nothing better is printed."""
    for row in (row for page in pages for row in page):
        dates = list(_labelled(row, style))
        if len(dates) > 1 or head_of(row, style) is not None:
            continue
        for label, found in dates:
            if _REPORTED.search(label) and not _BIRTH.search(label) and len(found.date) == 10:
                return found
    return None


def _labelled(row: Row, style: Style) -> Iterator[tuple[str, Found]]:
    """The dates of a row, each with the words before it."""
    at = 0
    for found in find_dates(row.text, style.order):
        yield row.text[at : found.start], found
        at = found.end
