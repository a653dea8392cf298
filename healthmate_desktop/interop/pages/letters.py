"""Problems, medicines, allergies and measurements proposed from letters and discharge summaries.

What stands in a sentence is never as plain as a table, so each proposal says that it was read from prose.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.dates import find_dates
from healthmate_desktop.interop.pages.allergies import allergies_in
from healthmate_desktop.interop.pages.lab_tables import style_of
from healthmate_desktop.interop.pages.medications import medication_in, statement_of
from healthmate_desktop.interop.pages.observations import Surroundings, proposals_of
from healthmate_desktop.interop.pages.person import people_of
from healthmate_desktop.interop.pages.prose import measured_in
from healthmate_desktop.interop.pages.rows import left_out, rows_of
from healthmate_desktop.interop.pages.sections import items_of
from healthmate_desktop.interop.pages.told import (
    LABELS,
    NEGATED,
    NO_PROBLEM,
    PROSE,
    cell_for,
    concept,
    doubts_of_date,
    onset_of,
    proposal_of,
    with_roles,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from healthmate_desktop.domain.documents import Page, Problem
    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.domain.proposals import NamedPerson, Proposal, Resource
    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.medications import Medication
    from healthmate_desktop.interop.pages.rows import Row
    from healthmate_desktop.interop.pages.sections import Item

UNSURE = "The letter says that this is not certain."

_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CONDITION_VER = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
_UNCERTAIN = re.compile(
    r"\b(?:possible|possibly|probable|probably|suspected|suspicion of|suspicious for|likely|"
    r"rule out|r/o|versus|vs\.?|differential|posible|probable|sospecha|a descartar|suspicion|"
    r"suspect[eé]e?|verdacht|v\.\s?a\.|fraglich|m[oö]glich(?:e|er)?)(?!\w)|\?",
    re.IGNORECASE,
)
_RESOLVED = re.compile(
    r"\b(?:resolved|inactive|resuelto|resuelta|r[eé]solu|abgeklungen|status post|s/p|"
    r"history of|h/o|antecedente de|ant[eé]c[eé]dent de|z\.\s?n\.|zustand nach)\b",
    re.IGNORECASE,
)
_ONSET_TAIL = re.compile(
    r"[\s,;]+(?:onset|since|diagnosed|inicio|desde|depuis|d[eé]but|seit)\b\W*"
    r"(?:(?:in|on|en|le|el|dem)\s+)?(?:[^\W\d_]{3,10}\.?\s+)?[\d][\d/.\- ]*$",
    re.IGNORECASE,
)
_BRACKET_TAIL = re.compile(
    r"\s*[(\[][^()\[\]]*(?:onset|resolution|authored|\d{4})[^()\[\]]*[)\]}].*$", re.IGNORECASE
)
_LONGEST_PROBLEM = 160  # characters


def read_letter(
    pages: Sequence[Page], vocabulary: Vocabulary
) -> Iterator[Proposal | NamedPerson | Problem]:
    """Everybody whom the pages name, then what their sections and sentences say, in their order."""
    rows = [rows_of(page) for page in pages]
    yield from left_out(pages)
    yield from people_of(rows, style_of(pages).order)
    yield from letter_in(pages, rows, vocabulary)


def letter_in(
    pages: Sequence[Page],
    rows: Sequence[list[Row]],
    vocabulary: Vocabulary,
    used: Collection[tuple[int, int]] = (),
) -> Iterator[Proposal]:
    """`used` are pages and numbers of rows that were read as tables of results, so that nothing is proposed twice."""
    style = style_of(pages)
    scanned = {page.number: page.by_ocr for page in pages}
    for item in items_of(rows):
        if any((row.page, row.number) in used for row in item.rows):
            continue
        if item.section == "problems":
            yield from _problem(item, style)
            if _is_measured(item, vocabulary, style):
                yield from _measurements(
                    item, vocabulary, style, scanned=scanned[item.rows[0].page]
                )
        elif item.section == "medications":
            yield from _medication(item, style)
        elif item.section == "allergies" and not _is_measured(item, vocabulary, style):
            yield from allergies_in(item, style)
        elif item.section not in {"family", "plan", "social"}:
            yield from _measurements(item, vocabulary, style, scanned=scanned[item.rows[0].page])


def _problem(item: Item, style: Style) -> Iterator[Proposal]:
    name = cell_for(item, "name")
    text = _BRACKET_TAIL.sub("", LABELS.sub("", name))
    text = _ONSET_TAIL.sub("", text).strip(" .;,:")
    if not _is_problem(text) or NEGATED.search(item.text):
        return
    doubts = [PROSE]
    resolved = _RESOLVED.search(item.text) is not None
    verification = "confirmed"
    if _UNCERTAIN.search(text):
        verification = "provisional"
        doubts.append(UNSURE)
    resource: Resource = {
        "resourceType": "Condition",
        "clinicalStatus": concept(_CLINICAL, "resolved" if resolved else "active"),
        "verificationStatus": concept(_CONDITION_VER, verification),
        "category": [concept(_CATEGORY, "problem-list-item")],
        "code": {"text": text},
    }
    onset = onset_of(item, style)
    if onset is not None:
        resource["onsetDateTime"] = onset.date
        doubts += doubts_of_date(onset)
    yield proposal_of(resource, item, doubts)


def _is_problem(text: str) -> bool:
    letters = sum(letter.isalpha() for letter in text)
    if not 3 <= len(text) <= _LONGEST_PROBLEM or letters < 0.6 * len(text.replace(" ", "")):
        return False
    return NO_PROBLEM.match(text) is None


def _medication(item: Item, style: Style) -> Iterator[Proposal]:
    if NEGATED.match(item.text) or re.search(
        r"\bno (?:current )?medications?\b|\bis applicable\b", item.text, re.IGNORECASE
    ):
        return
    medication = _medicine_of(item)
    if medication is None:
        return
    status = cell_for(item, "status")
    finished = re.search(
        r"completed|stopped|discontinued|inactive|suspendid|arr[eê]t|abgesetzt",
        status,
        re.IGNORECASE,
    )
    resource = statement_of(medication, status="stopped" if finished else "active")
    doubts = [PROSE]
    date = _date_in(item, style)
    if date is not None:
        resource["effectivePeriod"] = {"start": date.date}
        doubts += doubts_of_date(date)
    yield proposal_of(resource, item, doubts)


def _medicine_of(item: Item) -> Medication | None:
    """Of a row of a table the name is one cell, and how to take it others."""
    kept = [(cell.text, role) for cell, role in with_roles(item) if role in {"name", "sig", ""}]
    found = medication_in(" ".join(text for text, _ in kept) or item.text)
    name = " ".join(text for text, role in kept if role == "name")
    if found is None or not name or len(kept) < 2:
        return found
    return replace(
        found, name=name, instructions=" ".join(text for text, role in kept if role != "name")
    )


def _is_measured(item: Item, vocabulary: Vocabulary, style: Style) -> bool:
    """Whether a line has values, as below allergies when its own heading is not known."""
    return any(
        entry.unit or entry.value.kind == "pair"
        for entry in measured_in(item.tokens, vocabulary, style)
    )


def _measurements(
    item: Item, vocabulary: Vocabulary, style: Style, *, scanned: bool
) -> Iterator[Proposal]:
    around = Surroundings(
        item.rows[0].page,
        item.rows[0].number,
        vitals=item.section == "vitals",
        guess=scanned,
        extra=(PROSE,),
    )
    for entry in measured_in(item.tokens, vocabulary, style):
        yield from proposals_of(entry, around, vocabulary)


def _date_in(item: Item, style: Style) -> Found | None:
    """The day it was begun: in a column of dates, or after a word for it."""
    for cell, role in with_roles(item):
        if role == "date":
            return next(find_dates(cell.text, style.order), None)
    started = re.search(
        r"\b(?:started|since|desde|inicio|depuis|seit)\b\W*", item.text, re.IGNORECASE
    )
    return (
        next(find_dates(item.text[started.end() :], style.order), None)
        if started is not None
        else None
    )
