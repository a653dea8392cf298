"""Excel workbooks (.xlsx), read by ourselves: the usual library makes as many rows as a file claims to have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.documents.archives import Archive, main_part, relations
from healthmate_desktop.documents.encodings import XML_PIECE, xml_steps
from healthmate_desktop.documents.sheets.cells import MOST_COLUMNS, TOO_WIDE, Sheet
from healthmate_desktop.documents.sheets.numbers import (
    DAY_0,
    DAY_0_OF_1904,
    USUAL_SHAPES,
    shape_of,
    shown_number,
)
from healthmate_desktop.documents.text import clean
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from healthmate_desktop.documents.encodings import XmlStep
    from healthmate_desktop.documents.sheets.cells import Cell, Row

MOST_ROWS = 1_048_576  # of one sheet, as in Excel
MOST_SHEETS = 200
MOST_ELEMENTS = 50_000_000  # of one sheet; they are never held at once, and time ends it before
MOST_STRINGS = 1_000_000  # that the cells share
MOST_LETTERS = 50_000_000  # of those together
LONGEST_CELL = 100_000  # characters; Excel's own limit is 32,767

_HIDDEN = (
    "This sheet is hidden, so it was left out. Show it in Excel, save, and add the file again."
)
_NO_SHEET = (
    "This workbook is damaged or has no sheet with cells, so it could not be read. It is kept."
)
_STRINGS = (
    "This workbook holds more text than is safe to read. It is kept. Split it and add its parts."
)
_COLUMN = re.compile(r"([A-Z]{1,3})\d*\Z")


def read_workbook(content: bytes) -> Iterator[Sheet]:
    """The sheets in their order; read each before the next. Raises UnreadableDocument, also while rows are read."""
    yield from _Workbook(content).sheets()


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
        self._first_day = DAY_0

    def sheets(self) -> Iterator[Sheet]:
        listed = 0
        for kind, name, attributes in self._steps(self._book):
            if kind == "start" and name == "workbookPr":
                if attributes.get("date1904", "0") in ("1", "true"):
                    self._first_day = DAY_0_OF_1904
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
        return xml_steps(self._archive.pieces(part, XML_PIECE), MOST_ELEMENTS)

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
        """For each style of cells: what its numbers are, see `shape_of`."""
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
                shapes.append(USUAL_SHAPES.get(number, "") if code is None else shape_of(code))
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
                    sheet.tell(number, TOO_WIDE)
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
        return shown_number(text.strip(), shape, self._first_day)


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


def _row_number(said: str, last: int) -> int:
    """As the file says where that is possible; it may also leave it out."""
    number = int(said) if said.isdecimal() and len(said) < 9 else 0
    return number if last < number <= MOST_ROWS else last + 1


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
