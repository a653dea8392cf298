"""Reads the rows of a document one after the other, with what the earlier ones say of the later."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.names import specimen_in
from healthmate_desktop.interop.pages.cells import read_cell
from healthmate_desktop.interop.pages.columns import foreign_head, head_of, joined, tests_of
from healthmate_desktop.interop.pages.observations import Surroundings
from healthmate_desktop.interop.pages.page_dates import collected_in
from healthmate_desktop.interop.pages.row_reader import RowReader
from healthmate_desktop.interop.pages.sieve import is_result
from healthmate_desktop.interop.pages.words import plain, section_of

if TYPE_CHECKING:
    from healthmate_desktop.domain.documents import Page
    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.domain.measures.names import Specimen
    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.columns import Head
    from healthmate_desktop.interop.pages.entries import Entry
    from healthmate_desktop.interop.pages.rows import Row
    from healthmate_desktop.interop.pages.words import Section

_SPECIMEN_LABEL = re.compile(
    r"\W*(?:specimen|sample|muestra|material|probe|pr[eé]l[eè]vement|echantillon)", re.IGNORECASE
)


@dataclass(slots=True)
class Result:
    """An entry that was kept, and what its surroundings say."""

    entry: Entry
    around: Surroundings
    row: Row
    group: str
    end: Row  # the last line that belongs to it


@dataclass(slots=True)
class Flow:
    """Reads rows one after the other and keeps what the earlier ones say of the later."""

    vocabulary: Vocabulary
    style: Style
    results: list[Result] = field(default_factory=list)
    urine_groups: set[tuple[int, str]] = field(default_factory=set)
    head: Head | None = None
    section: Section = ""
    specimen: Specimen = ""
    collected: Found | None = None
    table_date: Found | None = None
    lost_head: bool = False  # the date above is from heads that could not be read
    perhaps: Row | None = None  # one that may be the second line of the name above
    waiting: Row | None = None  # words alone: the first line of a name, or a name over its value
    last: Row | None = None
    head_row: Row | None = None
    reader: RowReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = RowReader(self.vocabulary, self.style)

    def begin(self, page: Page) -> None:
        self._settle(None)
        self.style = replace(self.style, guess=page.by_ocr)
        self.reader = RowReader(self.vocabulary, self.style)
        self.waiting = self.last = None

    def finish(self) -> None:
        self._settle(None)

    def read(self, row: Row) -> None:
        self._settle(row)
        if self._heading(row) or self._labelled_date(row) or self._head(row):
            self.waiting = None
        elif self.section in {"", "results", "vitals"}:
            self._results(row)
        self.last = row

    def _heading(self, row: Row) -> bool:
        """A line that opens a part of the document. It ends the table before it."""
        if len(row.cells) > 2 or self.reader.knows(row.text):
            return False
        section = section_of(row.text)
        if not section:
            return self._specimen(row)
        self.section, self.head = section, None
        self._date_table(None)
        self.specimen = specimen_in(row.text) if section == "results" else ""
        return True

    def _specimen(self, row: Row) -> bool:
        """A line that only says what was examined: "Specimen: urine", "URINE"."""
        words = plain(row.text).split()
        found = specimen_in(row.text)
        if not found or len(words) > 6 or any(word.isdigit() for word in words):
            return False
        if len(words) <= 2 or _SPECIMEN_LABEL.match(row.text):
            self.specimen = found
            return True
        return False

    def _labelled_date(self, row: Row) -> bool:
        """When the sample was taken, said for all that follows."""
        found, only_received = collected_in(row, self.style)
        if found is None:
            return False
        self.collected = (self.collected or found) if only_received else found
        return not any(self.reader.knows(cell.text) for cell in row.cells)

    def _head(self, row: Row) -> bool:
        """Heads of columns; a second line of them; tests over their values; heads of another kind of table."""
        foreign = foreign_head(row)
        if foreign:
            self.section, self.head = foreign, None
            return True
        if self.section not in {"", "results", "vitals"}:
            return False
        wider = self._second_line(row)
        head = wider or head_of(row, self.style) or tests_of(row, self.vocabulary, self.style)
        if head is None:
            return False
        self.head, self.head_row = head, row
        if wider is None:
            self._date_table(None)
        return True

    def _second_line(self, row: Row) -> Head | None:
        """The heads with what stands right below them: more words, or units and ranges of tests."""
        above = self.head_row
        if self.head is None or above is None or above is not self.last or row.page != above.page:
            return None
        if self.head.of_tests:
            return self.head.with_units(row.cells, self.style)
        close = row.top - above.bottom < 1.5 * row.height
        return joined(self.head, row, self.style) if close else None

    def _results(self, row: Row) -> None:
        starts = self.head.repeats() if self.head is not None else []
        if not starts:
            self._part(row, self.head)
            self.head = self.head.widened(row.cells) if self.head is not None else None
            return
        edges = [float("-inf"), *starts, float("inf")]
        for start, end in pairwise(edges):
            part = row.between(start, end)
            if part is not None and self.head is not None:
                self._part(part, self.head.between(start, end))

    def _part(self, row: Row, head: Head | None) -> None:
        entries = self.reader.entries(row, head)
        if not entries and self.waiting is not None:
            entries = self._under_name(row, head)
        whole = [self._whole_name(entry) for entry in entries]
        accepted = [each for each in whole if is_result(each, head, self.section, self.vocabulary)]
        if accepted:
            for entry in accepted:
                self._keep(entry, row)
            self.waiting = None
            return
        if self._continues(row):
            return
        date, _ = self.reader.date_of(row, head)
        alone = (
            head is None and len(row.cells) == 1 and any(map(str.isalpha, row.text.split(":")[0]))
        )
        if date is not None and not alone and not any(entry.known for entry in entries):
            # a line such as "Printed: 25/04/2024" is about the paper
            self._date_table(date, lost_head=self.reader.is_lost_head(row, head))
        elif _is_words(row):
            self.waiting = row

    def _under_name(self, row: Row, head: Head | None) -> list[Entry]:
        """A value under the name of its test, as on cards."""
        waiting = self.waiting
        if (
            waiting is None
            or head is not None
            or len(waiting.cells) != 1
            or not self.reader.knows(waiting.text)
        ):
            return []
        reading = read_cell(row.cells[0].text, self.style)
        if reading.kind not in {"value", "words"} or row.top - waiting.bottom > 4 * waiting.height:
            return []
        return self.reader.entries(row, head, name=waiting.cells[0])

    def _whole_name(self, entry: Entry) -> Entry:
        """With the line above, if only both are the name of a test."""
        waiting = self.waiting
        if entry.known or waiting is None or len(waiting.cells) != 1:
            return entry
        both = f"{waiting.text} {entry.name}"
        if not self.reader.knows(both):
            return entry
        return replace(entry, name=both, known=True, tokens=(*waiting.tokens, *entry.tokens))

    def _continues(self, row: Row) -> bool:
        """The range of the result above, or perhaps the second line of its name."""
        if not self.results or self.results[-1].end is not self.last or len(row.cells) != 1:
            return False
        result = self.results[-1]
        if row.top - result.end.bottom > 1.2 * row.height:
            return False
        reading = read_cell(row.text, self.style)
        if reading.kind == "range" and not result.entry.ranges:
            ranges, tokens = reading.ranges, (*result.entry.tokens, *row.tokens)
            unit = result.entry.unit or next((each.unit for each in ranges if each.unit), "")
            result.entry = replace(result.entry, ranges=ranges, tokens=tokens, unit=unit)
            result.end = row
            return True
        aligned = abs(row.cells[0].x0 - result.entry.tokens[0].x0) < 2 * row.height
        if aligned and _is_words(row) and self.reader.knows(f"{result.entry.name} {row.text}"):
            self.perhaps = row
        return False

    def _settle(self, following: Row | None) -> None:
        """Whether a line of words belongs to the name above it, told by which of its neighbours is nearer."""
        row, self.perhaps = self.perhaps, None
        if row is None:
            return
        above = [each for each in self.results if each.row is self.results[-1].row]
        up = row.top - above[0].end.top
        down = (
            following.top - row.top if following is not None and following.page == row.page else up
        )
        alone = self.reader.knows(row.text)
        if up > (0.87 if alone and following is not None else 1.15) * down:
            return
        for result in above:
            entry = result.entry
            name, tokens = f"{entry.name} {row.text}", (*entry.tokens, *row.tokens)
            result.entry = replace(entry, name=name, known=True, tokens=tokens)
            result.end = row
        self.waiting = None

    def _date_table(self, date: Found | None, *, lost_head: bool = False) -> None:
        self.table_date, self.lost_head = date, lost_head

    def _keep(self, entry: Entry, row: Row) -> None:
        if entry.date is not None and not (self.head is not None and self.head.of_dates):
            self._date_table(entry.date)
        date = self.table_date or self.collected
        around = Surroundings(
            row.page,
            row.number,
            date,
            date_is_of_columns=self.lost_head,
            specimen=self.specimen,
            vitals=self.section == "vitals",
            guess=self.style.guess,
        )
        stamp = entry.date or date
        group = f"{stamp.date} {stamp.time}" if stamp is not None else ""
        self.results.append(Result(entry, around, row, group, row))
        hint = self.vocabulary.hint(entry.name, guess=self.style.guess)
        codes = self.vocabulary.codes_of(hint.analytes[0]) if hint is not None else ()
        if codes and not self.specimen and all(code.specimen == "urine" for code in codes):
            self.urine_groups.add((row.page, group))


def _is_words(row: Row) -> bool:
    return len(row.cells) == 1 and len(row.text) <= 60 and any(map(str.isalpha, row.text))
