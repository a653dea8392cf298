"""How sure it is what the columns of a table mean, and what a person is asked where it is not."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.measures.dates import date_order, parse_date, parse_time
from healthmate_desktop.domain.measures.numbers import decimal_mark, parse_number
from healthmate_desktop.interop.tables.columns import READS, is_date, is_number, is_result
from healthmate_desktop.interop.tables.mapping import Role, Shape, TableMapping, cell_text
from healthmate_desktop.interop.tables.moments import moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from healthmate_desktop.interop.tables.columns import Column
    from healthmate_desktop.interop.tables.mapping import Cell

SURE = 0.8  # a confidence from which nothing need be asked, where there are no questions

NO_NAME = "Which column says what was measured?"
NO_VALUE = "Which column holds the results?"
NO_DATE = "When were these results measured? No column tells it."
WHICH_ORDER = "Is the day or the month first in these dates?"
WHICH_MARK = "Is the comma or the point in these numbers the decimal mark?"
WHICH_COLUMNS = "Which of the other columns hold measurements?"
WHICH_DATE = "Which column says when it was measured?"
WHICH_UNIT = "Which column holds the units?"
TWICE = "Two columns are said to hold the same. Which one is it?"
MIXED = "Are the tests named in a column, or in the headings? It can't be both."

Ask = Literal["order", "mark", "date", "zone"]
"""What can be said of a table beside its columns, where it does not tell by itself."""
_GROUP = re.compile(r"\D\d{3}(?!\d)")
_RIVALS = {
    Role.NAME: NO_NAME,
    Role.VALUE: NO_VALUE,
    Role.DATE: WHICH_DATE,
    Role.UNIT: WHICH_UNIT,
}
_MANY = frozenset((Role.PERSON, Role.NOTE, Role.ANALYTE, Role.IGNORED))


def judged(guess: TableMapping, columns: Sequence[Column]) -> TableMapping:
    """A guess with its confidence and questions."""
    confidence = _confidence(guess, columns)
    questions = open_questions(guess, columns)
    rivals = [_RIVALS[role] for role in _RIVALS if _has_rival(guess, columns, role)]
    rest = [c for c in _with(guess, columns, Role.IGNORED) if not c.said.sure and not c.counts_only]
    headed = guess.header_row > 0
    if any((not c.heading and headed) or guess.shape is Shape.WIDE for c in rest if _is_filled(c)):
        rivals.append(WHICH_COLUMNS)
    questions = tuple(dict.fromkeys((*questions, *rivals)))
    return replace(guess, confidence=round(confidence, 3), questions=questions)


def _is_filled(column: Column) -> bool:
    return column.share(is_number) >= 0.5


def _has_rival(guess: TableMapping, columns: Sequence[Column], role: Role) -> bool:
    """Whether another column could as well have the role of one, by its heading and its cells, and says otherwise."""
    taken = _with(guess, columns, role)
    if len(taken) != 1 or (guess.shape is Shape.WIDE and role is not Role.DATE):
        return False
    reads, least = (READS[role], 0.5) if role in READS else (_says_words, 0.5)
    return any(
        column.said.role is role and column.share(reads) > least and column.cells != taken[0].cells
        for column in _with(guess, columns, Role.IGNORED)
    )


def _says_words(cell: Cell) -> bool:
    return any(map(str.isalpha, cell_text(cell)))


def open_questions(mapping: TableMapping, columns: Sequence[Column]) -> tuple[str, ...]:
    """What a mapping leaves open, whoever made it."""
    values, dates = _values(mapping, columns), _dates(mapping, columns)
    found = {
        NO_NAME: mapping.shape is not Shape.WIDE and Role.NAME not in mapping.roles,
        NO_VALUE: not values,
        TWICE: _said_twice(mapping),
        MIXED: Role.ANALYTE in mapping.roles and bool({Role.NAME, Role.VALUE} & set(mapping.roles)),
        NO_DATE: not dates and not mapping.date,
        WHICH_ORDER: _turn(dates) and _differs(mapping.order, date_order(map(cell_text, dates))),
        WHICH_MARK: _mark_is_open(mapping, columns),
    }
    return tuple(question for question, is_open in found.items() if is_open)


def asks_of(mapping: TableMapping, columns: Sequence[Column]) -> tuple[Ask, ...]:
    """What the table does not tell, answered or not."""
    dates = _dates(mapping, columns)
    numbers = _texts(_numbers(mapping, columns))
    found: dict[Ask, bool] = {
        "order": _turn(dates) and not date_order(map(cell_text, dates)),
        "mark": any(map(_could_be_thousands, numbers)) and not decimal_mark(numbers),
        "date": not dates,
        "zone": _has_bare_times(mapping, columns, dates),
    }
    return tuple(ask for ask, applies in found.items() if applies)


def _with(mapping: TableMapping, columns: Sequence[Column], *roles: Role) -> list[Column]:
    given = mapping.roles
    return [c for c in columns if c.at < len(given) and given[c.at] in roles]


def _values(mapping: TableMapping, columns: Sequence[Column]) -> list[Column]:
    return _with(mapping, columns, Role.ANALYTE if mapping.shape is Shape.WIDE else Role.VALUE)


def _numbers(mapping: TableMapping, columns: Sequence[Column]) -> list[Column]:
    return [*_values(mapping, columns), *_with(mapping, columns, Role.LOW, Role.HIGH)]


def _dates(mapping: TableMapping, columns: Sequence[Column]) -> list[Cell]:
    if mapping.shape is Shape.ACROSS:
        return [column.heading for column in _values(mapping, columns)]
    return [cell for column in _with(mapping, columns, Role.DATE) for cell in column.cells]


def _texts(columns: Sequence[Column]) -> list[str]:
    return [cell for column in columns for cell in column.cells if isinstance(cell, str)]


def _said_twice(mapping: TableMapping) -> bool:
    once = Counter(role for role in mapping.roles if role not in _MANY)
    if mapping.shape is not Shape.LONG:
        del once[Role.VALUE]
    return any(count > 1 for count in once.values())


def _differs(said: str, told: str) -> bool:
    """Whether what was said of a table is missing, or is not what its cells tell."""
    return not said or (bool(told) and told != said)


def _turn(dates: Iterable[Cell]) -> bool:
    """Whether day and month of one of them can be the other way round."""
    found = (parse_date(cell_text(cell)) for cell in dates)
    return any(each is not None and each.other for each in found)


def _mark_is_open(mapping: TableMapping, columns: Sequence[Column]) -> bool:
    numbers = _texts(_numbers(mapping, columns))
    told = decimal_mark(numbers)
    if mapping.mark:
        return _differs(mapping.mark, told)
    return not told and any(map(_could_be_thousands, numbers))


def _could_be_thousands(cell: str) -> bool:
    number = parse_number(cell) if _GROUP.search(cell) else None  # most cells need no closer look
    return number is not None and number.ambiguous


def _has_bare_times(
    mapping: TableMapping, columns: Sequence[Column], dates: Iterable[Cell]
) -> bool:
    clocks = _texts(_with(mapping, columns, Role.TIME))
    moments = (moment_of(cell_text(cell), mapping.order) for cell in dates)
    return any(map(parse_time, clocks)) or any(m and m.time and not m.zone for m in moments)


def _confidence(guess: TableMapping, columns: Sequence[Column]) -> float:
    values, dates = _values(guess, columns), _dates(guess, columns)
    dated = sum(map(is_date, dates)) / len(dates) if dates else 0.5 * bool(guess.date)
    readable = _mean(column.share(is_result) for column in values)
    if guess.shape is Shape.WIDE:
        named = _mean(1.0 if column.names_analyte else 0.7 for column in values)
        return 0.4 * named + 0.3 * readable + 0.3 * dated
    names = _with(guess, columns, Role.NAME)
    if not values or not names:
        return 0.2 * (bool(values) + dated)
    name = names[0]
    known = min(1.0, 2 * name.share_of_names) if name.vocabulary else 1.0
    named = 0.5 * name.said.sure + 0.5 * known
    said = 1.0 if guess.shape is Shape.ACROSS else values[0].said.sure
    return 0.4 * named + 0.2 * (said + readable) + 0.2 * dated


def _mean(shares: Iterable[float]) -> float:
    found = list(shares)
    return sum(found) / len(found) if found else 0.0
