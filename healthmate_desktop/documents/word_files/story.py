"""The text of one part of a Word file, paragraph by paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.aligned import BETWEEN_CELLS, aligned_rows
from healthmate_desktop.documents.text import clean
from healthmate_desktop.documents.word_files.marks import is_on, level_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.documents.encodings import XmlStep
    from healthmate_desktop.documents.word_files.marks import Lists, Styles

_UNSEEN = frozenset(
    ("del", "moveFrom", "instrText", "delText", "Fallback", "rt", "pPrChange", "rPrChange")
)
_BREAK = "\f"
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_LONGEST_MARK = 12  # letters that are put before a paragraph, and after it
_SPACES = re.compile(r"[ \t\r\xa0]+")


@dataclass(slots=True)
class _Paragraph:
    parts: list[str] = field(default_factory=list)
    style: str = ""
    level: int | None = None
    list: str | None = None
    list_level: str = "0"


class Story:
    """Gathers the text of one part, paragraph by paragraph; a row of a table is one."""

    def __init__(self, styles: Styles, lists: Lists, *, aligned: bool = False) -> None:
        """`aligned`: the cells of a table stand one below the other, with gaps for empty ones."""
        self._aligned = aligned
        self._rows: list[
            tuple[str, list[str]]
        ] = []  # of the open table, with what breaks the page before
        self.length = 0  # about what the pages will have
        self.title = ""  # its first heading, or what has the style of a title
        self._styles, self._lists = styles, lists
        self._blocks: list[str] = []
        self._titled = False
        self._open: list[_Paragraph] = []  # one in another: a text box
        self._tables = 0  # one in another
        self._row: list[list[str]] = []
        self._unseen = 0  # open elements whose text is not shown
        self._in_list = self._in_text = self._in_run = self._vanished = False

    def pages(self) -> list[str]:
        """At least one, which may be empty."""
        pages = "".join(self._blocks).split(_BREAK, limits.MOST_PAGES - 1)
        pages = [
            re.sub(r"\n{3,}", "\n\n", page.replace(_BREAK, "\n\n")).strip("\n").rstrip()
            for page in pages
        ]
        return [page for page in pages if page] or [""]

    def close(self) -> None:
        """Keep what was begun, where the rest is not read."""
        while self._open:
            self._put(self._open.pop())
        self._put_table()

    def step(self, step: XmlStep) -> None:
        kind, name, attributes = step
        if kind == "text":
            if self._in_text and not self._unseen and not self._vanished and self._open:
                self._add(clean(name))
        elif name in _UNSEEN:
            self._unseen += 1 if kind == "start" else -1
        elif self._unseen:
            return
        elif kind == "start":
            self._start(name, attributes)
        else:
            self._end(name)

    def _add(self, text: str) -> None:
        self._open[-1].parts.append(text)
        self.length += len(text)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "p":
            self._open.append(_Paragraph())
        elif name == "tbl":
            self._tables += 1
        elif name == "tr" and self._tables == 1:
            self._row = []
        elif name == "tc" and self._tables == 1:
            self._row.append([])
        elif name in ("t", "r"):
            self._in_text = name == "t"
            self._in_run = True
            self._vanished = self._vanished and name == "t"
        elif name == "gridSpan" and self._row:
            self._row[-1:-1] = [[] for _ in range(level_of(attributes) - 1)]
        elif self._open:
            self._mark(self._open[-1], name, attributes)

    def _mark(self, paragraph: _Paragraph, name: str, attributes: Mapping[str, str]) -> None:
        """What is said of a paragraph or run, and signs in it that are no letters."""
        if name == "pStyle":
            paragraph.style = attributes.get("val", "")
        elif name == "outlineLvl":
            paragraph.level = level_of(attributes)
        elif name == "numId":
            paragraph.list = attributes.get("val", "")
        elif name == "ilvl":
            paragraph.list_level = str(level_of(attributes))
        elif name == "vanish" and self._in_run:
            self._vanished = is_on(attributes)
        elif self._breaks_page(name, attributes):
            self._add(_BREAK)
        elif name in _SIGNS and self._in_run:
            self._add(_SIGNS[name])

    def _breaks_page(self, name: str, attributes: Mapping[str, str]) -> bool:
        if name == "br":
            return attributes.get("type") == "page"
        return name == "lastRenderedPageBreak" or (name == "pageBreakBefore" and is_on(attributes))

    def _end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "r":
            self._in_run = self._vanished = False
        elif name == "p" and self._open:
            self._put(self._open.pop())
        elif name == "tr" and self._tables == 1:
            self._put_row()
        elif name == "tbl":
            self._tables = max(0, self._tables - 1)
            if not self._tables:
                self._put_table()

    def _put(self, paragraph: _Paragraph) -> None:
        text = _tidy("".join(paragraph.parts))
        self.length += _LONGEST_MARK
        if not text:
            return
        if self._tables and self._row:
            self._row[-1].append(text)
            return
        level = paragraph.level
        if level is None:
            level = self._styles.levels.get(paragraph.style, 9)
        plain = text.strip(_BREAK + "\n ")
        if level < 9 and plain:
            if not self.title or (paragraph.style in self._styles.titles and not self._titled):
                self.title = plain
                self._titled = paragraph.style in self._styles.titles
            mark = "#" * min(6, max(2, level + 1)) + " "
            text = text.replace("\n", " ")
        else:
            number = paragraph.list
            if number is None:
                number = self._styles.lists.get(paragraph.style, "")
            mark = self._lists.mark(number, paragraph.list_level) if plain else ""
        before = _BREAK if text.startswith(_BREAK) else ""
        is_item = bool(mark) and not mark.startswith("#")
        self._blocks.append("\n" if is_item and self._in_list else "\n\n")
        self._blocks.append(before + mark + text.removeprefix(before).lstrip())
        self._in_list = is_item

    def _put_row(self) -> None:
        cells = [" ".join(cell).replace("\n", " ") for cell in self._row]
        self._row = []
        before = _BREAK if any(_BREAK in cell for cell in cells) else ""
        cells = [_SPACES.sub(" ", cell.replace(_BREAK, " ")).strip() for cell in cells]
        if any(cells):
            if self._aligned:
                self._rows.append((before, cells))
            else:
                self._blocks.append("\n\n" + before + BETWEEN_CELLS.join(filter(None, cells)))
            self._in_list = False

    def _put_table(self) -> None:
        lines = aligned_rows([cells for _, cells in self._rows])
        for (before, _), line in zip(self._rows, lines, strict=True):
            self._blocks.append("\n\n" + before + line)
        self._rows = []


def _tidy(text: str) -> str:
    return "\n".join(_SPACES.sub(" ", line).strip(" ") for line in text.split("\n")).strip("\n ")
