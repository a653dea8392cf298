"""Marked-up prose to Markdown: headings, paragraphs, list items, and a line for each row of a table.

One for the words of HTML, JATS and drug labels, whose tags differ and do not clash.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.interop.ccda.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIRST_LEVEL = 2  # `#` is the title itself
_DEEPEST_HEADING = 6
_WIDEST = 60  # columns of a table
_LONGEST_CELL = 2000
_LONGEST_NAME = 80  # of a column

# fmt: off
_UNSEEN = frozenset((
    "script", "style", "head", "noscript", "template", "iframe", "object", "svg",
    "tex-math", "object-id", "ref-list", "graphic", "inline-graphic", "media", "supplementary-material",
    "renderMultiMedia", "observationMedia", "excerpt", "permissions",
))
_BLOCKS = frozenset((
    "p", "paragraph", "div", "section", "sec", "article", "blockquote", "disp-quote", "boxed-text", "caption",
    "title", "fig", "table-wrap", "table-wrap-foot", "disp-formula", "def-item", "dt", "dd", "statement",
    "verse-group", "text", "ul", "ol", "dl", "list", "def-list", "figcaption", "pre", "address", "center", "fn",
    "footnote", "attrib", "component", "hr", "body", "html", "speech", "fig-group", "app",
))
# fmt: on
_ITEMS = frozenset(("li", "item", "list-item"))
_LISTS = frozenset(("ul", "ol", "list"))
_SECTIONS = frozenset(("sec", "section", "app"))
_HTML_HEADING = re.compile(r"h([1-6])")
_BREAKS = frozenset(("br", "break", "td", "th"))
_NOTES = ("footnote", "fn")  # said below the table or paragraph and not in the middle of it
_REFERENCE = frozenset(("bibr", "fn", "table-fn", "aff"))


class Script:
    """Gathers blocks; `text` is the Markdown of all of them."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._in_list = False

    @property
    def text(self) -> str:
        return "".join(self._blocks).strip()

    def heading(self, level: int, words: str) -> None:
        if words := tidy(words):
            self._put(f"{'#' * min(level, _DEEPEST_HEADING)} {words}", "\n\n")

    def paragraph(self, words: str) -> None:
        if words := tidy(words).lstrip("#").lstrip():
            self._put(words, "\n\n")

    def item(self, words: str) -> None:
        if words := tidy(words):
            self._put(f"- {words}", "\n" if self._in_list else "\n\n")
            self._in_list = True

    def _put(self, block: str, before: str) -> None:
        self._in_list = False
        self._blocks.append(before + block)

    def add(self, node: Node, level: int = FIRST_LEVEL) -> None:
        """All that is read in `node`; headings of its sections begin at `level`."""
        waiting: list[str] = []
        self._parts(node, level, waiting)
        self._flush(waiting)

    def _flush(self, waiting: list[str]) -> None:
        self.paragraph("".join(waiting))
        waiting.clear()

    def _parts(self, node: Node, level: int, waiting: list[str]) -> None:
        for part in node.parts:
            if not isinstance(part, Node):
                waiting.append(part)
            elif part.tag not in _UNSEEN:
                self._element(part, level, waiting)

    def _element(self, node: Node, level: int, waiting: list[str]) -> None:
        heading = _HTML_HEADING.fullmatch(node.tag)
        if heading:
            self._flush(waiting)
            self.heading(max(level, int(heading[1])), inline(node))
        elif node.tag in _SECTIONS:
            self._flush(waiting)
            self._section(node, level)
        elif node.tag in _ITEMS:
            self._flush(waiting)
            self._item(node, level)
        elif node.tag == "table":
            self._flush(waiting)
            self._table(node, level)
        elif node.tag in _BLOCKS:
            self._flush(waiting)
            self._parts(node, level, waiting)
            self._flush(waiting)
        else:
            waiting.append(_inline_part(node, "".join(waiting[-1:])))

    def _section(self, node: Node, level: int) -> None:
        title = node.first("title")
        words = f"{inline(node.first('label'))} {inline(title)}" if title else ""
        self.heading(level, words)
        waiting: list[str] = []
        below = level + bool(words.strip())
        for part in node.parts:
            if part is title or (isinstance(part, Node) and part.tag == "label" and title):
                continue
            if isinstance(part, Node):
                if part.tag not in _UNSEEN:
                    self._element(part, below, waiting)
            else:
                waiting.append(part)
        self._flush(waiting)

    def _item(self, node: Node, level: int) -> None:
        """What is nested in an item follows it as items of the same list."""
        own: list[str] = []
        for part in node.parts:
            if isinstance(part, Node) and (part.tag in _LISTS or part.tag == "table"):
                self.item("".join(own))
                own.clear()
                waiting: list[str] = []
                self._element(part, level, waiting)
                own += waiting
            elif isinstance(part, Node):
                own.append("" if part.tag in _UNSEEN else _inline_part(part, "".join(own[-1:])))
                own.append(" " if part.tag in _BLOCKS else "")
            else:
                own.append(part)
        self.item("".join(own))

    def _table(self, node: Node, level: int) -> None:
        if caption := node.first("caption"):
            self.add(caption, level)
        for line in rows_as_lines(node):
            self.item(line)
        for note in node.anywhere(*_NOTES):
            self.paragraph("".join(_inline_part(part, "") if isinstance(part, Node) else part
                                   for part in note.parts))  # fmt: skip


