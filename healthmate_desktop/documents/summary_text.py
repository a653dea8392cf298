"""Text of a summary in its place: what Inter can write goes line by line, every other script is shaped by MuPDF.

Lines of our own, since shaped text of Inter is copied wrongly out of a PDF: its brackets beside capitals come out as
other letters. No words go through a parser of markup.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

from healthmate_desktop.paths import resources_dir

REGULAR, SEMIBOLD = "Inter-Regular.otf", "Inter-SemiBold.otf"
Colour = tuple[float, float, float]
INK: Colour = (0.0, 0.0, 0.0)
SOFT: Colour = (0.27, 0.27, 0.27)
LINE_HEIGHT = 1.3
_BASELINE = 1.014  # of the size, from the top of a line
_CSS = f"""
@font-face {{ font-family: Inter; src: url({REGULAR}); }}
@font-face {{ font-family: Inter; font-weight: bold; src: url({SEMIBOLD}); }}
body {{ margin: 0; font-family: Inter; line-height: {LINE_HEIGHT}; }}
p {{ margin: 0; overflow-wrap: break-word; }}
"""
_TALLEST = 10_000.0
# letters that nothing can print, and marks that turn the direction of the text around them
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_BREAKS = "-_/"  # a long name may go on in the next line after one
_UNSEEN = {"Cf", "Mn", "Me", "Zs"}
_MEANINGLESS = {"Co", "Cn"}  # a letter of somebody's own, or of nobody
_NO_GLYPH = "\x00"


class Style(NamedTuple):
    size: float
    bold: bool = False
    colour: Colour = INK


class Line(NamedTuple):
    x: float
    y: float  # of the baseline
    words: str
    style: Style


class Cell(NamedTuple):
    """Text laid out in a width: its lines, or the story that MuPDF made of it."""

    style: Style
    width: float
    height: float
    lines: list[str]
    story: Any = None


class Letters:
    """The fonts. `missing` names the scripts of letters that none of them has, as they are met."""

    def __init__(self) -> None:
        import pymupdf

        folder = resources_dir() / "fonts"
        self._mupdf = pymupdf
        self._archive = pymupdf.Archive(str(folder))
        self.regular = pymupdf.Font(fontfile=str(folder / REGULAR))
        self.semibold = pymupdf.Font(fontfile=str(folder / SEMIBOLD))
        self._widths: dict[tuple[str, bool], float] = {}
        self._known: dict[str, bool] = {}
        self.missing: set[str] = set()

    def font(self, style: Style) -> Any:
        return self.semibold if style.bold else self.regular

    def width(self, words: str, style: Style) -> float:
        return style.size * sum(self._advance(letter, style.bold) for letter in words)

    def cell(self, words: str, style: Style, width: float) -> Cell:
        text = self.printable(words)
        if all(map(self._is_plain, text)):
            lines = list(self._wrapped(text, style, width))
            return Cell(style, width, len(lines) * style.size * LINE_HEIGHT, lines)
        story = self._mupdf.Story(html=_paragraph(style), user_css=_CSS, archive=self._archive)
        story.body.find("p", None, None).add_text(text)
        _, filled = story.place(self._mupdf.Rect(0, 0, width, _TALLEST))
        return Cell(style, width, filled[3], [], story)

    def draw(self, cell: Cell, x: float, y: float, device: Any) -> list[Line]:
        """The lines that are still to be written; a story is drawn at once."""
        if cell.story is not None:
            cell.story.place(self._mupdf.Rect(x, y, x + cell.width, y + cell.height + 20))
            cell.story.draw(device)
        step, first = cell.style.size * LINE_HEIGHT, y + cell.style.size * _BASELINE
        return [Line(x, first + at * step, line, cell.style) for at, line in enumerate(cell.lines)]

    def printable(self, words: str) -> str:
        """With [?] for letters of which no font knows the shape, which would be boxes or nothing."""
        text = unicodedata.normalize("NFC", _UNFIT.sub(" ", words))
        if text.isascii():
            return text
        found = "".join(each if self._has(each) else _NO_GLYPH for each in text)
        return re.sub(_NO_GLYPH + "+", "[?]", found)

    def _has(self, letter: str) -> bool:
        known = self._known.get(letter)
        if known is None:
            kind = unicodedata.category(letter)
            known = kind in _UNSEEN or (
                kind not in _MEANINGLESS
                and bool(self.regular.has_glyph(ord(letter), fallback=True))
            )
            self._known[letter] = known
            if not known:
                name = unicodedata.name(letter, "unknown letters").split()[0]
                self.missing.add(name.capitalize())
        return known

    def _is_plain(self, letter: str) -> bool:
        return self._advance(letter, bold=False) > 0

    def _advance(self, letter: str, bold: bool) -> float:
        """In parts of the size; 0 for what Inter can't write by itself."""
        width = self._widths.get((letter, bold))
        if width is None:
            font = self.semibold if bold else self.regular
            alone = letter in " \xa0" or unicodedata.category(letter) not in _UNSEEN
            has = alone and font.has_glyph(ord(letter))
            width = float(font.glyph_advance(ord(letter))) if has else 0.0
            self._widths[letter, bold] = width
        return width

    def _wrapped(self, text: str, style: Style, width: float) -> list[str]:
        """Broken at spaces, in long names behind a hyphen or the like; else where it must be."""
        lines, line, used = [], "", 0.0
        space = self.width(" ", style)
        for word in text.split(" "):
            before = " " if line else ""
            for part in self._parts(word, style, width):
                wide = self.width(part, style)
                if line and used + len(before) * space + wide > width:
                    lines.append(line)
                    line, used = part, wide
                else:
                    line += before + part
                    used += len(before) * space + wide
                before = ""
        return [*lines, line] if line else lines

    def _parts(self, word: str, style: Style, width: float) -> list[str]:
        if self.width(word, style) <= width:
            return [word]
        parts, part, used = [], "", 0.0
        for letter in word:
            wide = style.size * self._advance(letter, style.bold)
            if part and used + wide > width:
                parts.append(part)
                part, used = "", 0.0
            part += letter
            used += wide
            if letter in _BREAKS and used > width / 3:
                parts.append(part)
                part, used = "", 0.0
        return [*parts, part] if part else parts


def _paragraph(style: Style) -> str:
    """Without the words, which are no markup."""
    weight = "bold" if style.bold else "normal"
    shade = "#000" if style.colour == INK else "#444"
    return f'<p style="font-size:{style.size}pt; font-weight:{weight}; color:{shade}"></p>'
