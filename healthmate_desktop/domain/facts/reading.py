"""Reading JSON of strangers without ever failing: what is not of the kind looked for counts as not there."""

from __future__ import annotations

import re
from decimal import Decimal, DecimalException
from itertools import chain
from typing import Any, NamedTuple

MOST_ITEMS = 200  # of a list that is looked at
LONGEST_TEXT = 2000  # letters
LARGEST_EXPONENT = 30

Json = dict[str, Any]
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?", re.ASCII)


class Coding(NamedTuple):
    """A code as given; `system` is a URI, `display` what the sender calls it. Each may be ""."""

    system: str
    code: str
    display: str


def text_in(value: Any) -> str:
    """The words of a string on one line, at most 2,000 letters; "" for anything else."""
    return (
        " ".join(value[: 4 * LONGEST_TEXT].split())[:LONGEST_TEXT] if isinstance(value, str) else ""
    )


def object_in(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def objects_in(value: Any) -> list[Json]:
    """The objects of a list, or the one object where a list was meant."""
    if isinstance(value, dict):
        return [value]
    return (
        [each for each in value[:MOST_ITEMS] if isinstance(each, dict)]
        if isinstance(value, list)
        else []
    )


def texts_in(value: Any) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return [text for text in map(text_in, several[:MOST_ITEMS]) if text]


def number_in(value: Any) -> Decimal | None:
    """A finite number of a size that is met in medicine; also where it was sent as a string."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
        usable = number.is_finite() and abs(number.adjusted()) <= LARGEST_EXPONENT
    except (DecimalException, ValueError):  # an int of more than 4,300 digits has no str
        return None
    return number if usable else None


def number_text(number: Decimal) -> str:
    """All digits that were given, without an exponent."""
    return f"{number:f}"


def reference_in(value: Any) -> str:
    """What a FHIR Reference points to; "" if it points nowhere."""
    return text_in(object_in(value).get("reference"))


def codings_in(value: Any) -> tuple[Coding, ...]:
    """The codes of a CodeableConcept, a Coding, or a list of either."""
    found = []
    for each in objects_in(value):
        for coding in objects_in(each.get("coding", each)):
            parts = Coding(*(text_in(coding.get(key)) for key in Coding._fields))
            if parts.code or parts.display:
                found.append(parts)
    return tuple(dict.fromkeys(found))[:MOST_ITEMS]


def words_of(value: Any) -> str:
    """The best human name of a CodeableConcept, a Coding, a string, or of each in a list of them."""
    if not isinstance(value, list):
        return _words_of_one(value)
    return joined(*map(_words_of_one, value[:MOST_ITEMS]), by=", ")


def joined(*parts: str, by: str) -> str:
    return by.join(dict.fromkeys(part for part in parts if part))[:LONGEST_TEXT]


def _words_of_one(value: Any) -> str:
    if isinstance(value, str):
        return text_in(value)
    concept = object_in(value)
    if text := text_in(concept.get("text")):
        return text
    codings = objects_in(concept.get("coding", concept))
    chosen = [each for each in codings if each.get("userSelected") is True]
    shown = (text_in(each.get("display")) for each in chain(chosen, codings))
    codes = (text_in(each.get("code")) for each in codings)
    return next(filter(None, chain(shown, codes)), "")
