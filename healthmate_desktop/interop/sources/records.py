"""JSON of public collections record by record: lines of their own, a list, or the results of openFDA.

Read piece by piece, so that a file of a gigabyte takes no more room than its largest record.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.json_text import BadJson, value_at
from healthmate_desktop.interop.fhir.json_scan import value_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 20_000_000  # letters of one record
MOST_PROBLEMS = 100  # that are named
_BEGINNING = 65_536  # letters

_RESULTS = re.compile(r'"results"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,\x00\x1e\ufeff]*")
_CUT_OFF = "The file ends in the middle of this record, so it was left out."
_TOO_LONG = "This record is longer than 20 million letters, so the rest of the file was left out."
_NO_RECORD = "It is no JSON record, so it was left out."


def records_of(pieces: Iterable[bytes]) -> Iterator[dict[str, Any] | Problem]:
    """A problem for each that was left out, the first 100 of them."""
    number = left_out = 0
    for number, (value, reason) in enumerate(_values(_decoded(pieces)), 1):
        if isinstance(value, dict):
            yield value
            continue
        left_out += 1
        if left_out <= MOST_PROBLEMS:
            yield Problem(f"record {number}", reason or _NO_RECORD)
    if left_out > MOST_PROBLEMS:
        yield Problem("other records", f"{left_out - MOST_PROBLEMS} more were left out.")


def _decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _values(pieces: Iterator[str]) -> Iterator[tuple[Any, str]]:
    """Each record, or None and why it was refused."""
    text = ""
    for piece in pieces:  # enough of the beginning to see how the records are kept
        text += piece
        if len(text) > _BEGINNING:
            break
    results = _RESULTS.search(text)
    if results and text.count("{", 0, results.start()) - text.count("}", 0, results.start()) == 1:
        yield from _listed(text[results.end() :], pieces)
    elif _are_lines(text):
        yield from _lines(text, pieces)
    else:
        opened = text.find("[") + 1 if text.lstrip().startswith("[") else 0
        yield from _listed(text[opened:], pieces)


def _are_lines(text: str) -> bool:
    """Whether the first line is a record, or at least not the beginning of one."""
    first = text.lstrip("\x1e\ufeff \t\r\n").partition("\n")[0].rstrip()
    return not first.startswith(("{", "[")) or (first.startswith("{") and first.endswith("}"))


def _lines(text: str, pieces: Iterator[str]) -> Iterator[tuple[Any, str]]:
    for piece in pieces:
        text += piece
        *whole, text = text.split("\n")
        for line in whole:
            yield from _line(line)
        if len(text) > LONGEST:
            yield None, _TOO_LONG
            return
    for line in text.split("\n"):
        yield from _line(line)


def _line(line: str) -> Iterator[tuple[Any, str]]:
    line = line.strip("\x1e\ufeff \t\r")
    if not line:
        return
    if len(line) > LONGEST:
        yield None, _TOO_LONG
        return
    try:
        yield value_at(line, 0)[0], ""
    except BadJson as error:
        yield None, str(error)


def _listed(text: str, pieces: Iterator[str]) -> Iterator[tuple[Any, str]]:
    """The values of a list whose bracket was passed; `text` is what was read of it."""
    place = 0
    while True:
        found = _BETWEEN.match(text, place)
        place = found.end() if found else place
        if text[place : place + 1] == "]":
            return
        try:
            end = value_end(text, place)
        except BadJson:
            end = len(text)  # perhaps more of it comes
        if end == len(text):
            if len(text) - place > LONGEST:
                yield None, _TOO_LONG
                return
            more = next(pieces, None)
            if more is not None:
                text, place = text[place:] + more, 0
                continue
            if place == len(text):
                return
        yield from _value(text, place, end)
        place = end


def _value(text: str, start: int, end: int) -> Iterator[tuple[Any, str]]:
    try:
        value, stop = value_at(text, start)
    except BadJson as error:
        yield None, str(error)
        return
    yield (value, "") if stop <= end else (None, _CUT_OFF)
