"""The rows of a page and the cells in each, from the boxes of its words or from the columns of plain text."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import Box, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from healthmate_desktop.domain.documents import Page

MOST_ROWS = 5000  # of one page; more is no page of a letter or report
_LONGEST_LINE = 1000  # characters; what is behind is left out
_MOST_TOKENS = 200  # of a line
_GAP = 1.5  # letter widths between two cells; a space is 0.6 to 1.3
_TEXT_GAP = re.compile(r"\t+|\s{2,}|\s*\|\s*")
_LETTER = 5.0  # points, of a letter in text that has no boxes
_STEEPEST = 0.12  # slope of a line on a photo


@dataclass(frozen=True, slots=True)
class Token:
    """A word in upright reading (x0..y1) and its place on the page."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float = 1.0
    box: Box | None = None  # on the page as shown; None for text without boxes

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True)
class Cell:
    """Words that stand together in a row, in reading order."""

    tokens: tuple[Token, ...]

    @cached_property
    def text(self) -> str:
        """Words joined by spaces; a unit broken after its "/" is whole again."""
        return re.sub(
            r"(?<=\w/) (?=[A-Za-z{\[])", "", " ".join(token.text for token in self.tokens)
        )

    @cached_property
    def x0(self) -> float:
        return min(token.x0 for token in self.tokens)

    @cached_property
    def x1(self) -> float:
        return max(token.x1 for token in self.tokens)

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @cached_property
    def confidence(self) -> float:
        return min(token.confidence for token in self.tokens)


@dataclass(frozen=True)
class Row:
    """One line of print, or one ruled row of a table."""

    cells: tuple[Cell, ...]
    page: int
    number: int  # on its page, from 1
    flows: bool = False  # a line of the paragraph above it, as the page's text has it

    @cached_property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        return tuple(token for cell in self.cells for token in cell.tokens)

    @cached_property
    def top(self) -> float:
        return min(token.y0 for token in self.tokens)

    @cached_property
    def bottom(self) -> float:
        return max(token.y1 for token in self.tokens)

    @cached_property
    def height(self) -> float:
        """Of its letters."""
        return max(0.1, statistics.median(token.y1 - token.y0 for token in self.tokens))

    def between(self, start: float, end: float) -> Row | None:
        """The part that begins between two places, as a row of its own."""
        cells = tuple(cell for cell in self.cells if start <= cell.x0 < end)
        return Row(cells, self.page, self.number, self.flows) if cells else None


def rows_of(page: Page) -> list[Row]:
    """From top to bottom, as the page is read."""
    if not page.words:
        return _text_rows(page)
    rows: list[Row] = []
    lines, flows = _lines(page)
    for tokens, flow in zip(_upright(lines[:MOST_ROWS]), flows, strict=False):
        rows.append(Row(tuple(_cells(tokens[:_MOST_TOKENS])), page.number, len(rows) + 1, flow))
    return rows


def left_out(pages: Iterable[Page]) -> Iterator[Problem]:
    """The pages of which only a first part is looked through."""
    for page in pages:
        if page.text.count("\n") >= MOST_ROWS:
            yield Problem(
                f"page {page.number}",
                f"This page has more than {MOST_ROWS:,} lines, so results in the rest of it were not looked for. "
                "It is kept and can be searched.",
            )


def boxes_of_tokens(tokens: Iterable[Token]) -> tuple[Box, ...]:
    """One box for words that stand side by side, in the order of the words."""
    lines: list[Box] = []
    for token in tokens:
        box = token.box
        if box is None:
            continue
        if lines and _joins(lines[-1], box):
            last = lines[-1]
            lines[-1] = Box(
                min(last.x0, box.x0),
                min(last.y0, box.y0),
                max(last.x1, box.x1),
                max(last.y1, box.y1),
            )
        else:
            lines.append(box)
    return tuple(lines)


def _joins(line: Box, word: Box) -> bool:
    high = min(line.y1 - line.y0, word.y1 - word.y0)
    return min(line.y1, word.y1) - max(line.y0, word.y0) > 0.5 * high and word.x0 >= line.x0


def _lines(page: Page) -> tuple[list[list[Token]], list[bool]]:
    """The words line by line of the page's text, and whether each line runs on from the one above."""
    lines: list[list[Token]] = []
    flows: list[bool] = []
    at = 0
    for word in page.words:
        between = page.text[at : word.start]
        broken = "\n" in between
        token = Token(
            page.text[word.start : word.end],
            *(word.box.x0, word.box.y0, word.box.x1, word.box.y1, word.confidence, word.box),
        )
        if broken or not lines:
            flows.append(bool(lines) and between.count("\n") == 1)
            lines.append([])
        lines[-1].append(token)
        at = word.end
    return lines, flows


def _upright(lines: list[list[Token]]) -> list[list[Token]]:
    """Turned so that lines run to the right, whichever way the page lies, and level where the scan is askew."""
    turn = _quarter(lines)
    turned = [[_turned(token, turn) for token in line] for line in lines]
    slope = _slope(turned)
    if not slope:
        return turned
    return [[_levelled(token, slope) for token in line] for line in turned]


