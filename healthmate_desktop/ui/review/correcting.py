"""What a person may change of a record before it counts, and how that is written into its FHIR resource."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.facts.reading import objects_in
from healthmate_desktop.domain.facts.types import OTHER, SHAPES
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.ui.review.dates_in import fhir_date, written
from healthmate_desktop.ui.review.numbers_in import limits_in, number_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.proposals import Resource

_NAMES = {
    "Immunization": "vaccineCode",
    "MedicationRequest": "medicationCodeableConcept",
    "MedicationStatement": "medicationCodeableConcept",
    "MedicationAdministration": "medicationCodeableConcept",
    "MedicationDispense": "medicationCodeableConcept",
    "FamilyMemberHistory": "relationship",
    "Goal": "description",
}
_CODED = {"Observation", "Condition", "AllergyIntolerance", "Procedure", "DiagnosticReport"}
_DATES = {
    "Observation": "effectiveDateTime",
    "Condition": "onsetDateTime",
    "AllergyIntolerance": "onsetDateTime",
    "MedicationStatement": "effectiveDateTime",
    "MedicationRequest": "authoredOn",
    "MedicationAdministration": "effectiveDateTime",
    "MedicationDispense": "whenHandedOver",
    "Immunization": "occurrenceDateTime",
    "Procedure": "performedDateTime",
    "DiagnosticReport": "effectiveDateTime",
    "FamilyMemberHistory": "date",
    "Encounter": "period",
    "Goal": "startDate",
}
_DOSES = {"MedicationStatement": "dosage", "MedicationRequest": "dosageInstruction"}
_PERIODS = {"period"}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be changed; `key` is what `corrected` calls it."""

    key: str
    label: str
    text: str


def fields_of(resource: Resource) -> list[Field]:
    """In the order they are read; empty for a record that can only be taken or left."""
    facts, kind = facts_of(resource), str(resource.get("resourceType", ""))
    fields = []
    if _name_key(resource):
        fields.append(Field("name", "Name", facts.display))
    if kind == "Observation":
        fields += _value_fields(facts)
    elif kind in _DOSES:
        fields.append(Field("dose", "How it is taken", facts.value))
    if kind in _DATES:
        fields.append(Field("date", "Date", written(facts.effective)))
    return fields


def corrected(resource: Resource, texts: Mapping[str, str], *, keep_codes: bool) -> Resource:
    """A copy with what was changed, and all else as it was. Raises InvalidInput.

    A code that was found by the name that was read goes with that name, but for `keep_codes`: the sender's own.
    """
    before = {field.key: field.text for field in fields_of(resource)}
    changed = {
        key: text.strip()
        for key, text in texts.items()
        if key in before and text.strip() != before[key]
    }
    made = deepcopy(resource)
    if "name" in changed:
        _rename(made, changed["name"], keep_codes=keep_codes)
    if "date" in changed:
        _redate(made, changed["date"])
    if "dose" in changed:
        made[_DOSES[made["resourceType"]]] = [{"text": changed["dose"]}] if changed["dose"] else []
    if changed.keys() & {"value", "unit"}:
        now = before | changed
        _revalue(made, now["value"], now["unit"])
    if changed.keys() & {"range", "unit"} and "range" in before:
        _rerange(made, (before | changed)["range"])
    for key, text in changed.items():
        if key.startswith("part"):
            _revalue(objects_in(made.get("component"))[int(key[4:])], text, None)
    return made


def _value_fields(facts: Facts) -> list[Field]:
    if facts.components and facts.number is None:
        return [
            Field(f"part{number}", _part_label(part), _value_text(part))
            for number, part in enumerate(facts.components)
        ]
    return [
        Field("value", "Value", _value_text(facts)),
        Field("unit", "Unit", facts.unit),
        Field("range", "Range on the page", facts.range_text),
    ]


def _part_label(part: Facts) -> str:
    return f"{part.display or 'Part'} ({part.unit})" if part.unit else part.display or "Part"


def _value_text(facts: Facts) -> str:
    if facts.number is None:
        return facts.value
    return f"{facts.comparator}{facts.number:f}"


# --- the name ---


def _name_key(resource: Resource) -> str:
    kind = str(resource.get("resourceType", ""))
    key = _NAMES.get(kind, "code" if kind in _CODED else "")
    return key or ("code" if isinstance(resource.get("code"), dict) else "")


def _rename(resource: Resource, name: str, *, keep_codes: bool) -> None:
    if not name:
        raise InvalidInput("It needs a name.")
    key = _name_key(resource)
    concept = resource.get(key)
    kept = dict(concept) if isinstance(concept, dict) and keep_codes else {}
    resource[key] = kept | {"text": name}
    if key == "medicationCodeableConcept":
        resource.pop("medicationReference", None)  # it can be said in one way only


# --- the date ---


def _redate(resource: Resource, text: str) -> None:
    kind = resource["resourceType"]
    paths = [path for path in SHAPES.get(kind, OTHER).dates if "." not in path]
    key = next((path for path in paths if path in resource), "")
    before = facts_of(resource).effective
    made = fhir_date(text, before) if text else ""
    if isinstance(resource.get(key), dict) and "event" not in resource[key]:
        period = resource[key] | {"start": made}
        resource[key] = period if made else {k: v for k, v in period.items() if k != "start"}
        return
    resource.pop(key, None)
    if made:
        own = _DATES[kind]
        target = key if key.endswith(("DateTime", "Date", "Handed", "On", "date")) else own
        resource[target] = {"start": made} if target in _PERIODS else made


# --- the value ---


def _revalue(owner: dict[str, Any], text: str, unit: str | None) -> None:
    """`unit` None: as it is."""
    if not text:
        raise InvalidInput("It needs a value. Reject it where it has none.")
    before = owner.get("valueQuantity")
    quantity = dict(before) if isinstance(before, dict) else {}
    number = number_of(text)
    for key in [key for key in owner if key.startswith("value")]:
        del owner[key]
    same = unit is None or unit == str(quantity.get("unit") or quantity.get("code") or "")
    if number is None:  # words have no unit but one that was written for them
        owner["valueString"] = text if same or not unit else f"{text} {unit}"
        return
    sign, amount = number
    kept = quantity if same else {}  # another unit has another code
    made = {key: kept[key] for key in ("unit", "system", "code") if key in kept}
    if not same and unit:
        made["unit"] = unit
    owner["valueQuantity"] = {"value": amount} | ({"comparator": sign} if sign else {}) | made


def _rerange(resource: Resource, text: str) -> None:
    if not text:
        resource.pop("referenceRange", None)
        return
    quantity = resource.get("valueQuantity")
    unit = quantity.get("unit") if isinstance(quantity, dict) else None
    made: dict[str, Any] = {"text": text}
    for side, limit in zip(("low", "high"), limits_in(text), strict=True):
        if limit is not None:
            made[side] = {"value": limit} | ({"unit": unit} if unit else {})
    resource["referenceRange"] = [made]
