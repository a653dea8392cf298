"""The text people read: what a reference points at, the row it stands in, and whole sections as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.interop.ccda.nodes import NOTHING, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_ROW = 2000
LONGEST_TEXT = 500_000
CELLS = " | "
_ROWS = frozenset(("tr", "item", "li"))
_BLOCKS = frozenset(
    (
        "paragraph",
        "table",
        "list",
        "caption",
        "title",
        "br",
        "p",
        "div",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
    )
)
_CELLS = frozenset(("td", "th"))
_WHOLES = frozenset(("table", "tbody", "list", "text", "ul", "ol"))
_MOST_ROWS = 400  # to look through for words


class Narrative:
    """The text of one section: its rows, and what each id in it names."""

    def __init__(self, text: Node) -> None:
        self._at: dict[str, tuple[Node, Node]] = {}  # the element and the row around it
        self._rows: list[Node] = []
        if text:
            self._walk(text, NOTHING)
        self._found: dict[str, str] = {}
        self._row_texts: list[str] | None = None
        self._with: dict[str, str] = {}

    def _walk(self, node: Node, row: Node) -> None:
        if node.tag in _ROWS and not (row.tag == "tr" and node.tag != "tr"):
            row = node
            self._rows.append(node)
        name = node.get("ID") or node.get("id")
        if name:
            self._at.setdefault(name, (node, row))
        for child in node.children:
            self._walk(child, row)

    def __contains__(self, name: str) -> bool:
        return name in self._at

    def names(self) -> Iterator[str]:
        yield from self._at

    def text(self, name: str) -> str:
        """What stands in the element of this id."""
        node, _ = self._at.get(name, (NOTHING, NOTHING))
        return row_text(node)

    def row(self, name: str) -> str:
        """The whole row that element is in."""
        if name not in self._found:
            node, row = self._at.get(name, (NOTHING, NOTHING))
            self._found[name] = row_text(row) or row_text(node)
        return self._found[name]

    def row_with(self, words: str) -> str:
        """The only row that has these words, or an empty string."""
        words = " ".join(words.casefold().split())
        if not words or len(self._rows) > _MOST_ROWS:
            return ""
        if self._row_texts is None:
            self._row_texts = [row_text(row) for row in self._rows]
        if words not in self._with:
            rows = {row for row in self._row_texts if words in row.casefold()}
            self._with[words] = rows.pop() if len(rows) == 1 else ""
        return self._with[words]


class Narratives:
    """Of a whole document: some point from one section into another."""

    def __init__(self) -> None:
        self._of: dict[str, Narrative] = {}

    def add(self, narrative: Narrative) -> None:
        for name in narrative.names():
            self._of.setdefault(name, narrative)

    def with_id(self, name: str, nearest: Narrative) -> Narrative:
        return nearest if name in nearest else self._of.get(name, nearest)


def row_text(node: Node) -> str:
    """One line: cells set apart, blanks made one. Wholes that hold several rows give nothing if they are long."""
    if not node:
        return ""
    text = CELLS.join(filter(None, _cells(node))) if _has_cells(node) else node.text
    if node.tag in _WHOLES and len(text) > LONGEST_ROW // 4:
        return ""
    return text[:LONGEST_ROW]


def _has_cells(node: Node) -> bool:
    return any(child.tag in _CELLS for child in node.children)


def _cells(node: Node) -> Iterator[str]:
    for child in node.children:
        yield " ".join(plain_text(child).split()) if child.tag in _CELLS else child.text


def plain_text(node: Node) -> str:
    """Lines of text: a row, an item and a paragraph each begin one."""
    pieces: list[str] = []
    _write(node, pieces)
    lines = ("".join(pieces)).split("\n")
    cleaned = (" ".join(line.split()).strip(" |") for line in lines)
    return "\n".join(line for line in cleaned if line)[:LONGEST_TEXT]


def _write(node: Node, pieces: list[str]) -> None:
    for part in node.parts:
        if isinstance(part, str):
            pieces.append(part.replace("\n", " ").replace("\r", " "))
        elif part.tag in _CELLS:
            pieces.append(CELLS)
            _write_inline(part, pieces)
        elif part.tag in _ROWS or part.tag in _BLOCKS:
            pieces.append("\n")
            _write(part, pieces)
            pieces.append("\n")
        else:
            _write(part, pieces)


def _write_inline(cell: Node, pieces: list[str]) -> None:
    """A cell stays on its line, unless a table is in it."""
    if any(True for _ in cell.anywhere("tr")):
        _write(cell, pieces)
    else:
        inner: list[str] = []
        _write(cell, inner)
        pieces.append(" ".join("".join(inner).split()))
