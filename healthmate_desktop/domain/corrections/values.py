"""Values and reference ranges as a person writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.numbers import parse_number, take_number
from healthmate_desktop.domain.measures.ranges import parse_ranges
from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from healthmate_desktop.domain.measures.numbers import Number
    from healthmate_desktop.domain.measures.ranges import Range

_DIGITS = re.compile(r"\d[\d.,]*\d")


def number_of(text: str, unit: str = "") -> Number | None:
    """A number, or a limit such as "< 0,41", also with its `unit` behind it; None for words.

    Raises InvalidInput for a number that may mean two things.
    """
    found = take_number(text)
    if found is None or found[1].strip(" .,") not in {"", unit}:
        return None
    _check(text)
    return found[0]


def range_of_text(text: str) -> Range | None:
    """A range as printed; None where it has no limits, says them in words, or says several.

    Raises InvalidInput for a number that may mean two things.
    """
    ranges = parse_ranges(text)
    if len(ranges) != 1 or not ranges[0].has_limits:
        return None
    _check(text)
    return ranges[0]


def _check(text: str) -> None:
    for digits in _DIGITS.findall(text):
        number = parse_number(digits)
        if number is not None and number.ambiguous:
            plain = digits.replace(",", "")
            point = digits.replace(",", ".")
            raise InvalidInput(f"{digits} can mean two numbers. Write it as {plain} or as {point}.")
