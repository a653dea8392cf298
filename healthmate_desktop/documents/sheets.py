"""Tables as files hold them: delimited text and Excel workbooks, one row after the other.

What the columns mean is not asked here, see `interop.tables`. The workbook is read by ourselves: the usual library
makes as many rows and cells as a file claims to have, and takes its numbers without their digits.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from healthmate_desktop.documents.archives import Archive, main_part, relations
from healthmate_desktop.documents.encodings import (
    XML_PIECE,
    Encoding,
    encoding_of,
    lines_of,
    xml_steps,
)
from healthmate_desktop.documents.text import clean
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from healthmate_desktop.documents.encodings import XmlStep

MOST_ROWS = 5_000_000  # of delimited text
MOST_COLUMNS = 1000
MOST_WORKBOOK_ROWS = 1_048_576  # of one sheet, as in Excel
MOST_SHEETS = 200
MOST_SHEET_ELEMENTS = 50_000_000  # never held at once; time ends it before
MOST_STRINGS = 1_000_000  # that a workbook's cells share
MOST_LETTERS = 50_000_000  # of those together
LONGEST_CELL = 100_000  # characters; Excel's own limit is 32,767
MOST_PROBLEMS = 100  # told of one sheet
_MOST_LINES = 100  # of a cell in quotation marks; more, and the closing one is missing
_MOST_OPEN = 20  # missing quotation marks, before none of the file's is believed
_SAMPLE_LINES = 200
_DELIMITERS = ";\t,|"

Cell = str | Decimal
"""A Decimal is what the file holds as a number; text may be one in any notation. Dates of workbooks are ISO text."""
Row = tuple[int, tuple[Cell, ...]]
"""The number that a person sees beside the row (from 1; the first line, where one row has several), and its cells."""

_GUESSED = "The file does not say how its letters are written. Look whether letters with accents are right."
_LINE_LONG = "This line is longer than 1 MB, as no row of a table is, so it was left out."
_OPEN_QUOTE = "A quotation mark is not closed here, so the row was read without it. Check this row."
_ROW_BROKEN = "This row could not be taken apart into cells, so it was left out."
_WIDE = "This row has more than 1,000 cells; those beyond were left out."
_LONG = "The table is too long, so its end was left out. Split the file and add its parts."
_HIDDEN = (
    "This sheet is hidden, so it was left out. Show it in Excel, save, and add the file again."
)
_NO_SHEET = (
    "This workbook is damaged or has no sheet with cells, so it could not be read. It is kept."
)
_STRINGS = (
    "This workbook holds more text than is safe to read. It is kept. Split it and add its parts."
)


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
    prose = spaced > 0.3 * sum(line.count(delimiter) for line in lines) and not named
    least = 3 if delimiter == "," and not named else 2
    return columns >= least and share >= (1 if prose else 0.7)


def read_csv(content: bytes, encoding: str = "") -> Sheet:
    """The one table of a text file. `encoding` is what a person chose, else it is found."""
    found = Encoding(encoding) if encoding else encoding_of(content)
    lines = lines_of(content, found)
    first = list(itertools.islice(lines, _SAMPLE_LINES))
    delimiter = _delimiter([line for line in first if line and line.strip()])[0]
    sheet = Sheet("", iter(()), doubts=() if found.sure else (_GUESSED,))
    sheet.rows = _records(itertools.chain(first, lines), delimiter, sheet)
    return sheet


def read_workbook(content: bytes) -> Iterator[Sheet]:
    """The sheets in their order; read each before the next. Raises UnreadableDocument, also while rows are read."""
    yield from _Workbook(content).sheets()


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
        row = _quoted(line, waiting, delimiter) if '"' in line and opened < _MOST_OPEN else None
        if row is None:
            if '"' in line:
                opened += 1
                sheet.tell(number, _OPEN_QUOTE)
            row = line.rstrip("\n").split(delimiter)
        if len(row) > MOST_COLUMNS:
            sheet.tell(number, _WIDE)
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


def _quoted(line: str, following: _Lines, delimiter: str) -> list[str] | None:
    """The cells of a row that may go on in the next lines; None, with those handed back, if a mark is not closed."""
    taken: list[str | None] = []
    ended = False

    def record() -> Iterator[str]:
        nonlocal ended
        yield line
        for _, more in following:
            taken.append(more)
            if more is None or len(taken) > _MOST_LINES:
                return
            yield more
        ended = True

    try:
        row = next(csv.reader(record(), delimiter=delimiter))
    except csv.Error:  # a cell beyond 128 KB
        row = []
    if row and not ended and len(taken) <= _MOST_LINES and None not in taken:
        return row
    following.hand_back(taken)
    return None


class _Workbook:
    """An Excel workbook; its shared strings and styles are held, its sheets are not."""

    def __init__(self, content: bytes) -> None:
        self._archive = Archive(content)
        self._archive.limit_total()
        self._book = main_part(self._archive, "xl/workbook.xml")
        parts = list(relations(self._archive, self._book))
        self._sheets = {found: target for found, kind, target in parts if kind == "worksheet"}
        by_kind = {kind: target for _, kind, target in parts}
        self._strings = self._shared_strings(by_kind.get("sharedStrings", ""))
        self._shapes = self._styles(by_kind.get("styles", ""))
        self._first_day = _DAY_0

    def sheets(self) -> Iterator[Sheet]:
        listed = 0
        for kind, name, attributes in self._steps(self._book):
            if kind == "start" and name == "workbookPr":
                if attributes.get("date1904", "0") in ("1", "true"):
                    self._first_day = _DAY_0_OF_1904
            elif kind == "start" and name == "sheet" and attributes.get("id") in self._sheets:
                listed += 1
                if listed > MOST_SHEETS:
                    return
                sheet = Sheet(clean(attributes.get("name", ""))[:40].strip(), iter(()))
                if attributes.get("state", "visible") != "visible":
                    sheet.problems.append(Problem(sheet.name or "a sheet", _HIDDEN))
                else:
                    sheet.rows = self._rows(self._sheets[attributes["id"]], sheet)
                yield sheet
        if not listed:
            raise UnreadableDocument(_NO_SHEET)

    def _steps(self, part: str) -> Iterator[XmlStep]:
        return xml_steps(self._archive.pieces(part, XML_PIECE), MOST_SHEET_ELEMENTS)

    def _shared_strings(self, part: str) -> list[str]:
        strings: list[str] = []
        if part not in self._archive:
            return strings
        letters = 0
        text = _Text()
        for kind, name, _ in self._steps(part):
            if kind == "end" and name == "si":
                strings.append(text.taken())
                letters += len(strings[-1])
                if len(strings) > MOST_STRINGS or letters > MOST_LETTERS:
                    raise UnreadableDocument(_STRINGS)
            else:
                text.step(kind, name)
        return strings

    def _styles(self, part: str) -> list[str]:
        """For each style of cells: what its numbers are, see `_shape`."""
        shapes: list[str] = []
        codes: dict[str, str] = {}
        in_cells = False
        if part not in self._archive:
            return shapes
        for kind, name, attributes in self._steps(part):
            if name == "cellXfs":
                in_cells = kind == "start"
            elif kind != "start":
                continue
            elif name == "numFmt":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "xf" and in_cells and len(shapes) < MOST_STRINGS:
                number = attributes.get("numFmtId", "0")
                code = codes.get(number)
                shapes.append(_SHAPES.get(number, "") if code is None else _shape(code))
        return shapes

    def _rows(self, part: str, sheet: Sheet) -> Iterator[Row]:
        cells: list[Cell] = []
        number = 0
        here: Mapping[str, str] = {}
        text = _Text()
        for kind, name, attributes in self._steps(part):
            if kind == "start" and name == "c":
                here = attributes
            elif kind == "start" and name == "row":
                number = _row_number(attributes.get("r", ""), number)
                cells = []
            elif kind == "end" and name == "c":
                if not _put(cells, here.get("r", ""), self._cell(here, text.taken())):
                    sheet.tell(number, _WIDE)
            elif kind == "end" and name == "row":
                yield number, tuple(cells)
            else:
                text.step(kind, name)

    def _cell(self, attributes: Mapping[str, str], text: str) -> Cell:
        kind = attributes.get("t", "n")
        if kind == "s":
            at = int(text) if text.isdecimal() and len(text) < 9 else len(self._strings)
            return self._strings[at] if at < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if text.strip() == "1" else "FALSE"
        if kind != "n":
            return clean(text).strip()
        style = attributes.get("s", "")
        at = int(style) if style.isdecimal() and len(style) < 9 else len(self._shapes)
        shape = self._shapes[at] if at < len(self._shapes) else ""
        return _number(text.strip(), shape, self._first_day)


class _Text:
    """The letters inside `v` and `t`, without the reading aids of East Asian text."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._inside = False
        self._aid = False

    def step(self, kind: str, name: str) -> None:
        if kind == "text":
            if self._inside and not self._aid and self._length < LONGEST_CELL:
                self._parts.append(name)
                self._length += len(name)
        elif name in ("v", "t"):
            self._inside = kind == "start"
        elif name == "rPh":
            self._aid = kind == "start"

    def taken(self) -> str:
        text = "".join(self._parts)[:LONGEST_CELL]
        self._parts.clear()
        self._length = 0
        return text


