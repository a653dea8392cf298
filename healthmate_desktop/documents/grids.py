"""Tables of results as proposals: delimited text and workbooks, and our own table of records read back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import (
    COLUMNS_AS_BEFORE,
    UNSURE_COLUMNS,
    DocumentKind,
    Problem,
)
from healthmate_desktop.domain.measures.analytes import Vocabulary
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.errors import UnsupportedDocument
from healthmate_desktop.interop.tables import (
    KnownColumns,
    is_own,
    is_sure,
    look_at,
    mapping_for,
    read_own,
    read_table,
)
from healthmate_desktop.interop.tables.mapping import cell_text
from healthmate_desktop.paths import resources_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from healthmate_desktop.documents.sheets import Row, Sheet
    from healthmate_desktop.documents.structured import Found
    from healthmate_desktop.interop.tables import Look, TableMapping

MOST_LOOKED_AT = 200  # tables of a file that a person can say something of
_FIRST = 200  # rows that tell what the columns mean
_NO_TABLE = 0.5  # of confidence, below which nothing is read out of a table
_UNCLEAR = "Nothing was read out of it yet. It is kept."
_LIST = "It has one column alone, so no results can be read out of it. It is kept."
_LOOK = "Look whether they were taken as they are meant."


@cache
def load_vocabulary() -> Vocabulary:
    """Raises InvalidInput where the installation is damaged."""
    folder = resources_dir() / "analytes"
    names, codes = (folder / f"{name}.tsv" for name in ("names", "codes"))
    return Vocabulary.parse(names.read_text(encoding="utf-8"), codes.read_text(encoding="utf-8"))


def read_grids(
    content: bytes, kind: DocumentKind, known: KnownColumns | None = None
) -> Iterator[Found]:
    """By what is `known` of the columns, else by a guess. Raises UnreadableDocument."""
    for number, sheet in enumerate(_sheets(content, kind), 1):
        yield from _read_sheet(number, sheet, known or KnownColumns())


def look_at_grids(content: bytes, kind: DocumentKind, known: KnownColumns) -> Iterator[Look]:
    """The tables whose columns a person can say something of. Raises UnreadableDocument or UnsupportedDocument."""
    if kind not in {DocumentKind.TABLE, DocumentKind.SHEET}:
        raise UnsupportedDocument("This file holds no table, so there are no columns to tell of.")
    for number, sheet in enumerate(islice(_sheets(content, kind), MOST_LOOKED_AT), 1):
        first = list(islice(sheet.rows, _FIRST))
        if first and not is_own(first[0][1]) and _has_columns(first):
            yield look_at(number, sheet.name, first, known, load_vocabulary())


def _has_columns(first: Sequence[Row]) -> bool:
    """Or else it is a list of words."""
    return any(sum(map(bool, map(cell_text, cells))) > 1 for _, cells in first)


def _sheets(content: bytes, kind: DocumentKind) -> Iterator[Sheet]:
    from healthmate_desktop.documents.sheets import read_csv, read_workbook

    if kind is DocumentKind.SHEET:
        yield from read_workbook(content)
    else:
        yield read_csv(content)


def _read_sheet(number: int, sheet: Sheet, known: KnownColumns) -> Iterator[Found]:
    first = list(islice(sheet.rows, _FIRST))
    rows = chain(first, sheet.rows)
    where = sheet.name or "the table"
    if not first:
        yield from sheet.problems
        return
    if is_own(first[0][1]):
        yield from read_own(rows, sheet.name)
    elif not _has_columns(first):
        yield Problem(where, _LIST)
    else:
        mapping, origin = mapping_for(number, first, known, load_vocabulary())
        if not is_sure(mapping):
            yield from _asked(mapping, where)
        elif origin == "kept":
            yield Problem(where, COLUMNS_AS_BEFORE)
        if mapping.confidence < _NO_TABLE:
            yield Problem(where, _UNCLEAR)
        else:
            found = read_table(rows, mapping, load_vocabulary(), sheet.name)
            yield from found if is_sure(mapping) else map(_doubted, found)
    yield from sheet.problems
    yield from (Problem(where, doubt) for doubt in sheet.doubts)


def _asked(mapping: TableMapping, where: str) -> Iterator[Problem]:
    for question in mapping.questions or (_LOOK,):
        yield Problem(where, f"{UNSURE_COLUMNS} {question}")


def _doubted(found: Found) -> Found:
    """Nothing of a table that is not sure counts before a person has looked at it."""
    if isinstance(found, Proposal):
        return replace(found, doubts=(*found.doubts, UNSURE_COLUMNS))
    return found
