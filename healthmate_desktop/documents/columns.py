"""Prose set in columns is read column by column; everything else line by line."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from healthmate_desktop.documents.lines import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST_LINES = 4  # side by side, before anything is called a column
_GUTTER = 1.6  # in letter widths, about 0.8 em
_DEEPEST = 4

Interval = tuple[float, float]


def prose_columns(lines: Sequence[Line], depth: int = 0) -> list[list[Line]]:
    """Regions of lines in reading order."""
    found = _widest_run(lines) if depth < _DEEPEST else None
    if found is None:
        return [list(lines)]
    start, stop, gutter = found
    left, right = _cut(lines[start:stop], gutter)
    before, after = list(lines[:start]), prose_columns(lines[stop:], depth)
    columns = prose_columns(left, depth + 1) + prose_columns(right, depth + 1)
    return [region for region in [before, *columns, *after] if region]


def _widest_run(lines: Sequence[Line]) -> tuple[int, int, float] | None:
    """The first run of lines that a gutter divides into two columns of prose."""
    start = 0
    while start < len(lines):
        stop, gutters = _run_from(lines, start)
        for gutter in gutters:
            x = (gutter[0] + gutter[1]) / 2
            if _is_prose(*_cut(lines[start:stop], x)):
                return start, stop, x
        start = stop if gutters and stop > start + 1 else start + 1
    return None


def _run_from(lines: Sequence[Line], start: int) -> tuple[int, list[Interval]]:
    gutters = [gap for gap in lines[start].gaps if _wide(gap, lines[start])]
    stop = start + 1
    while gutters and stop < len(lines):
        line = lines[stop]
        free = [(-1e9, line.x0), *line.gaps, (line.x1, 1e9)]
        shared = [
            (max(a, c), min(b, d)) for a, b in gutters for c, d in free if min(b, d) > max(a, c)
        ]
        shared = [gap for gap in shared if _wide(gap, line)]
        if not shared:
            break
        gutters = shared
        stop += 1
    return stop, gutters


def _wide(gap: Interval, line: Line) -> bool:
    return gap[1] - gap[0] >= _GUTTER * line.letter_width


def _cut(lines: Sequence[Line], x: float) -> tuple[list[Line], list[Line]]:
    left = [tuple(token for token in line.tokens if token.x0 < x) for line in lines]
    right = [tuple(token for token in line.tokens if token.x0 >= x) for line in lines]
    return [Line(tokens) for tokens in left if tokens], [Line(tokens) for tokens in right if tokens]


def _is_prose(left: list[Line], right: list[Line]) -> bool:
    """Lines of many words that mostly run to the edge of their column: cells of a table do not."""
    return _is_column(left) and _is_column(right)


def _is_column(lines: list[Line]) -> bool:
    if len(lines) < _FEWEST_LINES or sum(line.is_row for line in lines) > 0.2 * len(lines):
        return False
    words = statistics.fmean(len(line.tokens) for line in lines)
    x0, x1 = min(line.x0 for line in lines), max(line.x1 for line in lines)
    full = sum(line.x1 > x1 - 0.2 * (x1 - x0) for line in lines)
    return words >= 3.5 and full >= 0.5 * len(lines)
