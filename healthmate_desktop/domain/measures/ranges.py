"""Reference ranges as they are printed: two-sided, one-sided, in words, by sex and by age."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.measures.numbers import (
    DIGITS,
    LIMIT,
    SIGNS,
    comparator_of,
    parse_number,
)
from healthmate_desktop.domain.measures.printed_units import printed_unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from healthmate_desktop.domain.measures.numbers import Mark

Sex = Literal["", "male", "female"]

LONGEST = 400  # characters of a printed range
_NUM = rf"(?:\([{SIGNS}]?\s?{DIGITS}\)|[{SIGNS}]?{DIGITS})"
_BETWEEN = r"\s*(?:-{1,2}|\u2013|\u2014|\u2212|~|\.\.\.?|÷|to|bis|hasta|à|a|et|y|und|and|al)\s*"
_TWO_SIDED = re.compile(
    rf"(?<![\w.,/])(?P<low>{_NUM}){_BETWEEN}(?P<high>{_NUM})(?![\d.,]*\d)", re.IGNORECASE
)
_UP_TO = r"up to|hasta|jusqu'à|jusqu\u2019à|bis|max\.?|maximum|hasta un|no more than|not more than"
_AT_LEAST = r"from|min\.?|minimum|at least|desde|ab|à partir de|au moins|mindestens"
_ONE_SIDED = re.compile(
    rf"(?:(?P<limit>{LIMIT})|\b(?P<upto>{_UP_TO})|"
    rf"\b(?P<least>{_AT_LEAST}))\s*:?\s*(?P<number>[{SIGNS}]?{DIGITS})"
    r"(?![\d.,]*\d)",
    re.IGNORECASE,
)
_OR_MORE = re.compile(
    rf"(?P<number>{DIGITS})\s*(?P<more>(?:\+|or more|or higher|o más|ou plus|oder mehr))",
    re.IGNORECASE,
)
_BEFORE = r"(?=\s*[:=(]?\s*[\d<>≤≥-])"  # a lone letter after a number is a unit
_SEXES: tuple[tuple[Sex, str], ...] = (
    (
        "female",
        rf"females?|wom[ae]n|mujer(?:es)?|femmes?|frauen?|weiblich|femenino|féminin|fem|♀|[FW]{_BEFORE}",
    ),
    (
        "male",
        rf"males?|m[ae]n|hombres?|varon(?:es)?|hommes?|männer|mann|männlich|masculin[oe]?|♂|[MH]{_BEFORE}",
    ),
)
_SEX = re.compile(
    "|".join(rf"(?P<{sex}>(?<!\w)(?:{words})(?!\w))" for sex, words in _SEXES), re.IGNORECASE
)
_YEARS = r"(?:years?|yrs?|y(?:\.?o\.?)?|años?|ans?|jahre?|j\.)(?!\w)"
_AGE = re.compile(
    rf"(?:(?P<low>\d{{1,3}})\s*(?:-|\u2013|to|a|à|bis)\s*(?P<high>\d{{1,3}})|(?P<over>>=?|≥|"
    rf"over|ab|über|más de|plus de)\s*(?P<min>\d{{1,3}})"
    rf"|(?P<under><=?|≤|under|unter|bis|menos de|"
    rf"moins de)\s*(?P<max>\d{{1,3}}))\s*{_YEARS}\s*(?:old)?",
    re.IGNORECASE,
)
_NOT_NORMAL = re.compile(
    r"abnormal|anormal|anomal|patholog|patolog|\brisk|riesgo|risque|risiko|defici|insuffi|"
    r"diabet|critical|\bif\b|\bsi\b|\bwenn\b",
    re.IGNORECASE,
)
_NORMAL_WORDS = re.compile(
    r"(?:non[- ]?|not |no |nicht |pas )?(?:neg(?:ative|ativo|atif|ativ)?|reactive|reactivo|"
    r"réactif|reaktiv|detected|detectado|détecté"
    r"|nachweisbar|normal|none(?: seen)?|absent|ausente|clear|claro|clair|klar|yellow|"
    r"amarillo|jaune|gelb|trace|immune|straw"
    r"|keine?|aucune?|ninguno|límpido|limpide|inmune)(?:\s+(?:seen|visto|found))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Range:
    """One printed range. Limits are included unless `low_open` or `high_open`."""

    text: str  # as printed
    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False
    unit: str = ""  # as printed, if it is printed with the range
    sex: Sex = ""
    age_low: int | None = None  # years
    age_high: int | None = None
    normal: str = ""  # "Negative", for results in words

    @property
    def has_limits(self) -> bool:
        return self.low is not None or self.high is not None

    def holds(self, value: Decimal) -> bool:
        """Whether the value lies inside. Without limits everything does."""
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        above = self.high is not None and (
            value > self.high or (self.high_open and value == self.high)
        )
        return not above


def parse_ranges(text: str, mark: Mark = "") -> tuple[Range, ...]:
    """The ranges that a text prints, in its order: one for each sex or age it names. Empty if it prints none."""
    text = " ".join(text[:LONGEST].split())
    found = [each for piece in _pieces(text) if (each := _one(piece, mark)) is not None]
    return _sexes_told_apart(found, text)


def begins_with_range(text: str) -> bool:
    """Whether a range, or the age that it is for, stands at the very start."""
    return any(pattern.match(text) for pattern in (_TWO_SIDED, _ONE_SIDED, _OR_MORE, _AGE))


def range_of(ranges: Sequence[Range], sex: str = "", age: int | None = None) -> Range | None:
    """The one that holds for a person; None if they say different things and the person does not decide."""
    fitting = [each for each in ranges if _fits(each, sex, age)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(each: Range, sex: str, age: int | None) -> bool:
    if each.sex and sex and each.sex != sex:
        return False
    if age is None:
        return True
    too_young = each.age_low is not None and age < each.age_low
    too_old = each.age_high is not None and age > each.age_high
    return not too_young and not too_old


def _pieces(text: str) -> list[str]:
    """The text cut before each sex or age that it names, if it names more than one."""
    starts = sorted(
        {found.start() for found in _SEX.finditer(text)}
        | {found.start() for found in _AGE.finditer(text)}
    )
    cuts: list[int] = []
    for start in starts:
        between = text[cuts[-1] : start] if cuts else ""
        if not cuts or _limits(_AGE.sub(" ", between)) is not None:
            cuts.append(start)
    if len(cuts) < 2:
        return [text]
    return [text[a:b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]


def _one(piece: str, mark: Mark) -> Range | None:
    age = _AGE.search(piece)
    rest = piece[: age.start()] + " " + piece[age.end() :] if age else piece
    sex = _SEX.search(rest)
    limits = _limits(rest)
    shown = piece.strip(" ,;")
    if limits is not None and _NOT_NORMAL.search(rest[: limits.end]):
        return None
    if limits is not None:
        low, high = (
            parse_number(side.strip("()").replace(" ", ""), mark) if side else None
            for side in limits.sides
        )
        made = Range(
            shown,
            low.value if low else None,
            high.value if high else None,
            limits.low_open,
            limits.high_open,
            _unit_after(rest[limits.end :]),
        )
        if made.low is not None and made.high is not None and made.low > made.high:
            return None
    else:
        words = _NORMAL_WORDS.search(rest)
        if words is None or len(rest) > 60:
            return None
        made = Range(shown, normal=words[0])
    sex_name: Sex = ("female" if sex["female"] else "male") if sex else ""
    low_age, high_age = _ages(age)
    return replace(made, sex=sex_name, age_low=low_age, age_high=high_age)


@dataclass(frozen=True, slots=True)
class _Limits:
    sides: tuple[str, str]
    end: int
    low_open: bool = False
    high_open: bool = False


def _limits(text: str) -> _Limits | None:
    found = _TWO_SIDED.search(text)
    if found is not None:
        return _Limits((found["low"], found["high"]), found.end())
    found = _ONE_SIDED.search(text)
    if found is not None:
        sign = comparator_of(found["limit"] or "")
        number = found["number"]
        if found["upto"] or sign in {"<", "<="}:
            return _Limits(("", number), found.end(), high_open=sign == "<")
        return _Limits((number, ""), found.end(), low_open=sign == ">")
    found = _OR_MORE.search(text)
    return _Limits((found["number"], ""), found.end()) if found is not None else None


def _unit_after(rest: str) -> str:
    """The longest unit that follows: "mg/dL", "mg / dL", "grams per deciliter"."""
    words = rest.split()
    for count in (3, 2, 1):
        unit = " ".join(words[:count]).strip(" ;,)")
        if len(words) >= count and printed_unit(unit).codes:
            return unit
    return ""


def _ages(age: re.Match[str] | None) -> tuple[int | None, int | None]:
    if age is None:
        return None, None
    low, high = age["low"] or age["min"], age["high"] or age["max"]
    return (int(low) if low else None), (int(high) if high else None)


def _sexes_told_apart(found: list[Range], text: str) -> tuple[Range, ...]:
    """In Spanish and French H stands for men; beside it M stands for women."""
    letters = set(re.findall(r"(?<!\w)[HMF](?!\w)", text))
    if {"H", "M"} <= letters:
        return tuple(
            replace(each, sex="female") if re.match(r"M(?!\w)", each.text) else each
            for each in found
        )
    return tuple(found)
