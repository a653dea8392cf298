"""The value of an observation, of any type, into the element of FHIR that holds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda import doubts
from healthmate_desktop.interop.ccda.drafts import coded, period_of, put_time
from healthmate_desktop.interop.ccda.quantities import bounded_of, decimal_of, range_of, ratio_of
from healthmate_desktop.interop.ccda.systems import TERMINOLOGY

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.interop.ccda.drafts import Draft
    from healthmate_desktop.interop.ccda.nodes import Node

    _Reader = Callable[[Draft, Node], dict[str, Any]]

ABSENT = TERMINOLOGY + "data-absent-reason"
_REASONS = {
    "UNK": "unknown",
    "NI": "unknown",
    "NAV": "temp-unknown",
    "ASKU": "asked-unknown",
    "NASK": "not-asked",
    "MSK": "masked",
    "NA": "not-applicable",
    "NINF": "negative-infinity",
    "PINF": "positive-infinity",
    "INV": "error",
    "OTH": "unknown",
    "TRC": "unknown",
    "QS": "unknown",
}
_CODED = frozenset(("CD", "CE", "CV", "CO", "CS", "CR", "SC", "EIVL_TS"))
_AMOUNTS = frozenset(("PQ", "MO", "REAL"))
_INTERVALS = frozenset(("IVL_PQ", "IVL_INT", "IVL_REAL"))
_TIMES = frozenset(("TS", "IVL_TS", "PIVL_TS"))
_RATIOS = frozenset(("RTO", "RTO_PQ_PQ", "RTO_INT_INT", "RTO_QTY_QTY", "RTO_MO_PQ"))
_BARE_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")


def value_of(draft: Draft, node: Node) -> dict[str, Any]:
    """`valueQuantity` and its like, or `dataAbsentReason`; empty where the element says nothing at all."""
    if not node:
        return {}
    found = _typed(draft, node, type_of(node))
    if found:
        return found
    words = draft.place.words_of(node) or draft.place.words_of(node.first("originalText"))
    if words:
        return {"valueString": words}
    if node.null:
        return {"dataAbsentReason": coded(ABSENT, _REASONS.get(node.null.upper(), "unknown"))}
    if node.get("value"):
        draft.doubt(doubts.ODD_VALUE)
        unit = node.get("unit")
        return {"valueString": " ".join(filter(None, (node.get("value"), unit)))}
    return {}


def type_of(node: Node) -> str:
    """The type it says it is of, without prefix, else the one it looks like."""
    said = node.get("type").rpartition(":")[2].upper()
    if said:
        return said
    if node.code or node.first("translation").code:
        return "CD"
    if node.first("numerator"):
        return "RTO"
    if node.first("low") or node.first("high"):
        inner = (node.first("low") or node.first("high")).get("value")
        return "IVL_TS" if re.fullmatch(r"(19|20)\d{6,}.*", inner) else "IVL_PQ"
    if node.get("value"):
        return "BL" if node.get("value") in {"true", "false"} else "PQ"
    return "II" if node.get("extension") else "ST"


def _typed(draft: Draft, node: Node, kind: str) -> dict[str, Any]:
    readers: tuple[tuple[frozenset[str], _Reader], ...] = (
        (_CODED, _concept),
        (_AMOUNTS, _amount),
        (_INTERVALS, _interval),
        (_TIMES, _time),
        (frozenset(("INT",)), _integer),
        (frozenset(("BL",)), _boolean),
        (frozenset(("II",)), _identifier),
        (_RATIOS, _ratio),
    )
    reader = next((reader for kinds, reader in readers if kind in kinds), None)
    return reader(draft, node) if reader else {}


def _concept(draft: Draft, node: Node) -> dict[str, Any]:
    return _named("valueCodeableConcept", draft.concept(node))


def _amount(draft: Draft, node: Node) -> dict[str, Any]:
    return _named("valueQuantity", draft.amount(node))


def _boolean(_draft: Draft, node: Node) -> dict[str, Any]:
    said = node.get("value").casefold()
    return {"valueBoolean": said == "true"} if said in {"true", "false"} else {}


def _identifier(_draft: Draft, node: Node) -> dict[str, Any]:
    return _named("valueString", node.get("extension") or node.get("root"))


def _ratio(_draft: Draft, node: Node) -> dict[str, Any]:
    return _named("valueRatio", ratio_of(node))


def _named(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if value else {}


def _integer(draft: Draft, node: Node) -> dict[str, Any]:
    if _BARE_INTEGER.fullmatch(node.get("value")) and not node.get("unit"):
        return {"valueInteger": int(node.get("value"))}
    return _named("valueQuantity", draft.amount(node))


def _interval(draft: Draft, node: Node) -> dict[str, Any]:
    bounded = bounded_of(node)
    if bounded:
        return {"valueQuantity": bounded}
    span = range_of(node)
    return (
        {"valueRange": span}
        if span
        else _named("valueQuantity", draft.amount(node.first("center") or node))
    )


def _time(draft: Draft, node: Node) -> dict[str, Any]:
    span = draft.span(node)
    found: dict[str, Any] = {}
    if span.point:
        put_time(found, "valueDateTime", span.point)
    elif span.first:
        found["valuePeriod"] = period_of(span)
    return found


def reference_range(draft: Draft, node: Node) -> dict[str, Any]:
    """One observationRange: its ends if they are numbers, and its words as printed."""
    value = node.first("value")
    found: dict[str, Any] = dict(range_of(value))
    text = draft.place.words_of(node.first("text"))
    if not text and not found:
        concept = draft.concept(value)
        text = concept.get("text", "") or draft.place.words_of(value)
        number = decimal_of(value.get("value"))
        text = text or (
            " ".join(filter(None, (str(number), value.get("unit")))) if number is not None else ""
        )
    if text:
        found["text"] = text
    meaning = draft.concept(node.first("interpretationCode"))
    if found and meaning.get("coding"):
        found["type"] = meaning
    return found
