"""How much of a medicine, by which way and how often: as FHIR says it and in a sentence."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda.drafts import put_time
from healthmate_desktop.interop.ccda.properties import ROOT, SIG, instructions
from healthmate_desktop.interop.ccda.quantities import quantity_of, range_of, ratio_of
from healthmate_desktop.interop.ccda.times import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.interop.ccda.drafts import Draft
    from healthmate_desktop.interop.ccda.nodes import Node

_UNITS = {
    **dict.fromkeys(("s", "sec"), "s"),
    "min": "min",
    **dict.fromkeys(("h", "hr", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("wk", "week", "weeks"), "wk"),
    **dict.fromkeys(("mo", "month", "months"), "mo"),
    **dict.fromkeys(("a", "year", "years"), "a"),
}
_UNIT_WORDS = {
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
}
_EVENTS = {
    "HS": "at bedtime",
    "WAKE": "on waking",
    "AC": "before meals",
    "ACM": "before breakfast",
    "ACD": "before lunch",
    "ACV": "before dinner",
    "C": "with meals",
    "CM": "with breakfast",
    "CD": "with lunch",
    "CV": "with dinner",
    "PC": "after meals",
    "PCM": "after breakfast",
    "PCD": "after lunch",
    "PCV": "after dinner",
    "MORN": "in the morning",
    "AFT": "in the afternoon",
    "EVE": "in the evening",
    "NIGHT": "at night",
}
_HOURS = {"min": Decimal(1) / 60, "h": Decimal(1), "d": Decimal(24)}


def moments(node: Node) -> Iterator[Node]:
    """Each effectiveTime, those inside a set one by one."""
    for time in node.all("effectiveTime"):
        inner = list(time.all("comp"))
        yield from inner or [time]


def taken_from_to(draft: Draft) -> Span:
    """The time it was or is to be taken: the first effectiveTime that is no frequency."""
    for time in moments(draft.node):
        if not (time.first("period") or time.first("event")):
            span = draft.span(time)
            if span.first:
                return span
    return Span()


def dosage_of(draft: Draft) -> dict[str, Any]:
    """A FHIR Dosage; empty where the document says nothing of it."""
    node = draft.node
    dosage: dict[str, Any] = {}
    timing = timing_of(node)
    needed = _as_needed(draft)
    parts = {
        "timing": timing,
        "route": draft.concept(node.first("routeCode")),
        "site": draft.concept(node.first("approachSiteCode")),
        "method": draft.concept(node.first("methodCode")),
        "doseAndRate": [amount for amount in (_amount(draft),) if amount],
        "maxDosePerPeriod": ratio_of(node.first("maxDoseQuantity")),
    }
    dosage.update({name: part for name, part in parts.items() if part})
    if isinstance(needed, bool):
        dosage["asNeededBoolean"] = needed
    elif needed:
        dosage["asNeededCodeableConcept"] = needed
    _told_patient(draft, dosage)
    text = sig_of(draft) or sentence(dosage)
    return {"text": text, **dosage} if text else dosage


def sig_of(draft: Draft) -> str:
    """The directions in the words of the prescriber."""
    for _, child in draft.node.statements():
        if child.first("code").code in SIG or ROOT + "22.4.147" in child.templates:
            words = draft.place.words_of(child.first("text"))
            if words:
                return words
    return ""


def _told_patient(draft: Draft, dosage: dict[str, Any]) -> None:
    words, codes = [], []
    for act in instructions(draft.node):
        words.append(draft.place.words_of(act.first("text")))
        concept = draft.concept(act.first("code"))
        if concept:
            codes.append(concept)
    text = "\n".join(filter(None, words))
    if text:
        dosage["patientInstruction"] = text
    if codes:
        dosage["additionalInstruction"] = codes


def _as_needed(draft: Draft) -> bool | dict[str, Any]:
    """Preconditions mean "as needed"; their criterion may say for what."""
    found: bool | dict[str, Any] = {}
    for precondition in draft.node.all("precondition"):
        criterion = precondition.first("criterion") or precondition
        concept = draft.concept(criterion.first("value"))
        text = draft.place.words_of(criterion.first("text"))
        if concept or text:
            return concept or {"text": text}
        found = True
    return found


def _amount(draft: Draft) -> dict[str, Any]:
    amount: dict[str, Any] = {}
    for tag, name in (("doseQuantity", "dose"), ("rateQuantity", "rate")):
        node = draft.node.first(tag)
        ends = range_of(node)
        if ends:
            amount[name + "Range"] = ends
        elif quantity := quantity_of(node):
            amount[name + "Quantity"] = _counted(draft, quantity) if name == "dose" else quantity
    return amount


def _counted(draft: Draft, quantity: dict[str, Any]) -> dict[str, Any]:
    """A dose without unit counts what administrationUnitCode names: tablets, puffs."""
    unit = draft.concept(draft.node.first("administrationUnitCode")).get("text", "")
    if "unit" in quantity or not unit:
        return quantity
    return {"value": quantity["value"], "unit": unit}


# How often


def timing_of(node: Node) -> dict[str, Any]:
    """A FHIR Timing of PIVL and EIVL; the time from and to is kept by the resource itself."""
    for time in moments(node):
        if time.first("event"):
            return _timing(_at_event(time))
        if time.first("period"):
            return _timing(_every(time))
    return {}


def _timing(repeat: dict[str, Any]) -> dict[str, Any]:
    return {"repeat": repeat} if repeat else {}


def _at_event(time: Node) -> dict[str, Any]:
    code = time.first("event").code.upper()
    if not code:
        return {}
    offset = quantity_of(time.first("offset") or time.first("offset", "low"))
    minutes = _minutes(offset)
    return {"when": [code], "offset": minutes} if minutes else {"when": [code]}


def _minutes(offset: dict[str, Any]) -> int:
    hours = _HOURS.get(_UNITS.get(str(offset.get("unit", "")).casefold(), ""))
    if hours is None or abs(offset["value"]) > 10_000:
        return 0
    return abs(int(offset["value"] * hours * 60))


def _every(time: Node) -> dict[str, Any]:
    period = time.first("period")
    least, most = quantity_of(period), {}
    if not least:
        ends = range_of(period)
        least, most = ends.get("low", {}), ends.get("high", {})
    unit = _UNITS.get(str(least.get("unit", "")).casefold(), "")
    value = least.get("value")
    if not unit or value is None or value <= 0:
        return {}
    if time.get("institutionSpecified") == "true" and not most:
        times = _times_a_day(value, unit)
        if times:
            return {"frequency": times, "period": Decimal(1), "periodUnit": "d"}
    repeat: dict[str, Any] = {"frequency": 1, "period": value, "periodUnit": unit}
    if most and most.get("unit") == least.get("unit"):
        repeat["periodMax"] = most["value"]
    return repeat


def _times_a_day(value: Decimal, unit: str) -> int:
    """Eight hours where the hours are up to the ward: three times a day. 0 where that does not come out even."""
    hours = value * _HOURS.get(unit, Decimal(0))
    if not 0 < hours <= 24:
        return 0
    times = 24 / hours
    return int(times) if abs(times - round(times)) < Decimal("0.001") else 0


# In a sentence


def sentence(dosage: dict[str, Any]) -> str:
    """Made here from the parts, for documents that have no directions in words."""
    parts = [
        _dose_words(dosage),
        dosage.get("route", {}).get("text", ""),
        often(dosage.get("timing", {})),
    ]
    said = ", ".join(filter(None, parts))
    if not said:
        return ""
    needed = dosage.get("asNeededCodeableConcept", {}).get("text")
    if needed:
        return f"{said}, as needed for {needed}"
    return f"{said}, as needed" if dosage.get("asNeededBoolean") else said


def _dose_words(dosage: dict[str, Any]) -> str:
    amount: dict[str, Any] = next(iter(dosage.get("doseAndRate", ())), {})
    if "doseRange" in amount:
        ends = [_quantity_words(end) for end in amount["doseRange"].values()]
        return " to ".join(ends)
    return _quantity_words(amount.get("doseQuantity", {}))


def _quantity_words(quantity: dict[str, Any]) -> str:
    if not quantity:
        return ""
    value = quantity["value"]
    return f"{value} {quantity['unit']}" if "unit" in quantity else f"dose {value}"


def often(timing: dict[str, Any]) -> str:
    repeat = timing.get("repeat", {})
    if "when" in repeat:
        words = _EVENTS.get(repeat["when"][0], "")
        return f"{repeat['offset']} minutes {words}" if words and "offset" in repeat else words
    if "period" not in repeat:
        return ""
    unit = _UNIT_WORDS[repeat["periodUnit"]]
    if repeat["frequency"] > 1:
        return f"{repeat['frequency']} times a {unit}"
    period = str(repeat["period"])
    if "periodMax" in repeat:
        return f"every {period} to {repeat['periodMax']} {unit}s"
    return f"every {unit}" if repeat["period"] == 1 else f"every {period} {unit}s"


def put_period(target: dict[str, Any], span: Span) -> None:
    """As the bounds of a Timing."""
    bounds: dict[str, Any] = {}
    put_time(bounds, "start", span.start)
    put_time(bounds, "end", span.end)
    if bounds:
        target.setdefault("repeat", {})["boundsPeriod"] = bounds
    elif span.point:
        target["event"] = [span.point.text]
