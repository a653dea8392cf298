"""What a cell of a table says by itself: a value with unit and mark, a range, a date, a result in words, other text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.measures.dates import find_dates, parse_date, parse_time
from healthmate_desktop.domain.measures.flags import interpretation, take_flag
from healthmate_desktop.domain.measures.numbers import parse_number, take_misread, take_number
from healthmate_desktop.domain.measures.printed_units import printed_unit
from healthmate_desktop.domain.measures.qualities import counted_range, quality
from healthmate_desktop.domain.measures.ranges import begins_with_range, parse_ranges

if TYPE_CHECKING:
    from healthmate_desktop.domain.measures.dates import Found, Order
    from healthmate_desktop.domain.measures.numbers import Mark, Number
    from healthmate_desktop.domain.measures.qualities import Quality
    from healthmate_desktop.domain.measures.ranges import Range

LONGEST = 300  # characters of a cell that is read for more than its words
Kind = Literal["blank", "date", "time", "value", "pair", "unit", "range", "flag", "words", "text"]

_BLANK = re.compile(
    r"[-\u2013\u2014._ ]*|n\.?/?[ad]\.?|not available|none given|-none-|nil|no aplica|unknown|"
    r"not applicable|see (?:note|comment|below)",
    re.IGNORECASE,
)
_PENDING = re.compile(
    r"pending\b.*|to follow|in progress|not performed|cancell?ed|pendiente.*|en curso|"
    r"en cours|ausstehend|folgt|tnp|not done|see report",
    re.IGNORECASE,
)
_PAIR = re.compile(r"(?P<high>\d{2,3})\s*/\s*(?P<low>\d{2,3})(?![\d/.,])\s*(?P<rest>.*)")
_FEET = re.compile(
    r"(?P<feet>[3-8])\s*(?:'|ft\.?|feet|\u2032)\s*(?P<inches>\d{1,2}(?:\.\d+)?)?\s*(?:\"|''|"
    r"in\.?|inches|\u2033)?\s*",
    re.IGNORECASE,
)
_POWER_AFTER = re.compile(
    r"(?P<number>\d{1,4}(?:[.,]\d{1,3})?)(?P<unit>[x\u00d7*]?10[\^*\u00b0eE'\"%+]?\d{1,2}/\S+)"
)
_RANGE_LABEL = re.compile(
    r"^(?:(?:normal|ref(?:erence|\.)?|reference|standard)?\s*(?:range|interval|limits)|ref\.?|"
    r"normal|valores? de referencia|v\.?r\.?|referenz(?:bereich)?|norm(?:e|al|bereich)?|"
    r"rango)\s*:",
    re.IGNORECASE,
)
_RANGE_BEFORE = re.compile(
    r"\W*(?:(?:normal|standard|reference|ref|expected)?\W*(?:range|interval|limits|ref\b|"
    r"normal|value)|up to|hasta|jusqu|bis|max|min|less|greater|more|over|under|"
    r"valor|valeur|referenz|norm|rango|[mfhw]\b|male|female|m[ae]n\b|wom|homb|muj|homm|femm|"
    r"frau|m\u00e4nn|adult|child|erwachs|kinder|v\.?r\b|vn\b|d[eu] |entre|von|von )",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"birth|\bdob\b|born|nacimiento|\bnac\b|\bn[eé]e?\b|naissance|\bgeb", re.IGNORECASE
)
_SPLIT_RATIO = re.compile(r"(?<=\w)/ (?=\w)")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a cell. Only the fields of its kind are filled; `unit` is as printed."""

    kind: Kind
    text: str
    number: Number | None = None
    second: Number | None = None  # of a pair, such as both blood pressures
    unit: str = ""
    flag: str = ""
    ranges: tuple[Range, ...] = ()
    words: Quality | None = None
    date: Found | None = None
    time: str = ""
    pending: bool = False
    unread: str = ""  # what follows a value and is no unit, mark or range


@dataclass(frozen=True, slots=True)
class Style:
    """How a document writes numbers and dates."""

    mark: Mark = ""
    order: Order = ""
    guess: bool = False  # letters may have been taken for digits


