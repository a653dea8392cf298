"""One result of a table to a FHIR Observation. Here, and only here, tables meet what is known of measurements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from healthmate_desktop.domain.measures.flags import (
    DISPLAY,
    INTERPRETATION,
    contradicts,
    interpretation,
    take_flag,
)
from healthmate_desktop.domain.measures.names import specimen_in
from healthmate_desktop.domain.measures.numbers import Number, parse_number, take_number
from healthmate_desktop.domain.measures.printed_units import printed_unit, ucum
from healthmate_desktop.domain.measures.qualities import SNOMED, blood_group, quality
from healthmate_desktop.domain.measures.ranges import Range, parse_ranges
from healthmate_desktop.domain.measures.units import UCUM
from healthmate_desktop.interop.tables.mapping import Role, cell_text

if TYPE_CHECKING:
    from healthmate_desktop.domain.measures.analytes import Identified, Vocabulary
    from healthmate_desktop.domain.measures.numbers import Mark
    from healthmate_desktop.domain.measures.qualities import Quality
    from healthmate_desktop.domain.proposals import Resource
    from healthmate_desktop.interop.tables.mapping import Cell

LOINC = "http://loinc.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_LOINC = re.compile(r"(\d{1,7})-(\d)\Z")
_POINT = re.compile(r"[1-9]\d{0,2}\.\d{3}(?!\d)")
_PRESSURE = re.compile(
    r"(?P<name>(?:bp|blood pressure|rr|ta|pa|blutdruck)\s*:?\s*)?(?P<high>\d{2,3})\s*/\s*(?P<low>\d{2,3})(?=\D|\Z)",
    re.IGNORECASE,
)
_NOTHING = frozenset((
    *("", "-", "--", "---", "\u2013", "\u2014", ".", "/", "n/a", "na", "n.a.", "#n/a", "null", "nan"),
    *("n.d.", "not done"),
    *("pending", "in progress", "to follow", "ausstehend", "folgt", "in arbeit", "pendiente", "en cours"),
))  # fmt: skip

_SIGNS = {"+": "H", "++": "HH"}  # "-" also says that there is no mark

_NO_UNIT = "No unit is given for this number."
_UNIT_ODD = "This test is not measured in this unit. Look whether name and unit are right."
_UNIT_GUESSED = "The unit was not printed clearly. Look whether it is right."
_TWO_WAYS = "This number may be a thousand times as large: the file does not say which mark stands before decimals."
_STRANGE = "This value is far from what this test usually gives. Look whether the number and the unit are right."
_NO_NUMBER = "This result is no number and no word that is known for results."
_CONTRADICTS = "The mark beside the result and the range say different things."
_NO_DATE = "No date is given for this result."


@dataclass(frozen=True, slots=True)
class Printed:
    """What a table prints of one result. `cells` holds what columns of these roles say, "" for nothing."""

    name: str
    value: Cell
    unit: str = ""
    cells: dict[Role, Cell] = field(default_factory=dict)
    date: str = ""  # FHIR
    time: str = ""  # as a clock on the wall, where the date could not take it
    doubts: tuple[str, ...] = ()  # of the date

    def text(self, role: Role) -> str:
        return cell_text(self.cells.get(role, ""))


class Result(NamedTuple):
    """What a value was read as; one of them."""

    number: Number | None = None
    pressure: tuple[int, int] | None = None
    words: str = ""
    quality: Quality | None = None
    unit: str = ""  # printed beside the number
    flag: str = ""  # printed beside the number
    name: str = ""  # of what was measured, where the cell says that too


def is_blank(value: Cell) -> bool:
    """Whether a cell says that there is no result, or none yet."""
    plain = cell_text(value).casefold()
    return plain in _NOTHING


def result_of(value: Cell, mark: Mark) -> Result:
    """A cell as a number with what is printed around it, a blood pressure, or words."""
    if isinstance(value, Decimal):
        return Result(Number(value))
    text = re.sub(r"\A'(?=[-+=@])", "", " ".join(value.split()))
    whole = parse_number(text, mark)
    if whole is not None:
        return Result(whole)
    pressure = _PRESSURE.match(text)
    if pressure:
        unit = text[pressure.end() :].strip()
        if not unit or "mmhg" in unit.replace(" ", "").casefold():
            both = int(pressure["high"]), int(pressure["low"])
            return Result(pressure=both, unit=unit, name="BP" if pressure["name"] else "")
    known = quality(text) or blood_group(text)
    if known is None and (taken := _number_and_more(text, mark)):
        return taken
    return Result(words=text, quality=known)


def _number_and_more(text: str, mark: Mark) -> Result | None:
    """A number with its unit or mark beside it: "5.4 mmol/L", "5.4 H", "* 5.4"."""
    flag = ""
    taken = take_number(text, mark)
    if taken is None:
        flag, rest = take_flag(text)
        taken = take_number(rest, mark) if flag else None
    if taken is None:
        return None
    number, rest = taken
    after, rest = take_flag(rest)
    rest = rest.strip()
    if rest and not printed_unit(rest).codes:
        return None
    return Result(number, unit=rest, flag=flag or after)


def observation(
    printed: Printed, mark: Mark, vocabulary: Vocabulary | None
) -> tuple[Resource, tuple[str, ...]]:
    """The resource, without status of its sender's own, and why a person should look at it."""
    result = result_of(printed.value, mark)
    if result.name:
        printed = replace(printed, name=result.name)
    unit = printed.unit or result.unit
    ranges = _ranges(printed, mark)
    about = _identified(printed, result, unit, ranges, vocabulary)
    doubts = [*printed.doubts, *([] if printed.date else [_NO_DATE])]
    doubts += _doubts(result, unit, about, vocabulary)
    if not mark and _may_be_thousands(printed.value, about):
        doubts.append(_TWO_WAYS)
    resource: Resource = {"resourceType": "Observation", "status": "unknown"}
    if about and about.code:
        kind = "vital-signs" if about.code.is_vital_sign else "laboratory"
        resource["category"] = [{"coding": [{"system": CATEGORY, "code": kind}]}]
    resource["code"] = _code(printed, about)
    if printed.date:
        resource["effectiveDateTime"] = printed.date
    code = (about.unit if about else "") or ucum(unit) or _only_unit(result, about, vocabulary)
    resource |= _value(result, unit, code)
    if ranges and result.pressure is None:
        resource["referenceRange"] = [_range(each, unit, code) for each in ranges]
    resource |= _flag(printed, result, ranges, doubts)
    resource |= _remarks(printed)
    return resource, tuple(dict.fromkeys(doubts))


