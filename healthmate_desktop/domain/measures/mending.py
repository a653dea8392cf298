"""Units whose letters OCR took for others, put right by what the test is usually measured in and by the value."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.printed_units import printed_unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from healthmate_desktop.domain.measures.analytes import Code, Vocabulary

LONGEST = 14  # characters of a print that is worth a guess
_LINES = str.maketrans(dict.fromkeys("|!1i/\\v", "l") | {"0": "o", "q": "g"})
_PRINTS = {
    # what else is printed for a UCUM unit, before the "/"
    "10*9": ("g", "10^9", "10*9"),
    "10*12": ("t", "10^12", "10*12"),
    "10*3": ("k", "10^3", "10*3", "tsd"),
    "10*6": ("m", "10^6", "10*6", "mio"),
    "U": ("u", "iu", "ui"),
    "[IU]": ("iu", "ui", "u", "ie"),
    "m[IU]": ("miu", "mui", "mu", "mie"),
    "u[IU]": ("uiu", "uui", "uu"),
    "meq": ("meq", "mval"),
}


def mended_unit(vocabulary: Vocabulary, name: str, unit: str, value: Decimal) -> str:
    """The UCUM unit that a misread print stands for; "" where it reads well, or could mean none or several."""
    hint = vocabulary.hint(name, guess=True)
    if hint is None or not unit or len(unit) > LONGEST:
        return ""
    codes = [
        code for each in hint.analytes for code in vocabulary.codes_of(each) if not code.in_words
    ]
    printed = printed_unit(unit)
    if any(_can_be(vocabulary, code, code.fitting(printed.codes), value) for code in codes):
        return ""
    found = [
        wanted
        for code in codes
        for wanted in code.units
        if _alike(unit, wanted) and _can_be(vocabulary, code, wanted, value)
    ]
    sizes = {each.replace("[IU]", "U") for each in found}
    return found[0] if len(sizes) == 1 else ""


def _can_be(vocabulary: Vocabulary, code: Code, unit: str, value: Decimal) -> bool:
    return bool(unit) and vocabulary.is_plausible(code, value, unit)


def _alike(unit: str, wanted: str) -> bool:
    shape = _rough(unit)
    return any(
        shape in {_rough(each), _rough(each.removeprefix("u"))} for each in _printed(wanted)
    ) or (
        wanted.startswith("u")
        and shape == _rough("p" + wanted[1:])  # µ is read as p, or not at all
    )


def _printed(code: str) -> Iterator[str]:
    over, slash, under = re.sub(r"\{[^{}]*\}", "", code).partition("/")
    for each in (over, *_PRINTS.get(over, ())):
        yield each + slash + under


def _rough(print_: str) -> str:
    """Strokes that stand for l, i, 1, | and "/" count as one; "/l" is often read as A."""
    low = (
        unicodedata.normalize("NFKC", print_)
        .replace("μ", "u")
        .casefold()
        .replace(" ", "")
        .rstrip(".")
    )
    return re.sub("l+", "l", re.sub(r"a$", "ll", low).translate(_LINES))
