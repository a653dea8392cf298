"""What a FHIR resource says, drawn out for lists, charts and search. Resources come from strangers: this never fails.

Nothing is guessed. What is not said, or not said in a way that FHIR knows, is "" or None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.facts.dates import When, when_of
from healthmate_desktop.domain.facts.reading import (
    Coding,
    Json,
    codings_in,
    joined,
    number_text,
    objects_in,
    reference_in,
    text_in,
    words_of,
)
from healthmate_desktop.domain.facts.types import OTHER, SHAPES, at
from healthmate_desktop.domain.facts.values import any_value, interpretation_of, limits_of

if TYPE_CHECKING:
    from decimal import Decimal


_SUBJECTS = ("subject", "patient", "beneficiary", "individual")
_OVERRULING = {
    "entered-in-error",
    "refuted",
}  # a verification that matters more than active or resolved
_NOT_SO = {"not-done", "not-taken", "refuted"}
_NOT_SO_FLAGS = (
    "doNotPerform",
    "wasNotGiven",
    "wasNotTaken",
    "notGiven",
    "notDone",
    "notPerformed",
)
_SYSTOLIC, _DIASTOLIC = "8480-6", "8462-4"  # LOINC


@dataclass(frozen=True, slots=True)
class Facts:
    type: str  # of the resource
    codings: tuple[Coding, ...] = ()
    display: str = ""  # the best human name
    value: str = ""  # as shown, with comparator and unit: "<0.41 µg/L"
    number: Decimal | None = None  # with every digit that was sent
    comparator: str = ""  # "<" and the like: `number` is then a limit, not the value
    unit: str = ""  # as shown
    unit_code: str = ""  # UCUM, where the sender says that it is
    low: Decimal | None = None  # of the reference range, where one applies
    high: Decimal | None = None
    range_text: str = ""
    interpretation: str = ""  # a code such as H, LL, A; else words
    effective: str = ""  # FHIR date or dateTime with the precision it was given
    effective_from: str = ""  # first and last moment that can mean, UTC: 2024-03-01T00:00:00.000Z
    effective_to: str = ""
    status: str = ""  # FHIR code
    negated: bool = False  # it says that something is not so: not given, not taken, refuted
    category: str = ""
    components: tuple[Facts, ...] = ()


def facts_of(resource: Mapping[str, Any]) -> Facts:
    """The facts of any JSON object. Never raises."""
    if not isinstance(resource, Mapping):
        return Facts("")
    whole = dict(resource)
    kind = text_in(whole.get("resourceType"))
    shape = SHAPES.get(kind, OTHER)
    codings, display = shape.name(whole)
    value, when, status = (
        shape.value(whole),
        _when(whole, shape.dates),
        _status(whole, shape.status),
    )
    limits = limits_of(whole, value)
    facts = Facts(
        type=kind,
        codings=codings,
        display=display or next((each.display or each.code for each in codings), ""),
        value=value.text,
        number=value.number,
        comparator=value.comparator,
        unit=value.unit,
        unit_code=value.unit_code,
        low=limits.low,
        high=limits.high,
        range_text=limits.text,
        interpretation=interpretation_of(whole),
        effective=when.given,
        effective_from=when.first,
        effective_to=when.last,
        status=status,
        negated=status in _NOT_SO or any(whole.get(flag) is True for flag in _NOT_SO_FLAGS),
        category=_category(whole),
    )
    components = _components(whole, facts)
    text = facts.value or _panel_text(components)
    return replace(facts, components=components, value=text) if components else facts


def subject_of(resource: Mapping[str, Any]) -> str:
    """The reference to whom it is about, as the file has it; "" if it does not say."""
    found = (reference_in(resource.get(key)) for key in _SUBJECTS)
    return next((reference for reference in found if reference), "")


def _when(resource: Json, paths: tuple[str, ...]) -> When:
    whens = (when_of(at(resource, path)) for path in paths)
    return next((when for when in whens if when.given), When())


def _status(resource: Json, keys: tuple[str, ...]) -> str:
    codes = [_code(resource.get(key)) for key in keys]
    verdict = next((code for code in codes if code in _OVERRULING), "")
    return verdict or next((code for code in codes if code), "")


def _category(resource: Json) -> str:
    value = resource.get("category") or resource.get("class")
    several = value if isinstance(value, list) else [value]
    return next((code for code in map(_code, several[:20]) if code), "")


def _code(value: Any) -> str:
    """Of a code, a Coding or a CodeableConcept; its words if it has no code."""
    if isinstance(value, str):
        return text_in(value)
    coded = next((each.code for each in codings_in(value) if each.code), "")
    return coded or words_of(value)


def _components(resource: Json, whole: Facts) -> tuple[Facts, ...]:
    """The parts of a panel, such as both blood pressures, each with the date and state of the whole."""
    if whole.type not in {"Observation", "FamilyMemberHistory"}:
        return ()
    key, name = ("component", "value") if whole.type == "Observation" else ("condition", "onset")
    return tuple(_component(each, name, whole) for each in objects_in(resource.get(key)))


def _component(owner: Json, name: str, whole: Facts) -> Facts:
    value = any_value(owner, name)
    limits = limits_of(owner, value)
    return replace(
        whole,
        codings=codings_in(owner.get("code")),
        display=words_of(owner.get("code")),
        value=value.text,
        number=value.number,
        comparator=value.comparator,
        unit=value.unit,
        unit_code=value.unit_code,
        low=limits.low,
        high=limits.high,
        range_text=limits.text,
        interpretation=interpretation_of(owner),
    )


def _panel_text(parts: tuple[Facts, ...]) -> str:
    by_code = {coding.code: part for part in parts for coding in part.codings}
    high, low = by_code.get(_SYSTOLIC), by_code.get(_DIASTOLIC)
    if (
        high
        and low
        and high.unit == low.unit
        and high.number is not None
        and low.number is not None
    ):
        pair = (
            f"{high.comparator}{number_text(high.number)}/{low.comparator}{number_text(low.number)}"
        )
        return joined(pair, high.unit, by=" ")
    return joined(
        *(f"{part.display} {part.value}".strip() for part in parts if part.value), by="; "
    )
