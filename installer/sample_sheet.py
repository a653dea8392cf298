"""A page to draw on from the top down: text in Inter, paragraphs, rules, tables and a footer on each page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pymupdf

if TYPE_CHECKING:
    from collections.abc import Sequence

FONTS = Path(__file__).resolve().parents[1] / "resources" / "fonts"
MADE_UP = "Made up for HealthMate. Not a real person."

Colour = tuple[float, float, float]
INK: Colour = (0.11, 0.13, 0.16)
GREY: Colour = (0.38, 0.42, 0.47)
HAIR: Colour = (0.82, 0.84, 0.87)
RED: Colour = (0.70, 0.12, 0.12)
WHITE: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Style:
    size: float = 10
    font: str = "Inter-Regular"  # a face of resources/fonts, or one of the PDF's own fourteen
    colour: Colour = INK
    align: Literal["left", "right", "centre"] = "left"


LEADING = 1.5
BODY = Style()
STRONG = Style(font="Inter-SemiBold")
SMALL = Style(size=8, colour=GREY)
LABEL = Style(size=7.5, font="Inter-SemiBold", colour=GREY)


@dataclass(frozen=True, slots=True)
class Column:
    """`x` is its left edge, or its right one if it is aligned to the right."""

    title: str
    x: float
    style: Style = BODY


@cache
def _metrics(font: str) -> Any:
    path = FONTS / f"{font}.otf"
    return pymupdf.Font(fontfile=str(path)) if path.exists() else pymupdf.Font(font)


def width_of(text: str, style: Style) -> float:
    return float(_metrics(style.font).text_length(text, fontsize=style.size))


def wrapped(text: str, width: float, style: Style) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and width_of(longer, style) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


class Sheet:
    """A document being drawn; `y` is where the next line starts."""

    def __init__(self, size: str, margin: float, accent: Colour) -> None:
        self.document = pymupdf.open()
        self.width, self.height = pymupdf.paper_size(size)
        self.left, self.right = margin, self.width - margin
        self.accent = accent
        self.y = margin
        self._page: Any = None
        self.new_page()

    def new_page(self) -> None:
        self._page = self.document.new_page(width=self.width, height=self.height)
        self.y = self.left

    def text(self, x: float, y: float, text: str, style: Style = BODY) -> None:
        """One line with its foot at `y`."""
        length = width_of(text, style)
        shift = {"left": 0.0, "right": length, "centre": length / 2}[style.align]
        file = FONTS / f"{style.font}.otf"
        self._page.insert_text(
            (x - shift, y),
            text,
            fontname=style.font,
            fontfile=str(file) if file.exists() else None,
            fontsize=style.size,
            color=style.colour,
        )

    def line(self, text: str, style: Style = BODY, *, after: float = 3) -> None:
        self.y += style.size
        self.text(self.left, self.y, text, style)
        self.y += after

    def paragraph(
        self, text: str, style: Style = BODY, *, indent: float = 0, after: float = 7
    ) -> None:
        leading = style.size * LEADING
        for line in wrapped(text, self.right - self.left - indent, style):
            self.y += leading
            self.text(self.left + indent, self.y, line, style)
        self.y += after

    def heading(self, text: str) -> None:
        self.y += 11
        self.line(text, Style(size=12, font="Inter-SemiBold", colour=self.accent), after=2)

    def section(self, title: str, paragraphs: Sequence[str]) -> None:
        """A heading and what stands under it; a paragraph that begins with "- " is a bullet."""
        self.heading(title)
        for paragraph in paragraphs:
            if paragraph.startswith("- "):
                foot = self.y + BODY.size * LEADING
                self.text(self.left + 2, foot, "•", Style(BODY.size, colour=self.accent))
                self.paragraph(paragraph.removeprefix("- "), indent=14, after=3)
            else:
                self.paragraph(paragraph)

    def rule(self, *, colour: Colour = HAIR, thick: float = 0.6) -> None:
        self._page.draw_line((self.left, self.y), (self.right, self.y), color=colour, width=thick)

    def box(
        self,
        area: tuple[float, float, float, float],
        *,
        fill: Colour | None = None,
        edge: Colour | None = None,
    ) -> None:
        self._page.draw_rect(area, color=edge, fill=fill, width=0.7)

    def circle(self, x: float, y: float, radius: float, fill: Colour) -> None:
        self._page.draw_circle((x, y), radius, color=None, fill=fill)

    def facts(self, columns: Sequence[Sequence[tuple[str, str]]], *, label: float = 66) -> None:
        """Labels with their values, in columns side by side, in a tinted box."""
        top, rows, pitch = self.y, max(map(len, columns)), 14.5
        self.box((self.left, top, self.right, top + rows * pitch + 12), fill=tint(self.accent))
        step = (self.right - self.left - 10) / len(columns)
        for row in range(rows):
            foot = top + 17 + row * pitch
            for number, column in enumerate(columns):
                if row < len(column):
                    x = self.left + 10 + number * step
                    self.text(x, foot, column[row][0], LABEL)
                    self.text(x + label, foot, column[row][1], Style(size=9))
        self.y = top + rows * pitch + 12

    def table_head(self, columns: Sequence[Column]) -> None:
        self.box((self.left, self.y, self.right, self.y + 17), fill=self.accent)
        for column in columns:
            style = Style(8, "Inter-SemiBold", WHITE, column.style.align)
            self.text(column.x, self.y + 11.8, column.title, style)
        self.y += 17

    def row(self, columns: Sequence[Column], cells: Sequence[str], *, pitch: float = 18) -> None:
        for column, cell in zip(columns, cells, strict=True):
            if cell:
                self.text(column.x, self.y + pitch * 0.68, cell, column.style)
        self.y += pitch
        self.rule()

    def save(self, path: Path, title: str, *, footer: str) -> None:
        """Write the PDF, the same bytes each time; `footer` names the document on each page."""
        for number, page in enumerate(self.document, 1):
            self._page, self.y = page, self.height - 46
            self.rule()
            pages = f"Page {number} of {len(self.document)}"
            self.text(self.left, self.height - 33, footer, SMALL)
            self.text(self.right, self.height - 33, pages, Style(8, colour=GREY, align="right"))
            self.text(self.left, self.height - 21, MADE_UP, SMALL)
        save_pdf(self.document, path, title)


def tint(colour: Colour) -> Colour:
    """The colour thinned to a background."""
    red, green, blue = (0.93 + 0.07 * part for part in colour)
    return red, green, blue


def save_pdf(document: Any, path: Path, title: str) -> None:
    document.subset_fonts()
    document.set_metadata({"title": title, "creator": "HealthMate sample data"})
    path.write_bytes(document.tobytes(garbage=4, deflate=True, no_new_id=True))