def tidy(words: str) -> str:
    return " ".join(words.split())


def inline(node: Node) -> str:
    """All words in it as one line."""
    return tidy(_inline_part(node, ""))


def _inline_part(node: Node, before: str) -> str:
    if node.tag in _UNSEEN or node.tag in _NOTES:
        return ""
    if node.tag == "xref" and node.get("ref-type") in _REFERENCE and not _in_brackets(before):
        return ""
    words = ""
    for part in node.parts:
        words += _inline_part(part, words or before) if isinstance(part, Node) else part
    if node.tag == "sup":
        return _raised(words, before)
    if node.tag in _BREAKS or node.tag in _BLOCKS or node.tag in _ITEMS:
        return f" {words} "
    return f"{words} " if node.tag == "label" else words


def _raised(words: str, before: str) -> str:
    """A power keeps its sense; the numbers of references say nothing here."""
    power = re.fullmatch(r"\s*([-+\u2212]?\d{1,3})\s*", words)
    return f"^{power[1]}" if power and before[-1:].isdigit() else words


def _in_brackets(before: str) -> bool:
    return before.rstrip()[-1:] in {"[", "(", ",", "-", "\u2013", ";"}


def rows_as_lines(table: Node) -> Iterator[str]:
    """Each row with the names of its columns: "Effect: Headache; Placebo: 4%". A row says so what it means alone."""
    rows = list(_rows(table))
    heads = 0
    while heads < len(rows) and rows[heads][0]:
        heads += 1
    names = _column_names(cells for _, cells in rows[:heads])
    for _, cells in rows[heads:]:
        said = [
            f"{name}: {cell}" if name and name != cell else cell
            for name, cell in zip(names + [""] * len(cells), cells, strict=False)
            if cell
        ]
        filled = {cell for cell in cells if cell}
        if len(filled) == 1:  # a row that only names the group of those below it
            yield filled.pop()
        elif said:
            yield "; ".join(said)
    if heads == len(rows):
        yield from (name for name in names if name)


def _column_names(heads: Iterable[list[str]]) -> list[str]:
    names: list[list[str]] = []
    for cells in heads:
        names += [[] for _ in range(len(cells) - len(names))]
        for name, cell in zip(names, cells, strict=False):
            if cell and cell not in name:
                name.append(cell)
    return [shorten(" ".join(name), _LONGEST_NAME) for name in names]


def shorten(words: str, longest: int) -> str:
    """Cut after a whole word where it is longer."""
    if len(words) <= longest:
        return words
    return words[: longest + 1].rpartition(" ")[0] or words[:longest]


def _rows(table: Node) -> Iterator[tuple[bool, list[str]]]:
    """Whether a row names the columns, and its cells, those that reach over several columns or rows repeated."""
    reaching: dict[int, tuple[int, str]] = {}
    for row in _own_rows(table):
        found = [cell for cell in row.children if cell.tag in {"td", "th"}]
        is_head = bool(found) and all(cell.tag == "th" for cell in found)
        cells: list[str] = []
        for cell in found:
            _take_reaching(reaching, cells)
            words = inline(cell)[:_LONGEST_CELL]
            wide, high = _number(cell.get("colspan")), _number(cell.get("rowspan"))
            for _ in range(min(wide, _WIDEST - len(cells))):
                if high > 1:
                    reaching[len(cells)] = (high - 1, words)
                cells.append(words)
        _take_reaching(reaching, cells)
        if any(cells):
            yield is_head, cells


def _take_reaching(reaching: dict[int, tuple[int, str]], cells: list[str]) -> None:
    while len(cells) in reaching:
        left, words = reaching.pop(len(cells))
        if left > 1:
            reaching[len(cells)] = (left - 1, words)
        cells.append(words)


def _own_rows(table: Node) -> Iterator[Node]:
    """Rows of a head are made of `th`, whatever the file calls their cells."""
    for child in table.children:
        if child.tag == "tr":
            yield child
        elif child.tag == "thead":
            for row in child.all("tr"):
                for cell in row.children:
                    cell.tag = "th" if cell.tag == "td" else cell.tag
                yield row
        elif child.tag in {"tbody", "tfoot"}:
            yield from child.all("tr")


def _number(text: str) -> int:
    return max(1, min(int(text), _WIDEST)) if text.isascii() and text.isdigit() else 1
