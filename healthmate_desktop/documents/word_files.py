"""Word files (.docx): what a reader would see, as pages of text with Markdown headings and lists, and their tables.

The XML is read step by step by ourselves, with limits: the usual library builds a tree of the whole file first.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.archives import Archive, main_part, relations
from healthmate_desktop.documents.encodings import XML_PIECE, xml_steps
from healthmate_desktop.documents.sheets import Sheet
from healthmate_desktop.documents.text import clean
from healthmate_desktop.domain.documents import DocumentKind, Page, Problem, ReadDocument
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from healthmate_desktop.documents.encodings import XmlStep

BETWEEN_CELLS = " | "
MOST_CELLS = 1_000_000  # of the tables of a file
_LARGE_PICTURE = 60_000  # bytes; smaller ones are signs and letterheads
_PICTURE = re.compile(r"/media/[^/]+\.(?:png|jpe?g|tiff?|bmp|gif|webp)\Z", re.IGNORECASE)
_UNSEEN = frozenset(
    ("del", "moveFrom", "instrText", "delText", "Fallback", "rt", "pPrChange", "rPrChange")
)
_BREAK = "\f"
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_SPACES = re.compile(r"[ \t\r\xa0]+")
_OFF = ("0", "false", "off", "none")

_NOTHING = (
    "There is no text in this Word file, so there is nothing to read. It is kept. "
    "If it shows pictures of pages, save it as a PDF and add that."
)
_PICTURES = (
    "The file holds large pictures, and text in them was not read. Save it as a PDF and add that."
)
_PART_LOST = (
    "This part is damaged, so its text is missing. Add the file again from where it came from."
)
_TEXT_LONG = "The text is too long, so its end was left out."
_LOCKED = (
    "This file is locked with a password, so it could not be read. It is kept. "
    "Save it without a password and add that."
)
_OLD = (
    "HealthMate can not read Office files of the kind used before 2007 (.doc, .xls, .ppt). The file is kept. "
    "Save it as .docx, .xlsx or PDF, and add that."
)
_RTF = "HealthMate can not read RTF files. The file is kept. Save it as .docx or PDF, and add that."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def refuse_old_files(content: bytes) -> None:
    """Raises DocumentError for what came before .docx and .xlsx, and for those locked with a password."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise UnreadableDocument(_LOCKED)
        raise UnsupportedDocument(_OLD)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:5] == b"{\\rtf":
        raise UnsupportedDocument(_RTF)


def read_word(content: bytes) -> ReadDocument:
    """Pages end where the file says so, which many do not. Raises UnreadableDocument."""
    word = _Word(content)
    body = word.story(word.main, word.problems)
    texts = body.pages()
    texts[0] = "\n\n".join(filter(None, (*word.around("header"), texts[0])))
    texts[-1] = "\n\n".join(
        filter(
            None,
            (
                texts[-1],
                *word.around("footnotes"),
                *word.around("endnotes"),
                *word.around("footer"),
            ),
        )
    )
    if not any(texts):
        raise UnreadableDocument(_NOTHING)
    if word.has_large_pictures():
        word.problems.append(Problem("pictures", _PICTURES))
    pages = tuple(Page(number, text) for number, text in enumerate(texts, 1))
    title = body.title or word.named_title()
    return ReadDocument(DocumentKind.WORD, title[:200], pages, tuple(word.problems))


def read_word_tables(content: bytes) -> Iterator[Sheet]:
    """The tables of a Word file in their order, as sheets. Raises UnreadableDocument."""
    word = _Word(content)
    for number, rows in enumerate(filter(None, word.story(word.main, []).tables), 1):
        yield Sheet(f"table {number}", iter(list(enumerate(rows, 1))))


