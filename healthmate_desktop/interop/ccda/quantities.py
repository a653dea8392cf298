"""Amounts: numbers digit for digit, units as sent, and their UCUM codes where these are sure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node

UCUM = "http://unitsofmeasure.org"
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?")
_COMPARED = re.compile(r"(<=|>=|<|>|≤|≥)\s*(.+)")
_SIGNS = {"≤": "<=", "≥": ">="}
_NO_UNIT = frozenset(
    ("unk", "null", "ucum_unit", "none", "n/a", "na", "unknown", "no unit", "[no_unit]")
)

_ALIASES = {
    **dict.fromkeys(("mcg", "μg", "µg"), "ug"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds", "lb_av"), "[lb_av]"),
    **dict.fromkeys(("oz", "ounce", "ounces"), "[oz_av]"),
    **dict.fromkeys(("in", "inch", "inches", "in_i"), "[in_i]"),
    **dict.fromkeys(("ft", "feet", "foot"), "[ft_i]"),
    **dict.fromkeys(("f", "degf", "deg f", "°f", "fahrenheit", "degrees fahrenheit"), "[degF]"),
    **dict.fromkeys(("c", "cel", "degc", "deg c", "°c", "celsius", "degrees celsius"), "Cel"),
    **dict.fromkeys(("mmhg", "mm hg", "mm(hg)", "mm_hg", "mm/hg"), "mm[Hg]"),
    **dict.fromkeys(
        (
            "bpm",
            "beats/min",
            "beats per minute",
            "breaths/min",
            "breaths per minute",
            "per minute",
            "min-1",
        ),
        "/min",
    ),
    **dict.fromkeys(("kg/m^2", "kg/m²", "kg/m*2", "kg/m**2", "kg/sqm", "kg/sq m"), "kg/m2"),
    **dict.fromkeys(("percent", "pct"), "%"),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("week", "weeks", "wks"), "wk"),
    **dict.fromkeys(("month", "months"), "mo"),
    **dict.fromkeys(("yr", "yrs", "year", "years"), "a"),
    **dict.fromkeys(("gm", "gram", "grams"), "g"),
    **dict.fromkeys(("milligram", "milligrams", "milligram(s)", "mgs"), "mg"),
    **dict.fromkeys(("microgram", "micrograms", "microgram(s)"), "ug"),
    **dict.fromkeys(("milliliter", "milliliters", "milliliter(s)", "mls", "cc"), "mL"),
    **dict.fromkeys(("iu", "international units", "international unit"), "[IU]"),
    **dict.fromkeys(("centimeter", "centimeters", "cms"), "cm"),
    **dict.fromkeys(("kilogram", "kilograms", "kgs", "kilogram(s)"), "kg"),
    **dict.fromkeys(("ph", "[ph]"), "[pH]"),
    **dict.fromkeys(("meq",), "meq"),
    **dict.fromkeys(("uiu",), "u[IU]"),
    **dict.fromkeys(("miu",), "m[IU]"),
    **dict.fromkeys(("mol", "mole", "moles"), "mol"),
    **dict.fromkeys(("mmole", "mmoles"), "mmol"),
}
_POWERS = re.compile(
    r"[x×]?\s*10\s*(?:\*\*|\+|\^|\*|e|x)\s*(\d{1,2})\s*(?:cells|cell)?", re.IGNORECASE
)
_COUNTS = {
    **dict.fromkeys(("k", "thou", "thousand", "thousands", "th"), "10*3"),
    **dict.fromkeys(("m", "mil", "mill", "million", "millions"), "10*6"),
}
_VOLUMES = {
    "ul": "uL",
    "mcl": "uL",
    "cmm": "uL",
    "mm3": "uL",
    "cumm": "uL",
    "mm^3": "uL",
    "µl": "uL",
    "μl": "uL",
}

_METRIC = frozenset(  # those of medicine: with all of them, EA for "each" would be an exaampere
    (
        *(
            "g",
            "l",
            "L",
            "m",
            "mol",
            "s",
            "eq",
            "osm",
            "U",
            "Pa",
            "Cel",
            "bar",
            "cal",
            "J",
            "W",
            "V",
            "Hz",
        ),
        *("kat", "Ci", "Bq", "Gy", "Sv", "Ohm", "[IU]", "[iU]", "m[Hg]", "m[H2O]", "[Cal]"),
    )
)
_PLAIN = frozenset(
    (
        *(
            "%",
            "min",
            "h",
            "d",
            "wk",
            "mo",
            "a",
            "deg",
            "[degF]",
            "[in_i]",
            "[ft_i]",
            "[yd_i]",
            "[mi_i]",
        ),
        *(
            "[lb_av]",
            "[oz_av]",
            "[gr]",
            "[foz_us]",
            "[cup_us]",
            "[tbs_us]",
            "[tsp_us]",
            "[pt_us]",
            "[drp]",
        ),
        *(
            "[pH]",
            "[arb'U]",
            "[CFU]",
            "[PFU]",
            "[FFU]",
            "[ppm]",
            "[ppb]",
            "[ppth]",
            "[GPL'U]",
            "[MPL'U]",
        ),
        *(
            "[APL'U]",
            "[diop]",
            "[Ch]",
            "[dye'U]",
            "[hp'_X]",
            "[todd'U]",
            "[USP'U]",
            "[kn'U]",
            "[in_us]",
        ),
        *("[psi]", "[anti'Xa'U]", "[EID_50_US]", "[TCID_50]", "[AU]", "[BAU]", "10*", "10^"),
    )
)
_PREFIXES = ("da", "T", "G", "M", "k", "h", "d", "c", "m", "u", "n", "p", "f")
_TERM = re.compile(
    r"(10[*^]|[A-Za-z%]*(?:\[[^\[\]\s]{1,20}\])?|\d{1,9})([+-]?\d{1,2})?(\{[^{}]{0,40}\})?"
)


def decimal_of(text: str) -> Decimal | None:
    """A plain number, or nothing: no words, no separators, no size that would not print."""
    text = text.strip()
    return Decimal(text) if len(text) <= 40 and _NUMBER.fullmatch(text) else None


def ucum_of(unit: str) -> str:
    """The UCUM code of a unit as people write it, or an empty string where that is not sure."""
    unit = unit.strip()
    if not unit or len(unit) > 60:
        return ""
    alias = _ALIASES.get(unit.casefold())
    if alias:
        return alias
    parts = [part.strip() for part in unit.split("/")]
    if not _shouted(unit) and not _is_count(parts[0]) and _is_ucum(unit):
        return unit
    codes = [_part_of(part, first=index == 0) for index, part in enumerate(parts)]
    return "/".join(codes) if len(parts) in {1, 2, 3} and all(codes) else ""


def _is_count(part: str) -> bool:
    return part.casefold() in _COUNTS or bool(_POWERS.fullmatch(part))


def _shouted(part: str) -> bool:
    """All in capitals, as in ML, which is not a megalitre."""
    return len(part) > 1 and part.isupper()


def _part_of(part: str, *, first: bool) -> str:
    lower = part.casefold()
    power = _POWERS.fullmatch(part)
    if power and first:
        return f"10*{power[1]}"
    if first and lower in _COUNTS:
        return _COUNTS[lower]
    if lower in {"cells", "cell"} and first:
        return "{cells}"
    known = _VOLUMES.get(lower) or _ALIASES.get(lower)
    guesses = (known,) if known else ((lower, part) if _shouted(part) else (part, lower))
    return next((guess for guess in guesses if _is_ucum(guess)), "")


def _is_ucum(unit: str) -> bool:
    terms = re.split(r"[./](?![^{]*\})", unit.removeprefix("/"))
    return len(terms) <= 6 and all(_is_term(term) for term in terms)


def _is_term(term: str) -> bool:
    found = _TERM.fullmatch(term)
    if not found or not term:
        return False
    atom, exponent, note = found.groups()
    if not atom:
        return bool(note) and not exponent
    if atom in {"10*", "10^"}:
        return bool(exponent)
    if atom.isdigit():
        return not exponent
    if atom in _PLAIN or atom in _METRIC:
        return True
    return any(atom.startswith(prefix) and atom[len(prefix) :] in _METRIC for prefix in _PREFIXES)


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
