"""Small pages of made-up people, drawn as words where they would stand."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Box, Page, Word
from healthmate_desktop.domain.measures.analytes import Vocabulary
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.interop.pages.lab_tables import read_results
from healthmate_desktop.paths import resources_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LETTER = 5.0  # points
LEADING = 16.0

Cells = "Sequence[tuple[float, str]]"


@cache
def vocabulary() -> Vocabulary:
    folder = resources_dir() / "analytes"
    names, codes = (
        (folder / name).read_text(encoding="utf-8") for name in ("names.tsv", "codes.tsv")
    )
    return Vocabulary.parse(names, codes)


class Sheet:
    """A page being written. Each row is a line of print; a cell is its left edge and its words."""

    def __init__(self, *, by_ocr: bool = False, number: int = 1) -> None:
        self.by_ocr = by_ocr
        self.number = number
        self.y = 50.0
        self.parts: list[
            tuple[str, Box | None, float]
        ] = []  # a word or what divides it from the next

    def row(
        self,
        *cells: tuple[float, str],
        lead: float = LEADING,
        confidence: float = 1.0,
        flows: bool = False,
    ) -> Sheet:
        """`flows`: the row goes on with the paragraph above, as the page's text has it."""
        if self.parts:
            self.parts.append(("\n" if flows else "\n\n", None, 1.0))
        first = True
        for x0, text in cells:
            x = x0
            for word in text.split(" "):
                if not first:
                    self.parts.append((" ", None, 1.0))
                first = False
                width = LETTER * len(word)
                self.parts.append((word, Box(x, self.y, x + width, self.y + 9), confidence))
                x += width + 0.6 * LETTER
        self.y += lead
        return self

    def table(self, xs: Sequence[float], *rows: Sequence[str], lead: float = LEADING) -> Sheet:
        for cells in rows:
            self.row(*((x, text) for x, text in zip(xs, cells, strict=True) if text), lead=lead)
        return self

    def words_in_one_line(self, *words: tuple[str, float, float]) -> Sheet:
        """Words of a ruled row, whose cells hold several lines: text, left edge and line."""
        if self.parts:
            self.parts.append(("\n\n", None, 1.0))
        for place, (text, x, line) in enumerate(words):
            if place:
                self.parts.append((" ", None, 1.0))
            y = self.y + 11 * line
            self.parts.append((text, Box(x, y, x + LETTER * len(text), y + 9), 1.0))
        self.y += 40
        return self

    def page(self) -> Page:
        text, words, at = "", [], 0
        for part, box, confidence in self.parts:
            if box is not None:
                words.append(Word(at, at + len(part), box, confidence))
            text += part
            at += len(part)
        return Page(self.number, text, 612.0, 792.0, tuple(words), by_ocr=self.by_ocr)


def turned(page: Page, place: Any) -> Page:
    """The page with each box put where `place` says."""
    words = tuple(Word(w.start, w.end, place(w.box), w.confidence) for w in page.words)
    return Page(page.number, page.text, page.width, page.height, words, by_ocr=page.by_ocr)


def results(*pages: Page | str) -> list[Proposal]:
    """What is proposed from pages, or from plain text."""
    made = [
        Page(place, each) if isinstance(each, str) else each
        for place, each in enumerate(pages, start=1)
    ]
    return [each for each in read_results(made, vocabulary()) if isinstance(each, Proposal)]


def shown(proposals: Iterable[Proposal]) -> list[str]:
    """Each result in one line: name, code, value, unit, date."""
    lines = []
    for each in proposals:
        resource = each.resource
        code = next((coding["code"] for coding in resource["code"].get("coding", ())), "-")
        quantity = resource.get("valueQuantity")
        value = (
            f"{quantity.get('comparator', '')}{quantity['value']} {quantity.get('code', quantity.get('unit', '-'))}"
            if quantity is not None
            else resource.get("valueString") or resource["valueCodeableConcept"]["text"]
        )
        lines.append(
            f"{resource['code']['text']} | {code} | {value} | {resource.get('effectiveDateTime', '-')}"
        )
    return lines
