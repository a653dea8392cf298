"""Where each type of FHIR resource keeps its name, its date and its value.

R4 first; the names that DSTU2, STU3 and R5 use for the same thing stand behind it, since portals still send them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from healthmate_desktop.domain.facts.context import referred
from healthmate_desktop.domain.facts.doses import dose_of
from healthmate_desktop.domain.facts.reading import (
    Coding,
    Json,
    codings_in,
    joined,
    object_in,
    objects_in,
    reference_in,
    text_in,
    texts_in,
    words_of,
)
from healthmate_desktop.domain.facts.values import Value, any_value, quantity_of

if TYPE_CHECKING:
    from collections.abc import Callable

Name = tuple[tuple[Coding, ...], str]  # codes, and the words to show


class Shape(NamedTuple):
    name: Callable[[Json], Name]
    dates: tuple[str, ...]  # paths, the best first
    value: Callable[[Json], Value]
    status: tuple[str, ...] = ("status",)


def at(resource: Json, path: str) -> Any:
    """The element at a dotted path; of lists on the way, the first object."""
    *way, last = path.split(".")
    owner = resource
    for step in way:
        owner = next(iter(objects_in(owner.get(step))), {})
    return owner.get(last)


def _named(*paths: str) -> Callable[[Json], Name]:
    """The codes of the first of these that has any, and the words of the first that has any."""

    def name(resource: Json) -> Name:
        values = [at(resource, path) for path in paths]
        codes = next((found for found in map(codings_in, values) if found), ())
        return codes, next((words for words in map(words_of, values) if words), "")

    return name


def human_name(value: Any) -> str:
    """Of a HumanName or a list of them: the official one, else the usual one, else the first that is not old."""
    order = ["official", "usual", "", "temp", "nickname", "anonymous", "old", "maiden"]
    names = sorted(objects_in(value), key=lambda name: _place(order, text_in(name.get("use"))))
    for name in names:
        parts = [text for key in ("given", "family", "suffix") for text in texts_in(name.get(key))]
        if words := text_in(name.get("text")) or joined(*parts, by=" "):
            return words
    return text_in(value)


def _place(order: list[str], use: str) -> int:
    return order.index(use) if use in order else len(order)


def _person(resource: Json) -> Name:
    return (), human_name(resource.get("name"))


def _medication(resource: Json) -> Name:
    """Of anything that gives or takes a medication, itself coded or by reference."""
    inner = object_in(resource.get("medication"))  # R5
    concept = resource.get("medicationCodeableConcept") or inner.get("concept")
    pointer = resource.get("medicationReference") or inner.get("reference")
    pointer = pointer if isinstance(pointer, dict) else inner
    target = referred(resource, reference_in(pointer))
    for value in (concept, target.get("code")):
        codes, words = _coded(value)
        if codes or words:
            return codes, words
    return (), text_in(pointer.get("display")) or _ingredients(target.get("ingredient"))


def _coded(value: Any) -> Name:
    return codings_in(value), words_of(value)


def _ingredients(value: Any) -> str:
    """A mixture without a name of its own is called by what is in it."""
    keys = ("itemCodeableConcept", "item.concept", "item")
    words = (
        next(filter(None, (words_of(at(each, key)) for key in keys)), "")
        for each in objects_in(value)
    )
    return joined(*words, by=" / ")


def _medication_itself(resource: Json) -> Name:
    codes, words = _coded(resource.get("code"))
    return codes, words or _ingredients(resource.get("ingredient"))


def _family(resource: Json) -> Name:
    """The relative; the codes are those of what the relative had."""
    conditions = [each.get("code") for each in objects_in(resource.get("condition"))]
    relative = words_of(resource.get("relationship")) or text_in(resource.get("name"))
    return codings_in(conditions), relative


def _used_device(resource: Json) -> Name:
    device = referred(resource, reference_in(resource.get("device")))
    codes, words = _device(device)
    return codes, words or text_in(object_in(resource.get("device")).get("display"))


def _device(resource: Json) -> Name:
    names = [each.get("name") for each in objects_in(resource.get("deviceName"))]
    codes, words = _named("type", "modelNumber", "model", "manufacturer")(resource)
    return codes, words_of(names[:1]) or text_in(resource.get("distinctIdentifier")) or words


def _words(*paths: str) -> Callable[[Json], Value]:
    """All that stands there, in words."""

    def value(resource: Json) -> Value:
        return Value(joined(*(words_of(at(resource, path)) for path in paths), by="; "))

    return value


def _nothing(_resource: Json) -> Value:
    return Value()


def _condition(resource: Json) -> Value:
    onset = (
        any_value(resource, "onset").text
        if "onsetAge" in resource or "onsetRange" in resource
        else ""
    )
    since = f"since the age of {onset}" if onset else text_in(resource.get("onsetString"))
    severity, where = words_of(resource.get("severity")), words_of(resource.get("bodySite"))
    return Value(joined(severity, where, words_of(at(resource, "stage.summary")), since, by="; "))


def _allergy(resource: Json) -> Value:
    told = []
    for reaction in objects_in(resource.get("reaction")):
        signs = joined(
            *(
                words_of(each.get("concept") or each)
                for each in objects_in(reaction.get("manifestation"))
            ),
            by=", ",
        )
        signs = signs or text_in(reaction.get("description"))
        severity = text_in(reaction.get("severity"))
        told.append(f"{signs} ({severity})" if signs and severity else signs or severity)
    return Value(joined(*told, by="; "))


def _immunization(resource: Json) -> Value:
    dose = quantity_of(resource.get("doseQuantity"))
    number = any_value(
        next(iter(objects_in(resource.get("protocolApplied"))), {}), "doseNumber"
    ).text
    text = joined(f"dose {number}" if number else "", dose.text, by=", ")
    return dose._replace(text=text)


def _goal(resource: Json) -> Value:
    targets = [any_value(each, "detail").text for each in objects_in(resource.get("target"))]
    return Value(joined(*targets, words_of(resource.get("achievementStatus")), by="; "))


def _plan(resource: Json) -> Value:
    details = [object_in(each.get("detail")) for each in objects_in(resource.get("activity"))]
    steps = [words_of(each.get("code")) or text_in(each.get("description")) for each in details]
    return Value(joined(*steps, by="; "))


def _family_value(resource: Json) -> Value:
    told = []
    for condition in objects_in(resource.get("condition")):
        age = any_value(condition, "onset").text
        words = words_of(condition.get("code"))
        told.append(f"{words} (from {age})" if words and age else words)
    return Value(joined(*told, by="; "))


def _observation(resource: Json) -> Value:
    return any_value(resource)


_WHEN_DONE = ("performedDateTime", "performedPeriod", "occurrenceDateTime", "occurrencePeriod")
_EFFECTIVE = ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "effectiveTiming")
_CLINICAL = ("clinicalStatus", "verificationStatus", "status")
_ANY_NAME = ("code", "type", "category", "description", "title", "topic", "name")
_ANY_DATE = (
    *_EFFECTIVE, *_WHEN_DONE, "occurrenceTiming", "period", "date", "dateTime", "authoredOn", "recordedDate",
    "recorded", "created", "started", "start", "sent", "issued", "authored", "billablePeriod", "servicedDate",
)  # fmt: skip

OTHER = Shape(_named(*_ANY_NAME), _ANY_DATE, _observation)
SHAPES: dict[str, Shape] = {
    "Observation": Shape(_named("code"), (*_EFFECTIVE, "issued"), _observation),
    "Condition": Shape(
        _named("code"),
        ("onsetDateTime", "onsetPeriod", "recordedDate", "assertedDate", "dateRecorded"),
        _condition,
        _CLINICAL,
    ),
    "AllergyIntolerance": Shape(
        _named("code", "substance", "reaction.substance"),
        ("onsetDateTime", "onsetPeriod", "onset", "recordedDate", "assertedDate", "lastOccurrence"),
        _allergy,
        _CLINICAL,
    ),
    "MedicationRequest": Shape(_medication, ("authoredOn", "dateWritten"), dose_of),
    "MedicationOrder": Shape(_medication, ("dateWritten",), dose_of),
    "MedicationStatement": Shape(_medication, (*_EFFECTIVE, "dateAsserted"), dose_of),
    "MedicationAdministration": Shape(_medication, (*_EFFECTIVE, *_WHEN_DONE), dose_of),
    "MedicationDispense": Shape(_medication, ("whenHandedOver", "whenPrepared"), dose_of),
    "Medication": Shape(_medication_itself, (), _words("form")),
    "Immunization": Shape(_named("vaccineCode"), ("occurrenceDateTime", "date", "recorded"), _immunization),
    "Procedure": Shape(_named("code"), _WHEN_DONE, _words("outcome", "bodySite", "performedString")),
    "Encounter": Shape(
        _named("type", "serviceType", "reasonCode", "class"),
        ("period", "actualPeriod"),
        _words("reasonCode", "reason", "hospitalization.dischargeDisposition"),
    ),
    "DiagnosticReport": Shape(
        _named("code"), (*_EFFECTIVE, "issued"), _words("conclusion", "conclusionCode", "presentedForm.title")
    ),
    "DocumentReference": Shape(
        _named("type", "description", "content.attachment.title"),
        ("date", "context.period", "content.attachment.creation", "created", "indexed"),
        _words("content.attachment.title", "description"),
    ),
    "CarePlan": Shape(_named("category", "title", "description"), ("period", "created"), _plan),
    "CareTeam": Shape(_named("name", "category"), ("period",), _nothing),
    "Goal": Shape(
        _named("description"), ("startDate", "statusDate", "target.dueDate"), _goal, ("lifecycleStatus", "status")
    ),
    "FamilyMemberHistory": Shape(_family, ("date",), _family_value),
    "Device": Shape(_device, ("manufactureDate",), _words("manufacturer", "modelNumber")),
    "DeviceUseStatement": Shape(
        _used_device, ("timingDateTime", "timingPeriod", "timingTiming", "recordedOn"), _words("reasonCode", "bodySite")
    ),
    "ImagingStudy": Shape(
        _named("procedureCode", "description", "modality", "series.bodySite", "series.modality"),
        ("started",),
        _words("description"),
    ),
    "ServiceRequest": Shape(
        _named("code", "category"), ("occurrenceDateTime", "occurrencePeriod", "authoredOn"), _words("reasonCode")
    ),
    "QuestionnaireResponse": Shape(_named("questionnaire"), ("authored",), _nothing),
    "Specimen": Shape(_named("type"), ("collection.collectedDateTime", "receivedTime"), _nothing),
    "Coverage": Shape(_named("type", "class.name"), ("period",), _nothing),
    "Composition": Shape(_named("type", "title"), ("date",), _words("title")),
    "Patient": Shape(_person, ("birthDate",), _words("gender"), ()),
    "Practitioner": Shape(_person, (), _nothing, ()),
    "RelatedPerson": Shape(_person, (), _words("relationship"), ()),
}  # fmt: skip
