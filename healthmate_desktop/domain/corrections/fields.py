"""What of a record can be put right, as words to be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.corrections.dates import written
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.facts.reading import number_text, objects_in, text_in
from healthmate_desktop.domain.facts.values import range_text

if TYPE_CHECKING:
    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.facts.reading import Json
    from healthmate_desktop.domain.proposals import Resource

NAMES = {
    "AllergyIntolerance": "code",
    "Condition": "code",
    "DiagnosticReport": "code",
    "FamilyMemberHistory": "relationship",
    "Goal": "description",
    "Immunization": "vaccineCode",
    "MedicationAdministration": "medicationCodeableConcept",
    "MedicationDispense": "medicationCodeableConcept",
    "MedicationRequest": "medicationCodeableConcept",
    "MedicationStatement": "medicationCodeableConcept",
    "Observation": "code",
    "Procedure": "code",
}
DATES = {
    "AllergyIntolerance": "onsetDateTime",
    "Condition": "onsetDateTime",
    "DiagnosticReport": "effectiveDateTime",
    "Encounter": "period",
    "FamilyMemberHistory": "date",
    "Goal": "startDate",
    "Immunization": "occurrenceDateTime",
    "MedicationAdministration": "effectiveDateTime",
    "MedicationDispense": "whenHandedOver",
    "MedicationRequest": "authoredOn",
    "MedicationStatement": "effectiveDateTime",
    "Observation": "effectiveDateTime",
    "Procedure": "performedDateTime",
}
DOSES = {"MedicationRequest": "dosageInstruction", "MedicationStatement": "dosage"}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be changed; `key` is what `corrected` calls it: "value", "part0", "range1"."""

    key: str
    label: str
    text: str


def fields_of(resource: Resource) -> list[Field]:
    """In the order they are read; empty for a record that can only be taken or left."""
    facts = facts_of(resource)
    fields = []
    if name_key(resource):
        fields.append(Field("name", "Name", facts.display))
    if facts.type == "Observation":
        fields += _of_value(facts) + _of_ranges(resource, facts)
    elif facts.type in DOSES:
        fields.append(Field("dose", "How it is taken", facts.value))
    if facts.type in DATES:
        fields.append(Field("date", "Date", written(facts.effective)))
    return fields


def name_key(resource: Resource) -> str:
    """The element that holds its name; "" where it has none that can be changed."""
    known = NAMES.get(str(resource.get("resourceType", "")), "")
    return known or ("code" if isinstance(resource.get("code"), dict) else "")


def has_parts(facts: Facts) -> bool:
    """Whether it is a panel, whose parts have the values."""
    return bool(facts.components) and facts.number is None


def _of_value(facts: Facts) -> list[Field]:
    if has_parts(facts):
        return [
            Field(f"part{number}", _label_of(part), _text_of(part))
            for number, part in enumerate(facts.components)
        ]
    return [Field("value", "Value", _text_of(facts)), Field("unit", "Unit", facts.unit)]


def _of_ranges(resource: Resource, facts: Facts) -> list[Field]:
    """Those for each sex and age apart, so that one can be put right and the others stay."""
    texts = [_printed(limits) for limits in objects_in(resource.get("referenceRange"))]
    if len(texts) > 1:
        return [
            Field(f"range{number}", f"Range on the page, {number + 1} of {len(texts)}", text)
            for number, text in enumerate(texts)
        ]
    if has_parts(facts) and not texts:
        return []
    return [Field("range0", "Range on the page", "".join(texts))]


def _printed(limits: Json) -> str:
    return text_in(limits.get("text")) or range_text(limits)


def _label_of(part: Facts) -> str:
    return f"{part.display or 'Part'} ({part.unit})" if part.unit else part.display or "Part"


def _text_of(facts: Facts) -> str:
    if facts.number is None:
        return facts.value
    return facts.comparator + number_text(facts.number)