class _Word:
    def __init__(self, content: bytes) -> None:
        self._archive = Archive(content)
        self._archive.limit_total()
        self.main = main_part(self._archive, "word/document.xml")
        self.problems: list[Problem] = []
        self._parts = list(relations(self._archive, self.main))
        self._styles = _Styles()
        self._lists = _Lists()
        self._known("styles", self._styles.step)
        self._known("numbering", self._lists.step)

    def story(self, part: str, problems: list[Problem]) -> _Story:
        story = _Story(self._styles, self._lists)
        for step in self._steps(part):
            story.step(step)
            if story.length > limits.LONGEST_TEXT:
                problems.append(Problem("the end", _TEXT_LONG))
                break
        return story

    def around(self, kind: str) -> list[str]:
        """Different texts of the parts of this kind: one may head the first page, and one the others."""
        texts: dict[str, None] = {}
        for _, what, part in self._parts:
            if what == kind and len(texts) < 20:
                try:
                    pages = self.story(part, []).pages()
                except UnreadableDocument:
                    self.problems.append(Problem(kind, _PART_LOST))
                    continue
                texts["\n\n".join(filter(None, pages))[:20_000]] = None
        return [text for text in texts if text]

    def has_large_pictures(self) -> bool:
        return any(
            entry.size > _LARGE_PICTURE and _PICTURE.search(entry.name)
            for entry in self._archive.entries
        )

    def named_title(self) -> str:
        part = "docProps/core.xml"
        title: list[str] = []
        inside = False
        if part in self._archive:
            try:
                for kind, name, _ in self._steps(part):
                    if kind == "text":
                        title += [name] if inside else []
                    elif name == "title":
                        inside = kind == "start"
            except UnreadableDocument:
                return ""
        return clean("".join(title)).strip()

    def _known(self, kind: str, step: Callable[[XmlStep], None]) -> None:
        """Take what a helping part says. A damaged one costs headings or list marks, and no text."""
        for _, what, part in self._parts:
            if what == kind and part in self._archive:
                try:
                    for found in self._steps(part):
                        step(found)
                except UnreadableDocument:
                    self.problems.append(Problem(kind, _PART_LOST))

    def _steps(self, part: str) -> Iterator[XmlStep]:
        return xml_steps(self._archive.pieces(part, XML_PIECE))


def _on(attributes: Mapping[str, str]) -> bool:
    return attributes.get("val", "1") not in _OFF


def _level(attributes: Mapping[str, str]) -> int:
    """From 0; 9 and all that is no number means none."""
    said = attributes.get("val", "")
    return min(9, int(said)) if said.isdecimal() and len(said) < 5 else 9


class _Styles:
    """For each paragraph style: the level of its heading (from 0; 9 = none) and its list."""

    def __init__(self) -> None:
        self.levels: dict[str, int] = {}
        self.lists: dict[str, str] = {}
        self.titles: set[str] = set()
        self._here = ""

    def step(self, step: XmlStep) -> None:
        kind, name, attributes = step
        if kind != "start":
            return
        if name == "style":
            self._here = attributes.get("styleId", "")
        elif name == "basedOn":
            base = attributes.get("val", "")
            self.levels.setdefault(self._here, self.levels.get(base, 9))
            if base in self.lists:
                self.lists.setdefault(self._here, self.lists[base])
        elif name == "outlineLvl":
            self.levels[self._here] = _level(attributes)
        elif name == "numId":
            self.lists[self._here] = attributes.get("val", "")
        elif name == "name" and attributes.get("val", "").lower() == "title":
            self.titles.add(self._here)
            self.levels[self._here] = 0


