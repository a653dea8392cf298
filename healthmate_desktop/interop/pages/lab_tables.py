"""Laboratory results and vital signs from tables and lists of any layout, told by where words stand and what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.dates import date_order, find_dates
from healthmate_desktop.domain.measures.names import specimen_in
from healthmate_desktop.domain.measures.numbers import decimal_mark
from healthmate_desktop.domain.measures.wordlists import spread
from healthmate_desktop.interop.pages.cells import Style, read_cell
from healthmate_desktop.interop.pages.columns import head_of, joined, tests_of
from healthmate_desktop.interop.pages.observations import Surroundings, proposals_of
from healthmate_desktop.interop.pages.person import people_of
from healthmate_desktop.interop.pages.row_reader import RowReader
from healthmate_desktop.interop.pages.rows import Row, rows_of
from healthmate_desktop.interop.pages.words import language_of, plain, role_of, section_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from healthmate_desktop.domain.documents import Page, Problem
    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.domain.measures.names import Specimen
    from healthmate_desktop.domain.proposals import NamedPerson, Proposal
    from healthmate_desktop.interop.pages.columns import Head
    from healthmate_desktop.interop.pages.entries import Entry
    from healthmate_desktop.interop.pages.rows import Row
    from healthmate_desktop.interop.pages.words import Section

_MOST_ROWS = 3000  # of one page
_COLLECTED = re.compile(
    r"collect(?:ed|ion)|drawn|sampl(?:e|ed|ing)\s*(?:date|on|time|taken)|date of (?:sample|test|service)|date taken|taken on|specimen date|received|"
    r"toma de muestra|extracci[oó]n|fecha (?:de )?(?:la )?(?:toma|muestra|extracci[oó]n|recogida)|recogida|pr[eéè]l[eéè]v|"
    r"abnahme|entnahme|probe(?:n)?(?:eingang|datum|entnahme)?\b|entnommen",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"report(?:ed)?|result(?:ed|s)?\s*(?:date|on)?|printed|issued|date\b|fecha|informe|emisi[oó]n|rendu|[eé]dit[eé]|compte|befund|datum|ausgang|gedruckt",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"birth|dob|born|nacimiento|nac\.|n[eé]e?\b|naissance|geb(?:oren|\.|urt)|f\.?\s?nac",
    re.IGNORECASE,
)
_NO_TEST = re.compile(
    r"page|p[aá]gina|seite|age|edad|[aâ]ge|alter|phone|tel(?:efono|efon|ephone)?|fax|dob|id|mrn|nhc|npi|clia|patient.*|paciente.*|date.*|fecha.*|datum.*|order.*|"
    r"account.*|room|bed|zip|quantity|refills?|dose|dosage|lot.*|sex|gender|sexo|geschlecht|ward|physician.*|doctor.*|dr|nhs.*|accession.*|sample.*|specimen.*|"
    r"version|total pages|reg.*|bill.*|ref(?:erred)?.*|copy.*|copia|time|time of .*|hora|uhrzeit|visit.*|encounter.*|code.*|loinc.*|cpt.*|street|address|p\.?o\.? box",
    re.IGNORECASE,
)
_FOREIGN: dict[str, Section] = spread(
    {
        "medications": (
            "medication|medications|drug|medicine|medicamento|medicament|medikament|wirkstoff|"
            "farmaco"
        ),
        "immunizations": "vaccine|vacuna|vaccin|impfstoff|immunization",
        "allergies": "substance|allergen|allergy|alergia|alergeno|allergene",
        "problems": "problem|diagnosis|diagnostico|diagnostic|diagnose|condition",
        "procedures": "procedure|procedimiento|prozedur",
    }
)


def read_results(
    pages: Sequence[Page], vocabulary: Vocabulary
) -> Iterator[Proposal | NamedPerson | Problem]:
    """Everybody whom the pages name, then their results in the order of the pages. Nothing for pages without any."""
    rows = [rows_of(page)[:_MOST_ROWS] for page in pages]
    yield from people_of(rows)
    for proposal, _ in results_in(pages, rows, vocabulary):
        yield proposal


def results_in(
    pages: Sequence[Page], rows: Sequence[list[Row]], vocabulary: Vocabulary
) -> Iterator[tuple[Proposal, Row]]:
    """Each result with the row that it stands in."""
    style = style_of(pages)
    report = _report_date(rows, style)
    flow = _Flow(vocabulary, style)
    for page, page_rows in zip(pages, rows, strict=True):
        flow.begin(page)
        for row in page_rows:
            flow.read(row)
    flow.finish()
    for result in flow.results:
        around = result.around
        if around.date is None and report is not None:
            around = replace(around, date=report, date_is_of_report=True)
        around = replace(around, mixed=(around.page, result.group) in flow.urine_groups)
        for proposal in proposals_of(result.entry, around, vocabulary):
            yield proposal, result.row


def style_of(pages: Sequence[Page]) -> Style:
    """How the pages write numbers and dates."""
    texts = [page.text for page in pages]
    order = date_order(texts)
    if not order and language_of(" ".join(texts)) in {"es", "fr", "de"}:
        order = "DMY"
    return Style(decimal_mark(texts), order)


@dataclass(slots=True)
class _Result:
    entry: Entry
    around: Surroundings
    row: Row
    group: str
    end: Row  # the last line that belongs to it


@dataclass(slots=True)
class _Flow:
    """Reads rows one after the other and keeps what the earlier ones say of the later."""

    vocabulary: Vocabulary
    style: Style
    results: list[_Result] = field(default_factory=list)
    urine_groups: set[tuple[int, str]] = field(default_factory=set)
    head: Head | None = None
    section: Section = ""
    specimen: Specimen = ""
    collected: Found | None = None
    table_date: Found | None = None
    perhaps: Row | None = None  # one that may be the second line of the name above
    waiting: Row | None = (
        None  # a row of words alone: the first line of a name, or a name over its value
    )
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
        self.section, self.head, self.table_date = section, None, None
        self.specimen = specimen_in(row.text) if section == "results" else ""
        return True

    def _specimen(self, row: Row) -> bool:
        """A line that only says what was examined: "Specimen: urine", "URINE"."""
        words = plain(row.text).split()
        found = specimen_in(row.text)
        if not found or len(words) > 6 or any(word.isdigit() for word in words):
            return False
        if len(words) <= 2 or re.match(
            r"\W*(?:specimen|sample|muestra|material|probe|pr[eé]l[eè]vement|echantillon)",
            row.text,
            re.IGNORECASE,
        ):
            self.specimen = found
            return True
        return False

    def _labelled_date(self, row: Row) -> bool:
        """When the sample was taken, said for all that follows."""
        found = None
        for label, date in _labelled(row, self.style):
            if _COLLECTED.search(label) and not _BIRTH.search(label):
                found = found or date
        if found is not None and not re.search(r"received", row.text, re.IGNORECASE):
            self.collected = found
        elif found is not None:
            self.collected = self.collected or found
        return found is not None and not any(self.reader.knows(cell.text) for cell in row.cells)

    def _head(self, row: Row) -> bool:
        """Heads of columns; a second line of them; tests over their values; heads of another kind of table."""
        foreign = _foreign_head(row)
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
        self.table_date = self.table_date if wider is not None else None
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
        for start, end in zip(edges, edges[1:], strict=False):
            part = row.between(start, end)
            if part is not None and self.head is not None:
                self._part(part, self.head.between(start, end))

    def _part(self, row: Row, head: Head | None) -> None:
        entries = self.reader.entries(row, head)
        if not entries and self.waiting is not None:
            entries = self._under_name(row, head)
        accepted = [
            each for entry in entries if self._accepts(each := self._whole_name(entry), head)
        ]
        if accepted:
            for entry in accepted:
                self._keep(entry, row)
            self.waiting = None
            return
        if self._continues(row):
            return
        date, _ = self.reader.date_of(row, head)
        if date is not None and not any(entry.known for entry in entries):
            self.table_date = date
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

    def _accepts(self, entry: Entry, head: Head | None) -> bool:
        """Whether it is a result, and no line that only looks like one."""
        told = entry.under_head or self.section in {"results", "vitals"}
        value = entry.value
        if entry.known:
            if value.kind == "text":
                return entry.under_head and self.section == "results"
            if value.kind == "words" and re.match(r"\d+\s?[-\u2013]", value.text):
                return told and self._is_counted(entry)
            if value.kind == "words":
                return told or (value.words is not None and bool(value.words.code))
            alone = len(plain(entry.name).replace(" ", "")) < 2
            return told or bool(entry.unit or entry.ranges) or not alone
        if (
            _NO_TEST.fullmatch(plain(entry.name))
            or sum(letter.isalpha() for letter in entry.name) < 2
        ):
            return False
        if entry.under_head and head is not None and {"unit", "range", "low", "flag"} & head.roles:
            return value.kind != "pair" and not _is_remark(value.text)
        lab_unit = "/" in entry.unit or "%" in entry.unit
        if value.kind != "value":
            return False
        return bool(entry.unit and entry.ranges) or (told and (lab_unit or bool(entry.ranges)))

    def _is_counted(self, entry: Entry) -> bool:
        """Whether 0-5 can be the result: cells counted under the microscope."""
        hint = self.vocabulary.hint(entry.name, guess=self.style.guess)
        codes = (
            [code for each in hint.analytes for code in self.vocabulary.codes_of(each)]
            if hint
            else []
        )
        return any("PF]" in unit for code in codes for unit in code.units)

    def _keep(self, entry: Entry, row: Row) -> None:
        if entry.date is not None and not (self.head is not None and self.head.of_dates):
            self.table_date = entry.date
        date = self.table_date or self.collected
        around = Surroundings(
            row.page,
            row.number,
            date,
            specimen=self.specimen,
            vitals=self.section == "vitals",
            guess=self.style.guess,
        )
        stamp = entry.date or date
        group = f"{stamp.date} {stamp.time}" if stamp is not None else ""
        self.results.append(_Result(entry, around, row, group, row))
        hint = self.vocabulary.hint(entry.name, guess=self.style.guess)
        codes = self.vocabulary.codes_of(hint.analytes[0]) if hint is not None else ()
        if codes and all(code.specimen == "urine" for code in codes):
            self.urine_groups.add((row.page, group))


def _labelled(row: Row, style: Style) -> Iterator[tuple[str, Found]]:
    """The dates of a row, each with the words before it."""
    at = 0
    for found in find_dates(row.text, style.order):
        yield row.text[at : found.start], found
        at = found.end


def _report_date(rows: Iterable[Iterable[Row]], style: Style) -> Found | None:
    """The day of the report, where nothing better is printed."""
    for row in (row for page in rows for row in page):
        dates = list(_labelled(row, style))
        if len(dates) > 1 or head_of(row, style) is not None:
            continue
        for label, found in dates:
            if _REPORTED.search(label) and not _BIRTH.search(label) and len(found.date) == 10:
                return found
    return None


def _foreign_head(row: Row) -> Section:
    """Heads of a table of medicines, vaccines and the like."""
    if len(row.cells) < 2 or any(letter.isdigit() for letter in row.text):
        return ""
    words = [plain(cell.text).split() for cell in row.cells]
    kinds = [_FOREIGN[each[0]] for each in words if each and len(each) <= 2 and each[0] in _FOREIGN]
    heads = sum(bool(role_of(cell.text)) for cell in row.cells) + len(kinds)
    return kinds[0] if kinds and 2 * heads >= len(row.cells) else ""


def _is_words(row: Row) -> bool:
    return (
        len(row.cells) == 1 and len(row.text) <= 60 and any(letter.isalpha() for letter in row.text)
    )


def _is_remark(text: str) -> bool:
    return (
        re.match(
            r"\W*(?:comment|note|see|refer|comentario|nota|bemerkung|siehe)", text, re.IGNORECASE
        )
        is not None
    )
