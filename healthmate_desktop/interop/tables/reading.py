"""The rows of a table, by what its columns mean, to proposals: one for each result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.measures.dates import parse_time
from healthmate_desktop.domain.proposals import NamedPerson, Proposal, Spot
from healthmate_desktop.interop.tables.columns import is_range, is_unit
from healthmate_desktop.interop.tables.headings import split_unit
from healthmate_desktop.interop.tables.mapping import (
    Role,
    Shape,
    aligned,
    cell_text,
    header_key,
)
from healthmate_desktop.interop.tables.moments import in_zone, moment_of
from healthmate_desktop.interop.tables.preamble import date_of, person_of, preamble_of
from healthmate_desktop.interop.tables.results import Printed, is_blank, observation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.interop.tables.mapping import Cell, Row, TableMapping

MOST_PROBLEMS = 100  # that are named
MOST_PEOPLE = 50
LONGEST_NAME = 300
LONGEST_VALUE = 2000
_FIRST_ROWS = 100  # the headings are among them
ORIGINAL = "http://hl7.org/fhir/StructureDefinition/originalText"

_NO_NAME = "This row has a result and no name, so it was left out."
_NO_RESULT = "This row has a name and no result, so it was left out."
_BAD_DATE = "The date of this row could not be read."
_DATE_ABOVE = "No date stands in this row, so that of the row above was taken."
_TURNED_DATE = "The day and the month of this date may be the other way round."
_NO_HEADINGS = "The headings of this table were not found, so its columns were taken in their order. Check the results."
_MORE = "More rows could not be read. Look through the table."
_COLUMN_DATE = "The date above this column could not be read, so its results were left out."
_LONG = "This cell holds more text than a result has, so it was left out."


def read_table(
    rows: Iterable[Row],
    mapping: TableMapping,
    vocabulary: Vocabulary | None = None,
    sheet: str = "",
) -> Iterator[Proposal | NamedPerson | Problem]:
    """In the order of the rows. `sheet` is named in where each stands: "Results, row 3"."""
    yield from _Reading(mapping, vocabulary, sheet).read(rows)


class _Reading:
    def __init__(self, mapping: TableMapping, vocabulary: Vocabulary | None, sheet: str) -> None:
        self._mapping = mapping
        self._vocabulary = vocabulary
        self._sheet = sheet
        self._roles: list[Role] = list(mapping.roles)
        self._headings: list[str] = list(mapping.headings)
        self._units: dict[int, str] = {}  # printed below the headings
        self._ranges: dict[int, str] = {}
        self._date = mapping.date
        self._last = ""  # of the rows above
        self._performer = ""
        self._people: set[NamedPerson] = set()
        self._problems = 0

    def read(self, rows: Iterable[Row]) -> Iterator[Proposal | NamedPerson | Problem]:
        rest = iter(rows)
        if self._mapping.header_row:
            first, headings_found = self._to_header(rest)
            if not headings_found:
                yield Problem(self._where(self._mapping.header_row), _NO_HEADINGS)
            yield from self._above(first)
        cells_of = {Shape.LONG: self._long, Shape.WIDE: self._wide, Shape.ACROSS: self._across}
        read = cells_of[self._mapping.shape]
        for number, cells in rest:
            if any(map(cell_text, cells)):
                yield from self._counted(read(number, cells))
        if self._problems > MOST_PROBLEMS:
            yield Problem(self._sheet[:40] or "the table", _MORE)

    def _counted(
        self, found: Iterator[Proposal | NamedPerson | Problem]
    ) -> Iterator[Proposal | NamedPerson | Problem]:
        for each in found:
            if isinstance(each, Problem):
                self._problems += 1
                if self._problems > MOST_PROBLEMS:
                    continue
            yield each

    def _to_header(self, rows: Iterator[Row]) -> tuple[list[Row], bool]:
        """What stands above the headings; they need not be in the same row as in the table the mapping is from."""
        above: list[Row] = []
        for number, cells in rows:
            if header_key(cells) == self._mapping.key:
                self._take_headings(cells)
                return above, True
            above.append((number, cells))
            if len(above) >= _FIRST_ROWS:
                break
        return above, False

    def _take_headings(self, cells: Sequence[Cell]) -> None:
        fit = aligned(self._mapping, cells)
        self._headings, self._roles = list(fit.headings), list(fit.roles)

    def _above(self, rows: list[Row]) -> Iterator[NamedPerson | Problem]:
        said = preamble_of(rows)
        self._date = self._date or date_of(said, self._mapping.order)
        self._performer = said.get(Role.PERFORMER, "")
        yield from self._named({role: said[role] for role in said})

    def _long(
        self, number: int, cells: Sequence[Cell]
    ) -> Iterator[Proposal | NamedPerson | Problem]:
        said = self._said(cells)
        yield from self._named({role: cell_text(cell) for role, cell in said.items()})
        name, value = cell_text(said.get(Role.NAME, "")), said.get(Role.VALUE, "")
        if is_blank(value):
            if name and (not is_blank(said.get(Role.UNIT, "")) or Role.DATE in said):
                yield Problem(self._where(number), _NO_RESULT)
            return  # else it is the heading of a group
        if not name:
            yield Problem(self._where(number), _NO_NAME)
            return
        unit = cell_text(said.get(Role.UNIT, "")) or split_unit(self._heading_of(Role.VALUE))[1]
        date, time, doubts = self._when(said)
        printed = Printed(name, value, unit, said, date, time, doubts)
        yield self._made(printed, number, self._text(cells))

    def _wide(
        self, number: int, cells: Sequence[Cell]
    ) -> Iterator[Proposal | NamedPerson | Problem]:
        said = self._said(cells)
        yield from self._named({role: cell_text(cell) for role, cell in said.items()})
        measured = [
            (at, cell)
            for at, cell in enumerate(cells)
            if self._role(at) is Role.ANALYTE and not is_blank(cell)
        ]
        if self._is_below_headings(said, measured):
            return
        date, time, doubts = self._when(said)
        for at, cell in measured:
            name, unit = split_unit(self._headings[at])
            beside = {**said, **({Role.RANGE: self._ranges[at]} if at in self._ranges else {})}
            printed = Printed(
                name, cell, unit or self._units.get(at, ""), beside, date, time, doubts
            )
            text = f"{date} {self._headings[at]}: {cell_text(cell)}".strip()
            yield self._made(printed, number, text)

    def _is_below_headings(self, said: dict[Role, Cell], measured: list[tuple[int, Cell]]) -> bool:
        """Take a row of units, or of reference ranges, in the place of a row of results."""
        if not measured or moment_of(cell_text(said.get(Role.DATE, ""))) is not None:
            return False
        for reads, kept in ((is_unit, self._units), (is_range, self._ranges)):
            if sum(reads(cell) for _, cell in measured) > len(measured) / 2:
                kept.update((at, cell_text(cell)) for at, cell in measured)
                return True
        return False

    def _across(
        self, number: int, cells: Sequence[Cell]
    ) -> Iterator[Proposal | NamedPerson | Problem]:
        said = self._said(cells)
        name = cell_text(said.get(Role.NAME, ""))
        values = [
            (at, cell)
            for at, cell in enumerate(cells)
            if self._role(at) is Role.VALUE and not is_blank(cell)
        ]
        if values and not name:
            yield Problem(self._where(number), _NO_NAME)
            return
        plain, unit = split_unit(name)
        for at, cell in values:
            date, time, doubts = self._when({**said, Role.DATE: self._headings[at]})
            own = cell_text(said.get(Role.UNIT, ""))
            printed = Printed(name if own else plain, cell, own or unit, said, date, time, doubts)
            text = f"{name} {self._headings[at]}: {cell_text(cell)} {own}".strip()
            yield self._made(printed, number, text)

    def _made(self, printed: Printed, number: int, text: str) -> Proposal | Problem:
        if len(cell_text(printed.value)) > LONGEST_VALUE or len(printed.name) > LONGEST_NAME:
            return Problem(self._where(number), _LONG)
        if self._performer and not printed.text(Role.PERFORMER):
            printed = replace(printed, cells={**printed.cells, Role.PERFORMER: self._performer})
        resource, doubts = observation(printed, self._mapping.mark, self._vocabulary)
        if printed.time:
            sent = f"{printed.date}T{printed.time}"
            resource["_effectiveDateTime"] = {"extension": [{"url": ORIGINAL, "valueString": sent}]}
        if person := printed.text(Role.PERSON):
            resource["subject"] = {"display": person[:200]}
        return Proposal(resource, Spot(self._where(number)), text[:LONGEST_VALUE], doubts)

    def _said(self, cells: Sequence[Cell]) -> dict[Role, Cell]:
        """What the cells beside the results say; several cells of one role are joined."""
        said: dict[Role, Cell] = {}
        for at, cell in enumerate(cells):
            role = self._role(at)
            if role in (Role.IGNORED, Role.ANALYTE) or not cell_text(cell):
                continue
            if role is Role.VALUE and self._mapping.shape is not Shape.LONG:
                continue
            said[role] = f"{cell_text(said[role])} {cell_text(cell)}" if role in said else cell
        return said

    def _when(self, said: dict[Role, Cell]) -> tuple[str, str, tuple[str, ...]]:
        """A FHIR date, the time of day where the date could not take it, and doubts."""
        text = cell_text(said.get(Role.DATE, ""))
        if not text:
            return (
                self._date or self._last,
                "",
                (_DATE_ABOVE,) if self._last and not self._date else (),
            )
        moment = moment_of(text, self._mapping.order)
        if moment is None:
            return self._date, "", (_BAD_DATE,)
        date, time, zone, other = moment
        self._last = date if self._mapping.shape is not Shape.ACROSS else ""
        time = time or parse_time(cell_text(said.get(Role.TIME, "")))
        doubts = (_TURNED_DATE,) if other else ()
        if not time or len(date) < 10:
            return date, "", doubts
        whole = in_zone(date, time, zone or self._mapping.zone)
        return (whole, "", doubts) if whole else (date, time, doubts)

    def _named(self, said: dict[Role, str]) -> Iterator[NamedPerson]:
        person = person_of(said, self._mapping.order)
        if person is not None and person not in self._people and len(self._people) < MOST_PEOPLE:
            self._people.add(person)
            yield person

    def _role(self, at: int) -> Role:
        return self._roles[at] if at < len(self._roles) else Role.IGNORED

    def _heading_of(self, role: Role) -> str:
        at = self._roles.index(role) if role in self._roles else -1
        return self._headings[at] if 0 <= at < len(self._headings) else ""

    def _text(self, cells: Sequence[Cell]) -> str:
        shown = (
            cell_text(cell) for at, cell in enumerate(cells) if self._role(at) not in _NOT_TEXT
        )
        return " ".join(filter(None, shown))

    def _where(self, number: int) -> str:
        row = f"row {number}"
        return f"{self._sheet[: 38 - len(row)]}, {row}" if self._sheet else row


_NOT_TEXT = frozenset((Role.IGNORED, Role.PERSON, Role.BIRTH_DATE, Role.SEX, Role.IDENTIFIER))
