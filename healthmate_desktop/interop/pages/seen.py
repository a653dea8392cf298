"""Cells of a row with what they say and the column they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.printed_units import printed_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.interop.pages.cells import Reading
    from healthmate_desktop.interop.pages.columns import Column
    from healthmate_desktop.interop.pages.rows import Cell
    from healthmate_desktop.interop.pages.words import Role

VALUES: set[Role] = {"value", "normal", "abnormal"}
NO_VALUES: set[Role] = {"range", "previous", "other", "low", "high", "flag", "specimen"}


@dataclass(frozen=True, slots=True)
class Seen:
    cell: Cell
    reading: Reading
    column: Column | None

    @property
    def role(self) -> Role:
        return self.column.role if self.column is not None else ""

    @property
    def has_value(self) -> bool:
        return self.reading.kind in {"value", "pair", "words"}

    @property
    def can_be_name(self) -> bool:
        if not any(letter.isalpha() for letter in self.cell.text):
            return False
        if self.role in {"range", "unit", "flag", "previous"}:
            return False
        named = self.role == "name" and self.reading.kind in {"words", "unit", "flag"}
        return self.reading.kind == "text" or named


def likeness(each: Seen) -> float:
    """How much a cell looks like the value of its row; what stands under "Result" looks more like it."""
    reading = each.reading
    score = 2.0 if each.role in VALUES else 0.0
    if reading.kind == "pair":
        return score + 3
    if reading.kind == "value" and reading.number is not None:
        score += 2.0 if reading.number.comparator else 3.0
        return score + (1.5 if printed_unit(reading.unit).codes else 0.0)
    if reading.words is None:
        return score - 1.5
    if reading.words.code:
        return score + 3
    return score + (0.5 if reading.text[:1].isdigit() else 1.0)


def date_in(seen: Sequence[Seen]) -> tuple[Found | None, str]:
    """The date of a row, or a time of day alone. A column of dates goes before others."""
    ordered = sorted(seen, key=lambda each: each.role != "date")
    for each in ordered:
        if each.reading.kind == "date" and each.role != "previous":
            return each.reading.date, ""
    time = next((each.reading.time for each in ordered if each.reading.kind == "time"), "")
    return None, time
