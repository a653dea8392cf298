"""Text with a comma, semicolon, tab or bar between cells."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter, deque
from typing import TYPE_CHECKING

from healthmate_desktop.documents.encodings import Encoding, encoding_of, lines_of
from healthmate_desktop.documents.sheets.cells import MOST_COLUMNS, TOO_WIDE, Sheet
from healthmate_desktop.domain.documents import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from healthmate_desktop.documents.sheets.cells import Row

MOST_ROWS = 5_000_000
_MOST_LINES = 100  # of a cell in quotation marks; more, and the closing one is missing
_MOST_OPEN = 20  # missing quotation marks, before none is sought in the next lines
_SAMPLE_LINES = 200
_DELIMITERS = ";\t,|"

_GUESSED = "The file does not say how its letters are written. Look whether letters with accents are right."
_LINE_LONG = "This line is longer than 1 MB, as no row of a table is, so it was left out."
_OPEN_QUOTE = "A quotation mark is not closed here, so the row was read without it. Check this row."
_LONG = "The table is too long, so its end was left out. Split the file and add its parts."


def is_table(content: bytes, name: str) -> bool:
    """Whether text is rows of cells and no prose. The name only helps where there are two columns with a comma."""
    head = content[: 64 * 1024]
    lines = [line for line in lines_of(head, encoding_of(head)) if line and line.strip()]
    if len(lines) > 2 and len(content) > len(head):
        lines.pop()  # cut in two
    lines = lines[:_SAMPLE_LINES]
    if len(lines) < 2 or lines[0].lstrip().startswith(("{", "[", "<", "MSH|", "%", "BEGIN:")):
        return False
    delimiter, columns, share = _delimiter(lines)
    if lines[0].lower().startswith("sep=") or (share == 1 and delimiter == "\t" and columns > 1):
        return True
    named = name.lower().endswith((".csv", ".tsv"))
    spaced = sum(line.count(delimiter + " ") for line in lines)
    if spaced > 0.3 * sum(line.count(delimiter) for line in lines) and not named:  # perhaps prose
        return columns >= 3 and share == 1 and sum(map(len, lines)) < 25 * columns * len(lines)
    return columns >= (3 if delimiter == "," and not named else 2) and share >= 0.6


def read_csv(content: bytes, encoding: str = "") -> Sheet:
    """The one table of a text file. `encoding` is what a person chose, else it is found."""
    found = Encoding(encoding) if encoding else encoding_of(content)
    lines = lines_of(content, found)
    first = list(itertools.islice(lines, _SAMPLE_LINES))
    delimiter = _delimiter([line for line in first if line and line.strip()])[0]
    sheet = Sheet("", iter(()), doubts=() if found.sure else (_GUESSED,))
    sheet.rows = _records(itertools.chain(first, lines), delimiter, sheet)
    return sheet


def _delimiter(lines: list[str]) -> tuple[str, int, float]:
    """What stands between cells, how many a row has, and the share of lines that have as many."""
    if lines and (said := re.match(r"sep=(.)$", lines[0].strip(" \n"), re.IGNORECASE)):
        return said[1], 2, 1.0
    best = (",", 1, 0.0)
    for delimiter in _DELIMITERS:
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            rows = [line.split(delimiter) for line in lines]
        counts = Counter(len(row) for row in rows)
        columns, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        share = times / max(1, len(rows))
        if columns > 1 and share**2 * columns > best[2] ** 2 * best[1]:
            best = (delimiter, columns, share)
    return best


def _records(lines: Iterable[str | None], delimiter: str, sheet: Sheet) -> Iterator[Row]:
    waiting = _Lines(lines)
    opened = 0  # quotation marks without an end
    for number, line in waiting:
        if number > MOST_ROWS:
            sheet.problems.append(Problem(f"row {number}", _LONG))
            return
        if line is None:
            sheet.tell(number, _LINE_LONG)
            continue
        if number == 1 and re.match(r"sep=.$", line.strip(" \n"), re.IGNORECASE):
            continue
        row = line.rstrip("\n").split(delimiter)
        if '"' in line:
            quoted = _quoted(line, waiting, delimiter, alone=opened >= _MOST_OPEN)
            if quoted is None:
                opened += 1
                sheet.tell(number, _OPEN_QUOTE)
            row = quoted or row
        if len(row) > MOST_COLUMNS:
            sheet.tell(number, TOO_WIDE)
        yield number, tuple(cell.strip() for cell in row[:MOST_COLUMNS])


class _Lines:
    """Numbered lines, of which some may be handed back."""

    def __init__(self, lines: Iterable[str | None]) -> None:
        self._lines = iter(lines)
        self._waiting: deque[str | None] = deque()
        self._number = 0

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        while True:
            try:
                line = self._waiting.popleft() if self._waiting else next(self._lines)
            except StopIteration:
                return
            self._number += 1
            yield self._number, line

    def hand_back(self, lines: list[str | None]) -> None:
        self._waiting.extendleft(reversed(lines))
        self._number -= len(lines)


def _quoted(line: str, following: _Lines, delimiter: str, *, alone: bool) -> list[str] | None:
    """The cells of a row that may go on in the next lines, unless it stands `alone`; None if a mark is not closed."""
    taken: list[str | None] = []
    ended = False

    def record() -> Iterator[str]:
        nonlocal ended
        yield line
        for _, more in () if alone else following:
            taken.append(more)
            if more is None or len(taken) > _MOST_LINES:
                return
            yield more
        ended = True

    try:
        row = next(csv.reader(record(), delimiter=delimiter, strict=True))
    except csv.Error:  # a mark is not closed, or stands inside a cell; or the cell is beyond 128 KB
        row = []
    if row and not ended and len(taken) <= _MOST_LINES and None not in taken:
        return row
    following.hand_back(taken)
    if line.count('"') % 2 or len(line) > csv.field_size_limit():
        return None
    return next(csv.reader([line], delimiter=delimiter))
