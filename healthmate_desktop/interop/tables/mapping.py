"""What the columns of a table mean: plain values that can be kept and used again for the next table of this shape."""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.measures.dates import parse_date
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.interop.tables.moments import in_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from healthmate_desktop.domain.measures.dates import Order
    from healthmate_desktop.domain.measures.numbers import Mark

Cell = str | Decimal  # a number that the file holds as one, or text
Row = tuple[int, tuple[Cell, ...]]  # its number as a person sees it, and its cells

MOST_COLUMNS = 300  # that are looked at; the others are left out
LONGEST_HEADING = 200
DATES = "<dates>"  # stands for a heading that is a date, in keys: the next file has others
_LONGEST_KEY = 64
_YEAR_OR_MONTH = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2]))?")
_MARKS = re.compile(r"[^\w%#°/+]+|_+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")


class Role(StrEnum):
    """What the cells of a column are."""

    IGNORED = ""
    DATE = "date"
    TIME = "time"
    NAME = "name"
    VALUE = "value"  # in tables with a column for each date: the values of that date
    UNIT = "unit"
    LOW = "low"
    HIGH = "high"
    RANGE = "range"
    FLAG = "flag"
    CODE = "code"
    NOTE = "note"
    SPECIMEN = "specimen"
    PERFORMER = "performer"
    PERSON = "person"  # two of them: first and last name, in their order
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    IDENTIFIER = "identifier"
    ANALYTE = "analyte"  # the heading is what was measured, the cells are its values


class Shape(StrEnum):
    """How a table is laid out."""

    LONG = "long"  # a row for each result
    WIDE = "wide"  # a row for each date, a column for each thing measured
    ACROSS = "across"  # a row for each thing measured, a column for each date


@dataclass(frozen=True, slots=True)
class TableMapping:
    """`header_row` is 0 for a table without headings. `questions` are sentences to ask a person; none = it is plain."""

    key: str  # see header_key
    shape: Shape
    headings: tuple[str, ...]
    roles: tuple[Role, ...]  # one for each column
    header_row: int = 1
    mark: Mark = ""  # before decimals, "" = as each number tells
    order: Order = ""  # of day and month, "" = as each date tells
    zone: str = ""  # of times of day: "Europe/Berlin" or "+01:00"; "" = not known
    date: str = ""  # for all rows, where no column tells it: FHIR date
    confidence: float = 0.0  # 0 to 1
    questions: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Of plain values, to be kept."""
        return {
            "key": self.key,
            "shape": self.shape.value,
            "headings": list(self.headings),
            "roles": [role.value for role in self.roles],
            "header_row": self.header_row,
            "mark": self.mark,
            "order": self.order,
            "zone": self.zone,
            "date": self.date,
            "confidence": round(self.confidence, 3),
            "questions": list(self.questions),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> TableMapping:
        """What `as_json` gave. Raises InvalidInput for what cannot be meant."""
        try:
            made = cls(
                key=_text(kept["key"]),
                shape=Shape(kept["shape"]),
                headings=tuple(map(_text, kept["headings"])),
                roles=tuple(map(Role, kept["roles"])),
                header_row=int(kept["header_row"]),
                mark=kept["mark"],
                order=kept["order"],
                zone=_text(kept["zone"]),
                date=_text(kept.get("date", "")),
                confidence=float(kept["confidence"]),
                questions=tuple(map(_text, kept["questions"])),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise InvalidInput(_NO_MAPPING) from error
        if not made.is_possible():
            raise InvalidInput(_NO_MAPPING)
        return made

    def is_possible(self) -> bool:
        """Whether all of it can be meant."""
        lengths = {len(self.roles), len(self.headings)}
        return (
            self.mark in ("", ".", ",")
            and self.order in ("", "DMY", "MDY")
            and (not self.zone or in_zone("2024-01-01", "12:00", self.zone) != "")
            and (not self.date or _is_fhir_date(self.date))
            and self.header_row >= 0
            and len(lengths) == 1
            and max(lengths) <= MOST_COLUMNS
            and all(len(heading) <= LONGEST_HEADING for heading in self.headings)
            and len(self.key) <= _LONGEST_KEY
        )


_NO_MAPPING = "What the columns of this table mean was not kept as it should be. Say it again."


def aligned(mapping: TableMapping, cells: Iterable[Cell]) -> TableMapping:
    """For another table of the same headings: a column is known by its own, so that one more date moves none."""
    known: dict[str, list[Role]] = {}
    for heading, role in zip(mapping.headings, mapping.roles, strict=False):
        known.setdefault(plain_heading(heading), []).append(role)
    headings = [
        " ".join(cell_text(cell).split())[:LONGEST_HEADING]
        for cell in itertools.islice(cells, MOST_COLUMNS)
    ]
    roles: list[Role] = []
    for at, heading in enumerate(headings):
        left = known.get(plain_heading(heading), [])
        role = left.pop(0) if len(left) > 1 else left[0] if left else Role.IGNORED
        if mapping.shape is Shape.ACROSS and parse_date(heading) is not None:
            role = Role.VALUE
        if not heading and at < len(mapping.roles):
            role = mapping.roles[at]
        roles.append(role)
    return replace(mapping, headings=tuple(headings), roles=tuple(roles))


def shape_of(roles: Sequence[Role], headings: Sequence[str]) -> Shape:
    """How a table is laid out whose columns mean this."""
    if Role.ANALYTE in roles:
        return Shape.WIDE
    values = [heading for role, heading in zip(roles, headings, strict=True) if role is Role.VALUE]
    dated = bool(values) and all(heading and parse_date(heading) for heading in values)
    return Shape.ACROSS if dated and Role.DATE not in roles else Shape.LONG


def header_key(header: Iterable[Cell]) -> str:
    """The same for two tables of one shape: capitals, marks and dates in the headings do not count."""
    plain: list[str] = []
    for cell in itertools.islice(header, MOST_COLUMNS):
        heading = plain_heading(cell)
        if heading and parse_date(cell_text(cell)) is not None:
            heading = DATES
        if heading != DATES or plain[-1:] != [DATES]:
            plain.append(heading)
    while plain and not plain[-1]:
        plain.pop()
    return hashlib.sha256("\x1f".join(plain).encode("utf-8", "replace")).hexdigest()[:32]


def plain_heading(cell: Cell) -> str:
    """Fit to compare."""
    text = unicodedata.normalize("NFKC", _CAMEL.sub(" ", cell_text(cell)[:LONGEST_HEADING]))
    return " ".join(_MARKS.sub(" ", text.casefold()).split())


def cell_text(cell: Cell) -> str:
    """As a person would write it."""
    if isinstance(cell, Decimal):
        return format(cell, "f") if abs(cell.adjusted()) < 40 else str(cell)
    return cell.strip()


def _is_fhir_date(text: str) -> bool:
    if _YEAR_OR_MONTH.fullmatch(text):
        return True
    found = parse_date(text)
    return found is not None and found.date == text and not found.other


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
