"""Problems, medicines, allergies and measurements proposed from letters and discharge summaries.

What stands in a sentence is never as plain as a table, so each proposal says that it was read from prose.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.measures.dates import find_dates, parse_date
from healthmate_desktop.domain.measures.wordlists import spread
from healthmate_desktop.domain.proposals import Proposal, Spot
from healthmate_desktop.interop.pages.lab_tables import style_of
from healthmate_desktop.interop.pages.medications import medication_in, statement_of
from healthmate_desktop.interop.pages.observations import Surroundings, proposals_of
from healthmate_desktop.interop.pages.person import people_of
from healthmate_desktop.interop.pages.prose import measured_in
from healthmate_desktop.interop.pages.rows import boxes_of_tokens, left_out, rows_of
from healthmate_desktop.interop.pages.sections import items_of
from healthmate_desktop.interop.pages.words import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from healthmate_desktop.domain.documents import Page, Problem
    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.domain.proposals import NamedPerson, Resource
    from healthmate_desktop.interop.pages.cells import Style
    from healthmate_desktop.interop.pages.medications import Medication
    from healthmate_desktop.interop.pages.rows import Row
    from healthmate_desktop.interop.pages.sections import Item

PROSE = "This was read from the text of a letter. Compare it with the page."
UNSURE = "The letter says that this is not certain."

_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CONDITION_VER = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_ALLERGY_VER = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
_NEGATED = re.compile(
    r"^\W*(?:no|none|nil|not|nkda|nka|nkfa|negative for|denies|denied|without|free of|n/?a|"
    r"unknown|unremarkable|"
    r"sin|ning[uú]n[ao]?|niega|no conocidas?|desconocidas?|pas d['e\u2019]|aucune?|sans|"
    r"n[eé]ant|nie\b|keine?|ohne|verneint|unbekannt)(?!\w)"
    r"|\bpas d['\u2019]"
    r"|\b(?:not known|no known|none known|nkda|denies|no evidence of|ruled out|rule out:? no|"
    r"no data|is applicable|not applicable|no conocid[ao]s?|no refiere|niega|non connues?|"
    r"aucune? .* connue?|"
    r"nicht bekannt|keine .*bekannt|kein anhalt|ausgeschlossen|sin evidencia de|descartad[ao]|"
    r"absence d)\b",
    re.IGNORECASE,
)
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
_INACTIVE = re.compile(r"\binactive|inactiv[oae]\b", re.IGNORECASE)
_ONSET = re.compile(
    r"\b(?:onset|since|diagnosed|inicio|desde|depuis|d[eé]but|seit)\b\W*", re.IGNORECASE
)
_ONSET_TAIL = re.compile(
    r"[\s,;]+(?:onset|since|diagnosed|inicio|desde|depuis|d[eé]but|seit)\b\W*"
    r"(?:(?:in|on|en|le|el|dem)\s+)?(?:[^\W\d_]{3,10}\.?\s+)?[\d][\d/.\- ]*$",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"\s*[:;,\u2013-]?\s*\b(?:status|estado|statut|comments?|reaction|reacci[oó]n|r[eé]action|"
    r"reaktion|severity|onset|authored)\b\s*[:\-\u2013].*$",
    re.IGNORECASE,
)
_BRACKET_TAIL = re.compile(
    r"\s*[(\[][^()\[\]]*(?:onset|resolution|authored|\d{4})[^()\[\]]*[)\]}].*$", re.IGNORECASE
)
_NO_PROBLEM = re.compile(
    r"^(?:problem #?\d+|active concerns|resolved concerns|page|\d+ ?\| ?page|p ?a ?g ?e|name|"
    r"dates?|status|problems?|the patient|he|she|this|as i|we|please|follow)\b",
    re.IGNORECASE,
)
_ALLERGIC_TO = re.compile(
    r"^(?:the patient is |patient is |he is |she is )?(?:allergic to|alergia a|"
    r"al[eé]rgic[oa] a|allergique (?:à|aux?)|allergie (?:gegen|à|aux?|auf))\s+",
    re.IGNORECASE,
)
_SAYS_MORE = re.compile(r"\b(?:was|were|is|are|has|had|given|instead|avoid)\b", re.IGNORECASE)
_SIDE = re.compile(
    r"\s*(?:\((?P<bracket>[^()]+)\)|\s[-\u2013:]\s*(?P<dash>.+)|:\s*(?P<colon>.+)|"
    r"\s(?:causes?|caus[eé]d|produce|provoque|->|→)\s+(?P<verb>.+))\s*$"
)
_LONGEST_PROBLEM = 160  # characters
_SEVERITIES = spread(
    {
        "mild": "mild|leve|leger|leicht",
        "moderate": "moderate|moderada|modere|massig",
        "severe": "severe|grave|severe |schwer",
    }
)


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
            yield from _allergies(item, style)
        elif item.section not in {"family", "plan", "social"}:
            yield from _measurements(item, vocabulary, style, scanned=scanned[item.rows[0].page])


def _problem(item: Item, style: Style) -> Iterator[Proposal]:
    name = _cell_for(item, "name")
    text = _BRACKET_TAIL.sub("", _LABELS.sub("", name))
    text = _ONSET_TAIL.sub("", text).strip(" .;,:")
    if not _is_problem(text) or _NEGATED.search(item.text):
        return
    doubts = [PROSE]
    resolved = _RESOLVED.search(item.text) is not None
    verification = "confirmed"
    if _UNCERTAIN.search(text):
        verification = "provisional"
        doubts.append(UNSURE)
    resource: Resource = {
        "resourceType": "Condition",
        "clinicalStatus": _concept(_CLINICAL, "resolved" if resolved else "active"),
        "verificationStatus": _concept(_CONDITION_VER, verification),
        "category": [_concept(_CATEGORY, "problem-list-item")],
        "code": {"text": text},
    }
    onset = _onset(item, style)
    if onset is not None:
        resource["onsetDateTime"] = onset.date
        doubts += _doubt_of(onset)
    yield _proposal(resource, item, doubts)


def _is_problem(text: str) -> bool:
    letters = sum(letter.isalpha() for letter in text)
    if not 3 <= len(text) <= _LONGEST_PROBLEM or letters < 0.6 * len(text.replace(" ", "")):
        return False
    return _NO_PROBLEM.match(text) is None


def _medication(item: Item, style: Style) -> Iterator[Proposal]:
    if _NEGATED.match(item.text) or re.search(
        r"\bno (?:current )?medications?\b|\bis applicable\b", item.text, re.IGNORECASE
    ):
        return
    medication = _medicine_of(item)
    if medication is None:
        return
    status = _cell_for(item, "status")
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
        doubts += _doubt_of(date)
    yield _proposal(resource, item, doubts)


def _medicine_of(item: Item) -> Medication | None:
    """Of a row of a table the name is one cell, and how to take it others."""
    kept = [(cell.text, role) for cell, role in _with_roles(item) if role in {"name", "sig", ""}]
    found = medication_in(" ".join(text for text, _ in kept) or item.text)
    name = " ".join(text for text, role in kept if role == "name")
    if found is None or not name or len(kept) < 2:
        return found
    return replace(
        found, name=name, instructions=" ".join(text for text, role in kept if role != "name")
    )


def _allergies(item: Item, style: Style) -> Iterator[Proposal]:
    if _NEGATED.search(item.text):
        return
    if len(item.cells) > 1:
        yield from _allergy(
            item,
            _joined_names(item),
            _cell_for(item, "reaction") or _labelled(item, "reaction"),
            style,
        )
        return
    text = _ALLERGIC_TO.sub("", item.text.strip(" ."))
    for part in re.split(r"[;,]\s*(?![^()]*\))|\s+(?:and|y|et|und)\s+(?=[^()]*$)", text):
        side = _SIDE.search(part)
        reaction = next((group for group in side.groups() if group), "") if side is not None else ""
        yield from _allergy(
            item, part[: side.start()] if side is not None else part, reaction, style
        )


def _allergy(item: Item, name: str, reaction: str, style: Style) -> Iterator[Proposal]:
    name = _LABELS.sub("", name).strip(" .,;:*-")
    letters = sum(letter.isalpha() for letter in name)
    if letters < 3 or len(name) > 80 or len(name.split()) > 8 or _NO_PROBLEM.match(name):
        return
    if _SAYS_MORE.search(name):
        return
    status = "inactive" if _INACTIVE.search(_cell_for(item, "status") or item.text) else "active"
    resource: Resource = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": _concept(_ALLERGY, status),
        "verificationStatus": _concept(_ALLERGY_VER, "unconfirmed"),
        "code": {"text": name},
    }
    if reaction:
        made: dict[str, Any] = {"manifestation": [{"text": reaction.strip(" .")}]}
        severity = _SEVERITIES.get(plain(_cell_for(item, "severity")))
        resource["reaction"] = [made | ({"severity": severity} if severity else {})]
    onset = _onset(item, style)
    doubts = [PROSE]
    if onset is not None:
        resource["onsetDateTime"] = onset.date
        doubts += _doubt_of(onset)
    yield _proposal(resource, item, doubts)


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


def _with_roles(item: Item) -> list[tuple[Any, str]]:
    roles = item.roles or tuple("name" if place == 0 else "" for place in range(len(item.cells)))
    return list(zip(item.cells, roles, strict=True))


def _cell_for(item: Item, role: str) -> str:
    return next((cell.text for cell, each in _with_roles(item) if each == role), "")


def _joined_names(item: Item) -> str:
    """A name that stands in two cells, because of a wide gap."""
    return " ".join(cell.text for cell, role in _with_roles(item) if role == "name")


def _labelled(item: Item, label: str) -> str:
    """What stands behind "Reaction:" in any cell."""
    found = re.search(
        rf"\b{label}\w*\s*:\s*(?P<said>[^:;]+?)(?=\s+\w+:|$)", item.text, re.IGNORECASE
    )
    return found["said"] if found is not None else ""


def _onset(item: Item, style: Style) -> Found | None:
    label = _ONSET.search(item.text)
    if label is None:
        return None
    rest = item.text[label.end() :]
    found = next((each for each in find_dates(rest, style.order) if each.start <= 3), None)
    return found or parse_date(rest.split(" ")[0], style.order)


def _date_in(item: Item, style: Style) -> Found | None:
    """The day it was begun: in a column of dates, or after a word for it."""
    for cell, role in _with_roles(item):
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


def _doubt_of(date: Found) -> list[str]:
    return (
        [f"The date can also mean {date.other}, as day and month may be the other way round."]
        if date.other
        else []
    )


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _proposal(resource: Resource, item: Item, doubts: list[str]) -> Proposal:
    first = item.rows[0]
    tokens = [token for row in item.rows if row.page == first.page for token in row.tokens]
    spot = Spot(f"row {first.number}", first.page, boxes_of_tokens(tokens))
    return Proposal(resource, spot, item.text, tuple(dict.fromkeys(doubts)))
