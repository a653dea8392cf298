"""What is known of the columns of a table, and a look at its first rows by it, for a person who is to say more."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from healthmate_desktop.domain.measures.dates import date_order
from healthmate_desktop.domain.measures.numbers import decimal_mark
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.interop.tables.asking import (
    NO_DATE,
    SURE,
    WHICH_MARK,
    WHICH_ORDER,
    asks_of,
    open_questions,
)
from healthmate_desktop.interop.tables.columns import columns_of
from healthmate_desktop.interop.tables.guessing import SAMPLE_ROWS, column_guess
from healthmate_desktop.interop.tables.mapping import (
    MOST_COLUMNS,
    TableMapping,
    aligned,
    cell_text,
    header_key,
)
from healthmate_desktop.interop.tables.preamble import date_of, preamble_of
from healthmate_desktop.interop.tables.reading import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.interop.tables.asking import Ask
    from healthmate_desktop.interop.tables.mapping import Cell, Row

MOST_KEPT = 50  # mappings
MOST_SAID = 200  # sheets of a file
SHOWN_ROWS = 8
SHOWN_RESULTS = 8
MOST_RESULTS = 500  # that are counted in its first rows
LONGEST_SHOWN = 80  # letters of a cell
_FIRST_ROWS = 30  # the headings are among them

Origin = Literal["guessed", "kept", "said"]


@dataclass(frozen=True, slots=True)
class KnownColumns:
    """What a person said: of tables of this file by their number (from 1), and of earlier ones by their headings."""

    said: Mapping[int, TableMapping] = field(default_factory=dict)
    kept: Sequence[TableMapping] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "said": [[number, mapping.as_json()] for number, mapping in self.said.items()],
            "kept": [mapping.as_json() for mapping in self.kept],
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> KnownColumns:
        """Raises InvalidInput."""
        try:
            said = {int(number): TableMapping.from_json(one) for number, one in given["said"]}
            kept = [TableMapping.from_json(one) for one in given["kept"]]
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(_NONSENSE) from error
        if len(kept) > MOST_KEPT or len(said) > MOST_SAID:
            raise InvalidInput(_NONSENSE)
        return cls(said, kept)


_NONSENSE = "What the columns mean was not given as it should be. Say it again."


@dataclass(frozen=True, slots=True)
class Look:
    """One table: its first rows as they are, what its columns are taken to mean, and what would be read by that."""

    number: int  # of the table in its file, from 1
    name: str  # "" for a file that is one table
    rows: tuple[tuple[int, tuple[str, ...]], ...]  # from the headings on
    width: int  # columns of the table; those beyond MOST_COLUMNS are left out
    mapping: TableMapping
    origin: Origin
    asks: tuple[Ask, ...]
    results: int  # in its first rows
    doubtful: int  # of these
    preview: tuple[Proposal, ...]

    @property
    def is_sure(self) -> bool:
        return is_sure(self.mapping)

    @property
    def can_be_kept(self) -> bool:
        """Whether another table can be known by its headings."""
        return self.mapping.header_row > 0


def is_sure(mapping: TableMapping) -> bool:
    """Whether a table may be read by it without asking."""
    return mapping.confidence >= SURE and not mapping.questions


def mapping_for(
    number: int, rows: Sequence[Row], known: KnownColumns, vocabulary: Vocabulary | None
) -> tuple[TableMapping, Origin]:
    """What was said of this very table, else of one with the same headings, else a guess; with what is open in it."""
    filled = [row for row in rows[:SAMPLE_ROWS] if any(map(cell_text, row[1]))]
    said = known.said.get(number)
    if said is not None:
        return _checked(said, filled, vocabulary, said=True), "said"
    kept = {mapping.key: mapping for mapping in known.kept}
    for at, (row, cells) in enumerate(filled[:_FIRST_ROWS] if kept else ()):
        if (found := kept.get(header_key(cells))) is not None:
            date = date_of(preamble_of(filled[:at]))
            fit = replace(aligned(found, cells), header_row=row, date=date)
            return _checked(fit, filled, vocabulary, said=False), "kept"
    return column_guess(rows, vocabulary), "guessed"


def _checked(
    mapping: TableMapping, filled: Sequence[Row], vocabulary: Vocabulary | None, *, said: bool
) -> TableMapping:
    """With the marks that this table tells, and what is still open. What was said of this very table holds."""
    columns = columns_of(*_parts(mapping, filled), vocabulary)
    texts = [cell for column in columns for cell in column.cells if isinstance(cell, str)]
    mark = mapping.mark or decimal_mark(texts)
    order = mapping.order or date_order(texts)
    if not order and mark == ",":  # where the comma is used, days come first
        order = "DMY"
    mapping = replace(mapping, mark=mark, order=order, confidence=1.0)
    questions = open_questions(mapping, columns)
    if not any(mapping.roles):  # it was said that there is nothing in it
        questions = ()
    if said:
        answered = {NO_DATE, *_answered(mapping)}
        questions = tuple(question for question in questions if question not in answered)
    return replace(mapping, questions=questions)


def _answered(mapping: TableMapping) -> list[str]:
    answers = ((WHICH_ORDER, mapping.order), (WHICH_MARK, mapping.mark))
    return [question for question, answer in answers if answer]


def _parts(
    mapping: TableMapping, filled: Sequence[Row]
) -> tuple[Sequence[Cell], list[Sequence[Cell]]]:
    """The headings, and the rows below them."""
    at = next((n for n, (row, _) in enumerate(filled) if row == mapping.header_row), -1)
    header = filled[at][1][:MOST_COLUMNS] if at >= 0 else ()
    return header, [cells[:MOST_COLUMNS] for _, cells in filled[at + 1 :]]


def look_at(
    number: int, name: str, rows: Sequence[Row], known: KnownColumns, vocabulary: Vocabulary | None
) -> Look:
    """Of the first rows of a table."""
    mapping, origin = mapping_for(number, rows, known, vocabulary)
    filled = [row for row in rows[:SAMPLE_ROWS] if any(map(cell_text, row[1]))]
    shown = itertools.islice((r for r in filled if r[0] >= mapping.header_row), SHOWN_ROWS)
    read = read_table(filled, mapping, vocabulary, name)
    results = (each for each in read if isinstance(each, Proposal))
    found = list(itertools.islice(results, MOST_RESULTS))
    return Look(
        number,
        name,
        tuple((row, tuple(_short(cell) for cell in cells[:MOST_COLUMNS])) for row, cells in shown),
        max((len(cells) for _, cells in filled), default=0),
        mapping,
        origin,
        asks_of(mapping, columns_of(*_parts(mapping, filled), vocabulary)),
        len(found),
        sum(bool(each.doubts) for each in found),
        tuple(found[:SHOWN_RESULTS]),
    )


def _short(cell: Cell) -> str:
    text = " ".join(cell_text(cell).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}\u2026"
