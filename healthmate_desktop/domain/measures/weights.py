"""Molar masses from formulas. Standard atomic weights, abridged: IUPAC (https://ciaaw.org/atomic-weights.htm)."""

from __future__ import annotations

import re
from decimal import Decimal

_WEIGHTS = {
    name: Decimal(weight)
    for name, weight in {
        "H": "1.0080", "Li": "6.94", "C": "12.011", "N": "14.007", "O": "15.999", "Na": "22.990", "Mg": "24.305",
        "P": "30.974", "S": "32.06", "Cl": "35.45", "K": "39.098", "Ca": "40.078", "Fe": "55.845", "Co": "58.933",
        "Cu": "63.546", "Zn": "65.38", "Se": "78.971", "I": "126.90", "Pb": "207.2",
    }.items()
}  # fmt: skip
_PART = re.compile(r"([A-Z][a-z]?)(\d*)")


def molar_mass(formula: str) -> Decimal:
    """In g/mol, of a formula without brackets: C6H12O6. Raises ValueError for what is none."""
    if not formula or _PART.sub("", formula):
        raise ValueError(formula)
    total = Decimal(0)
    for element, count in _PART.findall(formula):
        if element not in _WEIGHTS:
            raise ValueError(formula)
        total += _WEIGHTS[element] * int(count or 1)
    return total
