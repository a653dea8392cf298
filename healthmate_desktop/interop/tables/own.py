"""HealthMate's own CSV: columns a person wants to see, and the whole record beside them, so that nothing is lost.

A record longer than a cell of a spreadsheet goes on in further rows. It is ASCII, since spreadsheets change how other
letters are written when they save. Cells that would be taken for a formula begin with an apostrophe.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.facts.reading import number_text
from healthmate_desktop.domain.json_text import BadJson, json_text, value_at
from healthmate_desktop.domain.measures.numbers import parse_number
from healthmate_desktop.domain.proposals import Proposal, Spot
from healthmate_desktop.interop.tables.mapping import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.interop.tables.mapping import Cell, Row

HEADER = (
    *("Type", "Date", "Code", "Name", "Value", "Unit", "Low", "High", "Flag", "Status", "Source"),
    *("Record", "Part", "HealthMate record"),
)
LONGEST_PIECE = 30_000  # characters; a spreadsheet cuts cells after 32,767
MOST_WAITING = 100_000_000  # characters of records of which parts are still to come
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_ESCAPED = re.compile(r"[^\x20-\x7e]|  +")
_PART = re.compile(r"(\d{1,6}) ?/ ?(\d{1,6})\Z")

_NO_RECORD = (
    "The record of this row is missing or was changed, so it was left out. Export it again."
)
_CUT = "Rows of this record are missing, so it was left out. Export it again."
_TOO_MUCH = "More records than can be held are without some of their rows, so the rest was left out. Export it again."
_CHANGED = "The value shown in the table was changed. The record beside it still has the former one, which was taken."


def write_csv(resources: Iterable[Mapping[str, Any]], sources: Iterable[str] = ()) -> bytes:
    """All records; `sources` says of each where it is from. For many of them see `csv_rows`."""
    return b"".join(csv_rows(resources, sources))


def csv_rows(
    resources: Iterable[Mapping[str, Any]], sources: Iterable[str] = ()
) -> Iterator[bytes]:
    """The file bit by bit, in UTF-8 with a mark, which Excel needs. Raises ValueError for what is not JSON."""
    yield b"\xef\xbb\xbf" + _line(HEADER)
    pairs = zip(resources, itertools.chain(sources, itertools.repeat("")), strict=False)
    for number, (resource, source) in enumerate(pairs, 1):
        pieces = _pieces(_ESCAPED.sub(_escape, json_text(dict(resource))))
        seen = [*_seen(facts_of(resource)), source]
        for part, piece in enumerate(pieces, 1):
            shown = seen if part == 1 else ["(goes on)", *[""] * (len(seen) - 1)]
            yield _line([*shown, str(number), f"{part}/{len(pieces)}", piece])


def is_own(header: Sequence[Cell]) -> bool:
    """Whether a table with these headings was written by `write_csv`."""
    return {"Record", "Part", "HealthMate record"} <= set(map(cell_text, header))


def read_own(rows: Iterable[Row], sheet: str = "") -> Iterator[Proposal | Problem]:
    """The records of a table that `is_own`, its headings first; also after a spreadsheet sorted or saved it."""
    rest = iter(rows)
    header = [cell_text(cell) for cell in next(rest, (0, ()))[1]]
    waiting = _Waiting()
    for number, cells in rest:
        said = {name: _unguarded(cell) for name, cell in zip(header, cells, strict=False)}
        if not any(said.values()):
            continue
        where = f"{sheet[:20]}, row {number}" if sheet else f"row {number}"
        if not waiting.takes(said.get("HealthMate record", "")):
            yield Problem(where, _TOO_MUCH)
            return
        try:
            whole = waiting.put(where, said)
        except ValueError:
            yield Problem(where, _NO_RECORD)
            continue
        if whole is not None:
            yield _proposal(*whole)
    for where in waiting.left():
        yield Problem(where, _CUT)


class _Waiting:
    """Records of which parts have come, by their number in the file."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[int, str]] = {}
        self._first: dict[str, tuple[str, dict[str, str]]] = {}
        self._held = 0

    def takes(self, piece: str) -> bool:
        return self._held + len(piece) <= MOST_WAITING

    def put(self, where: str, said: dict[str, str]) -> tuple[str, dict[str, str], str] | None:
        """The record, once its last part has come. Raises ValueError for a row that says nothing of its record."""
        part = _PART.match(said.get("Part", ""))
        record, piece = said.get("Record", ""), said.get("HealthMate record", "")
        if part is None or not piece:
            raise ValueError
        at, count = int(part[1]), int(part[2])
        parts = self._parts.setdefault(record, {})
        self._held += len(piece)
        parts[at] = piece
        if at == 1:
            self._first[record] = where, said
        if len(parts) < count or 1 not in parts:
            return None
        del self._parts[record]
        self._held -= sum(map(len, parts.values()))
        first, seen = self._first.pop(record)
        return first, seen, "".join(parts[each] for each in sorted(parts))

    def left(self) -> list[str]:
        return [
            self._first[record][0] if record in self._first else f"record {record}"[:40]
            for record in self._parts
        ]


def _proposal(where: str, said: dict[str, str], text: str) -> Proposal | Problem:
    try:
        resource, end = value_at(text, 0)
    except BadJson:
        return Problem(where, _NO_RECORD)
    if (
        end != len(text)
        or not isinstance(resource, dict)
        or not isinstance(resource.get("resourceType"), str)
    ):
        return Problem(where, _NO_RECORD)
    shown = " ".join(
        filter(None, (said.get(name, "") for name in ("Date", "Name", "Value", "Unit")))
    )
    doubts = (_CHANGED,) if _is_changed(said.get("Value", ""), facts_of(resource)) else ()
    return Proposal(resource, Spot(where), shown[:1000], doubts)


def _is_changed(shown: str, facts: Facts) -> bool:
    """Whether a number beside the record is another one than in it; spreadsheets write them in their own way."""
    if facts.number is None:
        return False
    number = parse_number(shown)
    if number is None or number.ambiguous:
        return False
    return number.value != facts.number


def _seen(facts: Facts) -> list[str]:
    number = facts.number
    value = facts.value if number is None else facts.comparator + number_text(number)
    limits = ["" if limit is None else number_text(limit) for limit in (facts.low, facts.high)]
    code = next((coding.code for coding in facts.codings if coding.code), "")
    return [
        *(facts.type, facts.effective, code, facts.display, value),
        *(facts.unit if number is not None else "", *limits, facts.interpretation, facts.status),
    ]


def _line(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([guarded(cell) for cell in cells])
    return line.getvalue().encode("utf-8", "replace")


def guarded(cell: str) -> str:
    """Not to be taken for a formula."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _unguarded(cell: Cell) -> str:
    return cell_text(cell) if isinstance(cell, Decimal) else cell.removeprefix("'")


def _escape(found: re.Match[str]) -> str:
    """As JSON, in ASCII; several spaces too, since the ends of a cell lose theirs."""
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _pieces(text: str) -> list[str]:
    """Cut into cells, of which none begins or ends with a space."""
    pieces: list[str] = []
    while len(text) > LONGEST_PIECE:
        end = LONGEST_PIECE + (text[LONGEST_PIECE] == " ")
        piece, text = text[:end], text[end:]
        pieces.append(piece[:-1] + "\\u0020" if piece.endswith(" ") else piece)
    return [*pieces, text]
