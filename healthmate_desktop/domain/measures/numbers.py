"""Numbers as they are printed: decimal commas, separated thousands, limits, powers of ten, letters read for digits."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.measures.wordlists import spread

if TYPE_CHECKING:
    from collections.abc import Iterable

Mark = Literal[".", ",", ""]
Comparator = Literal["<", "<=", ">", ">=", ""]

LONGEST = 24  # characters of a number; more is something else
SIGNS = "-+\u2212\u2013"
DIGITS = (
    r"(?:\d{1,3}(?:[ \u00a0\u202f'\u2019]\d{3})+(?:[.,]\d{1,6})?(?!\d)"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)"
    r"|\d+[.,]\d+|\d+|[.,]\d+)"
)
_LIMIT_WORDS: dict[str, Comparator] = spread(
    {
        "<": (
            "<|less than|below|under|menor de|menor que|inferior a|inférieur à|inf. à|kleiner als|"
            "unter|moins de|menos de"
        ),
        ">": (
            ">|more than|greater than|above|over|mayor de|mayor que|superior a|supérieur à|sup. à|"
            "größer als|über|plus de"
        ),
        "<=": "≤|<=|=<|< =|⩽",
        ">=": "≥|>=|=>|> =|⩾",
    }
)
LIMIT = "(?:" + "|".join(sorted(map(re.escape, _LIMIT_WORDS), key=len, reverse=True)) + ")"
_NUMBER = re.compile(
    rf"\s*(?P<limit>{LIMIT}\s*)?(?P<sign>[{SIGNS}]\s?)?(?P<digits>{DIGITS})"
    r"(?P<power>\s*(?:(?:[x\u00d7*·]\s*10\s*\^?|10\s*\^)\s*[+-]?\d{1,2}(?![\d/.,])"
    r"|[eE][+-]?\d{1,2}(?![\w.]))(?!\s*/))?",
    re.IGNORECASE,
)
_LONE_POWER = re.compile(
    rf"\s*(?P<limit>{LIMIT}\s*)?10\s*[\^*]\s*(?P<power>\d{{1,2}})(?![\d/.,])(?!\s*/)"
)
_LOOKALIKES = str.maketrans("OoQlI|!iSsBZz", "0001111155822")
_MISREAD = re.compile(rf"\s*(?:{LIMIT}\s*)?[{SIGNS}]?[\dOoQlI|!iSsBZz.,]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number. `value` has the digits as printed, so 5.40 stays 5.40."""

    value: Decimal
    comparator: Comparator = ""
    doubtful: bool = False  # a letter was taken for a digit
    ambiguous: bool = False  # 1,234 may be a thousand or a little over one


def parse_number(text: str, mark: Mark = "") -> Number | None:
    """The whole text as a number, else None. `mark` is the document's decimal mark, see `decimal_mark`."""
    found = take_number(text, mark)
    if found is None or found[1].strip(" .,"):
        return None
    return found[0]


def take_number(text: str, mark: Mark = "") -> tuple[Number, str] | None:
    """The number that the text begins with, and what follows it."""
    alone = _LONE_POWER.match(text)
    if alone is not None:
        comparator = comparator_of(alone["limit"] or "")
        return Number(Decimal(10) ** int(alone["power"]), comparator), text[alone.end() :]
    found = _NUMBER.match(text)
    if found is None or len(found["digits"]) > LONGEST:
        return None
    value, ambiguous = _value(found["digits"], mark)
    if found["sign"] and found["sign"].strip() != "+":
        value = -value
    if found["power"]:
        exponent = re.split(r"10\s*\^?\s*|[eE]", found["power"])[-1]
        value = Decimal(format(value.scaleb(int(exponent)), "f"))
    number = Number(value, comparator_of(found["limit"] or ""), ambiguous=ambiguous)
    return number, text[found.end() :]


def take_misread(text: str, mark: Mark = "") -> tuple[Number, str] | None:
    """As `take_number`, with letters that look like digits read as such. It needs one digit, and no other letters."""
    found = _MISREAD.match(text)
    if found is None:
        return None
    rest = text[found.end() :]
    printed = found[0]
    if not any(sign.isdigit() for sign in printed) or rest[:1].isalnum():
        return None
    number = parse_number(printed.translate(_LOOKALIKES), mark)
    return (replace(number, doubtful=True), rest) if number is not None else None


def comparator_of(words: str) -> Comparator:
    """The FHIR comparator that a sign or words stand for; "" for none."""
    return _LIMIT_WORDS.get(" ".join(words.casefold().split()), "")


def decimal_mark(texts: Iterable[str]) -> Mark:
    """Which mark the numbers of a document have before their decimals; "" if they do not tell."""
    votes: Counter[Mark] = Counter()
    for text in texts:
        for found in re.findall(r"(?<![\d.,/:-])\d+(?:[.,]\d+)+(?![\d.,]*[/:]|[\d.,]+\d)", text):
            if mark := _mark_of(found):
                votes[mark] += 1
    (best, count), *others = [*votes.most_common(), ("", 0)]
    return best if count > 2 * (others[0][1] if others else 0) else ""


def _mark_of(number: str) -> Mark:
    marks = re.findall(r"[.,]", number)
    if len(marks) == 1:
        before, after = re.split(r"[.,]", number)
        plain = len(after) != 3 or before.startswith("0") or len(before) > 3
        return _as_mark(marks[0]) if plain else ""
    return _as_mark(marks[-1]) if len(set(marks)) == 2 else ""


def _as_mark(letter: str) -> Mark:
    return "," if letter == "," else "."


def _value(digits: str, mark: Mark) -> tuple[Decimal, bool]:
    """The value, and whether its one mark may as well divide thousands."""
    joined = re.sub("[ \u00a0\u202f'\u2019]", "", digits)
    marks = re.findall(r"[.,]", joined)
    if not marks:
        return Decimal(joined), False
    if len(marks) > 1:
        last = marks[-1]
        thousands = len(set(marks)) == 1
        plain = joined.replace("," if last == "." else ".", "") if not thousands else joined
        plain = plain.replace(last, "" if thousands else ".")
        return Decimal(plain), False
    before, after = re.split(r"[.,]", joined)
    could_be_thousands = len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")
    if not could_be_thousands or joined != digits:
        return Decimal(f"{before or '0'}.{after}"), False
    if mark:
        return Decimal(f"{before}.{after}" if marks[0] == mark else before + after), False
    if marks[0] == ",":  # a thousand in English, a little over one elsewhere
        return Decimal(before + after), True
    return Decimal(f"{before}.{after}"), False
