"""FHIR as JSON: files in, proposals out. Each record is proposed as it came; nothing is left out without a word."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.facts.context import CONTEXT
from healthmate_desktop.domain.facts.dates import when_of
from healthmate_desktop.domain.facts.reading import joined, object_in, objects_in, text_in
from healthmate_desktop.domain.facts.types import OTHER, SHAPES, at, human_name
from healthmate_desktop.domain.json_text import LOST_LETTER, json_text, may_lose_letters, text_of
from healthmate_desktop.domain.proposals import NamedPerson, Proposal, Spot
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.fhir.links import Links, needs_links
from healthmate_desktop.interop.fhir.walk import Found, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.proposals import Resource

MOST_PROBLEMS = 100  # that are named; the others are counted
MOST_IDENTIFIERS = 20
_SEXES = {"female", "male", "other", "unknown"}
_EARLIEST = "1850"
_TELLS_THE_PAST = {
    *(
        "AllergyIntolerance",
        "Condition",
        "DiagnosticReport",
        "DocumentReference",
        "FamilyMemberHistory",
    ),
    *(
        "ImagingStudy",
        "Immunization",
        "MedicationAdministration",
        "MedicationDispense",
        "Observation",
    ),
    *("Patient", "Procedure", "Specimen"),
}
_JSON = re.compile(r'\s*[{\[].*?"resourceType"\s*:\s*"[A-Z][A-Za-z]+"', re.DOTALL)
_XML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<[A-Z][A-Za-z]+\s[^>]{0,400}?\bxmlns\s*=\s*[\"']http://hl7\.org/fhir[\"']",
    re.DOTALL,
)

_AS_XML = (
    "This is FHIR written as XML, which HealthMate does not read yet. It is kept. "
    "Ask where it came from for the same records as JSON, or as a C-CDA document, and add that."
)
_NOTHING = "There are no records in this file, so there was nothing to read. It is kept."
_BY_MISTAKE = "Its sender marked this as entered by mistake."
_UNKNOWN_MODIFIER = (
    "It carries a remark that may change what it means and that HealthMate does not know."
)
_LETTERS_LOST = "Some of its letters could not be read."
_ODD_DATE = "A date in it is not written as a date, so that was not used."
_ODD_NUMBER = "Its value is not written as a number."
_OUR_NOTE = "It came with a note of HealthMate's own, which was left out."
_TOO_EARLY = "Its date lies before 1850."
_AHEAD = "Its date lies in the future."


def is_fhir(head: bytes) -> bool:
    """Whether a file that begins so is FHIR, as JSON or as XML. `read_fhir` says what it does not read."""
    text = head.decode(json.detect_encoding(head), "ignore").lstrip("\ufeff\x00\x1e")
    return bool(_JSON.match(text) or _XML.match(text))


def read_fhir(content: bytes) -> Iterator[Proposal | NamedPerson | Problem]:
    """Every record of a Bundle of any type, NDJSON, a list, or a single resource, in the order of the file.

    Records of types that HealthMate does not know are proposed too, as they are. A Patient is followed by the
    person it names. A resource carries what it needs of others beside it, see `facts_context.original`.
    Raises UnreadableDocument and UnsupportedDocument.
    """
    text = text_of(content)
    if _XML.match(text):
        raise UnsupportedDocument(_AS_XML)
    links = Links(walk(text)) if needs_links(text) else Links()
    lossy = may_lose_letters(text)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    problems, anything = 0, False
    for found in walk(text):
        anything = True
        if isinstance(found, Found):
            yield from _proposed(found, links, tomorrow, lossy=lossy)
            continue
        problems += 1
        if problems <= MOST_PROBLEMS:
            yield found
    if problems > MOST_PROBLEMS:
        more = problems - MOST_PROBLEMS
        yield Problem("other places", f"{more} more parts could not be read and were left out.")
    if not anything:
        raise UnreadableDocument(_NOTHING)


def person_of(patient: Resource) -> NamedPerson:
    """Whom a Patient resource names."""
    sex = text_in(patient.get("gender")).lower()
    numbers = (
        joined(text_in(each.get("system")), text_in(each.get("value")), by="|")
        for each in objects_in(patient.get("identifier"))
        if text_in(each.get("value"))
    )
    birth_date = when_of(patient.get("birthDate")).given
    return NamedPerson(
        human_name(patient.get("name")),
        birth_date[:10],
        sex if sex in _SEXES else "",
        tuple(dict.fromkeys(numbers))[:MOST_IDENTIFIERS],
    )


def _proposed(
    found: Found, links: Links, tomorrow: str, *, lossy: bool
) -> Iterator[Proposal | NamedPerson]:
    resource = links.joined(found)
    doubts = _doubts(found.resource, facts_of(resource), tomorrow)
    if lossy and LOST_LETTER in json_text(found.resource):
        doubts.append(_LETTERS_LOST)
    yield Proposal(resource, Spot(found.where), doubts=tuple(doubts))
    if found.resource["resourceType"] == "Patient":
        yield person_of(found.resource)


def _doubts(resource: Resource, facts: Facts, tomorrow: str) -> list[str]:
    dates = [at(resource, path) for path in SHAPES.get(facts.type, OTHER).dates]
    ahead = facts.effective_from[:10] > tomorrow and facts.type in _TELLS_THE_PAST
    reasons = {
        _BY_MISTAKE: facts.status == "entered-in-error",
        _UNKNOWN_MODIFIER: bool(resource.get("modifierExtension")),
        _ODD_NUMBER: "valueQuantity" in resource and bool(facts.value) and facts.number is None,
        _ODD_DATE: any(map(_is_odd_date, dates)),
        _TOO_EARLY: "" < facts.effective_from < _EARLIEST,
        _AHEAD: ahead,
        _OUR_NOTE: CONTEXT in resource,
    }
    return [reason for reason, holds in reasons.items() if holds]


def _is_odd_date(value: object) -> bool:
    letters = object_in(value).get("start", value)
    return isinstance(letters, str) and not when_of(letters).given
