"""Numbers and reference ranges as a person writes them."""

from __future__ import annotations

import re
from decimal import Decimal

from healthmate_desktop.errors import InvalidInput

_SIGNS = {"<": "<", "<=": "<=", "≤": "<=", ">": ">", ">=": ">=", "≥": ">="}
_NUMBER = r"[+-]?\d{1,20}(?:[.,]\d{1,20})?"
_VALUE = re.compile(rf"(<=|>=|[<>≤≥])?\s*({_NUMBER})")
_BETWEEN = re.compile(rf"({_NUMBER})\s*(?:-|\u2013|to)\s*({_NUMBER})\b.*")
_BELOW = re.compile(rf"(?:<=|<|≤|up to)\s*({_NUMBER})\b.*", re.IGNORECASE)
_ABOVE = re.compile(rf"(?:>=|>|≥|from)\s*({_NUMBER})\b.*", re.IGNORECASE)


def number_of(text: str) -> tuple[str, Decimal] | None:
    """FHIR comparator and number; None for words. Raises InvalidInput for a number that may mean two things."""
    found = _VALUE.fullmatch(text.strip())
    if found is None:
        return None
    return _SIGNS.get(found[1] or "", ""), _decimal(found[2])


def limits_in(text: str) -> tuple[Decimal | None, Decimal | None]:
    """Low and high of a range as printed; None where it has none, or says it in words."""
    text = text.strip()
    if found := _BETWEEN.fullmatch(text):
        return _decimal(found[1]), _decimal(found[2])
    if found := _BELOW.fullmatch(text):
        return None, _decimal(found[1])
    if found := _ABOVE.fullmatch(text):
        return _decimal(found[1]), None
    return None, None


def _decimal(text: str) -> Decimal:
    whole, comma, part = text.partition(",")
    if comma and len(part) == 3 and whole.lstrip("+-").lstrip("0"):
        raise InvalidInput(
            f"{text} can mean two numbers. Write it as {whole}{part} or as {whole}.{part}."
        )
    return Decimal(text.replace(",", "."))
