"""Tables of results as proposals: delimited text and workbooks, and our own table of records read back."""

from __future__ import annotations

from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import DocumentKind, Problem
from healthmate_desktop.domain.measures.analytes import Vocabulary
from healthmate_desktop.interop.tables import SURE, column_guess, is_own, read_own, read_table
from healthmate_desktop.paths import resources_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.documents.sheets import Sheet
    from healthmate_desktop.documents.structured import Found

_FIRST = 200  # rows that tell what the columns mean
_NO_TABLE = 0.5  # of confidence, below which nothing is read out of a table
_UNCLEAR = "What its columns mean is not clear, so nothing was read out of it. It is kept."


@cache
def load_vocabulary() -> Vocabulary:
    """Raises InvalidInput where the installation is damaged."""
    folder = resources_dir() / "analytes"
    names, codes = (folder / f"{name}.tsv" for name in ("names", "codes"))
    return Vocabulary.parse(names.read_text(encoding="utf-8"), codes.read_text(encoding="utf-8"))


def read_grids(content: bytes, kind: DocumentKind) -> Iterator[Found]:
    """Raises UnreadableDocument."""
    from healthmate_desktop.documents.sheets import read_csv, read_workbook

    for sheet in read_workbook(content) if kind is DocumentKind.SHEET else [read_csv(content)]:
        yield from _read_sheet(sheet)


def _read_sheet(sheet: Sheet) -> Iterator[Found]:
    first = list(islice(sheet.rows, _FIRST))
    rows = chain(first, sheet.rows)
    if not first:
        return
    if is_own(first[0][1]):
        yield from read_own(rows, sheet.name)
    else:
        guess = column_guess(first, load_vocabulary())
        where = sheet.name or "the table"
        if guess.confidence < _NO_TABLE:
            yield Problem(where, _UNCLEAR)
            return
        if guess.confidence < SURE:
            yield from (Problem(where, question) for question in guess.questions)
        yield from read_table(rows, guess, load_vocabulary(), sheet.name)
    yield from sheet.problems
    yield from (Problem(sheet.name or "the table", doubt) for doubt in sheet.doubts)