def _quarter(lines: list[list[Token]]) -> int:
    """Quarter turns that the writing makes clockwise."""
    right = down = 0.0
    for line in lines:
        for token, after in pairwise(line):
            dx, dy = _centre(after)[0] - _centre(token)[0], _centre(after)[1] - _centre(token)[1]
            if abs(dx) > 2 * abs(dy):
                right += 1 if dx > 0 else -1
            elif abs(dy) > 2 * abs(dx):
                down += 1 if dy > 0 else -1
    if abs(right) >= abs(down):
        return 0 if right >= 0 else 2
    return 1 if down > 0 else 3


def _centre(token: Token) -> tuple[float, float]:
    return (token.x0 + token.x1) / 2, token.middle


def _turned(token: Token, turn: int) -> Token:
    x0, y0, x1, y1 = token.x0, token.y0, token.x1, token.y1
    places = ((x0, y0, x1, y1), (y0, -x1, y1, -x0), (-x1, -y1, -x0, -y0), (-y1, x0, -y0, x1))[turn]
    return Token(token.text, *places, token.confidence, token.box)


def _slope(lines: list[list[Token]]) -> float:
    """How much lines fall on their way to the right, from the longest of them."""
    slopes: list[tuple[float, float]] = []
    for line in lines:
        for part in _level_runs(line):
            wide = part[-1].middle - part[0].middle, _centre(part[-1])[0] - _centre(part[0])[0]
            if wide[1] > 60 and abs(wide[0] / wide[1]) < _STEEPEST:
                slopes.append((wide[1], wide[0] / wide[1]))
    longest = sorted(slopes)[-40:]
    slope = statistics.median(slope for _, slope in longest) if longest else 0.0
    return slope if abs(slope) > 0.002 else 0.0


def _level_runs(line: list[Token]) -> Iterator[list[Token]]:
    """Parts of a text line that are one line of print."""
    run = line[:1]
    for token, after in pairwise(line):
        high = min(token.y1 - token.y0, after.y1 - after.y0)
        overlap = min(token.y1, after.y1) - max(token.y0, after.y0)
        if after.x0 > token.x0 and overlap > 0.3 * high:
            run.append(after)
        else:
            yield run
            run = [after]
    if run:
        yield run


def _levelled(token: Token, slope: float) -> Token:
    x, y = _centre(token)
    down, right = -slope * x, slope * y
    return Token(
        token.text,
        *(token.x0 + right, token.y0 + down, token.x1 + right, token.y1 + down),
        token.confidence,
        token.box,
    )


def _cells(tokens: list[Token]) -> Iterator[Cell]:
    """Words of a row that stand over or beside each other, without a gap that is wider than a space."""
    widths = sum(token.x1 - token.x0 for token in tokens)
    letter = widths / max(1, sum(len(token.text) for token in tokens))
    gap = _GAP * letter
    order = {id(token): place for place, token in enumerate(tokens)}
    groups: list[list[Token]] = []
    right = 0.0
    for token in sorted(tokens, key=lambda token: token.x0):
        if groups and token.x0 - right < gap:
            groups[-1].append(token)
            right = max(right, token.x1)
        else:
            groups.append([token])
            right = token.x1
    for group in groups:
        yield Cell(tuple(sorted(group, key=lambda token: order[id(token)])))


def _text_rows(page: Page) -> list[Row]:
    rows: list[Row] = []
    above = ""
    for line_number, raw in enumerate(page.text.split("\n", MOST_ROWS)[:MOST_ROWS]):
        line = raw[:_LONGEST_LINE].replace("\t", "  \t").expandtabs(8)[: 2 * _LONGEST_LINE]
        spans = (
            (start, _text_tokens(line, start, end, line_number)) for start, end in _spans(line)
        )
        cells = tuple(Cell(tuple(tokens)) for _, tokens in spans if tokens)
        if cells:
            rows.append(Row(cells, page.number, len(rows) + 1, _runs_on(above, line)))
        above = line
    return rows


def _runs_on(above: str, line: str) -> bool:
    """Whether a line of plain text goes on with the sentence above: that is long, and ends in the middle of one."""
    full = len(above.strip()) >= 50 and above.rstrip()[-1:] not in ".:;"
    return full and not re.match(r"\s*(?:[-*•]|\d{1,2}[.)])\s", line) and bool(line.strip())


def _spans(line: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _TEXT_GAP.finditer(line):
        yield start, found.start()
        start = found.end()
    yield start, len(line)


def _text_tokens(line: str, start: int, end: int, number: int) -> list[Token]:
    return [
        Token(
            found[0],
            *(
                _LETTER * (start + found.start()),
                12.0 * number,
                _LETTER * (start + found.end()),
                12.0 * number + 10,
            ),
        )
        for found in re.finditer(r"\S+", line[start:end])
    ]
