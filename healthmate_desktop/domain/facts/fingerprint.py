"""Tells whether two resources state the same fact, so that what is read twice can be shown as already here."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.facts.context import CONTEXT
from healthmate_desktop.domain.facts.dates import when_of
from healthmate_desktop.domain.facts.drawing import facts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.facts.drawing import Facts

DEEPEST = 64
_OF_THE_COPY = {
    *(CONTEXT, "resourceType", "id", "meta", "implicitRules", "language", "text", "identifier"),
    *("subject", "patient", "encounter", "context"),
}  # who sent it and under which number, or whose it is; not what it says
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)", re.ASCII)

# Beside code, date, value, status and category: what sets two records of a type apart. Other types: all they say.
_APART: dict[str, tuple[str, ...]] = {
    "Observation": ("bodySite", "method", "device", "dataAbsentReason", "component", "note"),
    "Condition": ("bodySite", "stage", "severity", "abatementDateTime", "abatementPeriod", "note"),
    "AllergyIntolerance": ("type", "criticality", "reaction", "note"),
    "MedicationRequest": ("intent", "dosageInstruction", "dispenseRequest", "doNotPerform", "note"),
    "MedicationStatement": ("dosage", "effectivePeriod", "note"),
    "Immunization": ("lotNumber", "site", "route", "protocolApplied", "statusReason", "note"),
    "Procedure": ("bodySite", "performedPeriod", "complication", "note"),
    "Encounter": ("class", "participant", "location", "serviceProvider", "reasonCode"),
}


def fingerprint(resource: Mapping[str, Any]) -> str:
    """The same for two resources that state the same fact, whatever their ids, sender's marks, file or order of keys.

    SHA-256 in hexadecimal. Numbers count by value (5.40 is 5.4), moments by when they are, references by their words.
    Never raises.
    """
    facts = facts_of(resource)
    apart = _APART.get(facts.type)
    said = {
        key: value
        for key, value in dict(resource).items()
        if key not in _OF_THE_COPY and (apart is None or key in apart)
    }
    parts = ("1", _facts_key(facts), _plain(said, 0))
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()


def _facts_key(facts: Facts) -> tuple[Any, ...]:
    codes = sorted({(each.system, each.code) for each in facts.codings if each.code})
    number = _number(facts.number) if facts.number is not None else ""
    return (
        facts.type,
        codes or facts.display.casefold(),
        (facts.effective_from, facts.effective_to),
        (facts.comparator, number, facts.unit_code or facts.unit) if number else facts.value,
        (facts.status, facts.negated, facts.category),
        tuple(_facts_key(part) for part in facts.components),
    )


def _plain(value: Any, depth: int) -> Any:
    """What it says, without ids and pointers, in an order of its own; None for nothing."""
    if isinstance(value, dict) and depth < DEEPEST:
        inner = {
            key: _plain(each, depth + 1) for key, each in value.items() if not _points(key, each)
        }
        return sorted((str(key), each) for key, each in inner.items() if each is not None) or None
    if isinstance(value, list) and depth < DEEPEST:
        return [
            each for each in (_plain(each, depth + 1) for each in value) if each is not None
        ] or None
    if isinstance(value, str):
        return _words(value) or None
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _number(value)
    return value if isinstance(value, bool) else None


def _points(key: str, value: Any) -> bool:
    return key == "id" or (key == "reference" and isinstance(value, str))


def _words(text: str) -> str:
    if _MOMENT.fullmatch(text):
        return when_of(text).first or text
    return " ".join(text.split())


def _number(value: float | Decimal) -> str:
    """The same letters for 5.4, 5.40 and 54e-1."""
    if isinstance(value, int):
        return f"{value:#x}" if abs(value) >= 10**40 else _number(Decimal(value))
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        return str(number)
    sign, digits, exponent = number.as_tuple()
    letters = "".join(map(str, digits)).lstrip("0")
    kept = letters.rstrip("0")
    if not kept:
        return "0"
    return f"{'-' if sign else ''}{kept}e{int(exponent) + len(letters) - len(kept)}"