def loinc_of(text: str) -> str:
    """The text, if it is a LOINC code: its last digit is computed from the others."""
    found = _LOINC.match(text.strip())
    if not found:
        return ""
    total = 0
    for place, digit in enumerate(reversed(found[1])):
        weighed = int(digit) * (1 if place % 2 else 2)
        total += weighed - 9 if weighed > 9 else weighed
    return text.strip() if (10 - total % 10) % 10 == int(found[2]) else ""


def _identified(
    printed: Printed,
    result: Result,
    unit: str,
    ranges: tuple[Range, ...],
    vocabulary: Vocabulary | None,
) -> Identified | None:
    if vocabulary is None:
        return None
    limits = (ranges[0].low, ranges[0].high) if len(ranges) == 1 else (None, None)
    return vocabulary.identify(
        printed.name,
        "mmHg" if result.pressure and not unit else unit,
        specimen=specimen_in(printed.text(Role.SPECIMEN)),
        in_words=result.number is None and result.pressure is None,
        limits=limits,
    )


def _doubts(
    result: Result, unit: str, about: Identified | None, vocabulary: Vocabulary | None
) -> list[str]:
    found: list[str] = []
    if result.words and result.quality is None:
        found.append(_NO_NUMBER)
    if result.number is None:
        return found
    if result.number.ambiguous:
        found.append(_TWO_WAYS)
    plain = about and about.code and about.code.has_no_unit
    if not unit and not plain and not _only_unit(result, about, vocabulary):
        found.append(_NO_UNIT)
    if about is None or vocabulary is None:
        return found
    if about.reason == "unit" and printed_unit(unit).codes:
        found.append(_UNIT_ODD)
    if about.guessed_unit:
        found.append(_UNIT_GUESSED)
    if about.code and not vocabulary.is_plausible(about.code, result.number.value, about.unit):
        found.append(_STRANGE)
    return found


def _only_unit(result: Result, about: Identified | None, vocabulary: Vocabulary | None) -> str:
    """The unit of a vital sign that is given without one, if its number makes sense in no other."""
    if not (result.number and about and about.code and vocabulary and about.code.is_vital_sign):
        return ""
    value = result.number.value
    units = [unit for unit in about.code.units if vocabulary.is_plausible(about.code, value, unit)]
    return units[0] if len(units) == 1 else ""


def _may_be_thousands(value: Cell, about: Identified | None) -> bool:
    """Whether 5.400 may be meant as 5400, where nothing in the table tells and the usual values do not either."""
    told = about is not None and about.code is not None and about.code.high is not None
    return not told and isinstance(value, str) and _POINT.match(value.strip()) is not None


