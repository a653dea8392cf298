"""A result as it stands in its row: name, value, and the unit, range and mark that stand beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.mending import mended_unit
from healthmate_desktop.domain.measures.names import specimen_in
from healthmate_desktop.domain.measures.printed_units import printed_unit
from healthmate_desktop.domain.measures.ranges import Range, parse_ranges
from healthmate_desktop.interop.pages.cells import as_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.domain.measures.names import Specimen
    from healthmate_desktop.interop.pages.cells import Reading, Style
    from healthmate_desktop.interop.pages.columns import Column
    from healthmate_desktop.interop.pages.rows import Cell, Token
    from healthmate_desktop.interop.pages.seen import Seen

_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$")
_RANGE_WORD = re.compile(r"\W*(?:ref|normal|range|rango|norm)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A result as it stands on the page, before it is known what it means."""

    name: str
    value: Reading
    tokens: tuple[Token, ...]  # all that it was read from, name first
    value_tokens: tuple[Token, ...]
    unit: str = ""
    ranges: tuple[Range, ...] = ()
    flag: str = ""
    date: Found | None = None
    time: str = ""  # a time of day without a date
    specimen: Specimen = ""
    under_head: bool = False  # its column says that it holds values
    known: bool = False  # the name is one of the vocabulary


def entry_of(
    name: Cell, value: Seen, others: Sequence[Seen], vocabulary: Vocabulary, style: Style
) -> Entry:
    """`others` are the cells of the row that are neither name nor value."""
    made = _Beside(value, style)
    for each in others:
        made.take(each)
    ranges = made.ranges or _limits(others) or _details(others, style)
    unit, shown = made.unit, name.text
    inner = _IN_BRACKETS.search(shown)
    if inner is not None:
        printed = tuple(each for each in parse_ranges(inner[1], style.mark) if each.has_limits)
        is_unit = bool(printed_unit(inner[1]).codes) or _is_misread(
            inner[1], shown, value, vocabulary, style
        )
        ranges, unit = ranges or printed, unit or (inner[1] if is_unit else "")
        shown = shown[: inner.start()] if printed or is_unit else shown
    unit = unit or next((each.unit for each in ranges if each.unit), "")
    unit = unit or _misread_unit(name, value, others, vocabulary, style)
    specimens = (specimen_in(each.cell.text) for each in others if each.role == "specimen")
    return Entry(
        shown.strip(" :"),
        value.reading,
        (*name.tokens, *(token for cell in made.cells for token in cell.tokens)),
        value.cell.tokens,
        unit,
        ranges,
        made.flag or ("A" if value.role == "abnormal" else ""),
        specimen=next(specimens, ""),
        known=vocabulary.hint(name.text, guess=style.guess) is not None,
    )


def below(entry: Entry, column: Column | None, date: Found | None, time: str) -> Entry:
    """With the day of its row, and the unit and range that stand under the head of its column."""
    entry = replace(entry, date=date, time=time)
    if column is None:
        return entry
    ranges = entry.ranges or column.ranges
    unit = entry.unit or column.unit or next((each.unit for each in ranges if each.unit), "")
    return replace(entry, unit=unit, ranges=ranges)


class _Beside:
    """Gathers what belongs to a value from the cells of its row."""

    def __init__(self, value: Seen, style: Style) -> None:
        self.value = value
        self.style = style
        self.ranges: tuple[Range, ...] = value.reading.ranges
        self.unit = value.reading.unit
        self.flag = value.reading.flag
        self.cells = [value.cell]

    def take(self, each: Seen) -> None:
        if (
            self._unit(each)
            or self._range(each)
            or self._flag(each)
            or each.reading.kind in {"date", "time"}
        ):
            self.cells.append(each.cell)

    def _unit(self, each: Seen) -> bool:
        """One glued to the value may be a mark or a stain, if a column of units says otherwise."""
        stands_alone = each.reading.kind == "unit" and each.role not in {
            "previous",
            "specimen",
            "name",
        }
        if not stands_alone or (
            self.unit and not (each.role in {"unit", ""} and len(self.unit) == 1)
        ):
            return False
        self.unit = each.reading.unit
        return True

    def _range(self, each: Seen) -> bool:
        if self.ranges or each.role in {"previous", "other"}:
            return False
        reading = each.reading
        if (
            reading.kind == "value"
            and reading.number is not None
            and reading.number.comparator
            and not reading.unit
        ):
            found = as_range(each.cell.text, self.style)  # < 5 behind the value is what is normal
            self.ranges = (
                found.ranges if found is not None and each.cell.x0 > self.value.cell.x0 else ()
            )
            return bool(self.ranges)
        if reading.kind != "range":
            return False
        self.ranges, self.flag = reading.ranges, self.flag or reading.flag
        return True

    def _flag(self, each: Seen) -> bool:
        if self.flag or each.role in {"range", "previous", "unit", "specimen"}:
            return False
        if each.reading.kind not in {"flag", "range"}:
            return False
        self.flag = each.reading.flag
        return bool(self.flag)


def _limits(others: Sequence[Seen]) -> tuple[Range, ...]:
    """Lower and upper limit in columns of their own."""
    sides = {each.role: each.reading.number for each in others if each.role in {"low", "high"}}
    low, high = sides.get("low"), sides.get("high")
    if low is None and high is None:
        return ()
    text = " - ".join(str(side.value) for side in (low, high) if side is not None)
    return (Range(text, low.value if low else None, high.value if high else None),)


def _details(others: Sequence[Seen], style: Style) -> tuple[Range, ...]:
    """A range that stands in a column of remarks, if it says that it is one."""
    for each in others:
        found = as_range(each.cell.text, style) if each.role == "other" else None
        if found is not None and _RANGE_WORD.match(each.cell.text):
            return found.ranges
    return ()


def _misread_unit(
    name: Cell, value: Seen, others: Sequence[Seen], vocabulary: Vocabulary, style: Style
) -> str:
    """Letters behind the value that stand for a unit of this test, if OCR took them for others."""
    behind = [
        each for each in others if each.reading.kind == "text" and each.cell.x0 > value.cell.x1
    ]
    near = min(behind, key=lambda each: each.cell.x0, default=None)
    if near is None or near.role in {"other", "range", "previous"}:
        return ""
    text = near.cell.text
    return text if _is_misread(text, name.text, value, vocabulary, style) else ""


def _is_misread(unit: str, name: str, value: Seen, vocabulary: Vocabulary, style: Style) -> bool:
    number = value.reading.number
    if not style.guess or number is None:
        return False
    return bool(mended_unit(vocabulary, name, unit, number.value))
