"""One column of a table: its heading, and what share of its cells can be read as what."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003  (an alias at run time)
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.dates import parse_time
from healthmate_desktop.domain.measures.flags import interpretation
from healthmate_desktop.domain.measures.numbers import parse_number
from healthmate_desktop.domain.measures.printed_units import printed_unit
from healthmate_desktop.domain.measures.ranges import parse_ranges
from healthmate_desktop.interop.tables.headings import Heading, role_of, split_unit
from healthmate_desktop.interop.tables.mapping import Role, cell_text
from healthmate_desktop.interop.tables.moments import moment_of
from healthmate_desktop.interop.tables.results import is_blank, loinc_of, result_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.interop.tables.mapping import Cell

MOST_LOOKED_AT = 30  # cells of a column
LONGEST_READ = 200  # characters; longer cells are notes
_COUNTS = frozenset(("age", "alter", "âge", "edad", "no", "nr", "row", "index", "count", "number"))


def is_date(cell: Cell) -> bool:
    return not isinstance(cell, Decimal) and moment_of(cell) is not None


def is_time(cell: Cell) -> bool:
    return not isinstance(cell, Decimal) and parse_time(cell) != ""


def is_number(cell: Cell) -> bool:
    return isinstance(cell, Decimal) or parse_number(cell) is not None


def is_result(cell: Cell) -> bool:
    """Whether it reads as a number, a blood pressure or a word that is known for results."""
    result = result_of(cell, "")
    return not result.words or result.quality is not None


def is_named_pressure(cell: Cell) -> bool:
    """Whether it says by itself that it is a blood pressure: "BP 120/80"."""
    return not isinstance(cell, Decimal) and result_of(cell, "").name != ""


def is_unit(cell: Cell) -> bool:
    return not isinstance(cell, Decimal) and bool(printed_unit(cell).codes) and not is_flag(cell)


def is_range(cell: Cell) -> bool:
    return not isinstance(cell, Decimal) and any(each.has_limits for each in parse_ranges(cell))


def is_flag(cell: Cell) -> bool:
    return not isinstance(cell, Decimal) and interpretation(cell) != ""


def is_loinc(cell: Cell) -> bool:
    return not isinstance(cell, Decimal) and loinc_of(cell) != ""


READS: dict[Role, Callable[[Cell], bool]] = {
    Role.DATE: is_date,
    Role.TIME: is_time,
    Role.VALUE: is_result,
    Role.UNIT: is_unit,
    Role.LOW: is_number,
    Role.HIGH: is_number,
    Role.RANGE: is_range,
    Role.FLAG: is_flag,
    Role.CODE: is_loinc,
}


@dataclass(frozen=True)
class Column:
    """`cells` are those that say something, without long notes."""

    at: int
    heading: str
    cells: Sequence[Cell]
    vocabulary: Vocabulary | None

    @cached_property
    def said(self) -> Heading:
        """What the heading says; the name of something measured counts for more than a word in it."""
        said = role_of(self.heading)
        return Heading(Role.IGNORED, 0.0) if said.sure < 0.9 and self.names_analyte else said

    @cached_property
    def names_analyte(self) -> bool:
        name = split_unit(self.heading)[0]
        return any(is_known(each, self.vocabulary) for each in (self.heading, name))

    @property
    def has_unit(self) -> bool:
        return bool(split_unit(self.heading)[1])

    @property
    def counts_only(self) -> bool:
        """Whether its numbers are no measurements: ages, numbers of rows."""
        return self.heading.casefold().strip(" .:#") in _COUNTS

    @cached_property
    def is_dated(self) -> bool:
        return bool(self.heading) and is_date(self.heading)

    def share(self, reads: Callable[[Cell], bool]) -> float:
        """How many of the cells read so, 0 to 1."""
        looked_at = self.cells[:MOST_LOOKED_AT]
        return sum(map(reads, looked_at)) / len(looked_at) if looked_at else 0.0

    @cached_property
    def share_of_names(self) -> float:
        """How many of the different texts are names of something that is measured."""
        looked_at = self.cells[: 2 * MOST_LOOKED_AT]
        names = {cell_text(cell) for cell in looked_at if not is_number(cell)}
        known = sum(is_known(name, self.vocabulary) for name in names)
        return known / len(names) if names else 0.0

    @cached_property
    def share_of_words(self) -> float:
        return self.share(lambda cell: any(map(str.isalpha, cell_text(cell))) and not is_date(cell))


def columns_of(
    header: Sequence[Cell], body: Sequence[Sequence[Cell]], vocabulary: Vocabulary | None
) -> list[Column]:
    width = max([len(header), *map(len, body)], default=0)
    headings = [cell_text(cell) for cell in header] + [""] * (width - len(header))
    return [
        Column(
            at,
            " ".join(headings[at].split()),
            [row[at] for row in body if at < len(row) and _is_short(row[at])],
            vocabulary,
        )
        for at in range(width)
    ]


def _is_short(cell: Cell) -> bool:
    return isinstance(cell, Decimal) or (len(cell) <= LONGEST_READ and not is_blank(cell))


def is_known(name: str, vocabulary: Vocabulary | None) -> bool:
    return vocabulary is not None and bool(name) and vocabulary.hint(name) is not None
