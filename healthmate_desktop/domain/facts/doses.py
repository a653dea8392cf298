"""How much of a medication is taken and how often, in words and as a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.facts.reading import (
    Json,
    joined,
    number_in,
    number_text,
    object_in,
    objects_in,
    text_in,
    words_of,
)
from healthmate_desktop.domain.facts.values import Value, quantity_of, range_text

if TYPE_CHECKING:
    from typing import Any

_UNITS = {
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
}
_TIMES = {"1": "once", "2": "twice"}


def dose_of(resource: Json) -> Value:
    """Of a resource that gives or takes a medication. The number is there where there is one dose."""
    dosages = [
        each for key in ("dosageInstruction", "dosage") for each in objects_in(resource.get(key))
    ]
    doses = [_quantity(each) for each in dosages]
    text = joined(*(_words(each, dose) for each, dose in zip(dosages, doses, strict=True)), by="; ")
    return doses[0]._replace(text=text) if len(doses) == 1 else Value(text)


def _words(dosage: Json, dose: Value) -> str:
    """What the sender wrote, else what can be said from the parts."""
    if written := text_in(dosage.get("text")) or text_in(dosage.get("patientInstruction")):
        return written
    timing = object_in(dosage.get("timing"))
    needed = dosage.get("asNeededBoolean") is True or dosage.get("asNeeded") is True
    reason = words_of(dosage.get("asNeededCodeableConcept"))
    return joined(
        dose.text,
        _rhythm(object_in(timing.get("repeat"))) or words_of(timing.get("code")),
        words_of(dosage.get("route")),
        f"as needed for {reason}" if reason else "as needed" if needed else "",
        by=", ",
    )


def _quantity(dosage: Json) -> Value:
    owners = [*objects_in(dosage.get("doseAndRate")), dosage]
    for owner in owners:
        for key in ("doseQuantity", "dose"):
            dose = quantity_of(owner.get(key))
            if dose.text:
                return dose
        if text := range_text(owner.get("doseRange")):
            return Value(text)
    return Value()


def _rhythm(repeat: Json) -> str:
    """Such as "twice a day" or "3 times every 2 weeks"; "" if that is not said."""
    often, period = _count(repeat.get("frequency")), _count(repeat.get("period"))
    unit = _UNITS.get(text_in(repeat.get("periodUnit")) or text_in(repeat.get("periodUnits")))
    if not period or unit is None:
        return ""
    most = _count(repeat.get("frequencyMax"))
    times = f"{often} to {most} times" if most else _TIMES.get(often or "1", f"{often} times")
    return f"{times} {'a' if period == '1' else 'every'} {unit if period == '1' else f'{period} {unit}s'}"


def _count(value: Any) -> str:
    number = number_in(value)
    if number is None:
        return ""
    return number_text(number.to_integral_value() if number == int(number) else number)
