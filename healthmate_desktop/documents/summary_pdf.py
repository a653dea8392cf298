"""A summary as PDF: heads, rows and pages. Runs in the reader child, in memory only."""

from __future__ import annotations

import io
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.summary_text import INK, SOFT, Cell, Letters, Line, Style
from healthmate_desktop.domain.summary import Column, Row, Section, Summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_PAGES = 200
_LEFT, _TOP, _FOOT = 48.0, 66.0, 60.0  # margins in points; head and foot of a page stand inside
_GAP = 8.0  # between columns
_NAME_WIDTH = 80.0  # of "Birth date" and the like
_INDENT = 12.0
_TITLE, _PERSON, _SECTION = Style(20, bold=True), Style(13, bold=True), Style(12, bold=True)
_STRONG, _BODY, _SMALL = Style(8.5, bold=True), Style(8.5), Style(7.5, colour=SOFT)
_HAIRLINE = (0.75, 0.75, 0.75)
_LEFT_OUT = (
    "Some letters can't be printed with the fonts of this program ({scripts}); [?] stands in their place. "
    "HealthMate shows them on the screen."
)
_CUT = f"The summary ends here, after {MOST_PAGES} pages. Choose a shorter period or fewer sections to print the rest."


class _Rule(NamedTuple):
    y: float
    strong: bool


class _Full(Exception):
    """No more pages."""


def packed(summary: Summary) -> dict[str, Any]:
    return asdict(summary)


def unpacked(fields: dict[str, Any]) -> Summary:
    sections = tuple(
        Section(
            title=each["title"],
            columns=tuple(Column(**column) for column in each["columns"]),
            rows=tuple(Row(tuple(row["cells"]), row["below"]) for row in each["rows"]),
            notes=tuple(each["notes"]),
            empty=each["empty"],
        )
        for each in fields["sections"]
    )
    facts = tuple((str(name), str(value)) for name, value in fields["facts"])
    return Summary(**fields | {"sections": sections, "facts": facts, "told": tuple(fields["told"])})


