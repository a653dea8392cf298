"""Values, units and reference ranges of observations and doses, as shown and as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from healthmate_desktop.domain.facts.dates import when_of
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

if TYPE_CHECKING:
    from decimal import Decimal

UCUM = "http://unitsofmeasure.org"
FLAG_WORDS = {
    "H": "high",
    "HH": "very high",
    "HU": "very high",
    "L": "low",
    "LL": "very low",
    "LU": "very low",
    "A": "abnormal",
    "AA": "very abnormal",
    "POS": "positive",
    "NEG": "negative",
    "R": "resistant",
    "S": "susceptible",
    "I": "intermediate",
}  # of the codes of an interpretation that say more than that all is well
_COMPARATORS = {"<", "<=", ">=", ">"}
_GLUED = {"%", "°"}  # units that follow the number without a space


class Value(NamedTuple):
    """A value as shown, and its number where it is one number. `comparator` is "<", "<=", ">=", ">" or ""."""

    text: str = ""
    number: Decimal | None = None
    comparator: str = ""
    unit: str = ""  # as shown
    unit_code: str = ""  # UCUM, where the sender says that it is


class Limits(NamedTuple):
    """A reference range. `low` and `high` only where one range applies and is in the unit of the value."""

    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""


def quantity_of(value: Any) -> Value:
    """Of a Quantity, Age, Duration, Money or the like."""
    quantity = object_in(value)
    number = number_in(quantity.get("value"))
    unit = text_in(quantity.get("unit"))
    code = text_in(quantity.get("code"))
    comparator = text_in(quantity.get("comparator"))
    comparator = comparator if comparator in _COMPARATORS else ""
    unit = unit or code or text_in(quantity.get("currency"))
    if number is None:
        return Value(
            joined(text_in(quantity.get("value")), unit, by=" ") if unit else "", unit=unit
        )
    shown = comparator + number_text(number)
    gap = "" if unit[:1] in _GLUED or not unit else " "
    ucum = code if text_in(quantity.get("system")) == UCUM else ""
    return Value(shown + gap + unit, number, comparator, unit, ucum)


def range_text(value: Any) -> str:
    """Of a Range: "3.9 - 5.6 mmol/L", "≤ 0.41 µg/L"."""
    return _span(*(quantity_of(object_in(value).get(side)) for side in ("low", "high")))


def any_value(owner: Json, name: str = "value") -> Value:
    """Of the one element of `owner` whose name begins with `name`: valueQuantity, valueString and so on."""
    for key, read in _KINDS.items():
        if name + key in owner:
            return read(owner[name + key])
    return Value()


def limits_of(owner: Json, value: Value) -> Limits:
    """Of an observation or one of its components."""
    ranges = objects_in(owner.get("referenceRange"))
    if not ranges:
        return Limits()
    normal = [each for each in ranges if _is_normal(each)] or ranges
    text = joined(*map(_limits_text, normal), by="; ")
    if len(normal) != 1:  # for other ages or sexes, and nothing here says whose value it is
        return Limits(text=text)
    low, high = (quantity_of(normal[0].get(side)) for side in ("low", "high"))
    fits = all(side.unit in {"", value.unit, value.unit_code} for side in (low, high))
    return Limits(low.number, high.number, text) if fits else Limits(text=text)


def interpretation_of(owner: Json) -> str:
    """The code of the first interpretation, such as H, LL or A; else its words."""
    for concept in objects_in(owner.get("interpretation")):
        for coding in objects_in(concept.get("coding", concept)):
            if code := text_in(coding.get("code")):
                return code
        if words := words_of(concept):
            return words
    return text_in(owner.get("interpretation"))


def _is_normal(limits: Json) -> bool:
    """A range without a type is the normal one; there are therapeutic and other ones beside it."""
    codings = objects_in(object_in(limits.get("type")).get("coding"))
    return not codings or any(text_in(each.get("code")) == "normal" for each in codings)


def _limits_text(limits: Json) -> str:
    text = text_in(limits.get("text")) or range_text(limits)
    for_whom = words_of(limits.get("appliesTo")) or range_text(limits.get("age"))
    return f"{text} ({for_whom})" if text and for_whom else text


def _span(low: Value, high: Value) -> str:
    if low.number is None or high.number is None:
        return joined(
            low.text and f"≥ {low.text}" if low.number is not None else "",
            high.text and f"≤ {high.text}" if high.number is not None else "",
            by=" ",
        )
    unit = high.text.removeprefix(number_text(high.number))
    same = unit == low.text.removeprefix(number_text(low.number))
    return f"{number_text(low.number) if same else low.text} - {high.text}"


def _of_words(value: Any) -> Value:
    return Value(words_of(value))


def _of_bool(value: Any) -> Value:
    return Value({True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else "")


def _of_number(value: Any) -> Value:
    number = number_in(value)
    return Value() if number is None else Value(number_text(number), number)


def _of_date(value: Any) -> Value:
    period = object_in(value)
    if "end" in period:
        ends = (when_of(period.get(side)).given for side in ("start", "end"))
        return Value(joined(*ends, by=" to "))
    return Value(when_of(value).given)


def _of_ratio(value: Any) -> Value:
    parts = [quantity_of(object_in(value).get(side)).text for side in ("numerator", "denominator")]
    return Value(":".join(parts) if all(parts) else parts[0])


def _of_attachment(value: Any) -> Value:
    attachment = object_in(value)
    return Value(text_in(attachment.get("title")) or text_in(attachment.get("contentType")))


_KINDS = {
    "Quantity": quantity_of,
    "CodeableConcept": _of_words,
    "String": _of_words,
    "Boolean": _of_bool,
    "Integer": _of_number,
    "Decimal": _of_number,
    "Range": lambda value: Value(range_text(value)),
    "Ratio": _of_ratio,
    "Time": _of_words,
    "DateTime": _of_date,
    "Date": _of_date,
    "Period": _of_date,
    "Age": quantity_of,
    "Duration": quantity_of,
    "Money": quantity_of,
    "Attachment": _of_attachment,
    "Coding": _of_words,
    "Code": _of_words,
    "PositiveInt": _of_number,
    "UnsignedInt": _of_number,
}
