"""The parts of a letter, and the items and rows in each."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.wordlists import spread, words
from healthmate_desktop.interop.pages.rows import Cell, Row
from healthmate_desktop.interop.pages.words import plain, role_of, section_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from healthmate_desktop.interop.pages.rows import Token
    from healthmate_desktop.interop.pages.words import Section

_BULLET = re.compile(r"^\s*(?:[-*•‣▪·○●◦\u2013>+©o]|\(?\d{1,2}[.)]|[a-z][.)])\s+")
_ANY_MARK = re.compile(r"[-*•‣▪·○●◦\u2013>+©oO]|\(?\d{1,2}[.)]|[a-z][.)]")
_INLINE = re.compile(r"^(?P<head>[^:.]{3,60}):\s*(?P<rest>.*)$", re.DOTALL)
_STRANGE_HEADS = re.compile(r"^[A-ZÀ-Ý][A-ZÀ-Ý /&,()-]{3,50}:?$")
_MARKDOWN_HEAD = re.compile(r"#{1,6} \S")
_WHOSE = re.compile(
    r"^[#\s]*(?:(?:my|his|her|their|our|your|the)\s+|(?:[^\W\d_]+\s+){0,2}[^\W\d_]+['\u2019]s?\s+)?",
    re.IGNORECASE,
)
_KINDS_OF_ALLERGY = words(  # small headings within a list of allergies
    "serious|severe|mild|moderate|life threatening|anaphylaxis|food|foods|drug|drugs|medicine|medicines|"
    "medication|medications|environment|environmental|other|others|insects|insect stings|contact|skin|"
    "pollen|animals|active|current|confirmed|suspected|food allergies|drug allergies|other allergies|"
    "medicine allergies|environmental allergies|high risk|low risk|known"
)
_LARGER = 1.12  # letters of a heading to those of the text
_LARGER_SCANNED = 1.4  # as the height of scanned letters is that of the ink
_LONGEST_HEAD = 60  # characters
_PAGE_NUMBER = re.compile(
    r"\b(?:page|p[aá]gina|seite)\W*\d+(?:\W+(?:of|de|sur|von|/)\W*\d+)?\W*$", re.IGNORECASE
)


@dataclass(slots=True)
class Item:
    """One entry of a list, one sentence or one row of a table. `cells` has more than one only in tables."""

    section: Section
    rows: list[Row]
    cells: list[Cell]
    roles: tuple[str, ...] = ()  # of the cells, where the table has a head
    listed: bool = False  # behind a bullet or a number

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @property
    def tokens(self) -> list[Token]:
        return [token for cell in self.cells for token in cell.tokens]


@dataclass(slots=True)
class _Reader:
    section: Section = ""
    heads: list[tuple[Cell, str]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def read(self, row: Row, text_height: float) -> None:
        cells = _without_mark(list(row.cells))
        text = " ".join(cell.text for cell in cells)
        listed = len(cells) < len(row.cells) or _BULLET.match(row.text) is not None
        rest = self._opened(row, cells, text, listed=listed)
        if rest is None:
            return
        if rest is cells and not listed and _looks_like_heading(row, text_height):
            if self.section == "allergies" and plain(row.text) in _KINDS_OF_ALLERGY:
                return
            self.section, self.heads = "other", []
            return
        if self._are_heads(rest):
            self.heads = [(cell, _head_word(cell.text)) for cell in rest]
            return
        if self._goes_on(row, listed=listed):
            last = self.items[-1]
            last.rows.append(row)
            last.cells[-1:] = [
                Cell((*last.cells[-1].tokens, *(token for cell in rest for token in cell.tokens)))
            ]
            return
        self.items.append(Item(self.section, [row], rest, self._roles(rest), listed))

    def _opened(self, row: Row, cells: list[Cell], text: str, *, listed: bool) -> list[Cell] | None:
        """What the row adds to its part; None for a heading alone."""
        whose = _WHOSE.sub("", text)
        if row.text.startswith("#") and whose != text and (section := section_of(whose)):
            self.section, self.heads = section, []
            return None
        if (
            len(cells) <= 2
            and (section := section_of(text.rstrip(":")))
            and not text.rstrip().endswith((".", ","))
            and len(text) <= 70
        ):
            inline = _INLINE.match(text)
            rest = inline["rest"].strip() if inline else ""
            if not rest or section_of(rest):
                self.section, self.heads = section, []
                return None
        inline = _INLINE.match(text)
        if (
            inline is not None
            and inline["rest"].strip()
            and (section := section_of(inline["head"]))
            and not listed
        ):
            self.section, self.heads = section, []
            return [_tail(cells, len(inline["head"]) + 1)]
        if _STRANGE_HEADS.match(row.text) and row.text.endswith(":") and len(row.cells) == 1:
            self.section, self.heads = "other", []
            return None
        return cells

    def _are_heads(self, cells: list[Cell]) -> bool:
        if len(cells) < 2 or any(letter.isdigit() for cell in cells for letter in cell.text):
            return False
        words = [bool(_head_word(cell.text)) for cell in cells]
        return 2 * sum(words) > len(cells) and all(len(cell.text) < 40 for cell in cells)

    def _roles(self, cells: list[Cell]) -> tuple[str, ...]:
        if not self.heads or len(cells) < 2:
            return ()
        if len(cells) == len(self.heads):
            return tuple(word for _, word in self.heads)
        return tuple(min(self.heads, key=lambda head: _apart(cell, head[0]))[1] for cell in cells)

    def _goes_on(self, row: Row, *, listed: bool) -> bool:
        if not self.items or listed or len(row.cells) > 1 or self.items[-1].section != self.section:
            return False
        last = self.items[-1]
        near = last.rows[-1].page == row.page and last.rows[-1].number == row.number - 1
        return near and row.flows and len(last.cells) == 1


def items_of(pages: Iterable[Iterable[Row]]) -> Iterator[Item]:
    """Everything on the pages, each with the part that it stands in. Parts go on over pages, but not their margins."""
    reader = _Reader()
    whole = [list(rows) for rows in pages]
    margins = _margins(whole)
    for rows in whole:
        text_height = _text_height(rows)
        for row in rows:
            if _place(row) not in margins and not _PAGE_NUMBER.search(row.text):
                reader.read(row, text_height)
    yield from reader.items


def _looks_like_heading(row: Row, text_height: float) -> bool:
    """Whether a row that is none of the known headings stands over something else all the same."""
    if _MARKDOWN_HEAD.match(row.text):
        return True
    scanned = any(token.confidence < 1 for token in row.tokens)
    larger = row.height > (_LARGER_SCANNED if scanned else _LARGER) * text_height
    short = len(row.text) <= _LONGEST_HEAD and len(row.cells) == 1
    return larger and short and row.text[-1] not in ".,;"


def _text_height(rows: Sequence[Row]) -> float:
    """Of the letters that most of a page is printed in."""
    heights = [row.height for row in rows for _ in range(len(row.text))]
    return statistics.median(heights) if heights else 0.0


def _margins(pages: Sequence[Sequence[Row]]) -> set[tuple[float, str]]:
    """Rows that stand at the same place on several pages, such as the name of a clinic."""
    places = Counter(place for rows in pages for place in {_place(row) for row in rows})
    return {place for place, count in places.items() if count > 1 and place[0]}


def _place(row: Row) -> tuple[float, str]:
    """0 for text that has no places."""
    placed = any(token.box is not None for token in row.tokens)
    return (round(row.top / 4) if placed else 0), re.sub(r"\d+", "0", row.text)


_HEAD_WORDS = spread(
    {
        "name": (
            "substance|allergen|medication|drug|medicine|problem|diagnosis|condition|problems|"
            "medications|allergies|allergy|vaccine|name|description|medicamento|alergeno|"
            "medicament|medikament|wirkstoff|diagnostico|diagnose|diagnostic"
        ),
        "reaction": "reaction|reactions|reaccion|reaktion",
        "severity": "severity|gravedad|schweregrad",
        "status": "status|estado|statut",
        "date": "date|dates|start|onset|fecha|datum|effective|start date|end",
        "sig": (
            "directions|instructions|sig|dosage|dose|frequency|posologia|posologie|dosierung|dosis|"
            "route|via|voie|how|take"
        ),
        "details": "details",
        "comments": (
            "comments|indications|indication|fill|notes|code|provider|prescriber|what|why|reason|"
            "change|changes"
        ),
    }
)


def _head_word(text: str) -> str:
    first = (
        text.casefold()
        .strip(" :")
        .split(" ")[0]
        .strip("(),/")
        .translate(str.maketrans("áéíóúñ", "aeioun"))
    )
    if first in _HEAD_WORDS:
        return _HEAD_WORDS[first]
    return "comments" if role_of(text) else ""


def _apart(cell: Cell, head: Cell) -> float:
    gap = max(0.0, max(cell.x0, head.x0) - min(cell.x1, head.x1))
    return 2 * gap + min(abs(cell.x0 - head.x0), abs(cell.middle - head.middle))


def _without_mark(cells: list[Cell]) -> list[Cell]:
    """The cells without a bullet or number before them."""
    first = cells[0]
    if _ANY_MARK.fullmatch(first.tokens[0].text) and (len(first.tokens) > 1 or len(cells) > 1):
        rest = first.tokens[1:]
        return [Cell(rest), *cells[1:]] if rest else cells[1:]
    return cells


def _tail(cells: list[Cell], start: int) -> Cell:
    """What stands behind the first `start` letters, as one cell."""
    tokens = [token for cell in cells for token in cell.tokens]
    at = 0
    for place, token in enumerate(tokens):
        at += len(token.text) + (1 if place else 0)
        if at >= start:
            return Cell(tuple(tokens[place + 1 :]) or tuple(tokens[-1:]))
    return Cell(tuple(tokens[-1:]))