class SummaryPdf:
    """Lay it out with `pages`, then write it with `finished`."""

    def __init__(self, summary: Summary) -> None:
        import pymupdf

        self._mupdf = pymupdf
        self._summary = summary
        self._letters = Letters()
        self._page = pymupdf.paper_rect(summary.paper)
        self._width = self._page.width - 2 * _LEFT
        self._bottom = self._page.height - _FOOT
        self._file = io.BytesIO()
        self._writer = pymupdf.DocumentWriter(self._file)
        self._device: Any = None
        self._y = 0.0
        self._lines: list[list[Line]] = []  # of each page
        self._rules: list[list[_Rule]] = []

    def pages(self) -> Iterator[tuple[int, int]]:
        """Yield (rows done, rows in all), at each page and at the end."""
        total = sum(len(section.rows) for section in self._summary.sections)
        done, page = 0, 0
        self._begin_page()
        try:
            self._put_head()
            for section in self._summary.sections:
                for _ in self._put_section(section):
                    done += 1
                    if page != len(self._lines):
                        page = len(self._lines)
                        yield done, total
        except _Full:
            self._y = self._bottom
            self._draw(self._cell(_CUT, _STRONG), _LEFT)
        self._writer.end_page()
        self._writer.close()
        yield total, total

    def finished(self) -> bytes:
        """With the lines, hairlines and page numbers, and of the fonts only what is used."""
        document = self._mupdf.open(stream=self._file.getvalue(), filetype="pdf")
        for page, lines, rules in zip(document, self._lines, self._rules, strict=True):
            limits.allow_another_page()
            self._write_rules(page, rules)
            words = f"Page {page.number + 1} of {document.page_count}"
            x, y = _LEFT + self._width - self._letters.width(words, _SMALL), self._page.height - 32
            foot = [Line(_LEFT, y, self._summary.foot, _SMALL), Line(x, y, words, _SMALL)]
            self._write_lines(page, [*lines, *foot])
        document.set_metadata({"title": "Health summary", "creator": "HealthMate"})
        document.set_language("en")
        document.subset_fonts()
        return bytes(document.tobytes(garbage=4, deflate=True))

    def _write_rules(self, page: Any, rules: Sequence[_Rule]) -> None:
        shape = page.new_shape()
        for y, strong in rules:
            shape.draw_line((_LEFT, y), (_LEFT + self._width, y))
            shape.finish(color=INK if strong else _HAIRLINE, width=0.8 if strong else 0.4)
        shape.commit()

    def _write_lines(self, page: Any, lines: Sequence[Line]) -> None:
        """In the order in which they are read."""
        for colour, some in groupby(lines, lambda line: line.style.colour):
            writer = self._mupdf.TextWriter(page.rect, color=colour)
            for x, y, words, style in some:
                writer.append((x, y), words, font=self._letters.font(style), fontsize=style.size)
            writer.write_text(page)

    # --- what is put ---

    def _put_head(self) -> None:
        summary = self._summary
        self._put("Health summary", _TITLE, after=6)
        self._put(summary.name, _PERSON, after=4)
        for name, value in summary.facts:
            soft, beside = _BODY._replace(colour=SOFT), _LEFT + _NAME_WIDTH
            self._draw(self._letters.cell(name, soft, _NAME_WIDTH), _LEFT)
            height = self._draw(self._letters.cell(value, _BODY, self._width - _NAME_WIDTH), beside)
            self._y += height + 1
        self._y += 6
        for words in summary.told:
            self._put(words, _SMALL, after=3)
        if scripts := self._missing():
            self._put(_LEFT_OUT.format(scripts=", ".join(scripts[:8])), _STRONG, after=3)

    def _missing(self) -> list[str]:
        """The scripts of letters that can't be printed, anywhere in it."""
        summary = self._summary
        texts = [summary.name, *(value for _, value in summary.facts)]
        for section in summary.sections:
            texts += [text for row in section.rows for text in (*row.cells, row.below)]
        for text in texts:
            self._letters.printable(text)
        return sorted(self._letters.missing)

    def _put_section(self, section: Section) -> Iterator[None]:
        """A step for each row."""
        self._y += 14
        if self._y + 60 > self._bottom:  # no head at the foot of a page
            self._turn_page()
        self._put_heads(section, section.title)
        if not section.rows:
            self._y += 4
            self._put(section.empty, _BODY, after=0)
        for row in section.rows:
            self._put_row(section, row)
            yield
        for note in section.notes:
            self._y += 3
            self._put(note, _SMALL, after=0)

    def _put_heads(self, section: Section, title: str) -> None:
        """The title and, where there are rows, what stands in each column."""
        self._put(title, _SECTION, after=3)
        self._rule(strong=True)
        if section.rows:
            heads = [column.head for column in section.columns]
            self._put_cells(self._cells(section, heads, _SMALL, _SMALL))
            self._rule()

    def _put_row(self, section: Section, row: Row) -> None:
        cells = self._cells(section, row.cells, _STRONG, _BODY)
        below = self._letters.cell(row.below, _SMALL, self._width - _INDENT) if row.below else None
        height = max(cell.height for cell, _ in cells) + (below.height + 2 if below else 0) + 7
        if self._y + height > self._bottom:
            self._turn_page()
            self._put_heads(section, f"{section.title}, continued")
        self._put_cells(cells)
        if below:
            self._y -= 2
            self._y += self._draw(below, _LEFT + _INDENT) + 4
        self._rule()

    def _cells(
        self, section: Section, words: Sequence[str], first: Style, rest: Style
    ) -> list[tuple[Cell, float]]:
        """Each cell and where it begins."""
        found, x = [], _LEFT
        room = self._width - _GAP * (len(section.columns) - 1)
        for at, (column, text) in enumerate(zip(section.columns, words, strict=True)):
            width = column.share * room
            found.append((self._letters.cell(text, rest if at else first, width), x))
            x += width + _GAP
        return found

    def _put_cells(self, cells: list[tuple[Cell, float]]) -> None:
        self._y += 3
        self._y += max(self._draw(cell, x) for cell, x in cells) + 3

    def _put(self, words: str, style: Style, *, after: float) -> None:
        """A paragraph across the page."""
        cell = self._cell(words, style)
        if self._y + cell.height > self._bottom:
            self._turn_page()
        self._y += self._draw(cell, _LEFT) + after

    # --- how it is put ---

    def _cell(self, words: str, style: Style) -> Cell:
        return self._letters.cell(words, style, self._width)

    def _draw(self, cell: Cell, x: float) -> float:
        """At the height that was reached; returns how high it is."""
        self._lines[-1] += self._letters.draw(cell, x, self._y, self._device)
        return cell.height

    def _rule(self, *, strong: bool = False) -> None:
        self._rules[-1].append(_Rule(self._y, strong))

    def _turn_page(self) -> None:
        if len(self._lines) >= MOST_PAGES:
            raise _Full
        self._writer.end_page()
        self._begin_page()

    def _begin_page(self) -> None:
        """With the person at its head."""
        limits.allow_another_page()
        self._device = self._writer.begin_page(self._page)
        self._lines.append([])
        self._rules.append([])
        summary = self._summary
        self._y = 30
        self._y += self._draw(self._cell(f"{summary.name}, {summary.born}", _STRONG), _LEFT) + 5
        self._rule()
        self._y = max(_TOP, self._y + 12)
