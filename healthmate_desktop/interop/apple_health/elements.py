"""Workouts, summaries of days and the other elements of an export as FHIR Observations; whom the export is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.proposals import NamedPerson, Proposal, Spot
from healthmate_desktop.domain.samples import Coding, identifier_of, note, quantity, time_text
from healthmate_desktop.interop.apple_health.devices import device_of, source_of
from healthmate_desktop.interop.apple_health.units import number_of, scaled, unit_of
from healthmate_desktop.interop.apple_health.vocabulary import (
    APPLE,
    ELEMENT,
    LOINC,
    shown_unit,
    type_of,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.interop.apple_health.scanning import Attributes, Node
    from healthmate_desktop.interop.apple_health.times import Times

Json = dict[str, Any]

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SEXES = {"Male": "male", "Female": "female", "Other": "other"}
_BLOOD = re.compile(r"HKBloodType(A|B|AB|O)(Positive|Negative)")
_ME = "HKCharacteristicTypeIdentifier"
_STATISTICS = "http://terminology.hl7.org/CodeSystem/observation-statistics"
_CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
_WORKOUT = (
    Coding(LOINC, "73985-4", "Exercise activity"),
    Coding(APPLE, "HKWorkoutTypeIdentifier", "Workout"),
)
_TOTALS = {  # of a workout, by attribute
    "duration": (Coding(LOINC, "55411-3", "Exercise duration"), "Duration"),
    "totalEnergyBurned": (Coding(LOINC, "41981-2", "Calories burned"), "Energy burned"),
    "totalDistance": (Coding(APPLE, "totalDistance", "Total distance"), "Distance"),
    "totalFlightsClimbed": (
        Coding(APPLE, "totalFlightsClimbed", "Flights climbed"),
        "Flights climbed",
    ),
    "totalSwimmingStrokeCount": (Coding(APPLE, "totalSwimmingStrokeCount", "Strokes"), "Strokes"),
}
_OF_DAY = {  # of a summary, whose attributes have no unit of their own
    "appleMoveTime": "min",
    "appleMoveTimeGoal": "min",
    "appleExerciseTime": "min",
    "appleExerciseTimeGoal": "min",
    "appleStandHours": "hr",
    "appleStandHoursGoal": "hr",
}
_ABOUT = {  # attributes that say when, where from and what, and are no measurement
    "type", "sourceName", "sourceVersion", "device", "creationDate", "startDate", "endDate",
    "dateComponents", "dateIssued", "uuid",
}  # fmt: skip
_MOST_PARTS = 2000
_STRANGE = "This part of the export is of a kind that is not known here. It is kept as it came."
_BY_PERSON = "The person chose this blood type in a list; it need not come from a laboratory."


def people_of(me: Attributes) -> Iterator[NamedPerson | Proposal]:
    """Whom the export is about, without a name, and the blood type if one was chosen."""
    born = me.get(f"{_ME}DateOfBirth", "")
    sex = me.get(f"{_ME}BiologicalSex", "").removeprefix("HKBiologicalSex")
    person = NamedPerson("", born if _DATE.fullmatch(born) else "", _SEXES.get(sex, ""))
    if person != NamedPerson():
        yield person
    blood = _BLOOD.fullmatch(me.get(f"{_ME}BloodType", ""))
    if blood:
        coding = Coding(LOINC, "882-1", "ABO and Rh group [Type] in Blood")
        text = f"{blood[1]}{'+' if blood[2] == 'Positive' else '-'}"
        resource = _resource((coding,), "Blood type") | {
            "valueCodeableConcept": {"coding": [_coding(APPLE, blood[0], text)], "text": text}
        }
        yield Proposal(resource, Spot("Me, blood type"), blood[0], (_BY_PERSON,))


def workout(node: Node, times: Times) -> Proposal | None:
    """None for one without a start that can be read."""
    effective = _effective(node.attributes, times)
    if effective is None:
        return None
    activity = node.attributes.get("workoutActivityType", "")
    text = words(activity.removeprefix("HKWorkoutActivityType")) or "Workout"
    parts = [
        _part((coding,), label, number, node.attributes.get(f"{name}Unit", ""))
        for name, (coding, label) in _TOTALS.items()
        if (number := number_of(node.attributes.get(name)))
    ]
    for child in node.children:
        parts += _parts_of_workout(child, times)
    resource = _resource(_WORKOUT, "Workout", "activity") | effective | _about(node)
    resource["identifier"] = [_identifier(node, times, activity)]
    resource["valueCodeableConcept"] = {"coding": [_coding(APPLE, activity, text)], "text": text}
    if parts:
        resource["component"] = parts[:_MOST_PARTS]
    return Proposal(resource, Spot(f"Workout, {_day(effective)}"), text)


def is_empty(node: Node) -> bool:
    """Whether nothing was measured on the day: some exports begin with such days, long before there were watches."""
    measured = (value for name, value in node.attributes.items() if _measures(node, name))
    return not any(value.strip("0.") for value in measured)


def summary(node: Node) -> Proposal | None:
    """The rings of one day. None without a day, and for one that is empty."""
    day = node.attributes.get("dateComponents", "")
    if not _DATE.fullmatch(day) or is_empty(node):
        return None
    coding = Coding(APPLE, "HKActivitySummary", "Activity summary")
    resource = _resource((coding,), "Activity of the day", "activity")
    resource |= {"effectiveDateTime": day, "component": _flat(node, "", _OF_DAY)}
    resource["identifier"] = [
        identifier_of(ELEMENT, node.name, day)
    ]  # that of the last day still grows
    return Proposal(resource, Spot(f"Activity summary, {day}"), "Activity of the day")


def other(node: Node, times: Times) -> Proposal:
    """Audiograms, prescriptions of glasses and what later versions bring: each attribute is a component."""
    name = node.attributes.get("type", "")[:200] or node.name
    text = words(node.name)
    effective = _effective(node.attributes, times) or {}
    resource = _resource((Coding(APPLE, name, text),), text) | effective | _about(node)
    said = (value for key, value in node.attributes.items() if key not in _ABOUT)
    resource["identifier"] = [_identifier(node, times, name, *said)]
    parts = _flat(node, "", {})
    if parts:
        resource["component"] = parts[:_MOST_PARTS]
    known = node.name in ("Audiogram", "VisionPrescription")
    where = ", ".join(filter(None, (text, _day(effective))))
    return Proposal(resource, Spot(where), text, () if known else (_STRANGE,))


def _parts_of_workout(node: Node, times: Times) -> Iterator[Json]:
    attributes = node.attributes
    if node.name == "WorkoutStatistics":
        yield from _statistics(attributes)
    elif node.name in ("WorkoutEvent", "WorkoutActivity"):
        code = attributes.get("type") or attributes.get("workoutActivityType") or node.name
        when = _effective(attributes, times) or {}
        part = {"code": {"coding": [_coding(APPLE, code, words(code.removeprefix("HK")))]}}
        if "effectiveDateTime" in when:
            yield part | {"valueDateTime": when["effectiveDateTime"]}
        elif when:
            yield part | {"valuePeriod": when["effectivePeriod"]}
    elif node.name == "WorkoutRoute":
        for child in node.named("FileReference"):
            coding = _coding(APPLE, "HKWorkoutRouteTypeIdentifier", "Workout route")
            yield {"code": {"coding": [coding]}, "valueString": child.attributes.get("path", "")}


def _statistics(attributes: Attributes) -> Iterator[Json]:
    type_id, unit = attributes.get("type", ""), attributes.get("unit", "")
    kind = type_of(type_id, unit).kind
    for name in ("sum", "average", "minimum", "maximum"):
        number = number_of(attributes.get(name))
        if number:
            codings = (*kind.codings, Coding(_STATISTICS, name, name.capitalize()))
            yield _part(codings, f"{kind.text}, {name}", number, unit, type_id)


def _part(
    codings: tuple[Coding, ...], text: str, number: str, unit: str, type_id: str = ""
) -> Json:
    code, ucum, factor = unit_of(type_id, unit)
    value = scaled(number, code, factor)
    return {
        "code": {"coding": [coding._asdict() for coding in codings], "text": text},
        "valueQuantity": quantity(value, code, shown_unit(code, unit), ucum=ucum and bool(code)),
    }


def _flat(node: Node, path: str, units: dict[str, str]) -> list[Json]:
    """Each attribute that measures something, of the element and what is in it, with its unit if it has one."""
    found = []
    for name, value in node.attributes.items():
        if not _measures(node, name):
            continue
        label = f"{path} {words(name).lower()}".strip()
        label = label[:1].upper() + label[1:]
        names = (name, name.removesuffix("Goal"), name.removesuffix("Value"))
        found_units = (node.attributes.get(f"{part}Unit") for part in names)
        unit = next(filter(None, found_units), units.get(name, ""))
        number = number_of(value)
        coding = Coding(APPLE, name, label)
        if number:
            found.append(_part((coding,), label, number, unit))
        elif value:
            found.append(
                {"code": {"coding": [coding._asdict()], "text": label}, "valueString": value}
            )
    for place, child in enumerate(node.children, 1):
        if child.name != "MetadataEntry" and len(found) < _MOST_PARTS:
            several = len(node.named(child.name)) > 1
            found += _flat(
                child, f"{path} {words(child.name)}{f' {place}' if several else ''}".strip(), units
            )
    return found


def _measures(node: Node, name: str) -> bool:
    """No unit of another attribute, and nothing that says when, where from or what."""
    of_what = name.removesuffix("Unit")
    is_unit = name != of_what and not {of_what, f"{of_what}Value"}.isdisjoint(node.attributes)
    return name not in _ABOUT and not is_unit


def _resource(codings: tuple[Coding, ...], text: str, category: str = "") -> Json:
    code = {"coding": [coding._asdict() for coding in codings], "text": text}
    resource: Json = {"resourceType": "Observation", "status": "final", "code": code}
    if category:
        resource["category"] = [{"coding": [{"system": _CATEGORIES, "code": category}]}]
    return resource


def _identifier(node: Node, times: Times, *parts: str) -> dict[str, str]:
    """Of the moments, not of how they are written."""
    read = (times.read(node.attributes.get(name, "")) for name in ("startDate", "endDate"))
    moments = (moment[0] if moment else 0 for moment in read)
    source = source_of(node.attributes.get("sourceName", ""))
    return identifier_of(ELEMENT, node.name, *moments, source, *parts)


def _about(node: Node) -> Json:
    attributes = node.attributes
    device = source_of(attributes.get("sourceName", "")), device_of(attributes.get("device", ""))
    found: Json = {}
    if any(device):
        found["device"] = {"display": "; ".join(filter(None, device))}
    notes = node.notes()
    if notes:
        found["extension"] = [note(key, value) for key, value in notes]
    return found


def _effective(attributes: Attributes, times: Times) -> Json | None:
    first = (
        attributes.get("startDate") or attributes.get("date") or attributes.get("dateIssued", "")
    )
    start = times.read(first) if first else None
    if start is None:
        return None
    last = attributes.get("endDate", "")
    end = times.read(last) if last else None
    if end is None or end[0] <= start[0]:
        return {"effectiveDateTime": time_text(*start)}
    return {"effectivePeriod": {"start": time_text(*start), "end": time_text(*end)}}


def _day(effective: Json) -> str:
    start = effective.get("effectiveDateTime") or effective.get("effectivePeriod", {}).get(
        "start", ""
    )
    return str(start)[:10]


def _coding(system: str, code: str, display: str) -> dict[str, str]:
    return {"system": system, "code": code, "display": display}
