"""What the readings of a day add up to, as a FHIR Observation. It is made when asked for, and kept nowhere."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.samples import EXACT, Coding, identifier_of, quantity
from healthmate_desktop.interop.apple_health.vocabulary import words

if TYPE_CHECKING:
    from healthmate_desktop.domain.proposals import Resource
    from healthmate_desktop.domain.samples import SampleKind
    from healthmate_desktop.interop.apple_health.days import DayTotal

DAY = "urn:healthmate:day"  # the system of the identifier of one
_STATISTICS = "http://terminology.hl7.org/CodeSystem/observation-statistics"
_CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
_DIGITS = 6  # at least, of what was divided
_MADE = "HealthMate worked this out from {}."
_ASIDE = "{:,} more of other devices have the same time and were left out, so that nothing counts twice. They are kept."
_MINUTE = 60


def day_observation(kind: SampleKind, day: DayTotal) -> Resource:
    """Without a subject. What it was worked out from stands in `method` and `note`."""
    resource: Resource = {
        "resourceType": "Observation",
        "identifier": [identifier_of(DAY, kind.type, kind.unit, day.day.isoformat(), day.state)],
        "status": "final",
        "code": _code(kind, day.state),
        "effectiveDateTime": day.day.isoformat(),
        "valueQuantity": _value(kind, day),
        "method": {"text": _method(kind, day)},
        "component": _parts(kind, day),
    }
    if kind.category:
        coding = {"system": _CATEGORIES, "code": kind.category}
        resource["category"] = [{"coding": [coding]}]
    if day.set_aside:
        resource["note"] = [{"text": _ASIDE.format(day.set_aside)}]
    return resource


@lru_cache(maxsize=1000)  # many days have the same one
def _code(kind: SampleKind, state: str) -> Resource:
    codings, name = kind.codings, kind.text or kind.type
    if state:
        length = dict(kind.durations).get(state)
        codings = (length,) if length else codings
        name = f"{name}, {_state_words(kind, state)}" if length is None else length.display
    how = "average" if kind.combine == "mean" else "total"
    return _concept(codings, f"{name}, {how} of the day")


def _method(kind: SampleKind, day: DayTotal) -> str:
    readings = "1 reading" if day.count == 1 else f"{day.count:,} readings"
    how = "the average of" if kind.combine == "mean" else "the sum of"
    return _MADE.format(f"{how} {readings}")


def _value(kind: SampleKind, day: DayTotal) -> dict[str, Any]:
    if kind.combine == "state":
        if not day.total:  # a moment each
            return quantity(str(day.count), "{count}", "times", ucum=True)
        return quantity(_shown(day.total / _MINUTE), "min", "min", ucum=True)
    value = day.total
    if kind.combine == "mean" and day.count:
        value = EXACT.divide(day.total, Decimal(day.count))
    return quantity(_shown(value), kind.unit, kind.shown, ucum=kind.ucum)


def _parts(kind: SampleKind, day: DayTotal) -> list[dict[str, Any]]:
    many = quantity(str(day.count), "{count}", "readings", ucum=True)
    found = [_part("count", "Readings", many)]
    if kind.combine == "mean" and day.low is not None and day.high is not None:
        for code, text, value in (("minimum", "Lowest", day.low), ("maximum", "Highest", day.high)):
            said = quantity(f"{value:f}", kind.unit, kind.shown, ucum=kind.ucum)
            found.append(_part(code, text, said))
    return found


def _part(code: str, text: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"code": _statistic(code, text), "valueQuantity": value}


@lru_cache
def _statistic(code: str, text: str) -> Resource:
    return _concept((Coding(_STATISTICS, code, text),), text)


def _concept(codings: tuple[Coding, ...], text: str) -> dict[str, Any]:
    return {"coding": [coding._asdict() for coding in codings], "text": text}


def _state_words(kind: SampleKind, state: str) -> str:
    """Apple's names begin with what it is a state of."""
    plain = state.removeprefix("HKCategoryValue")
    plain = plain.removeprefix(kind.type.removeprefix("HKCategoryTypeIdentifier"))
    return words(plain).lower() or state


def _shown(value: Decimal) -> str:
    """With three places, or more where it is small."""
    places = max(3, _DIGITS - value.adjusted() - 1) if value else 0
    rounded = EXACT.quantize(value, Decimal(1).scaleb(-places))
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