_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001  (sheets know no zones)
_DAY_0_OF_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY = 2_958_465
# Excel's formats that a file need not spell out: "%" percent, else the parts of a date and time that are shown
_SHAPES = {
    **dict.fromkeys(("9", "10"), "%"),
    **{
        str(number): "ymd"
        for number in (*range(14, 17), *range(27, 32), 36, *range(50, 55), 57, 58)
    },
    "17": "ym",
    "22": "ymdh",
    **{str(number): "h" for number in (*range(18, 22), *range(32, 36), 45, 46, 47, 55, 56)},
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|am/pm|a/p', re.IGNORECASE)
_COLUMN = re.compile(r"([A-Z]{1,3})\d*\Z")


def _shape(code: str) -> str:
    """What a custom format makes of numbers: "%", some of "ymdh", or "" for a plain number."""
    plain = _LITERAL.sub("", code[:300]).split(";")[0].lower()
    if "%" in plain:
        return "%"
    time = "h" if "h" in plain or "s" in plain else ""
    if "y" in plain and "d" not in plain:
        return ("ym" if "m" in plain else "y") + time
    return ("ymd" if "d" in plain else "") + time


def _number(text: str, shape: str, first_day: datetime) -> Cell:
    """A number as it is shown: 15 digits, as a date, or as percent."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return clean(text)
    if not number.is_finite() or abs(number.adjusted()) > 308:
        return clean(text[:40])
    digits = number.as_tuple().digits
    if len(digits) > 15:
        number = Decimal(format(float(number), ".15g"))
    if shape == "%":
        return f"{_plain(number * 100)}%"
    if shape and 0 <= number < _LAST_DAY:
        return _date(number, shape, first_day)
    return _plain(number)


def _plain(number: Decimal) -> Decimal:
    """Without an exponent and the zeros that a percentage gains."""
    number = number.normalize()
    exponent = number.as_tuple().exponent
    return (
        number.quantize(Decimal(1)) if isinstance(exponent, int) and 0 < exponent <= 20 else number
    )


def _date(number: Decimal, shape: str, first_day: datetime) -> str:
    """ISO text with no more than the format shows."""
    days = float(number)
    if first_day == _DAY_0 and days < 60:
        days += 1  # Excel's 1900 has a 29 February
    moment = first_day + timedelta(seconds=round(days * 86400))
    time = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    if shape == "h" or number < 1:
        return time
    day = moment.strftime("%Y-%m-%d")[: {"y": 4, "ym": 7}.get(shape.rstrip("h"), 10)]
    return f"{day}T{time}" if shape == "ymdh" else day


def _row_number(said: str, last: int) -> int:
    """As the file says where that is possible; it may also leave it out."""
    number = int(said) if said.isdecimal() and len(said) < 9 else 0
    return number if last < number <= MOST_WORKBOOK_ROWS else last + 1


def _put(cells: list[Cell], reference: str, cell: Cell) -> bool:
    """Put a cell where its reference ("C7") says, or after the last. False if that is too far right."""
    column = len(cells)
    if match := _COLUMN.match(reference):
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - 64
        column -= 1
    if column >= MOST_COLUMNS:
        return False
    if column < len(cells):  # said twice
        cells[column] = cell
        return True
    cells.extend([""] * (column - len(cells)))
    cells.append(cell)
    return True
