"""Words of a page gathered into the lines that a reader sees, also on a slightly skewed scan."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.documents import Box


@dataclass(frozen=True, slots=True)
class Token:
    """A word where it stands in upright reading (x0..y1), and its `box` on the page as shown."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    box: Box
    confidence: float = 1.0

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True)
class Line:
    """Words side by side, from left to right."""

    tokens: tuple[Token, ...]

    @cached_property
    def x0(self) -> float:
        return self.tokens[0].x0

    @cached_property
    def x1(self) -> float:
        return max(token.x1 for token in self.tokens)

    @cached_property
    def middle(self) -> float:
        return statistics.fmean(token.middle for token in self.tokens)

    @cached_property
    def size(self) -> float:
        """Height of its letters: of an OCR'd word without tall letters the box is low, so the upper part counts."""
        heights = sorted(token.height for token in self.tokens)
        return max(0.1, heights[(len(heights) * 3) // 4])

    @cached_property
    def text(self) -> str:
        return " ".join(token.text for token in self.tokens)

    @cached_property
    def letter_width(self) -> float:
        """Mean width of a letter, about half an em."""
        letters = sum(len(token.text) for token in self.tokens)
        return max(0.1, sum(token.width for token in self.tokens) / letters)

    @cached_property
    def gaps(self) -> tuple[tuple[float, float], ...]:
        return tuple(
            (left.x1, right.x0)
            for left, right in zip(self.tokens, self.tokens[1:], strict=False)
            if right.x0 > left.x1
        )

    @cached_property
    def is_row(self) -> bool:
        """Whether a gap is too wide for a space: 1 em at least, and far wider than those of stretched prose."""
        widths = [end - start for start, end in self.gaps]
        if not widths:
            return False
        stretched = min(widths) if len(widths) >= 4 else 0.0
        return max(widths) > max(2.2 * self.letter_width, 2.5 * stretched)


def visual_lines(tokens: Sequence[Token]) -> list[Line]:
    """Lines from top to bottom. A word joins the line whose last word it overlaps in height, so lines may slope."""
    if not tokens:
        return []
    step = max(1.0, statistics.median(token.height for token in tokens))
    open_lines: dict[int, list[list[Token]]] = defaultdict(list)  # by the last word's place
    lines: list[list[Token]] = []
    for token in sorted(tokens, key=lambda token: (token.x0, token.y0)):
        shelf = round(token.middle / step)
        near = [line for key in (shelf - 1, shelf, shelf + 1) for line in open_lines[key]]
        best = max(near, key=lambda line: _overlap(line, token), default=None)
        if best is not None and _overlap(best, token) > 0.5:
            open_lines[round(best[-1].middle / step)].remove(best)
            best.append(token)
        else:
            best = [token]
            lines.append(best)
        open_lines[shelf].append(best)
    made = [Line(tuple(line)) for line in lines]
    return sorted(made, key=lambda line: (line.middle, line.x0))


def _overlap(line: list[Token], token: Token) -> float:
    """How much of the lower one's height the token shares with the end of the line, 0 to 1."""
    last = line[-1]
    y0, y1 = last.y0, last.y1
    if len(line) > 1 and last.height < 0.7 * line[-2].height:  # after a superscript or a dash
        y0, y1 = min(y0, line[-2].y0), max(y1, line[-2].y1)
    shared = min(y1, token.y1) - max(y0, token.y0)
    return shared / max(0.1, min(y1 - y0, token.height))
