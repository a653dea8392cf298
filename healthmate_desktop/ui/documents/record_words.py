"""Records in words: what each is, what it says and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from healthmate_desktop.domain.facts import FLAG_WORDS
from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.dates import day, month, short_day

if TYPE_CHECKING:
    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.proposals import NamedPerson
    from healthmate_desktop.domain.records import Record

_KINDS = {
    "AllergyIntolerance": "Allergy",
    "CarePlan": "Care plan",
    "Condition": "Condition",
    "Device": "Device",
    "DiagnosticReport": "Report",
    "DocumentReference": "Document",
    "Encounter": "Visit",
    "FamilyMemberHistory": "In the family",
    "Goal": "Goal",
    "Immunization": "Vaccination",
    "MedicationRequest": "Prescription",
    "MedicationStatement": "Medication",
    "Observation": "Measured or found",
    "Patient": "The person",
    "Procedure": "Procedure",
}
_NOT_SO = {"not-done": "Not done", "not-taken": "Not taken", "refuted": "Ruled out"}
_SAID_BY_ITSELF = {
    "",
    "final",
    "completed",
    "finished",
    "current",
    "unknown",
    "amended",
    "corrected",
    *_NOT_SO,
}
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d:\d\d))?)?)?")


@dataclass(frozen=True, slots=True)
class Said:
    """A record as it is shown. Each may be empty but the first two."""

    kind: str
    name: str
    value: str
    limits: str
    when: str
    flag: str
    status: str

    @property
    def whole(self) -> str:
        """Name and value."""
        return f"{self.name} {self.value}".strip()


def said_of(record: Record) -> Said:
    facts = record.facts
    return Said(
        kind=kind_words(facts.type),
        name=facts.display or kind_words(facts.type),
        value=_value(facts),
        limits=_unbroken(facts.range_text),
        when=when_words(facts.effective),
        flag=_flag(facts.interpretation),
        status="" if facts.status in _SAID_BY_ITSELF else facts.status.replace("-", " "),
    )


def kind_words(kind: str) -> str:
    """Of a FHIR type; of one without words of its own the name itself, "Service request"."""
    if known := _KINDS.get(kind):
        return known
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()
    return words[:1].upper() + words[1:] or "Record"


def when_words(fhir: str) -> str:
    """As exact as it was given: "2024", "March 2024", "5 Mar 2024", "5 Mar 2024, 08:40" by the clock there."""
    found = _DATE.match(fhir)
    if found is None:
        return fhir
    year, months, days, clock = found.groups()
    try:
        if months is None:
            return year
        first = date(int(year), int(months), int(days or 1))
    except ValueError:
        return fhir
    if days is None:
        return month(first)
    return f"{short_day(first)}, {clock}" if clock else short_day(first)


def person_words(person: NamedPerson) -> str:
    """Whom a document names: "Maria Lopez, born 3 May 1960"."""
    name = person.name or "someone without a name"
    return f"{name}, born {_birth(person.birth_date)}" if person.birth_date else name


def values_counted(count: int) -> str:
    return counted(count, "value", "values")


def _unbroken(limits: str) -> str:
    """Its two ends stay on one line."""
    return re.sub(r"(?<=\d) - (?=\d)", "\u00a0-\u00a0", limits)


def _birth(fhir: str) -> str:
    try:
        return day(date.fromisoformat(fhir))
    except ValueError:
        return when_words(fhir)


def _value(facts: Facts) -> str:
    if not facts.negated:
        return facts.value
    not_so = _NOT_SO.get(facts.status, "Not so")
    return f"{not_so}. {facts.value}" if facts.value else not_so


def _flag(code: str) -> str:
    if not code or code in {"N", "normal"}:
        return ""
    return f"marked {FLAG_WORDS.get(code, code)}"
