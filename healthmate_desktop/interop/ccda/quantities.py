"""Amounts: numbers digit for digit, units as sent, and their UCUM codes where these are sure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.measures.printed_units import ucum
from healthmate_desktop.domain.measures.units import UCUM

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node

_LONGEST_UNIT = 40
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_COMPARED = re.compile(r"(<=|>=|<|>|≤|≥)\s*(.+)")
_SIGNS = {"≤": "<=", "≥": ">="}
_NO_UNIT = frozenset(
    ("unk", "null", "ucum_unit", "none", "n/a", "na", "unknown", "no unit", "[no_unit]")
)

_WORDS = {  # of doses and times, beside those that laboratories print
    **dict.fromkeys(("minute", "minutes", "mins"), "min"),
    **dict.fromkeys(("hour", "hours", "hrs"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("week", "weeks", "wks"), "wk"),
    **dict.fromkeys(("month", "months"), "mo"),
    **dict.fromkeys(("year", "years", "yr", "yrs"), "a"),
    **dict.fromkeys(("milligram", "milligrams", "milligram(s)"), "mg"),
    **dict.fromkeys(("microgram", "micrograms", "microgram(s)"), "ug"),
    **dict.fromkeys(("gram(s)",), "g"),
    **dict.fromkeys(("milliliter", "milliliters", "milliliter(s)"), "mL"),
}
_LESS_COMMON = frozenset(
    ("[in_us]", "[tsp_us]", "[tbs_us]", "[foz_us]", "[cup_us]", "[gr]", "[yd_i]", "[diop]")
)
_POWER_OF_CELLS = re.compile(r"(x?\s*10\s*[x*^]\s*\d{1,2})\s*cells?\s*/\s*(\w+)", re.IGNORECASE)


def decimal_of(text: str) -> Decimal | None:
    """A plain number, or nothing: no words, no separators, no size that would not print."""
    text = text.strip()
    return Decimal(text) if len(text) <= 40 and _NUMBER.fullmatch(text) else None


def ucum_of(unit: str) -> str:
    """The UCUM code of a unit as people write it, or an empty string where that is not sure."""
    unit = unit.strip()
    if not unit or len(unit) > _LONGEST_UNIT:
        return ""
    if unit in _LESS_COMMON:
        return unit
    cells = _POWER_OF_CELLS.fullmatch(unit)
    plain = (
        f"{cells[1].replace('X', '*').replace('x', '*').lstrip('*')}/{cells[2]}" if cells else unit
    )
    return ucum(plain) or _WORDS.get(unit.casefold(), "")


def unit_of(node: Node) -> str:
    """As sent; words that only say there is none are no unit."""
    unit = node.get("unit")
    return "" if unit.casefold() in _NO_UNIT else unit


def with_unit(quantity: dict[str, Any], unit: str) -> dict[str, Any]:
    """Adds the unit as sent and, where sure, its code. A bare 1 is no unit to show."""
    code = "1" if unit == "1" else ucum_of(unit)
    if unit and unit != "1":
        quantity["unit"] = unit
    if code:
        quantity |= {"system": UCUM, "code": code}
    return quantity


def quantity_of(node: Node) -> dict[str, Any]:
    """A FHIR Quantity of a PQ, also of one that has its value in a translation; empty where there is no number."""
    for candidate in (node, *node.all("translation")):
        comparator, number = _compared(candidate.get("value") or _own_text(candidate))
        value = decimal_of(number)
        if value is None:
            continue
        quantity: dict[str, Any] = {"value": value}
        if comparator:
            quantity["comparator"] = comparator
        unit = unit_of(candidate) or candidate.first("originalText").text
        return with_unit(
            quantity, unit or (candidate.get("displayName") if candidate is not node else "")
        )
    return {}


def _own_text(node: Node) -> str:
    """`<doseQuantity>2</doseQuantity>` is wrong, and clear."""
    return node.text if len(node.parts) == 1 else ""


def _compared(text: str) -> tuple[str, str]:
    found = _COMPARED.fullmatch(text)
    return (_SIGNS.get(found[1], found[1]), found[2]) if found else ("", text)


def range_of(node: Node) -> dict[str, Any]:
    """A FHIR Range of an IVL_PQ; ends that are open or unknown are left out."""
    ends = {name: quantity_of(node.first(name)) for name in ("low", "high")}
    return {name: end for name, end in ends.items() if end}


def bounded_of(node: Node) -> dict[str, Any]:
    """A FHIR Quantity of an IVL_PQ with one end: "less than 5" and its like. Empty if it has two or none."""
    ends = range_of(node)
    if len(ends) != 1:
        return {}
    (name, quantity), *_ = ends.items()
    inclusive = node.first(name).get("inclusive").casefold() != "false"
    sign = ("<" if name == "high" else ">") + ("=" if inclusive else "")
    return {
        "value": quantity.pop("value"),
        "comparator": quantity.pop("comparator", sign),
        **quantity,
    }


def ratio_of(node: Node) -> dict[str, Any]:
    parts = {name: quantity_of(node.first(name)) for name in ("numerator", "denominator")}
    return {name: part for name, part in parts.items() if part} if parts["numerator"] else {}
