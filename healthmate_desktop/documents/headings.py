"""The headings of a PDF: its outline where it has one, else lines that are set larger or bolder than the text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from healthmate_desktop.documents import limits
from healthmate_desktop.domain.library import Heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from healthmate_desktop.domain.documents import Page, Word

_LARGER = 1.12  # than the letters of the text
_LONGEST = 160  # letters of a heading
_DEEPEST = 4  # levels told apart by size
_FEWEST_IN_OUTLINE = 3
_MOST_IN_OUTLINE = 20_000
_MOST_LOOKED_AT = 300  # pages, evenly from the whole
_RUNNING = 0.3  # a line on more of the pages than this stands above each of them
_SPACES = re.compile(r"\s+")
_SENTENCE_END = (".", ",", ";")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    bold: bool
    box: Any  # pymupdf.Rect, as shown


class PdfHeadings:
    """Looks at the whole document once; then asked page by page, in order."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._outline = _outline(document)
        self._levels: list[float] = []
        self._body = 0.0
        self._running: set[str] = set()
        if not self._outline:
            self._look()

    def of(self, page: Page) -> list[Heading]:
        """Where they stand in the page's text, in order. None where the page came by OCR."""
        if page.number in self._outline:
            return list(_named(page, self._outline[page.number], self._lines(page.number)))
        if self._outline or page.by_ocr or not self._body:
            return []
        return list(self._set_apart(page))

    def _lines(self, number: int) -> list[_Line]:
        from healthmate_desktop.documents import pdf

        try:
            return list(_lines_of(self._document.load_page(number - 1)))
        except pdf.page_errors():
            return []

    def _look(self) -> None:
        """The size of the text, the sizes above it, and lines that come again on many pages."""
        letters: Counter[float] = Counter()
        seen: Counter[str] = Counter()
        pages = self._document.page_count
        looked_at = range(1, pages + 1, pages // _MOST_LOOKED_AT + 1)
        for number in looked_at:
            limits.allow_another_page()
            lines = self._lines(number)
            for line in lines:
                letters[line.size] += len(line.text)
            seen.update({_alike(line.text) for line in lines})
        if not letters:
            return
        self._body = letters.most_common(1)[0][0]
        larger = [size for size in letters if size >= _LARGER * self._body]
        self._levels = sorted(larger, reverse=True)[:_DEEPEST]
        self._running = {
            text for text, times in seen.items() if times > max(2, _RUNNING * len(looked_at))
        }

    def _set_apart(self, page: Page) -> Iterator[Heading]:
        before: tuple[int, float] | None = None  # where the last heading ended, and its size
        told: list[Heading] = []
        for line in self._lines(page.number):
            if not self._is_heading(line):
                continue
            place = _place(page, line)
            if place is None or (told and place[0] < told[-1].start):
                continue
            start, end = place
            between = page.text[before[0] : start] if before else "x"
            if told and before and before[1] == line.size and not between.strip():
                last = told.pop()  # a heading of two lines
                text = f"{last.text} {_SPACES.sub(' ', page.text[start:end])}"
                told.append(Heading(page.number, last.start, last.level, text[:_LONGEST]))
            else:
                text = _SPACES.sub(" ", page.text[start:end])
                told.append(Heading(page.number, start, self._level(line), text))
            before = (end, line.size)
        yield from told

    def _is_heading(self, line: _Line) -> bool:
        letters = sum(letter.isalpha() for letter in line.text)
        if letters < 2 or len(line.text) > _LONGEST or _alike(line.text) in self._running:
            return False
        if line.size >= _LARGER * self._body:
            return True
        bold = line.bold and line.size >= 0.95 * self._body and len(line.text) <= _LONGEST // 2
        return bold and not line.text.endswith(_SENTENCE_END)

    def _level(self, line: _Line) -> int:
        for level, size in enumerate(self._levels, 1):
            if line.size >= size:
                return level
        return len(self._levels) + 1


def _outline(document: Any) -> dict[int, list[tuple[int, str]]]:
    """Levels and titles by page, where the outline is more than a few entries."""
    from healthmate_desktop.documents import pdf

    try:
        entries = document.get_toc(simple=True)[:_MOST_IN_OUTLINE]
    except pdf.page_errors():
        return {}
    found: dict[int, list[tuple[int, str]]] = {}
    for level, title, page, *_ in entries:
        words = _SPACES.sub(" ", str(title)).strip()[:_LONGEST]
        if words and page >= 1:
            found.setdefault(int(page), []).append((int(level), words))
    return found if sum(map(len, found.values())) >= _FEWEST_IN_OUTLINE else {}


def _named(
    page: Page, entries: Iterable[tuple[int, str]], lines: Sequence[_Line]
) -> Iterator[Heading]:
    """The entries of the outline where their words stand, or at the top of their page."""
    at = 0
    for level, title in entries:
        wanted = _alike(title)
        for line in lines:
            if _is_named(_alike(line.text), wanted):
                place = _place(page, line)
                if place is not None and place[0] >= at:
                    at = place[0]
                    break
        yield Heading(page.number, at, level, title)


def _is_named(said: str, wanted: str) -> bool:
    """Whether a line is the title, or the first of its lines."""
    return said.startswith(wanted) or (2 * len(said) >= len(wanted) and wanted.startswith(said))


def _alike(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalpha())


def _lines_of(page: Any) -> Iterator[_Line]:
    import pymupdf

    flags = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES
    for block in page.get_text("dict", flags=flags)["blocks"]:
        for line in block.get("lines", ()):
            spans = [span for span in line["spans"] if span["text"].strip()]
            text = _SPACES.sub(" ", "".join(span["text"] for span in line["spans"])).strip()
            if spans and text:
                size = max(spans, key=lambda span: len(span["text"]))["size"]
                bold = all(_is_bold(span) for span in spans)
                box = pymupdf.Rect(line["bbox"]) * page.rotation_matrix
                yield _Line(text, round(size * 2) / 2, bold, box)


def _is_bold(span: dict[str, Any]) -> bool:
    return bool(span["flags"] & 16) or "bold" in str(span["font"]).casefold()


def _place(page: Page, line: _Line) -> tuple[int, int] | None:
    """Where the line's words stand in the page's text, if they stand there together."""
    inside = [word for word in page.words if _centre_in(word, line.box)]
    if not inside:
        return None
    start, end = min(word.start for word in inside), max(word.end for word in inside)
    return (start, end) if end - start <= len(line.text) + 10 else None


def _centre_in(word: Word, box: Any) -> bool:
    x, y = (word.box.x0 + word.box.x1) / 2, (word.box.y0 + word.box.y1) / 2
    return bool(box.x0 - 1 <= x <= box.x1 + 1 and box.y0 <= y <= box.y1)
