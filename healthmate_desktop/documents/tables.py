"""Table rows whose cells hold several lines, told by the lines ruled around them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from healthmate_desktop.documents.lines import Line, Token
    from healthmate_desktop.domain.documents import Box

THINNEST = 3.0  # points: what is thicker than this is a bar or a box, and no rule
_SHORTEST = 6.0
_MOST_LINES = 8  # of one cell
_MOST_RULES = 3000  # of a page; more is a drawing
_FEWEST_ROWS = 2.1  # of a table on average, head included
_CELL_GAP = 1.1  # letter widths; a space is about half of that


class Grid:
    """The rules of one page."""

    def __init__(self, rules: Iterable[Box]) -> None:
        self._across: list[Box] = []
        self._down: list[Box] = []
        for rule in islice(rules, _MOST_RULES):
            width, height = rule.x1 - rule.x0, rule.y1 - rule.y0
            if height <= THINNEST and width >= _SHORTEST:
                self._across.append(rule)
            elif width <= THINNEST and height >= _SHORTEST:
                self._down.append(rule)

    def rows(self, lines: list[Line]) -> list[list[Line]]:
        """The lines in groups: each group is a line of its own, or all the lines of one ruled row."""
        groups: list[list[Line]] = []
        at = 0
        while at < len(lines):
            length = self._row_length(lines, at)
            groups.append(lines[at : at + length])
            at += length
        trusted = self._rows_are_ruled(groups)
        return [
            row
            for group in groups
            for row in (
                [group] if trusted or _one_is_fullest(group) else [[line] for line in group]
            )
        ]

    def _rows_are_ruled(self, groups: list[list[Line]]) -> bool:
        """Whether the tables here have a rule under each row, and not just around a head and a body."""
        boxed = [self._boxed(group[0]) for group in groups]
        tables = sum(
            now and not before for before, now in zip([False, *boxed], boxed, strict=False)
        )
        return sum(boxed) >= _FEWEST_ROWS * tables

    def cells(self, group: list[Line]) -> list[tuple[Token, str]]:
        """The words of a row cell by cell, each with what follows it."""
        gap = _CELL_GAP * max(line.letter_width for line in group)
        columns: list[tuple[float, list[Token]]] = []  # right edge, words
        for token in sorted((t for line in group for t in line.tokens), key=lambda t: t.x0):
            if columns and token.x0 - columns[-1][0] < gap:
                right, tokens = columns[-1]
                columns[-1] = (max(right, token.x1), [*tokens, token])
            else:
                columns.append((token.x1, [token]))
        place = {id(t): number for number, line in enumerate(group) for t in line.tokens}
        pieces: list[tuple[Token, str]] = []
        for _, tokens in columns:
            tokens.sort(key=lambda t: (place[id(t)], t.x0))
            for token, after in zip(tokens, [*tokens[1:], None], strict=True):
                broken = after is not None and place[id(after)] != place[id(token)]
                glued = broken and len(token.text) > 1 and token.text[-1] in "/-"
                pieces.append((token, "" if glued else " "))
        return [*pieces[:-1], (pieces[-1][0], "\n\n")]

    def _row_length(self, lines: list[Line], at: int) -> int:
        """How many lines from `at` on stand in the same ruled cells."""
        first = lines[at]
        if not self._boxed(first):
            return 1
        length = 1
        while at + length < len(lines) and length < _MOST_LINES:
            above, line = lines[at + length - 1], lines[at + length]
            if line.middle - above.middle > 2.2 * first.size or self._ruled_off(above, line):
                break
            length += 1
        group = lines[at : at + length]
        follows = lines[at + length] if at + length < len(lines) else None
        closed = follows is None or self._ruled_off(group[-1], follows)
        return length if closed else 1

    def _boxed(self, line: Line) -> bool:
        """Whether a rule stands upright between two words of the line."""
        return any(
            rule.y0 <= line.middle <= rule.y1 and start - 1 <= rule.x0 <= end + 1
            for start, end in line.gaps
            for rule in self._down
        )

    def _ruled_off(self, above: Line, below: Line) -> bool:
        """Whether a rule lies between the two lines, over any word of the lower one."""
        between = [rule for rule in self._across if above.middle < rule.y0 < below.middle]
        return any(
            rule.x0 - 1 <= (token.x0 + token.x1) / 2 <= rule.x1 + 1
            for rule in between
            for token in below.tokens
        )


def _one_is_fullest(group: list[Line]) -> bool:
    """Of a wrapped row one line fills the most cells; several such lines may be rows of their own."""
    filled = [_cell_count(line) for line in group]
    return filled.count(max(filled)) == 1


def _cell_count(line: Line) -> int:
    widest = _CELL_GAP * line.letter_width
    return 1 + sum(end - start > widest for start, end in line.gaps)
