"""The little of Markdown that health texts use (headings, bullets, bold), told apart without losing places."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING = re.compile(r"[ \t]*(#{1,6})[ \t]+")
_BULLET = re.compile(r"^([ \t]*)[-*](?=[ \t])")
_BOLD = "**"


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one look; they begin at `start` of the whole text."""

    start: int
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of the text, never without a run. `level` is 1 to 6 for a heading and 0 for all else."""

    runs: tuple[Run, ...]
    level: int = 0


def plain_lines(text: str) -> list[TextLine]:
    """The lines as they are."""
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(TextLine((Run(start, line),)))
        start += len(line) + 1
    return lines


def markdown_lines(text: str) -> list[TextLine]:
    """The lines without their marks."""
    return [_line(line.runs[0]) for line in plain_lines(text)]


def without_marks(text: str) -> str:
    """A sentence as it is read."""
    return "".join(run.text for run in _bold_runs(Run(0, text)))


def _line(whole: Run) -> TextLine:
    if heading := _HEADING.match(whole.text):
        rest = Run(whole.start + heading.end(), whole.text[heading.end() :])
        return TextLine(_bold_runs(rest), len(heading[1]))
    return TextLine(_bold_runs(Run(whole.start, _BULLET.sub(r"\1•", whole.text, count=1))))


def _bold_runs(run: Run) -> tuple[Run, ...]:
    """Cut at pairs of `**`; an odd one is left as it stands."""
    parts = run.text.split(_BOLD)
    if len(parts) % 2 == 0:
        return (run,)
    runs, start = [], run.start
    for number, part in enumerate(parts):
        runs.append(Run(start, part, bold=number % 2 == 1))
        start += len(part) + len(_BOLD)
    return tuple(runs)