def read_cell(text: str, style: Style) -> Reading:
    """The likeliest reading. What a column is for may ask for another, see `as_range` and `as_words`."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        return Reading("text", text)
    attempts = (_as_blank, _as_date, _as_grade, _mark_alone, _as_unit, as_value, as_range, as_words)
    readings = (attempt(text, style) for attempt in attempts)
    return next((reading for reading in readings if reading is not None), Reading("text", text))


def _as_blank(text: str, style: Style) -> Reading | None:
    del style
    if _BLANK.fullmatch(text):
        return Reading("blank", text)
    return Reading("blank", text, pending=True) if _PENDING.fullmatch(text) else None


def _as_date(text: str, style: Style) -> Reading | None:
    time = parse_time(text)
    if time:
        return Reading("time", text, time=time)
    date = _date(text, style)
    return Reading("date", text, date=date, time=date.time) if date is not None else None


def _as_grade(text: str, style: Style) -> Reading | None:
    """Words that are always a result, such as negative or 2+."""
    del style
    graded = quality(text)
    return Reading("words", text, words=graded) if graded is not None and graded.code else None


def as_value(text: str, style: Style) -> Reading | None:
    """A number with what belongs to it; None where other words are left over."""
    text = _SPLIT_RATIO.sub("/", text.strip())
    pair = _pair(text) or _height(text)
    if pair is not None:
        return pair
    flag, rest = _leading_flag(text)
    powered = _POWER_AFTER.fullmatch(rest)
    if powered is not None and printed_unit(powered["unit"]).codes:
        number = parse_number(powered["number"], style.mark)
        return Reading("value", text, number, unit=powered["unit"], flag=flag)
    if _two_numbers(rest):
        return None
    taken = take_number(rest, style.mark)
    if taken is None and style.guess:
        taken = take_misread(rest, style.mark)
    return _with_rest(text, taken[0], taken[1], flag, style) if taken is not None else None


def as_range(text: str, style: Style) -> Reading | None:
    before = re.match(r"[^\d<>\u2264\u2265+(-]*[(]?", text)
    if before is None or not (begins_with_range(text) or begins_with_range(text[before.end() :])):
        return None
    if re.search(r"[^\W\d_]", before[0]) and not _RANGE_BEFORE.match(text):
        return None
    ranges = parse_ranges(text, style.mark)
    if not any(each.has_limits for each in ranges):
        return None
    flag = interpretation(text.rpartition("=")[2]) if "=" in text else ""
    labelled = _RANGE_LABEL.match(text) is not None
    return (
        Reading("range", text, ranges=ranges, flag=flag)
        if labelled or _mostly_numbers(text)
        else None
    )


def as_words(text: str, style: Style) -> Reading | None:
    """A result in words, alone or with a mark or a normal value behind it."""
    words = quality(text)
    if words is not None:
        return Reading("words", text, words=words)
    counted = counted_range(text)
    if counted is not None:
        return Reading("words", text, words=counted)
    flag, rest = take_flag(text)
    words = quality(rest) if flag and rest else None
    del style
    return Reading("words", text, words=words, flag=flag) if words is not None else None


def _mark_alone(text: str, style: Style) -> Reading | None:
    del style
    code = interpretation(text)
    return Reading("flag", text, flag=code, words=quality(text)) if code else None


def _as_unit(text: str, style: Style) -> Reading | None:
    del style
    if text[:1].isdigit() and not re.match(r"10\s?[\^*e\u00b0x]?\s?\d", text):
        return None
    known = printed_unit(text.strip("()[]") if text.startswith("(") else text)
    certain = known.codes and not (known.doubtful and " " in text)
    return Reading("unit", text, unit=text.strip("()")) if certain else None


def _date(text: str, style: Style) -> Found | None:
    date = parse_date(text, style.order)
    if date is not None:
        return date
    if _BIRTH.search(text):
        return None
    label, colon, rest = text.partition(":")
    if colon and label.replace(" ", "").isalpha() and len(label) < 30:
        return parse_date(rest, style.order)
    found = list(find_dates(text, style.order))
    left = text[: found[0].start] + text[found[0].end :] if len(found) == 1 else text
    return found[0] if len(found) == 1 and not re.search(r"\w", left) else None


def _leading_flag(text: str) -> tuple[str, str]:
    """A mark before the number: "H 6.4", "*6.4", "(L) 3.1"."""
    found = re.match(
        r"((?:HH|LL|H|L|[Hh]igh|[Ll]ow|HIGH|LOW)(?=\s)|\((?:HH|LL|H|L)\)|[*!]{1,2}|"
        r"[↑▲⬆↓▼⬇]{1,2})\s*(?=[<>≤≥]?\s?\d)",
        text,
    )
    if found is None:
        return "", text
    return interpretation(found[1]), text[found.end() :]


def _two_numbers(text: str) -> bool:
    """Whether it begins with a range: 3.5-5.1, 3.5 - 5.1."""
    return (
        re.match(r"[-+]?\d+(?:[.,]\d+)?\s*(?:-|\u2013|\u2014|to|bis|\u00e0)\s*\d", text) is not None
    )


def _pair(text: str) -> Reading | None:
    found = _PAIR.fullmatch(text)
    if found is None:
        return None
    rest = found["rest"].strip()
    flag, rest = take_flag(rest) if rest else ("", "")
    if rest and "mm[Hg]" not in printed_unit(rest).codes and "kPa" not in printed_unit(rest).codes:
        return None
    return Reading(
        "pair", text, parse_number(found["high"]), parse_number(found["low"]), unit=rest, flag=flag
    )


def _height(text: str) -> Reading | None:
    """Feet and inches are one length."""
    found = _FEET.fullmatch(text)
    if found is None or not found["inches"]:
        return None
    inches = parse_number(found["inches"])
    feet = parse_number(found["feet"])
    if inches is None or feet is None:
        return None
    whole = parse_number(str(feet.value * 12 + inches.value))
    return Reading("value", text, whole, unit="in")


def _with_rest(text: str, number: Number, rest: str, flag: str, style: Style) -> Reading | None:
    """What follows the number: unit, mark and range in any order."""
    if (
        rest[:1].isalpha()
        and not printed_unit(rest.split(" ", maxsplit=1)[0].strip(".,;")).codes
        and not take_flag(rest)[0]
    ):
        return None  # 500MG tablets, 3rd
    rest = rest.strip(" ,;")
    unit = ""
    ranges: tuple[Range, ...] = ()
    if rest and not flag:
        flag, rest = take_flag(rest)
    bracket = re.search(r"[(\[](?P<inner>[^()\[\]]*\d[^()\[\]]*)[)\]]\s*$", rest)
    if bracket is not None and (ranges := parse_ranges(bracket["inner"], style.mark)):
        rest = rest[: bracket.start()].strip(" ,;")
        if rest and not flag:
            flag, rest = take_flag(rest)
    rest = rest.strip(" ,;")
    if rest:
        unit, rest = _unit_first(rest, guess=style.guess)
    if rest and not flag:
        flag, rest = take_flag(rest)
    if rest and not unit:
        return None
    if rest:
        more = as_range(rest, style)
        if more is None:
            return None
        ranges, flag = more.ranges, flag or more.flag
    return Reading("value", text, number, unit=unit, flag=flag, ranges=ranges)


def _unit_first(rest: str, *, guess: bool) -> tuple[str, str]:
    """The longest unit that the rest begins with, and what follows.

    One that was misread counts if it has a "/", or on a scan if nothing follows.
    """
    words = rest.split()
    for count in range(min(4, len(words)), 0, -1):
        unit = " ".join(words[:count]).strip(",;")
        known = printed_unit(unit)
        if known.codes and not (known.doubtful and count > 1):
            return unit, " ".join(words[count:])
    first = words[0].strip(",;")
    if re.fullmatch(r"[A-Za-z\u00b5%]{1,8}[/\\][\w.\[\]{}\u00b2]{1,10}(?:/[\w.]{1,8})?", first):
        return first, " ".join(words[1:])
    alone = guess and len(words) == 1 and re.fullmatch(r"[A-Za-z\u00b5|!]{1,6}", first)
    return (first, "") if alone else ("", rest)


def _mostly_numbers(text: str) -> bool:
    """Whether little else stands beside the numbers: a range, and no sentence that holds one."""
    letters = sum(letter.isalpha() for letter in text)
    return letters <= 12 or letters <= 4 * sum(letter.isdigit() for letter in text)
