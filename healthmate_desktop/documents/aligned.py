"""Rows of a table as lines of text whose cells stand one below the other, so that an empty one keeps its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BETWEEN_CELLS = " | "
_MOST = 10_000  # cells of a table
_WIDEST = 60  # letters of a column


def aligned_rows(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A line for each row; a table of very many cells is left as it is."""
    few = sum(map(len, rows)) <= _MOST
    widths = [0] * max((len(cells) for cells in rows if few), default=0)
    for cells in rows if few else ():
        for column, cell in enumerate(cells):
            widths[column] = max(widths[column], min(len(cell), _WIDEST))
    for cells in rows:
        yield BETWEEN_CELLS.join(
            cell.ljust(widths[column]) if few else cell for column, cell in enumerate(cells)
        )
