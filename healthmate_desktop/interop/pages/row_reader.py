"""The results in one row of a table: which cell is the name and which the value."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.qualities import counted_range
from healthmate_desktop.domain.measures.ranges import parse_ranges
from healthmate_desktop.interop.pages.cells import Reading, as_value, as_words, read_cell
from healthmate_desktop.interop.pages.entries import below, entry_of
from healthmate_desktop.interop.pages.rows import Cell
from healthmate_desktop.interop.pages.seen import NO_VALUES, VALUES, Seen, date_in, likeness
from healthmate_desktop.interop.pages.words import role_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.columns import Column, Head
    from healthmate_desktop.interop.pages.entries import Entry
    from healthmate_desktop.interop.pages.rows import Row, Token

_VALUE_KINDS = {"value", "pair", "words"}
_LONGEST_NAME = 90  # characters
_LONGEST_UNIT = 14  # of one that can't be read


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
        return date_in(self._seen(row, head))

    def is_lost_head(self, row: Row, head: Head | None) -> bool:
        """Whether a row with a date may be heads of several columns: of more than one day, or of a day and of words."""
        seen = self._seen(row, head)
        days = {each.reading.date.date for each in seen if each.reading.date is not None}
        others = {role_of(each.cell.text) for each in seen if each.reading.date is None}
        return len(days) > 1 or ("" in others and bool(others & {"unit", "range"}))

    def _seen(self, row: Row, head: Head | None) -> list[Seen]:
        cells = [part for cell in row.cells for part in self._divided(cell)]
        columns = head.place(cells) if head is not None else [None] * len(cells)
        seen: list[Seen] = []
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
            seen.append(Seen(cell, reading, column))
        return seen

    def _read(self, text: str, column: Column | None) -> Reading:
        """As its column has it, if it can be read so."""
        reading = read_cell(text, self._style)
        role = column.role if column is not None else ""
        if role == "range" and reading.kind not in {"blank", "unit", "date"}:
            return self._range(text) or reading
        if (
            role == "unit"
            and (reading.kind == "text" or ("/" in text and reading.kind not in {"blank", "unit"}))
            and len(text) <= _LONGEST_UNIT
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
        can_hold = ":" in cell.text or any(letter.isdigit() for letter in cell.text)
        if len(tokens) < 2 or not can_hold:
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
        whole = Cell(tokens)
        if (
            read_cell(whole.text, self._style).kind in _VALUE_KINDS
            or counted_range(whole.text) is not None
        ):
            return [whole]
        for count in range(min(len(tokens) - 1, 6), 0, -1):
            if read_cell(Cell(tokens[:count]).text, self._style).kind in {"value", "pair"}:
                return [Cell(tokens[:count]), Cell(tokens[count:])]
        return []

    def _by_test(self, seen: list[Seen]) -> list[Entry]:
        date, time = date_in(seen)
        found = []
        for each in seen:
            test = each.column.test if each.column is not None else None
            if test is not None and each.has_value:
                entry = self._entry(test, each, [], under_head=True)
                found.append(below(entry, each.column, date, time))
        return found

    def _side_by_side(self, seen: list[Seen]) -> list[list[Seen]]:
        """The row cut before each further test that has a value of its own, without tests that have none."""
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
        if len(starts) < 2 or not whole:
            return [seen]
        cuts = [0, *whole[1:], len(seen)]
        idle = {start for start in starts if start < whole[0]}
        return [
            [each for place, each in enumerate(seen) if a <= place < b and place not in idle]
            for a, b in pairwise(cuts)
        ]

    def _named(self, seen: list[Seen], head: Head | None, given: Cell | None) -> list[Entry]:
        at = self._name_at(seen)
        if at is None and given is None:
            return []
        name = given if at is None else seen[at].cell
        if name is None or len(name.text) > _LONGEST_NAME:
            return []
        rest = [each for place, each in enumerate(seen) if place != at]
        after = self._up_to_next(seen[at + 1 :] if at is not None else seen)
        if head is not None and head.of_dates:
            return self._dated(name, rest)
        value = self._value_in(after, rest)
        if value is None:
            return []
        others = [each for each in rest if each is not value]
        entry = self._entry(
            name, value, others, under_head=value.role in {"value", "normal", "abnormal"}
        )
        date, time = date_in(others)
        return [replace(entry, date=date, time=time)]

    def _up_to_next(self, after: list[Seen]) -> list[Seen]:
        """The cells before another test, whose value is not this one's."""
        for place, each in enumerate(after):
            is_name = each.reading.kind == "text" and each.role in {"", "name"}
            if is_name and self._vocabulary.hint(each.cell.text) is not None:
                return after[:place]
        return after

    def _name_at(self, seen: list[Seen]) -> int | None:
        """Known names first, wherever they stand; then what stands under "Test"; then the first words."""
        texts = [place for place, each in enumerate(seen) if each.can_be_name]
        known = [place for place in texts if self.knows(seen[place].cell.text)]
        headed = [place for place in texts if seen[place].role == "name"]
        if headed and (headed[0] in known or not known):
            return headed[0]
        if known:
            return known[0]
        plain = [place for place in texts if seen[place].role in {"", "date", "value"}]
        return plain[0] if plain and not any(each.role == "name" for each in seen) else None

    def _value_in(self, after: list[Seen], rest: list[Seen]) -> Seen | None:
        """The cell that looks most like a value; what stands under "Result" has the better chance."""
        headed = [each for each in rest if each.role in VALUES and each not in after]
        options = [each for each in (*after, *headed) if each.role not in NO_VALUES]
        options = [counted for each in options if (counted := self._counted(each)) is not None]
        if not options:
            return None
        return max(options, key=likeness)

    def _counted(self, each: Seen) -> Seen | None:
        """The cell if it can be a value. 0-5 may be what was counted; other words only stand under "Result"."""
        if each.has_value:
            return each
        words = as_words(each.cell.text, self._style)
        if words is not None and each.reading.kind != "flag":
            return replace(each, reading=words)
        is_text = each.role == "value" and each.reading.kind == "text" and len(each.cell.text) <= 60
        return each if is_text else None

    def _dated(self, name: Cell, rest: list[Seen]) -> list[Entry]:
        found = []
        others = [each for each in rest if each.column is None or each.column.date is None]
        for each in rest:
            if each.column is None or each.column.date is None or not each.has_value:
                continue
            entry = self._entry(name, each, others, under_head=True)
            found.append(replace(entry, date=each.column.date))
        return found

    def _entry(self, name: Cell, value: Seen, others: Sequence[Seen], *, under_head: bool) -> Entry:
        entry = entry_of(name, value, others, self._vocabulary, self._style)
        return replace(entry, under_head=under_head)
