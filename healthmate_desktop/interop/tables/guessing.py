"""Guesses what the columns of a table mean."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.dates import date_order
from healthmate_desktop.domain.measures.numbers import decimal_mark
from healthmate_desktop.interop.tables.asking import judged
from healthmate_desktop.interop.tables.columns import (
    READS,
    columns_of,
    is_date,
    is_known,
    is_named_pressure,
    is_number,
    is_result,
)
from healthmate_desktop.interop.tables.headings import role_of, split_unit
from healthmate_desktop.interop.tables.mapping import (
    LONGEST_HEADING,
    MOST_COLUMNS,
    Role,
    Shape,
    TableMapping,
    cell_text,
    header_key,
    plain_heading,
)
from healthmate_desktop.interop.tables.preamble import date_of, preamble_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.interop.tables.columns import Column
    from healthmate_desktop.interop.tables.mapping import Cell, Row

SAMPLE_ROWS = 200  # are enough to guess by
_LONGEST_NUMBER = 60  # characters, of a date or number with what is printed around it
_FIRST_ROWS = 30  # the headings are among them
_NAMES = frozenset(("name", "full name", "nom", "nombre", "nome", "naam"))
_MANY = frozenset((Role.PERSON, Role.NOTE, Role.ANALYTE, Role.IGNORED, Role.VALUE))


def column_guess(rows: Sequence[Row], vocabulary: Vocabulary | None = None) -> TableMapping:
    """From the first rows of a table. Without a vocabulary, names of tests are not known."""
    filled = [row for row in rows[:SAMPLE_ROWS] if any(map(cell_text, row[1]))]
    at = _header_at(filled, vocabulary)
    header = filled[at][1][:MOST_COLUMNS] if at >= 0 else ()
    body = [cells[:MOST_COLUMNS] for _, cells in filled[at + 1 :]]
    columns = columns_of(header, body, vocabulary)
    shape = _shape(columns)
    roles = {Shape.LONG: _long, Shape.WIDE: _wide, Shape.ACROSS: _across}[shape](columns)
    before = preamble_of(filled[: max(at, 0)])
    texts = [
        cell
        for column in columns
        for cell in column.cells
        if isinstance(cell, str) and len(cell) <= _LONGEST_NUMBER
    ]
    mark = decimal_mark(texts)
    order = date_order([*texts, *map(cell_text, header)])
    guess = TableMapping(
        key=header_key(header) if header else header_key(_kinds(columns)),
        shape=shape,
        headings=tuple(column.heading[:LONGEST_HEADING] for column in columns),
        roles=tuple(roles),
        header_row=filled[at][0] if at >= 0 else 0,
        mark=mark,
        order=order or ("DMY" if mark == "," else ""),  # where the comma is used, days come first
        date=date_of(before),
    )
    return judged(guess, columns)


def _header_at(rows: Sequence[Row], vocabulary: Vocabulary | None) -> int:
    """Where the headings are; -1 if there are none."""
    best, found = 0.95, -1
    for at, (_, cells) in enumerate(rows[:_FIRST_ROWS]):
        score = sum(_as_heading(cell, vocabulary) for cell in cells[:MOST_COLUMNS])
        if score > best:
            best, found = score, at
    return found if found >= 0 else _above_numbers(rows)


def _above_numbers(rows: Sequence[Row]) -> int:
    """Headings in words that are not known: a first row of only words, above numbers or dates; -1 if there is none."""
    for at, (_, cells) in enumerate(rows[:_FIRST_ROWS]):
        said = [n for n, cell in enumerate(cells[:MOST_COLUMNS]) if cell_text(cell)]
        if len(said) < 2:
            continue
        if any(_is_told(cells[n]) or len(cell_text(cells[n])) > LONGEST_HEADING for n in said):
            return -1
        below = [[row[n] for _, row in rows[at + 1 :][:_FIRST_ROWS] if n < len(row)] for n in said]
        return at if any(map(_mostly_told, below)) else -1
    return -1


def _is_told(cell: Cell) -> bool:
    return is_number(cell) or is_date(cell) or is_result(cell)


def _mostly_told(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell_text(cell)]
    return bool(filled) and sum(map(_is_told, filled)) > 0.7 * len(filled)


def _as_heading(cell: Cell, vocabulary: Vocabulary | None) -> float:
    text = cell_text(cell)
    if not 0 < len(text) <= LONGEST_HEADING:
        return 0.0
    if isinstance(cell, Decimal):
        return -1.0
    said = role_of(text)
    if said.role:
        return said.sure
    if is_date(cell):
        return 0.5
    if is_known(split_unit(text)[0], vocabulary):
        return 0.7
    return -1.0 if is_number(cell) else 0.0


def _shape(columns: list[Column]) -> Shape:
    said = {column.said.role for column in columns}
    dated = [column for column in columns if column.is_dated]
    if dated and Role.DATE not in said and any(column.share(is_result) > 0.3 for column in dated):
        return Shape.ACROSS
    measured = [column for column in columns if _is_measured(column)]
    has_date = Role.DATE in said or any(column.share(is_date) > 0.8 for column in columns)
    if measured and has_date and not {Role.NAME, Role.VALUE} <= said:
        return Shape.WIDE
    return Shape.LONG


def _is_measured(column: Column) -> bool:
    """Whether the heading says what was measured, and the cells are results of it."""
    least = 0.3 if column.names_analyte else 0.5  # units and ranges may stand below the heading
    if (
        column.share(is_named_pressure) > 0.5
    ):  # a column of "BP 120/80" needs no heading that says so
        return column.said.role in {Role.IGNORED, Role.VALUE}
    known = column.names_analyte or column.has_unit
    return known and not column.said.role and column.share(is_result) > least


def _long(columns: list[Column]) -> list[Role]:
    roles = _by_heading(columns)
    _one_only(columns, roles, Role.VALUE, lambda column: column.share(is_result))
    for role, least in ((Role.DATE, 0.8), (Role.UNIT, 0.6), (Role.CODE, 0.6)):
        _by_content(columns, roles, role, least, READS[role])
    _best_rest(columns, roles, Role.NAME, lambda column: column.share_of_names, 0.3)
    for role, least in ((Role.RANGE, 0.6), (Role.VALUE, 0.6), (Role.FLAG, 0.6)):
        _by_content(columns, roles, role, least, READS[role])
    _best_rest(columns, roles, Role.NAME, lambda column: column.share_of_words, 0.8)
    return roles


def _wide(columns: list[Column]) -> list[Role]:
    roles = _by_heading(columns)
    _by_content(columns, roles, Role.DATE, 0.8, is_date)
    for column in columns:
        if _is_measured(column) and roles[column.at] in {Role.IGNORED, Role.VALUE}:
            roles[column.at] = Role.ANALYTE
        elif roles[column.at] in (Role.VALUE, Role.NAME, Role.UNIT, Role.CODE, Role.FLAG):
            roles[column.at] = Role.IGNORED
    return roles


def _across(columns: list[Column]) -> list[Role]:
    roles = _by_heading(columns)
    for column in columns:
        if column.is_dated:
            roles[column.at] = Role.VALUE
        elif roles[column.at] in (Role.VALUE, Role.ANALYTE):
            roles[column.at] = Role.IGNORED
    _by_content(columns, roles, Role.UNIT, 0.6, READS[Role.UNIT])
    _best_rest(columns, roles, Role.NAME, lambda column: column.share_of_names, 0.3)
    _best_rest(columns, roles, Role.NAME, lambda column: column.share_of_words, 0.8)
    _by_content(columns, roles, Role.RANGE, 0.6, READS[Role.RANGE])
    return roles


def _by_heading(columns: list[Column]) -> list[Role]:
    """Each role once: where two headings say the same, the one that says it more plainly and whose cells fit."""
    roles = [column.said.role for column in columns]
    for role in set(roles) - _MANY:
        _one_only(columns, roles, role, _fit_of(role))
    for column in columns:  # "Name" beside a column that names the tests is that of a person
        lost = column.said.role is Role.NAME and roles[column.at] is Role.IGNORED
        if lost and plain_heading(column.heading) in _NAMES and not column.share_of_names:
            roles[column.at] = Role.PERSON
    return roles


def _fit_of(role: Role) -> Callable[[Column], float]:
    if role is Role.NAME:
        return lambda column: column.share_of_names
    reads = READS.get(role, bool)
    return lambda column: column.share(reads)


def _one_only(
    columns: list[Column], roles: list[Role], role: Role, fit: Callable[[Column], float]
) -> None:
    rivals = [column for column in columns if roles[column.at] is role]
    if len(rivals) > 1:
        best = max(rivals, key=lambda column: column.said.sure + 2 * fit(column))
        for column in rivals:
            if column is not best:
                roles[column.at] = Role.IGNORED


def _by_content(
    columns: list[Column],
    roles: list[Role],
    role: Role,
    least: float,
    reads: Callable[[Cell], bool],
) -> None:
    _best_rest(columns, roles, role, lambda column: column.share(reads), least)


def _best_rest(
    columns: list[Column],
    roles: list[Role],
    role: Role,
    fit: Callable[[Column], float],
    least: float,
) -> None:
    """Give a role that no heading says to the column that fits best, among those whose headings say nothing."""
    if role in roles:
        return
    rest = [
        column
        for column in columns
        if roles[column.at] is Role.IGNORED and not column.said.sure and not column.counts_only
    ]
    best = max(rest, key=fit, default=None)
    if best is not None and fit(best) >= least:
        roles[best.at] = role


def _kinds(columns: list[Column]) -> list[Cell]:
    """What stands for headings where there are none."""
    return [
        next((role.value for role, reads in READS.items() if column.share(reads) > 0.8), "text")
        for column in columns
    ]
