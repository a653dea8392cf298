"""From records to the text of a summary: of each test the latest value and a few before it, with day and source."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.domain.summary.choosing import OVER, Period, section_of
from healthmate_desktop.domain.summary.parts import TITLES, Column, Row, Section, Summary
from healthmate_desktop.domain.summary.words import (
    LONGEST_NAME,
    LONGEST_VALUE,
    cut,
    day_words,
    name_words,
    range_words,
    source_words,
    state_words,
    value_words,
    when_words,
)
from healthmate_desktop.domain.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.ids import DocumentId
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.domain.summary.parts import Paper, SectionKey

MOST_ROWS = 250  # of a section
EARLIER = 3  # values before the latest
_SHARES = (0.30, 0.22, 0.13, 0.11, 0.24)
_HEADS: dict[SectionKey, tuple[str, ...]] = {
    "allergies": ("Allergy to", "Reaction", "Since", "State", "Source"),
    "medications": ("Medication", "Dose", "Date", "State", "Source"),
    "problems": ("Problem", "Details", "Since", "State", "Source"),
    "results": ("Test", "Latest result", "Range", "Date", "Source"),
    "vitals": ("Measurement", "Latest value", "Range", "Date", "Source"),
    "immunizations": ("Vaccine", "Dose", "Date", "State", "Source"),
    "procedures": ("Procedure", "Details", "Date", "State", "Source"),
    "visits": ("Visit", "Reason", "Date", "State", "Source"),
    "findings": ("What", "Latest", "Range", "Date", "Source"),
    "documents": ("Name", "Type", "Added", "Pages", "State"),
}
_OVER_LAST: dict[SectionKey, str] = {
    "medications": "Those that were stopped come last. Of the same medication and dose only the latest entry is shown.",
    "problems": "Those that are over come last.",
}
_WITH_TREND = {"results", "vitals", "findings"}
_STANDING = {"allergies", "medications", "problems", "documents"}
_KINDS = {
    DocumentKind.PDF: "PDF",
    DocumentKind.IMAGE: "picture",
    DocumentKind.TEXT: "text",
    DocumentKind.MARKDOWN: "text",
    DocumentKind.HTML: "web page",
    DocumentKind.WORD: "Word document",
    DocumentKind.SHEET: "spreadsheet",
    DocumentKind.TABLE: "table",
    DocumentKind.FHIR: "FHIR records",
    DocumentKind.CCDA: "C-CDA records",
    DocumentKind.APPLE_HEALTH: "Apple Health export",
    DocumentKind.DICOM: "DICOM picture",
    DocumentKind.ARCHIVE: "ZIP archive",
}
_DOCUMENT_STATES = {"ready": "", "importing": "not read yet", "unreadable": "could not be read"}
_MADE = (
    "HealthMate, a computer program, made this summary from records that were taken from papers and accepted by the "
    "person who keeps them. It may be incomplete or out of date. It is no medical advice. Each line names the document "
    "it comes from: look there before you rely on it."
)
_EMPTY = "\u201cNone recorded\u201d means only that these records say nothing about it."
_WHATEVER_DATE = (
    "Allergies, problems, medications still taken, and records without a date are shown whatever their date; "
    "so are documents."
)
_OTHERS = "of kinds that a summary does not show, such as care plans and bills"


@dataclass(frozen=True, slots=True)
class About:
    """Whose summary, made when, of what."""

    patient: Patient
    made: date
    documents: Sequence[Document]
    unreviewed: int  # records that wait for a check
    sections: frozenset[SectionKey] = frozenset(TITLES)
    period: Period = field(default_factory=Period)
    paper: Paper = "a4"


class _Item(NamedTuple):
    record: Record
    facts: Facts


def summary_of(about: About, records: Iterable[Record]) -> Summary:
    """All that a summary says, of accepted `records` in any order."""
    names = {document.id: document.name for document in about.documents}
    items: dict[SectionKey, list[_Item]] = defaultdict(list)
    others = outside = 0
    for record in records:
        facts = record.facts
        key = section_of(record.resource, facts)
        if key is None:
            others += facts.type != "Patient"
        elif not about.period.holds(facts):
            outside += 1
        elif key in about.sections:
            items[key].append(_Item(record, facts))
    sections = tuple(
        _section(key, items[key], about, names) for key in TITLES if key in about.sections
    )
    born = about.patient.birth_date
    return Summary(
        name=cut(about.patient.name, LONGEST_NAME),
        born=f"born {day_words(born)}" if born else "birth date not known",
        facts=_facts(about),
        told=tuple(_told(about, others, outside)),
        foot="From records the person accepted. No medical advice.",
        sections=sections,
        paper=about.paper,
    )


def _facts(about: About) -> tuple[tuple[str, str], ...]:
    patient = about.patient
    return (
        ("Birth date", day_words(patient.birth_date) if patient.birth_date else "not known"),
        ("Sex", patient.sex or "not said"),
        ("Made on", day_words(about.made)),
        ("Period", _period_words(about.period)),
    )


def _period_words(period: Period) -> str:
    since, until = (day_words(day) if day else "" for day in (period.since, period.until))
    if since and until:
        return f"{since} to {until}"
    if since:
        return f"since {since}"
    return f"until {until}" if until else "all that is kept"


def _told(about: About, others: int, outside: int) -> Iterable[str]:
    yield _MADE
    yield _EMPTY
    if about.unreviewed:
        yield f"{_left_out(about.unreviewed)} that nobody has checked yet."
    if not about.period.open:
        yield f"{_left_out(outside)}, dated outside the period. {_WHATEVER_DATE}"
    if left := [title for key, title in TITLES.items() if key not in about.sections]:
        yield f"Sections left out by choice: {', '.join(left)}."
    if others:
        yield f"{_left_out(others)} {_OTHERS}."


def _left_out(count: int) -> str:
    return counted(count, "record was left out", "records were left out")


def _section(
    key: SectionKey, items: list[_Item], about: About, names: Mapping[DocumentId, str]
) -> Section:
    items.sort(key=lambda item: item.facts.effective_from, reverse=True)
    notes: list[str] = []
    if key == "documents":
        rows = [_document_row(document) for document in about.documents]
    elif key in _WITH_TREND:
        rows = [_trend_row(group, names) for group in _grouped(items)]
    else:
        if key in _OVER_LAST:
            notes.append(_OVER_LAST[key])
            if key == "medications":
                items = [group[0] for group in _grouped(items, by_value=True)]
            items.sort(key=lambda item: item.facts.status in OVER)
        rows = [_plain_row(item, names) for item in items]
    if len(rows) > MOST_ROWS:
        notes.append(
            f"Shown are the first {MOST_ROWS} of {len(rows):,}. An export as CSV or FHIR has all of them."
        )
    columns = tuple(map(Column, _HEADS[key], _SHARES))
    in_period = not about.period.open and key not in _STANDING
    empty = "None recorded in this period." if in_period else "None recorded."
    return Section(
        TITLES[key], columns, tuple(rows[:MOST_ROWS]), tuple(notes if rows else ()), empty
    )


def _grouped(items: list[_Item], *, by_value: bool = False) -> list[list[_Item]]:
    """The same thing in the same unit together, in the order in which each is met first."""
    groups: dict[tuple[str, ...], list[_Item]] = {}
    for item in items:
        facts = item.facts
        coding = next((each for each in facts.codings if each.code), None)
        name = (coding.system, coding.code) if coding else ("", facts.display.casefold())
        detail = facts.value if by_value else facts.unit
        groups.setdefault((facts.type, *name, detail), []).append(item)
    return list(groups.values())


def _plain_row(item: _Item, names: Mapping[DocumentId, str]) -> Row:
    facts = item.facts
    value = cut(facts.value, LONGEST_VALUE)
    state = state_words(facts) or ("not so" if facts.negated else "")
    source = source_words(item.record, names)
    return Row((name_words(facts), value, when_words(facts.effective) or "no date", state, source))


def _trend_row(group: list[_Item], names: Mapping[DocumentId, str]) -> Row:
    latest, *before = group
    facts = latest.facts
    day = when_words(facts.effective) or "no date"
    source = source_words(latest.record, names)
    cells = (name_words(facts), value_words(facts), range_words(facts), day, source)
    earlier = [
        f"{value_words(item.facts)}, {when_words(item.facts.effective) or 'no date'}"
        f" [{source_words(item.record, names)}]"
        for item in before[:EARLIER]
    ]
    if more := len(before) - EARLIER:
        earlier += [f"and {more:,} more"] if more > 0 else []
    return Row(cells, f"Earlier: {'; '.join(earlier)}" if earlier else "")


def _document_row(document: Document) -> Row:
    kind = _KINDS[document.kind] if document.kind else ""
    added = day_words(document.added_at.astimezone().date())
    pages = f"{document.page_count:,}" if document.page_count else ""
    return Row(
        (cut(document.name, LONGEST_NAME), kind, added, pages, _DOCUMENT_STATES[document.state])
    )
