"""The results in one row of a table: which cell is the name, which the value, and what stands beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.names import specimen_in
from healthmate_desktop.domain.measures.printed_units import printed_unit
from healthmate_desktop.domain.measures.ranges import Range, parse_ranges
from healthmate_desktop.interop.pages.cells import Reading, as_range, as_value, as_words, read_cell
from healthmate_desktop.interop.pages.rows import Cell, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.interop.pages.words import Role

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.domain.measures.names import Specimen
    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.columns import Column, Head
    from healthmate_desktop.interop.pages.rows import Token

_LONGEST_NAME = 90  # characters
_VALUES: set[Role] = {"value", "normal", "abnormal"}
_NO_VALUES: set[Role] = {"range", "previous", "other", "low", "high", "flag", "specimen"}
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """A result as it stands on the page, before it is known what it means."""

    name: str
    value: Reading
    tokens: tuple[Token, ...]  # all that it was read from, name first
    value_tokens: tuple[Token, ...]
    unit: str = ""
    ranges: tuple[Range, ...] = ()
    flag: str = ""
    date: Found | None = None
    time: str = ""  # a time of day without a date
    specimen: Specimen = ""
    under_head: bool = False  # its column says that it holds values
    known: bool = False  # the name is one of the vocabulary


@dataclass(frozen=True, slots=True)
class _Seen:
    cell: Cell
    reading: Reading
    column: Column | None

    @property
    def role(self) -> Role:
        return self.column.role if self.column is not None else ""

    @property
    def has_value(self) -> bool:
        return self.reading.kind in {"value", "pair", "words"}


class RowReader:
    """Reads rows of one document. `head` of each call is the table's, None where it has none."""

    def __init__(self, vocabulary: Vocabulary, style: Style) -> None:
        self._vocabulary = vocabulary
        self._style = style

    def knows(self, name: str) -> bool:
        return self._vocabulary.hint(name, guess=self._style.guess) is not None

    def entries(self, row: Row, head: Head | None, name: Cell | None = None) -> list[Entry]:
        """`name` is that of a test whose value stands in the row without one."""
        seen = self._seen(row, head)
        if head is not None and head.of_tests:
            return self._by_test(seen)
        found: list[Entry] = []
        for part in self._side_by_side(seen) if head is None or not head.of_dates else [seen]:
            found += self._named(part, head, name)
        return found

    def date_of(self, row: Row, head: Head | None) -> tuple[Found | None, str]:
        """The date, or the time of day alone, that a row gives."""
        return _date_in(self._seen(row, head))

    def _seen(self, row: Row, head: Head | None) -> list[_Seen]:
        cells = [part for cell in row.cells for part in self._divided(cell)]
        columns = head.place(cells) if head is not None else [None] * len(cells)
        seen: list[_Seen] = []
        named = False
        for cell, column in zip(cells, columns, strict=True):
            reading = self._read(cell.text, column)
            role = column.role if column is not None else ""
            if (
                not named
                and role in {"", "name", "date"}
                and reading.kind not in {"date", "time", "blank"}
                and self.knows(cell.text)
            ):
                reading, named = Reading("text", cell.text), True  # pH and INR are units too
            seen.append(_Seen(cell, reading, column))
        return seen

    def _read(self, text: str, column: Column | None) -> Reading:
        """As its column has it, if it can be read so."""
        reading = read_cell(text, self._style)
        role = column.role if column is not None else ""
        if role == "range" and reading.kind not in {"blank", "unit", "date"}:
            return self._range(text) or reading
        if (
            role == "unit"
            and reading.kind not in {"blank", "unit"}
            and "/" in text
            and " " not in text
        ):
            return Reading("unit", text, unit=text)
        if role in {"value", "normal", "abnormal"} and reading.kind in {"range", "flag", "unit"}:
            return self._value_like(text, reading)
        return reading

    def _range(self, text: str) -> Reading | None:
        ranges = parse_ranges(text, self._style.mark)
        return Reading("range", text, ranges=ranges) if ranges else None

    def _value_like(self, text: str, reading: Reading) -> Reading:
        """Under "Result", 0-5 is what was counted, Normal what was found, and <5 a limit of measuring."""
        value = as_value(text, self._style) or as_words(text, self._style)
        if value is not None:
            return value
        words = reading.words
        return (
            Reading("words", text, words=words, flag=reading.flag) if words is not None else reading
        )

    def _divided(self, cell: Cell) -> list[Cell]:
        """A cell in which a date, a name and a value stand too close to be told apart by the gap."""
        tokens = cell.tokens
        if len(tokens) < 2 or not any(letter.isdigit() for letter in cell.text):
            return [cell]
        if read_cell(cell.text, self._style).kind != "text" or self.knows(cell.text):
            return [cell]
        for count in range(min(5, len(tokens) - 1), 0, -1):
            if read_cell(Cell(tokens[:count]).text, self._style).kind == "date":
                return [Cell(tokens[:count]), *self._divided(Cell(tokens[count:]))]
        return self._name_and_value(tokens)

    def _name_and_value(self, tokens: tuple[Token, ...]) -> list[Cell]:
        for count in range(min(len(tokens) - 1, 9), 0, -1):
            before, after = Cell(tokens[:count]), Cell(tokens[count:])
            if not self.knows(before.text):
                continue
            rest = self._values(after.tokens)
            if rest:
                return [before, *rest]
        return [Cell(tokens)]

    def _values(self, tokens: tuple[Token, ...]) -> list[Cell]:
        """The cells that begin with a value; what follows it is one more."""
        if read_cell(Cell(tokens).text, self._style).kind in {"value", "pair", "words"}:
            return [Cell(tokens)]
        for count in range(min(len(tokens) - 1, 6), 0, -1):
            if read_cell(Cell(tokens[:count]).text, self._style).kind in {"value", "pair"}:
                rest = Cell(tokens[count:])
                return [Cell(tokens[:count]), rest]
        return []

    def _by_test(self, seen: list[_Seen]) -> list[Entry]:
        date, time = _date_in(seen)
        found = []
        for each in seen:
            test = each.column.test if each.column is not None else None
            if test is not None and each.has_value:
                entry = self._entry(test, each, [], under_head=True)
                found.append(_below(entry, each.column, date, time))
        return found

    def _side_by_side(self, seen: list[_Seen]) -> list[list[_Seen]]:
        """The row cut before each further test that has a value of its own."""
        starts = [
            place
            for place, each in enumerate(seen)
            if each.reading.kind == "text" and self._vocabulary.hint(each.cell.text) is not None
        ]
        whole = [
            start
            for start, end in zip(starts, [*starts[1:], len(seen)], strict=False)
            if any(each.has_value for each in seen[start + 1 : end])
        ]
        if len(whole) < 2:
            return [seen]
        cuts = [0, *whole[1:], len(seen)]
        return [seen[a:b] for a, b in zip(cuts, cuts[1:], strict=False)]

    def _named(self, seen: list[_Seen], head: Head | None, given: Cell | None) -> list[Entry]:
        at = self._name_at(seen)
        if at is None and given is None:
            return []
        name = given if at is None else seen[at].cell
        if name is None or len(name.text) > _LONGEST_NAME:
            return []
        rest = [each for place, each in enumerate(seen) if place != at]
        after = seen[at + 1 :] if at is not None else seen
        if head is not None and head.of_dates:
            return self._dated(name, rest)
        value = self._value_in(after, rest)
        if value is None:
            return []
        others = [each for each in rest if each is not value]
        entry = self._entry(
            name, value, others, under_head=value.role in {"value", "normal", "abnormal"}
        )
        date, time = _date_in(others)
        return [replace(entry, date=date, time=time)]

    def _name_at(self, seen: list[_Seen]) -> int | None:
        """Known names first, wherever they stand; then what stands under "Test"; then the first words."""
        texts = [place for place, each in enumerate(seen) if _can_be_name(each)]
        known = [place for place in texts if self.knows(seen[place].cell.text)]
        headed = [place for place in texts if seen[place].role == "name"]
        if headed and (headed[0] in known or not known):
            return headed[0]
        if known:
            return known[0]
        plain = [place for place in texts if seen[place].role in {"", "date", "value"}]
        return plain[0] if plain and not any(each.role == "name" for each in seen) else None

    def _value_in(self, after: list[_Seen], rest: list[_Seen]) -> _Seen | None:
        """The cell that looks most like a value; what stands under "Result" has the better chance."""
        headed = [each for each in rest if each.role in _VALUES and each not in after]
        options = [each for each in (*after, *headed) if each.role not in _NO_VALUES]
        options = [counted for each in options if (counted := self._counted(each)) is not None]
        if not options:
            return None
        return max(options, key=_likeness)

    def _counted(self, each: _Seen) -> _Seen | None:
        """The cell if it can be a value. 0-5 may be what was counted; other words only stand under "Result"."""
        if each.has_value:
            return each
        words = as_words(each.cell.text, self._style)
        if words is not None and each.reading.kind != "flag":
            return replace(each, reading=words)
        is_text = each.role == "value" and each.reading.kind == "text" and len(each.cell.text) <= 60
        return each if is_text else None

    def _dated(self, name: Cell, rest: list[_Seen]) -> list[Entry]:
        found = []
        others = [each for each in rest if each.column is None or each.column.date is None]
        for each in rest:
            if each.column is None or each.column.date is None or not each.has_value:
                continue
            entry = self._entry(name, each, others, under_head=True)
            found.append(replace(entry, date=each.column.date))
        return found

    def _entry(
        self, name: Cell, value: _Seen, others: Sequence[_Seen], *, under_head: bool
    ) -> Entry:
        ranges, unit, flag = value.reading.ranges, value.reading.unit, value.reading.flag
        used = [value.cell]
        for each in others:
            if (
                each.reading.kind == "unit"
                and not unit
                and each.role in {"", "unit", "value", "other", "range", "flag"}
            ):
                unit = each.reading.unit
                used.append(each.cell)
            elif (
                each.reading.kind == "range"
                and not ranges
                and each.role not in {"previous", "other"}
            ):
                ranges, flag = each.reading.ranges, flag or each.reading.flag
                used.append(each.cell)
            elif (mark := self._mark(each, value)) and not flag:
                flag = mark
                used.append(each.cell)
            elif each.reading.kind in {"date", "time"}:
                used.append(each.cell)
        ranges = ranges or self._limits(others) or self._details(others)
        if value.role == "abnormal":
            flag = flag or "A"
        named = name.text
        inner = _IN_BRACKETS.search(named)
        if inner is not None:
            printed = tuple(
                each for each in parse_ranges(inner[1], self._style.mark) if each.has_limits
            )
            is_unit = bool(printed_unit(inner[1]).codes)
            ranges, unit = ranges or printed, unit or (inner[1] if is_unit else "")
            named = named[: inner.start()] if printed or is_unit else named
        unit = unit or next((each.unit for each in ranges if each.unit), "")
        specimen = next(
            (specimen_in(each.cell.text) for each in others if each.role == "specimen"), ""
        )
        return Entry(
            named.strip(" :"),
            value.reading,
            (*name.tokens, *(token for cell in used for token in cell.tokens)),
            value.cell.tokens,
            unit,
            ranges,
            flag,
            specimen=specimen,
            under_head=under_head,
            known=self.knows(name.text),
        )

    def _mark(self, each: _Seen, value: _Seen) -> str:
        """A mark beside the value, or what its column says of it."""
        if each.role in {"range", "previous", "unit", "specimen"}:
            return ""
        if each.reading.kind == "flag":
            return each.reading.flag
        return each.reading.flag if each.reading.kind == "range" and each is not value else ""

    def _limits(self, others: Sequence[_Seen]) -> tuple[Range, ...]:
        """Lower and upper limit in columns of their own."""
        sides = {each.role: each.reading.number for each in others if each.role in {"low", "high"}}
        low, high = sides.get("low"), sides.get("high")
        if low is None and high is None:
            return ()
        text = " - ".join(str(side.value) for side in (low, high) if side is not None)
        return (Range(text, low.value if low else None, high.value if high else None),)

    def _details(self, others: Sequence[_Seen]) -> tuple[Range, ...]:
        """A range that stands in a column of remarks, if it says that it is one."""
        for each in others:
            found = as_range(each.cell.text, self._style)
            if (
                found is not None
                and each.role == "other"
                and re.match(r"\W*(?:ref|normal|range|rango|norm)", each.cell.text, re.IGNORECASE)
            ):
                return found.ranges
        return ()


