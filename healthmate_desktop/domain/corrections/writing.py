"""Writes what a person changed into a resource, and leaves all else of it as it was."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.corrections.dates import fhir_date
from healthmate_desktop.domain.corrections.fields import DATES, DOSES, fields_of, name_key
from healthmate_desktop.domain.corrections.values import number_of, range_of_text
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.facts.reading import object_in, objects_in
from healthmate_desktop.domain.facts.types import SHAPES
from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.proposals import Resource

_UNIT = ("unit", "system", "code")
_WAYS = ("String", "Age", "Range", "Timing")  # to say when, other than with a date


def corrected(resource: Resource, texts: Mapping[str, str], *, keep_codes: bool) -> Resource:
    """A copy with what was changed, and all else as it was. Raises InvalidInput.

    A code that was found by the name that was read goes with that name, but for `keep_codes`: the sender's own.
    """
    before = {field.key: field.text for field in fields_of(resource)}
    now = before | {key: text.strip() for key, text in texts.items() if key in before}
    changed = {key: text for key, text in now.items() if text != before[key]}
    made = deepcopy(resource)
    if "name" in changed:
        _rename(made, changed["name"], keep_codes=keep_codes)
    if "date" in changed:
        _redate(made, changed["date"])
    if "dose" in changed:
        _put(made, DOSES[made["resourceType"]], [{"text": changed["dose"]}] * bool(changed["dose"]))
    if changed.keys() & {"value", "unit"}:
        _revalue(made, now["value"], now["unit"], before["unit"])
    for key, text in changed.items():
        if key.startswith("part"):
            part = objects_in(made.get("component"))[int(key.removeprefix("part"))]
            unit = str(object_in(part.get("valueQuantity")).get("unit", ""))
            _revalue(part, text, unit, unit)
    _rerange(
        made,
        {
            int(key.removeprefix("range")): text
            for key, text in changed.items()
            if key.startswith("range")
        },
    )
    return made


def _put(owner: dict[str, Any], key: str, value: Any) -> None:
    """FHIR has no empty elements."""
    if value:
        owner[key] = value
    else:
        owner.pop(key, None)


# --- the name ---


def _rename(resource: Resource, name: str, *, keep_codes: bool) -> None:
    if not name:
        raise InvalidInput("It needs a name.")
    key = name_key(resource)
    kept = object_in(resource.get(key)) if keep_codes else {}
    resource[key] = kept | {"text": name}
    if key == "medicationCodeableConcept":
        resource.pop("medicationReference", None)  # it can be said in one way only


# --- the date ---


def _redate(resource: Resource, text: str) -> None:
    """Where it stands now; one that is new, or was no day, where this type keeps it."""
    kind = resource["resourceType"]
    made = fhir_date(text, facts_of(resource).effective) if text else ""
    key = next((path for path in SHAPES[kind].dates if path in resource), "")
    if key.lower().endswith("period") and isinstance(resource[key], dict):
        period = {name: each for name, each in resource[key].items() if name != "start"}
        _put(resource, key, {"start": made} | period if made else period)
        return
    own = DATES[kind]
    if key == "issued" and made:  # when it was told; that stays true
        key = own
    elif not isinstance(resource.get(key), str):
        for way in _WAYS:
            resource.pop(own.removesuffix("DateTime") + way, None)
        key = own
    _put(resource, key, {"start": made} if made and key == "period" else made)


# --- the value ---


def _revalue(owner: dict[str, Any], text: str, unit: str, old_unit: str) -> None:
    if not text:
        raise InvalidInput("It needs a value. Reject it where it has none.")
    quantity = object_in(owner.get("valueQuantity"))
    coded = "valueCodeableConcept" in owner
    number = number_of(text, unit)
    for key in [key for key in owner if key.startswith("value")]:
        del owner[key]
    owner.pop("dataAbsentReason", None)
    if number is None:  # words have no unit but one that was written for them
        words = f"{text} {unit}" if unit != old_unit and unit else text
        owner |= {"valueCodeableConcept": {"text": words}} if coded else {"valueString": words}
        return
    sign = {"comparator": number.comparator} if number.comparator else {}
    units = _units(quantity) if unit == old_unit else {"unit": unit} if unit else {}
    owner["valueQuantity"] = {"value": number.value} | sign | units
    if unit != old_unit:
        _follow(objects_in(owner.get("referenceRange")), old_unit, units)


def _follow(ranges: list[dict[str, Any]], old_unit: str, units: dict[str, Any]) -> None:
    """Limits that had the unit of the value get its new one."""
    for limits in ranges:
        for side in {"low", "high"} & limits.keys():
            limit = object_in(limits[side])
            if old_unit in {limit.get("unit"), limit.get("code")}:
                amount = {key: each for key, each in limit.items() if key not in _UNIT}
                limits[side] = amount | units


def _units(quantity: Mapping[str, Any]) -> dict[str, Any]:
    return {key: quantity[key] for key in _UNIT if key in quantity}


def _rerange(resource: Resource, texts: Mapping[int, str]) -> None:
    """The limits are read from what is printed now; for whom it is stays."""
    ranges = objects_in(resource.get("referenceRange")) or [{}]
    quantity = object_in(resource.get("valueQuantity"))
    for number, text in texts.items():
        before = ranges[number]
        kept = {key: each for key, each in before.items() if key not in {"text", "low", "high"}}
        ranges[number] = kept | {"text": text} | _limits(text, before, quantity) if text else {}
    if texts:
        _put(resource, "referenceRange", [limits for limits in ranges if limits])


def _limits(
    text: str, before: Mapping[str, Any], quantity: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """In the unit that is printed with them, else in that of before, else in that of the value."""
    printed = range_of_text(text)
    if printed is None:
        return {}
    owners = (object_in(before.get("high")), object_in(before.get("low")), quantity)
    units = next((found for found in map(_units, owners) if found), {})
    if printed.unit not in {"", units.get("unit"), units.get("code")}:
        units = {"unit": printed.unit}
    sides = {"low": printed.low, "high": printed.high}
    return {side: {"value": limit} | units for side, limit in sides.items() if limit is not None}
