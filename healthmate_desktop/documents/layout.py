"""From words on a page to text in reading order, with the place of each word in that text.

Pure geometry, the same for words of a PDF and of an OCR'd picture. Words of a line are joined by a space, lines of a
flowing paragraph by a line break; table rows, headings and lines that stand alone end with an empty line.
"""

from __future__ import annotations

import itertools
import re
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.documents.columns import prose_columns
from healthmate_desktop.documents.lines import Line, visual_lines
from healthmate_desktop.documents.tables import Grid
from healthmate_desktop.domain.documents import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from healthmate_desktop.documents.lines import Token
    from healthmate_desktop.domain.documents import Box

_BULLET = re.compile(r"[-*•‣▪·○●◦o]$|\d{1,2}[.)]$|\(?[a-z\d][.)]$")
_LABEL = re.compile(r"[A-Z][^:.]{0,40}:(\s|$)")
_HEADING_RATIO = 1.25  # a heading's letters against the page's
_NORMAL_LEADING = 2.2  # line distance in letter heights; double-spaced prose is about 2

Piece = tuple["Token", str]  # a word and what follows it: "", " ", "\n" or "\n\n"


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The text of a page, its words, and its most prominent line ("" if none stands out)."""

    text: str
    words: tuple[Word, ...]
    heading: str


def lay_out(tokens: Sequence[Token], rules: Iterable[Box] = ()) -> LaidOut:
    """`rules` are the thin lines drawn on the page; they tell which lines share a table cell."""
    lines = visual_lines(tokens)
    grid = Grid(rules)
    pieces: list[Piece] = []
    for region in prose_columns(lines):
        pieces += _region(region, grid)
    text, words = _joined(pieces)
    return LaidOut(text, words, _heading(lines))


def together(parts: Sequence[LaidOut]) -> LaidOut:
    """Parts of one page, one after the other."""
    texts: list[str] = []
    words: list[Word] = []
    at = 0
    for part in parts:
        if not part.text:
            continue
        words += [Word(w.start + at, w.end + at, w.box, w.confidence) for w in part.words]
        texts.append(part.text)
        at += len(part.text) + 2
    heading = next((part.heading for part in parts if part.heading), "")
    return LaidOut("\n\n".join(texts), tuple(words), heading)


def _joined(pieces: list[Piece]) -> tuple[str, tuple[Word, ...]]:
    texts: list[str] = []
    words: list[Word] = []
    at = 0
    for number, (token, after) in enumerate(pieces):
        words.append(Word(at, at + len(token.text), token.box, token.confidence))
        texts.append(token.text if number == len(pieces) - 1 else token.text + after)
        at += len(texts[-1])
    return "".join(texts), tuple(words)


def _region(lines: list[Line], grid: Grid) -> list[Piece]:
    if not lines:
        return []
    flow = _Flow(lines)
    pieces: list[Piece] = []
    for group in grid.rows(lines):
        if len(group) > 1:
            pieces += grid.cells(group)
            continue
        tokens = group[0].tokens
        pieces += [(token, " ") for token in tokens[:-1]]
        pieces.append((tokens[-1], flow.separator(group[0])))
    return pieces


class _Flow:
    """Which lines of one region run on into the next."""

    def __init__(self, lines: list[Line]) -> None:
        self._next = {id(line): after for line, after in itertools.pairwise(lines)}
        self._right = max(line.x1 for line in lines)
        self._left = min(line.x0 for line in lines)
        ratios = sorted(
            ratio
            for line, after in itertools.pairwise(lines)
            if 0 < (ratio := _leading(line, after)) < _NORMAL_LEADING
        )
        self._usual = ratios[len(ratios) // 3] if ratios else _NORMAL_LEADING
        self._edges = self._right_edges(lines)

    def separator(self, line: Line) -> str:
        after = self._next.get(id(line))
        return "\n" if after and self._flows(line, after) else "\n\n"

    def _flows(self, line: Line, after: Line) -> bool:
        if not self._close(line, after) or _BULLET.match(after.tokens[0].text):
            return False
        if line.text.endswith(":") or _LABEL.match(after.text):
            return False
        edge = self._edges[id(line)]
        reach = (edge - self._left) / max(1.0, self._right - self._left)
        end = line.x1 + after.tokens[0].width + line.size / 4
        if after.text[0].isupper():  # perhaps the next item of a list: only a full line runs on
            return len(line.tokens) >= 5 and reach >= 0.8 and end > edge
        return reach >= 0.4 and end > edge - 0.12 * (edge - self._left)

    def _close(self, line: Line, after: Line) -> bool:
        same_size = 0.7 <= after.size / line.size <= 1 / 0.7
        return (
            not (line.is_row or after.is_row)
            and same_size
            and 0 < _leading(line, after) <= min(_NORMAL_LEADING, 1.25 * self._usual)
        )

    def _right_edges(self, lines: list[Line]) -> dict[int, float]:
        """How far right the run of close lines that each line belongs to reaches."""
        edges: dict[int, float] = {}
        run: list[Line] = []
        for line in lines:
            if run and not self._close(run[-1], line):
                run = []
            run.append(line)
            edge = max(line.x1, edges.get(id(run[0]), line.x1))
            if len(run) > 1 and edge == edges[id(run[0])]:
                edges[id(line)] = edge
            else:
                edges.update({id(member): edge for member in run})
        return edges


def _leading(line: Line, after: Line) -> float:
    return (after.middle - line.middle) / max(line.size, after.size)


def _heading(lines: list[Line]) -> str:
    """The first line whose letters are clearly larger than the page's."""
    if len(lines) < 3:
        return ""
    usual = statistics.median(line.size for line in lines for _ in line.tokens)
    for line in lines[:12]:
        letters = sum(letter.isalpha() for letter in line.text)
        if line.size >= _HEADING_RATIO * usual and letters >= 4 and not line.is_row:
            return line.text[:200]
    return ""
