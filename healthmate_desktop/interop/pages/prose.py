"""Measurements in running text: "BP 135/92, pulse 72", "her LDL was 107 mg/dL"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.wordlists import words
from healthmate_desktop.interop.pages.cells import as_value
from healthmate_desktop.interop.pages.entries import Entry
from healthmate_desktop.interop.pages.rows import Cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.interop.pages.cells import Reading, Style
    from healthmate_desktop.interop.pages.rows import Token

_LONGEST_NAME = 5  # words
_JOINERS = words(
    "is|was|of|at|:|=|-|currently|now|today|to|be|measured|es|era|de|fue|a|est|etait|était|à|"
    "ist|war|von|lag|bei|betrug|reading|level|on"
)
_MOST_JOINERS = 3
_NOT_MEASURED = re.compile(
    r"\b(?:goal|target|if|unless|until|less than|greater than|more than|above|below|over|"
    r"under|keep|maintain|objetivo|meta|si|menor|mayor|objectif|inf[eé]rieur|sup[eé]rieur|"
    r"ziel|wenn|unter|"
    r"über|limit|normal range|normal is|call|notify|avisar)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|without|denies|sin|pas de|kein[e]?)\s*$", re.IGNORECASE)
_SHORT = re.compile(r"[A-Z][A-Za-z0-9/]{1,5}")


def measured_in(tokens: Sequence[Token], vocabulary: Vocabulary, style: Style) -> Iterator[Entry]:
    """Each known measurement of a sentence with the number that follows it. Goals and limits are left out."""
    at = 0
    while at < len(tokens):
        found = _at(tokens, at, vocabulary, style)
        if found is None:
            at += 1
            continue
        entry, at = found
        before = " ".join(token.text for token in tokens[max(0, at - 12) : at])
        clause = re.split(r"[.;]\s", before)[-1]
        if not _NOT_MEASURED.search(clause):
            yield entry


def _at(
    tokens: Sequence[Token], start: int, vocabulary: Vocabulary, style: Style
) -> tuple[Entry, int] | None:
    if not vocabulary.has_word(tokens[start].text):
        return None
    for count in range(min(_LONGEST_NAME, len(tokens) - start - 1), 0, -1):
        name = Cell(tuple(tokens[start : start + count]))
        text = name.text.strip(" ,.;:()=")
        if name.tokens[-1].text.casefold().strip(",.:") in _JOINERS:
            continue
        if not _is_name(text, vocabulary) or name.text.rstrip()[-1:] in ".;":
            continue
        value_at = _after_joiners(tokens, start + count)
        value = _value(tokens, value_at, style)
        if value is None:
            continue
        reading, cell = value
        if reading.kind == "pair" and not _is_pressure(text, vocabulary):
            continue
        made = Entry(
            text,
            reading,
            (*name.tokens, *cell.tokens),
            cell.tokens,
            reading.unit,
            reading.ranges,
            reading.flag,
            known=True,
        )
        return made, value_at + len(cell.tokens)
    return None


def _is_name(text: str, vocabulary: Vocabulary) -> bool:
    """In a sentence short names only count in capitals: HR is one, "no" and "and" are none."""
    letters = sum(letter.isalpha() for letter in text)
    if letters < 2 or (letters <= 3 and not _SHORT.fullmatch(text)):
        return False
    return vocabulary.hint(text) is not None


def _is_pressure(text: str, vocabulary: Vocabulary) -> bool:
    hint = vocabulary.hint(text)
    return hint is not None and "bp" in hint.analytes


def _after_joiners(tokens: Sequence[Token], start: int) -> int:
    at = start
    while (
        at < len(tokens)
        and at - start < _MOST_JOINERS
        and tokens[at].text.casefold().strip(",.") in _JOINERS
    ):
        at += 1
    return at


def _value(tokens: Sequence[Token], start: int, style: Style) -> tuple[Reading, Cell] | None:
    """The longest value of up to four words. A number alone ends with its clause."""
    for count in range(min(4, len(tokens) - start), 0, -1):
        cell = Cell(tuple(tokens[start : start + count]))
        text = cell.text.strip(" ,;()").removesuffix(".")
        reading = as_value(text, style) if text[:1].isdigit() or text[:1] in "<>≤≥" else None
        if reading is None or (reading.number is not None and reading.number.comparator):
            continue
        if reading.unit or reading.kind == "pair":
            return reading, cell
        if count == 1 and not cell.text.startswith("("):  # where codes of tests stand
            return reading, cell
    return None
