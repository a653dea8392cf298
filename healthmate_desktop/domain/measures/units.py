"""Units: UCUM codes, what they measure, and how a value is put into another one.

Only what laboratories and vital signs need of UCUM (https://ucum.org): terms with prefixes, powers, "/", "." and
annotations. Arbitrary units ([IU], [EU], [arb'U]) measure nothing but themselves, as UCUM says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

UCUM = "http://unitsofmeasure.org"

_PREFIXES = {
    "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15,
}  # fmt: skip
_Dimensions = tuple[tuple[str, int], ...]
_ATOMS: dict[str, tuple[Fraction, dict[str, int], bool]] = {
    # factor to base units, dimensions, takes prefixes
    "1": (Fraction(1), {}, False),
    "m": (Fraction(1), {"m": 1}, True),
    "g": (Fraction(1), {"g": 1}, True),
    "s": (Fraction(1), {"s": 1}, True),
    "mol": (Fraction(1), {"mol": 1}, True),
    "eq": (Fraction(1), {"eq": 1}, True),
    "osm": (Fraction(1), {"osm": 1}, True),
    "L": (Fraction(1, 1000), {"m": 3}, True),
    "l": (Fraction(1, 1000), {"m": 3}, True),
    "min": (Fraction(60), {"s": 1}, False),
    "h": (Fraction(3600), {"s": 1}, False),
    "d": (Fraction(86400), {"s": 1}, False),
    "wk": (Fraction(604800), {"s": 1}, False),
    "mo": (Fraction(2629800), {"s": 1}, False),
    "a": (Fraction(31557600), {"s": 1}, False),
    "Hz": (Fraction(1), {"s": -1}, True),
    "kat": (Fraction(1), {"mol": 1, "s": -1}, True),
    "U": (Fraction(1, 60_000_000), {"mol": 1, "s": -1}, True),
    "Pa": (Fraction(1000), {"g": 1, "m": -1, "s": -2}, True),
    "m[Hg]": (Fraction(133_322_000), {"g": 1, "m": -1, "s": -2}, True),
    "m[H2O]": (Fraction(9_806_650), {"g": 1, "m": -1, "s": -2}, True),
    "J": (Fraction(1000), {"g": 1, "m": 2, "s": -2}, True),
    "cal": (Fraction(4184), {"g": 1, "m": 2, "s": -2}, True),
    "K": (Fraction(1), {"K": 1}, True),
    "%": (Fraction(1, 100), {}, False),
    "[ppth]": (Fraction(1, 1000), {}, False),
    "[pH]": (Fraction(1), {"pH": 1}, False),
    "[IU]": (Fraction(1), {"IU": 1}, True),
    "[iU]": (Fraction(1), {"IU": 1}, True),
    "[EU]": (Fraction(1), {"EU": 1}, True),
    "[arb'U]": (Fraction(1), {"arb": 1}, True),
    "[CFU]": (Fraction(1), {"CFU": 1}, True),
    "[HPF]": (Fraction(1), {"HPF": 1}, False),
    "[LPF]": (Fraction(1), {"LPF": 1}, False),
    "[drp]": (Fraction(1, 20_000_000), {"m": 3}, False),
    "[in_i]": (Fraction(254, 10_000), {"m": 1}, False),
    "[ft_i]": (Fraction(3048, 10_000), {"m": 1}, False),
    "[lb_av]": (Fraction(45_359_237, 100_000), {"g": 1}, False),
    "[oz_av]": (Fraction(45_359_237, 1_600_000), {"g": 1}, False),
    "[stone_av]": (Fraction(45_359_237 * 14, 100_000), {"g": 1}, False),
}
_ATOM_NAMES = sorted(_ATOMS, key=len, reverse=True)
_TERM = re.compile(r"(?P<body>10[*^][+-]?\d+|.*?)(?P<power>[+-]?\d+)?", re.DOTALL)
_ANNOTATION = re.compile(r"\{[^{}]*\}")
_TEMPERATURES = {"Cel", "[degF]", "K"}


@dataclass(frozen=True, slots=True)
class Unit:
    """What a UCUM code means: so many base units of these dimensions."""

    factor: Fraction
    dimensions: _Dimensions

    @property
    def is_number(self) -> bool:
        """Whether it is a bare number, such as a ratio or a percentage."""
        return not self.dimensions


@cache
def unit_of(code: str) -> Unit | None:
    """None for what is no UCUM code known here. Temperatures are all kelvin; their zero is for `convert`."""
    if not code or len(code) > 60:
        return None
    if code in _TEMPERATURES:
        return Unit(Fraction(1), (("K", 1),))
    plain = _ANNOTATION.sub("", code) or "1"
    factor, dimensions = Fraction(1), dict[str, int]()
    for place, part in enumerate(_parts(plain)):
        sign = -1 if part.startswith("/") else 1
        term = part.lstrip("/.")
        if not term:
            if place or sign > 0:
                continue  # an annotation stood here
            return None
        read = _term(term)
        if read is None:
            return None
        factor *= read.factor**sign
        for name, power in read.dimensions:
            dimensions[name] = dimensions.get(name, 0) + sign * power
    return Unit(factor, tuple(sorted((name, power) for name, power in dimensions.items() if power)))


def commensurable(code: str, other: str) -> bool:
    """Whether values in both units can be compared without knowing what was measured."""
    unit, another = unit_of(code), unit_of(other)
    return unit is not None and another is not None and unit.dimensions == another.dimensions


def convert(
    value: Decimal, source: str, target: str, *, molar_mass: Decimal | None = None, charge: int = 0
) -> Decimal | None:
    """The value in another unit, not rounded to what was printed; None where the units do not meet.

    `molar_mass` (g/mol) of what was measured joins mass and moles, `charge` joins moles and equivalents.
    """
    if source == target:
        return value
    if source in _TEMPERATURES and target in _TEMPERATURES:
        return _temperature(value, source, target)
    unit, wanted = unit_of(source), unit_of(target)
    if unit is None or wanted is None:
        return None
    factor = unit.factor / wanted.factor
    if unit.dimensions != wanted.dimensions:
        bridge = _bridge(dict(unit.dimensions), dict(wanted.dimensions), molar_mass, charge)
        if bridge is None:
            return None
        factor *= bridge
    return _times(value, factor)


def _times(value: Decimal, factor: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = 28
        return value * Decimal(factor.numerator) / Decimal(factor.denominator)


def _bridge(
    source: dict[str, int], target: dict[str, int], molar_mass: Decimal | None, charge: int
) -> Fraction | None:
    """What to multiply with to turn grams, moles and equivalents into each other, if that is all that differs."""
    substance = {"g", "mol", "eq"}
    left = {name: power for name, power in source.items() if name not in substance}
    right = {name: power for name, power in target.items() if name not in substance}
    have, want = substance & source.keys(), substance & target.keys()
    if left != right or len(have) != 1 or len(want) != 1:
        return None
    (name,), (other,) = have, want
    if source[name] != 1 or target[other] != 1:
        return None
    per_mole = {"mol": Fraction(1), "eq": Fraction(abs(charge)), "g": Fraction(molar_mass or 0)}
    if not per_mole[name] or not per_mole[other]:
        return None
    return per_mole[other] / per_mole[name]


def _temperature(value: Decimal, source: str, target: str) -> Decimal:
    zero = Decimal("273.15")
    if source == "[degF]":
        value = (value - 32) * 5 / 9
    elif source == "K":
        value -= zero
    if target == "[degF]":
        return value * 9 / 5 + 32
    return value + zero if target == "K" else value


def _parts(code: str) -> list[str]:
    """The terms of a code, each after a "/" with it: ["mL", "/min"]. Brackets in UCUM hold no "/"."""
    code = code.replace("(", "").replace(")", "")  # only as in mg/(24.h), whose terms follow "/"
    if "/" in code:
        over, *under = code.split("/")
        first = over.split(".") if over else []
        return first + ["/" + term for part in under for term in part.split(".")]
    return code.split(".")


def _term(term: str) -> Unit | None:
    if term.isdigit():
        return Unit(Fraction(int(term)), ()) if int(term) else None
    found = _TERM.fullmatch(term)
    if found is None:
        return None
    body, power = found["body"], int(found["power"] or 1)
    if body[:3] in ("10*", "10^"):
        return Unit(Fraction(10) ** int(body[3:]), ()) if abs(int(body[3:])) <= 30 else None
    atom = _atom(body)
    if atom is None or abs(power) > 9:
        return None
    return Unit(atom.factor**power, tuple((name, each * power) for name, each in atom.dimensions))


def _atom(body: str) -> Unit | None:
    for name in _ATOM_NAMES:
        factor, dimensions, takes_prefix = _ATOMS[name]
        if body == name:
            return Unit(factor, tuple(dimensions.items()))
        prefix = body.removesuffix(name)
        if takes_prefix and prefix != body and prefix in _PREFIXES:
            scale = Fraction(10) ** _PREFIXES[prefix]
            return Unit(factor * scale, tuple(dimensions.items()))
    return None
