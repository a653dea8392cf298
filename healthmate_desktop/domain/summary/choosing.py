"""Which section of a summary a record belongs to, and whether it falls into a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.facts.reading import codings_in
from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from datetime import date

    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.proposals import Resource
    from healthmate_desktop.domain.summary.parts import SectionKey

VITAL_CODES = {  # LOINC, for measurements that carry no category
    *("8310-5", "8480-6", "8462-4", "85354-9", "8867-4", "9279-1", "2708-6", "59408-5"),
    *("29463-7", "8302-2", "39156-5"),
}
OVER = {"stopped", "completed", "ended", "cancelled", "inactive", "resolved", "remission"}
_MEDICATIONS = {"MedicationRequest", "MedicationStatement"}
_BY_TYPE: dict[str, SectionKey] = {
    "AllergyIntolerance": "allergies",
    "MedicationRequest": "medications",
    "MedicationStatement": "medications",
    "Condition": "problems",
    "Immunization": "immunizations",
    "Procedure": "procedures",
    "Encounter": "visits",
    "FamilyMemberHistory": "findings",
}
_BY_CATEGORY: dict[str, SectionKey] = {
    "laboratory": "results",
    "imaging": "results",
    "vital-signs": "vitals",
}
_STANDING = {  # and what other records point to
    *("AllergyIntolerance", "Condition", "FamilyMemberHistory"),
    *("Patient", "RelatedPerson", "Practitioner", "Device", "Specimen", "Coverage"),
}
_NO_RESULT = {"cancelled", "registered"}


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included; None = open. Raises InvalidInput for an end before its beginning.

    It limits what happened at a time. What still holds whatever its date, an allergy, a problem, a medication that
    is taken, stays, and so does what has no date: left out in silence, it could be taken for not there.
    """

    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.until < self.since:
            raise InvalidInput("The period ends before it begins. Choose a later last day.")

    @property
    def open(self) -> bool:
        return self.since is None and self.until is None

    def holds(self, facts: Facts) -> bool:
        if facts.type in _STANDING or not facts.effective_from:
            return True
        if facts.type in _MEDICATIONS and facts.status not in OVER:
            return True
        given = facts.effective[:10]  # the day there, which in UTC may be the next
        first, last = min(facts.effective_from[:10], given), max(facts.effective_to[:10], given)
        after = self.since is None or last >= self.since.isoformat()
        return after and (self.until is None or first <= self.until.isoformat())


def section_of(resource: Resource, facts: Facts) -> SectionKey | None:
    """None for what a summary does not show: errors, tests without a result, and other types."""
    if facts.status == "entered-in-error":
        return None
    if facts.type == "Observation":
        told = facts.status not in _NO_RESULT and bool(facts.value)
        return _section_of_observation(resource, facts) if told else None
    if facts.type == "DiagnosticReport":
        return "results" if facts.value else None
    return _BY_TYPE.get(facts.type)


def _section_of_observation(resource: Resource, facts: Facts) -> SectionKey:
    if {coding.code for coding in facts.codings} & VITAL_CODES:
        return "vitals"
    categories = [coding.code for coding in codings_in(resource.get("category"))]
    if not categories:
        return "results"
    return next((_BY_CATEGORY[each] for each in categories if each in _BY_CATEGORY), "findings")