def _likeness(each: _Seen) -> float:
    """How much a cell looks like the value of its row."""
    reading = each.reading
    likeness = 2.0 if each.role in _VALUES else 0.0
    if reading.kind == "pair":
        return likeness + 3
    if reading.kind == "value" and reading.number is not None:
        likeness += 2.0 if reading.number.comparator else 3.0
        return likeness + (1.5 if printed_unit(reading.unit).codes else 0.0)
    if reading.words is not None:
        return likeness + (3.0 if reading.words.code else 1.0 if not reading.text[:1].isdigit() else 0.5)
    return likeness - 1.5


def _below(entry: Entry, column: Column | None, date: Found | None, time: str) -> Entry:
    """With the day of its row, and the unit and range that stand under the head of its column."""
    entry = replace(entry, date=date, time=time)
    if column is None:
        return entry
    ranges = entry.ranges or column.ranges
    unit = entry.unit or column.unit or next((each.unit for each in ranges if each.unit), "")
    return replace(entry, unit=unit, ranges=ranges)


def _can_be_name(each: _Seen) -> bool:
    letters = sum(letter.isalpha() for letter in each.cell.text)
    if each.reading.kind != "text" and not (
        each.role == "name" and each.reading.kind in {"words", "unit", "flag"}
    ):
        return False
    return letters >= 1 and each.role not in {"range", "unit", "flag", "previous"}


def _date_in(seen: Sequence[_Seen]) -> tuple[Found | None, str]:
    headed = [
        each for each in seen if each.role == "date" and each.reading.kind in {"date", "time"}
    ]
    for each in [*headed, *seen]:
        if each.reading.kind == "date" and each.role != "previous":
            return each.reading.date, ""
    for each in [*headed, *seen]:
        if each.reading.kind == "time":
            return None, each.reading.time
    return None, ""