class _Lists:
    """The marks of lists: "- " for signs, and running numbers for all that counts."""

    def __init__(self) -> None:
        self._signs: set[tuple[str, str]] = set()  # abstract list and level
        self._starts: dict[tuple[str, str], int] = {}
        self._abstract: dict[str, str] = {}  # of a list
        self._here = self._level = self._list = ""
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)  # of an abstract list

    def step(self, step: XmlStep) -> None:
        kind, name, attributes = step
        if kind != "start":
            return
        value = attributes.get("val", "")
        if name == "abstractNum":
            self._here = attributes.get("abstractNumId", "")
        elif name == "lvl":
            self._level = attributes.get("ilvl", "0")[:1]
        elif name == "numFmt" and value in ("bullet", "none"):
            self._signs.add((self._here, self._level))
        elif name == "start" and value.isdecimal() and len(value) < 7:
            self._starts[self._here, self._level] = int(value)
        elif name == "num":
            self._list = attributes.get("numId", "")
        elif name == "abstractNumId":
            self._abstract[self._list] = value

    def mark(self, number: str, level: str) -> str:
        """What stands before the next paragraph of the list. Number "0" takes a paragraph out of its style's list."""
        if not number or number == "0":
            return ""
        key = (self._abstract.get(number, number), level)
        if key in self._signs or number not in self._abstract:
            return "- "
        counts = self._counts[key[0]]
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        counts[level] += 1
        return f"{self._starts.get(key, 1) + counts[level] - 1}. "


@dataclass(slots=True)
class _Paragraph:
    parts: list[str] = field(default_factory=list)
    style: str = ""
    level: int | None = None
    list: str | None = None
    list_level: str = "0"


class _Story:
    """Gathers the text of one part, paragraph by paragraph; a row of a table is one."""

    def __init__(self, styles: _Styles, lists: _Lists) -> None:
        self.length = 0
        self.title = ""  # its first heading, or what has the style of a title
        self.tables: list[list[tuple[str, ...]]] = []
        self._styles, self._lists = styles, lists
        self._blocks: list[str] = []
        self._titled = False
        self._open: list[_Paragraph] = []  # one in another: a text box
        self._tables = 0  # one in another
        self._row: list[list[str]] = []
        self._cells = 0
        self._unseen = 0  # open elements whose text is not shown
        self._in_list = self._in_text = self._in_run = self._vanished = False

    def pages(self) -> list[str]:
        """At least one, which may be empty."""
        pages = "".join(self._blocks).split(_BREAK, limits.MOST_PAGES - 1)
        pages = [re.sub(r"\n{3,}", "\n\n", page.replace(_BREAK, "\n\n")).strip() for page in pages]
        return [page for page in pages if page] or [""]

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
            if self._tables == 1:
                self.tables.append([])
        elif name == "tr" and self._tables == 1:
            self._row = []
        elif name == "tc" and self._tables == 1:
            self._row.append([])
        elif name in ("t", "r"):
            self._in_text = name == "t"
            self._in_run = True
            self._vanished = self._vanished and name == "t"
        elif name == "gridSpan" and self._row:
            self._row[-1:-1] = [[] for _ in range(_level(attributes) - 1)]
        elif self._open:
            self._mark(self._open[-1], name, attributes)

    def _mark(self, paragraph: _Paragraph, name: str, attributes: Mapping[str, str]) -> None:
        """What is said of a paragraph or run, and signs in it that are no letters."""
        if name == "pStyle":
            paragraph.style = attributes.get("val", "")
        elif name == "outlineLvl":
            paragraph.level = _level(attributes)
        elif name == "numId":
            paragraph.list = attributes.get("val", "")
        elif name == "ilvl":
            paragraph.list_level = str(_level(attributes))
        elif name == "vanish" and self._in_run:
            self._vanished = _on(attributes)
        elif self._breaks_page(name, attributes):
            self._add(_BREAK)
        elif name in _SIGNS and self._in_run:
            self._add(_SIGNS[name])

    def _breaks_page(self, name: str, attributes: Mapping[str, str]) -> bool:
        if name == "br":
            return attributes.get("type") == "page"
        return name == "lastRenderedPageBreak" or (name == "pageBreakBefore" and _on(attributes))

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

    def _put(self, paragraph: _Paragraph) -> None:
        text = _tidy("".join(paragraph.parts))
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
            self._blocks.append("\n\n" + before + BETWEEN_CELLS.join(filter(None, cells)))
            self._in_list = False
            self._cells += len(cells)
            if self._cells <= MOST_CELLS:
                self.tables[-1].append(tuple(cells))


def _tidy(text: str) -> str:
    return "\n".join(_SPACES.sub(" ", line).strip(" ") for line in text.split("\n")).strip("\n ")
