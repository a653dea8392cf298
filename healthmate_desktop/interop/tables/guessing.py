"""Guesses what the columns of a table mean, how sure that is, and what a person should be asked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.dates import date_order, parse_date
from healthmate_desktop.domain.measures.numbers import decimal_mark, parse_number
from healthmate_desktop.interop.tables.columns import (
    READS,
    columns_of,
    is_date,
    is_known,
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
)
from healthmate_desktop.interop.tables.preamble import date_of, preamble_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.interop.tables.columns import Column
    from healthmate_desktop.interop.tables.mapping import Cell, Row

SAMPLE_ROWS = 200  # are enough to guess by
SURE = 0.8  # a confidence from which nothing need be asked, where there are no questions
_LONGEST_NUMBER = 60  # characters, of a date or number with what is printed around it
_FIRST_ROWS = 30  # the headings are among them
_MANY = frozenset((Role.PERSON, Role.NOTE, Role.ANALYTE, Role.IGNORED, Role.VALUE))

NO_NAME = "Which column says what was measured?"
NO_VALUE = "Which column holds the results?"
NO_DATE = "When were these results measured? No column tells it."
WHICH_ORDER = "Is the day or the month first in these dates?"
WHICH_MARK = "Is the comma or the point in these numbers the decimal mark?"
WHICH_COLUMNS = "Which of the other columns hold measurements?"


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
    return _judged(guess, columns)


def _header_at(rows: Sequence[Row], vocabulary: Vocabulary | None) -> int:
    """Where the headings are; -1 if there are none."""
    best, found = 0.95, -1
    for at, (_, cells) in enumerate(rows[:_FIRST_ROWS]):
        score = sum(_as_heading(cell, vocabulary) for cell in cells[:MOST_COLUMNS])
        if score > best:
            best, found = score, at
    return found


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
        if _is_measured(column) and roles[column.at] is Role.IGNORED:
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


def _judged(guess: TableMapping, columns: list[Column]) -> TableMapping:
    """With its confidence and questions."""
    questions: list[str] = []
    with_role = {role: [c for c in columns if guess.roles[c.at] is role] for role in Role}
    values = with_role[Role.ANALYTE] if guess.shape is Shape.WIDE else with_role[Role.VALUE]
    if guess.shape is not Shape.WIDE and not with_role[Role.NAME]:
        questions.append(NO_NAME)
    if not values:
        questions.append(NO_VALUE)
    if guess.shape is Shape.WIDE:
        rest = [c for c in with_role[Role.IGNORED] if not c.said.sure and not c.counts_only]
        if any(column.heading and column.share(is_number) > 0.5 for column in rest):
            questions.append(WHICH_COLUMNS)
    dates: list[Cell] = [cell for column in with_role[Role.DATE] for cell in column.cells]
    if guess.shape is Shape.ACROSS:
        dates = [column.heading for column in values]
    if not dates and not guess.date:
        questions.append(NO_DATE)
    if any(_turns(cell) for cell in dates) and not guess.order:
        questions.append(WHICH_ORDER)
    numbers = [*values, *with_role[Role.LOW], *with_role[Role.HIGH]]
    if not guess.mark and any(_could_be_thousands(c) for column in numbers for c in column.cells):
        questions.append(WHICH_MARK)
    confidence = _confidence(guess, with_role, values, dates)
    return replace(guess, confidence=round(confidence, 3), questions=tuple(questions))


def _confidence(
    guess: TableMapping,
    with_role: dict[Role, list[Column]],
    values: list[Column],
    dates: Sequence[Cell],
) -> float:
    dated = sum(map(is_date, dates)) / len(dates) if dates else 0.5 * bool(guess.date)
    readable = _mean(column.share(is_result) for column in values)
    if guess.shape is Shape.WIDE:
        named = _mean(1.0 if column.names_analyte else 0.7 for column in values)
        return 0.4 * named + 0.3 * readable + 0.3 * dated
    if not values or not with_role[Role.NAME]:
        return 0.2 * (bool(values) + dated)
    name = with_role[Role.NAME][0]
    known = min(1.0, 2 * name.share_of_names) if name.vocabulary else 1.0
    named = 0.5 * name.said.sure + 0.5 * known
    said = 1.0 if guess.shape is Shape.ACROSS else values[0].said.sure
    return 0.4 * named + 0.2 * (said + readable) + 0.2 * dated


def _mean(shares: Iterable[float]) -> float:
    found = list(shares)
    return sum(found) / len(found) if found else 0.0


def _turns(cell: Cell) -> bool:
    found = parse_date(cell_text(cell))
    return found is not None and bool(found.other)


def _could_be_thousands(cell: Cell) -> bool:
    if isinstance(cell, Decimal):
        return False
    number = parse_number(cell)
    return number is not None and number.ambiguous
