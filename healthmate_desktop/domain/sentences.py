"""Cut text into sentences, keeping offsets, so that a quote is always a verbatim piece of its page.

Made for what people bring: prose, bullet lists, forms and lab tables, where a line is the unit of meaning.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

LONGEST = 600  # characters; longer runs (a table without stops) are cut at the next space

_BREAK = re.compile(r"\n[ \t]*\n+|\n(?=[ \t]*(?:[-*•‣▪·]|\d{1,2}[.)]|#{1,6})[ \t])")
_STOP = re.compile(r"(?<![.!?…])[.!?…]++[\"'\u201d\u2019)\]]*+(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|drs|mr|mrs|ms|prof|st|vs|approx|e\.g|i\.e|etc|fig|pt|dept|tel|incl"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|a\.m|p\.m|b\.i\.d|t\.i\.d|q\.d|p\.o|p\.r\.n)"
    r"|(?:^|(?<!vitamin)(?<!hepatitis)(?<!influenza)(?<!type)(?<!group)(?<!grade)(?<!class)(?<!stage)\s)[A-Za-z])\.$",
    re.IGNORECASE,
)
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]")
_BULLET = re.compile(r"[ \t]*(?:[-*•‣▪·]|\d{1,2}[.)])[ \t]+")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_LABEL = re.compile(r"[ \t]*[^\W\d_][^.:!?\n]{0,40}:(?:[ \t]|$)")
_SHORT = 0.6  # of the longest line of its block: a line that ended by itself and was not wrapped


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]`. `starts_section` marks a Markdown heading."""

    start: int
    end: int
    starts_section: bool = False


def sentence_spans(text: str) -> list[Span]:
    """All sentences of `text` in order, none empty, without white space at their ends."""
    spans: list[Span] = []
    for start, end in _blocks(text):
        heading = _HEADING.match(text, start, end) is not None
        for begin, stop in _stops(text, start, end):
            spans.extend(_trimmed(text, begin, stop, starts_section=heading))
    return spans


def _blocks(text: str) -> list[tuple[int, int]]:
    """Paragraphs, list items without their bullets, headings, and the lines of forms and tables."""
    edges = [0, *(match.end() for match in _BREAK.finditer(text)), len(text)]
    blocks: list[tuple[int, int]] = []
    for start, end in itertools.pairwise(edges):
        line = text.find("\n", start, end)
        if _HEADING.match(text, start, end) and line != -1:
            blocks.append((start, line))
            blocks += _lines(text, line, end)
        else:
            bullet = _BULLET.match(text, start, end)
            blocks += _lines(text, bullet.end() if bullet else start, end)
    return blocks


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A block cut where a line was ended on purpose; lines that were only wrapped stay together."""
    lines = [(match.start(), match.end()) for match in _LINE.finditer(text, start, end)]
    if len(lines) < 2:
        return [(start, end)]
    words = [text[begin:stop].strip() for begin, stop in lines]
    longest = max(map(len, words))
    listed = len(lines) > 2 and not any(line[0].islower() for line in words)
    cuts = [start]
    for (line, following), (begin, _) in zip(itertools.pairwise(words), lines[1:], strict=True):
        fits = len(line) + 1 + len(following.split()[0]) <= _SHORT * longest
        labelled = _LABEL.match(line) and _LABEL.match(following)
        if not following[0].islower() and (listed or fits or labelled):
            cuts.append(begin)
    return list(itertools.pairwise([*cuts, end]))


def _stops(text: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    begin = start
    for match in _STOP.finditer(text, start, end):
        following = text[match.end() : min(end, match.end() + 40)].lstrip()[:1]
        if (
            _ABBREVIATION.search(text[max(begin, match.start() - 12) : match.start() + 1])
            or following.islower()
        ):
            continue
        pieces.append((begin, match.end()))
        begin = match.end()
    pieces.append((begin, end))
    return pieces


def _trimmed(text: str, start: int, end: int, *, starts_section: bool) -> list[Span]:
    spans: list[Span] = []
    while start < end:
        stop = end
        if end - start > LONGEST:
            cut = max(
                text.rfind("\n", start + 1, start + LONGEST),
                text.rfind(" ", start + LONGEST // 2, start + LONGEST),
            )
            stop = cut if cut > start else start + LONGEST
        piece = text[start:stop]
        left, right = len(piece) - len(piece.lstrip()), len(piece.rstrip())
        if right > left:
            spans.append(
                Span(start + left, start + right, starts_section=starts_section and not spans)
            )
        start = stop
    return spans