def _code(printed: Printed, about: Identified | None) -> Resource:
    """The sender's own code where there is one; ours only where it gave none."""
    code: Resource = {"text": printed.name}
    given = printed.text(Role.CODE)
    if loinc := loinc_of(given):
        code["coding"] = [{"system": LOINC, "code": loinc}]
    elif about and about.code:
        code["coding"] = [
            {"system": LOINC, "code": about.code.loinc, "display": about.code.display}
        ]
    if given and not loinc:
        code.setdefault("coding", []).append({"code": given[:100], "display": printed.name})
    return code


def _value(result: Result, unit: str, code: str) -> Resource:
    if result.number is not None:
        quantity = _quantity(result.number.value, unit, code)
        if result.number.comparator:
            quantity["comparator"] = result.number.comparator
        return {"valueQuantity": quantity}
    if result.pressure is not None:
        parts = zip(
            (("8480-6", "Systolic blood pressure"), ("8462-4", "Diastolic blood pressure")),
            result.pressure,
            strict=True,
        )
        return {"component": [
            {"code": {"coding": [{"system": LOINC, "code": loinc, "display": name}], "text": name},
             "valueQuantity": _quantity(Decimal(value), "mmHg", "mm[Hg]")}
            for (loinc, name), value in parts
        ]}  # fmt: skip
    if result.quality is not None:
        concept: Resource = {"text": result.words}
        if result.quality.code:
            concept["coding"] = [
                {"system": SNOMED, "code": result.quality.code, "display": result.quality.display}
            ]
        return {"valueCodeableConcept": concept}
    return {"valueString": result.words}


def _quantity(value: Decimal, unit: str, code: str) -> Resource:
    quantity: Resource = {"value": value}
    if unit:
        quantity["unit"] = unit
    if code:
        quantity |= {"system": UCUM, "code": code}
    return quantity


def _ranges(printed: Printed, mark: Mark) -> tuple[Range, ...]:
    low, high = printed.cells.get(Role.LOW, ""), printed.cells.get(Role.HIGH, "")
    texts = printed.text(Role.LOW), printed.text(Role.HIGH)
    numbers = [result_of(side, mark).number if not is_blank(side) else None for side in (low, high)]
    if any(numbers):
        first, last = (number.value if number else None for number in numbers)
        text = " - ".join(texts) if all(texts) else f"≥ {texts[0]}" if texts[0] else f"≤ {texts[1]}"
        return (Range(text, first, last),)
    text = printed.text(Role.RANGE)
    if is_blank(text):
        return ()
    return parse_ranges(text, mark) or (Range(text[:200]),)


def _range(each: Range, unit: str, code: str) -> Resource:
    shown: Resource = {"text": each.text}
    beside = each.unit or unit
    for name, limit in (("low", each.low), ("high", each.high)):
        if limit is not None:
            shown[name] = _quantity(limit, beside, code if beside == unit else ucum(beside) or "")
    if each.sex:
        shown["appliesTo"] = [{"text": each.sex}]
    ages = {"low": each.age_low, "high": each.age_high}
    years = {
        side: _quantity(Decimal(age), "years", "a") for side, age in ages.items() if age is not None
    }
    if years:
        shown["age"] = years
    return shown


def _flag(
    printed: Printed, result: Result, ranges: tuple[Range, ...], doubts: list[str]
) -> Resource:
    said = printed.text(Role.FLAG)
    code = interpretation(said) or _SIGNS.get(said, "") if said else result.flag
    if is_blank(said) and not code:
        return {}
    if not code:
        return {"interpretation": [{"text": said[:200]}]}
    limits = ranges[0] if len(ranges) == 1 else None
    value = result.number.value if result.number and not result.number.comparator else None
    if limits is not None and limits.has_limits and value is not None:
        inside = limits.holds(value)
        below = not inside and limits.low is not None and value <= limits.low
        if contradicts(code, below=below, above=not inside and not below):
            doubts.append(_CONTRADICTS)
    coding = {"system": INTERPRETATION, "code": code, "display": DISPLAY[code]}
    concept: Resource = {"coding": [coding]}
    if said:
        concept["text"] = said[:200]
    return {"interpretation": [concept]}


def _remarks(printed: Printed) -> Resource:
    remarks: Resource = {}
    notes = [
        printed.text(Role.NOTE)[:10_000],
        f"Time of day: {printed.time}" if printed.time else "",
    ]
    if any(notes):
        remarks["note"] = [{"text": note} for note in notes if note]
    if specimen := printed.text(Role.SPECIMEN):
        remarks["specimen"] = {"display": specimen[:200]}
    if performer := printed.text(Role.PERFORMER):
        remarks["performer"] = [{"display": performer[:200]}]
    return remarks
