"""What every table is given as."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_COLUMNS = 1000
MOST_PROBLEMS = 100  # told of one sheet
TOO_WIDE = "This row has more than 1,000 cells; those beyond were left out."

Cell = str | Decimal
"""A Decimal is what the file holds as a number; text may be one in any notation. Dates of workbooks are ISO text."""
Row = tuple[int, tuple[Cell, ...]]
"""The number that a person sees beside the row (from 1; the first line, where one row has several), and its cells."""


@dataclass(slots=True)
class Sheet:
    """One table. `rows` can be gone through once, and `problems` fills up meanwhile."""

    name: str  # "" for a file that is one table
    rows: Iterator[Row]
    problems: list[Problem] = field(default_factory=list)
    doubts: tuple[str, ...] = ()  # about the table as a whole

    def tell(self, row: int, message: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(f"row {row}", message))
