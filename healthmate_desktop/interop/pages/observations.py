"""A result of a page as a FHIR Observation, with the reasons to look at it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.measures.analytes import LOINC, Identified
from healthmate_desktop.domain.measures.flags import DISPLAY, INTERPRETATION, contradicts
from healthmate_desktop.domain.measures.mending import mended_unit
from healthmate_desktop.domain.measures.printed_units import respelled
from healthmate_desktop.domain.measures.qualities import SNOMED
from healthmate_desktop.domain.measures.units import UCUM
from healthmate_desktop.domain.proposals import Proposal, Spot
from healthmate_desktop.interop.pages.rows import boxes_of_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.measures.dates import Found
    from healthmate_desktop.domain.measures.names import Specimen
    from healthmate_desktop.domain.measures.numbers import Number
    from healthmate_desktop.domain.measures.ranges import Range
    from healthmate_desktop.domain.proposals import Resource
    from healthmate_desktop.interop.pages.entries import Entry

HARD_TO_READ = 0.6  # confidence below which letters may be wrong
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_GENDER = "http://hl7.org/fhir/administrative-gender"
_FAR = 20  # times the reference range

HARD = "Parts of this were hard to read on the page. Compare it with the picture."
LETTERS = "A letter was read as a digit. Compare the value with the page."
THOUSANDS = "The comma in this value may divide thousands or decimals. Compare it with the page."
UNKNOWN = "HealthMate does not know a test of this name, so it can't be compared with others."
SEVERAL = "This name can mean more than one test. Choose the right one."
SPECIMEN = (
    "The page does not say clearly whether this was measured in blood, urine or something else."
)
NO_UNIT = "No unit was found for this value."
UNIT_UNREAD = "The unit could not be read. Compare it with the page."
UNIT_ODD = "This test is not usually given in this unit. Compare it with the page."
FAR_OFF = (
    "The value is far from what is usually measured. A digit or a decimal mark may be misread."
)
MARK = "The mark beside the value does not fit the reference range. Compare both with the page."
NO_DATE = "No date was found for this result."
OF_REPORT = "The date is that of the report. The day of the sample was not found."
WHICH_DAY = "More than one column may stand under the date above. Check which day this value is of."
IN_WORDS = "The result is in words that HealthMate does not know."


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a result has from elsewhere on its page."""

    page: int
    row: int
    date: Found | None = None  # used where the row has none
    date_is_of_report: bool = False
    date_is_of_columns: bool = False  # it stands in heads that could not be read
    specimen: Specimen = ""
    mixed: bool = False  # blood and urine stand together without a heading
    vitals: bool = False
    guess: bool = False
    extra: tuple[str, ...] = ()  # doubts that hold for all of this part


def proposals_of(entry: Entry, around: Surroundings, vocabulary: Vocabulary) -> Iterator[Proposal]:
    """One for a result; two for a blood pressure, as each half is charted alone."""
    if entry.value.kind != "pair":
        yield _proposal(entry, around, vocabulary)
        return
    hint = vocabulary.hint(entry.name, guess=around.guess)
    if hint is None or "bp" not in hint.analytes:
        return
    halves = (("bp_systolic", entry.value.number), ("bp_diastolic", entry.value.second))
    for analyte, number in halves:
        name = vocabulary.analyte(analyte).display
        half = replace(entry, name=name, value=replace(entry.value, kind="value", number=number))
        yield _proposal(half, around, vocabulary)


def _proposal(entry: Entry, around: Surroundings, vocabulary: Vocabulary) -> Proposal:
    unit = respelled(entry.unit)
    found = _identified(entry, around, vocabulary, unit)
    date, time = _when(entry, around)
    doubts = [*around.extra]
    doubts += _doubts_of_name(found)
    doubts += _doubts_of_value(entry, found, unit, vocabulary, scanned=around.guess)
    doubts += _doubts_of_date(entry, around, date)
    resource: Resource = {
        "resourceType": "Observation",
        "status": "final",
        "category": [_category(found, around)],
        "code": _code(_shown_name(entry, found, around, vocabulary), found),
    }
    if date is not None:
        resource["effectiveDateTime"] = date.date
    resource |= _value(entry, unit, found)
    if entry.flag:
        coding = {"system": INTERPRETATION, "code": entry.flag, "display": DISPLAY[entry.flag]}
        resource["interpretation"] = [{"coding": [coding]}]
    if time:  # FHIR wants a time zone with a time of day, and the page has none
        resource["note"] = [{"text": f"Time on the page: {time}"}]
    ranges = [_range(each, found.unit) for each in entry.ranges]
    if ranges:
        resource["referenceRange"] = ranges
    spot = Spot(f"row {around.row}", around.page, boxes_of_tokens(entry.tokens))
    text = " ".join(token.text for token in entry.tokens)
    return Proposal(resource, spot, text, tuple(dict.fromkeys(doubts)))


def _identified(
    entry: Entry, around: Surroundings, vocabulary: Vocabulary, unit: str
) -> Identified:
    number = entry.value.number
    mended = (
        mended_unit(vocabulary, entry.name, unit, number.value)
        if around.guess and number is not None
        else ""
    )
    found = vocabulary.identify(
        entry.name,
        mended or unit,
        specimen=entry.specimen or around.specimen,
        in_words=number is None,
        limits=_limits(entry.ranges),
        guess=around.guess,
    )
    found = replace(found, guessed_unit=found.guessed_unit or bool(mended))
    return _less_sure(found, entry, around, vocabulary)


def _shown_name(
    entry: Entry, found: Identified, around: Surroundings, vocabulary: Vocabulary
) -> str:
    if found.guessed_name:
        return found.guessed_name
    return vocabulary.spelling(entry.name) if around.guess else entry.name


def _less_sure(
    found: Identified, entry: Entry, around: Surroundings, vocabulary: Vocabulary
) -> Identified:
    """Among results of urine a name without specimen and range may be either."""
    if found.code is None or not around.mixed or entry.ranges or entry.specimen or around.specimen:
        return found
    specimens = {code.specimen for code in vocabulary.codes_of(found.code.analyte)}
    return replace(found, code=None, reason="specimen") if len(specimens) > 1 else found


def _when(entry: Entry, around: Surroundings) -> tuple[Found | None, str]:
    date = entry.date or around.date
    if entry.time:
        return date, entry.time if date is not None else ""
    return date, date.time if date is not None else ""


def _doubts_of_name(found: Identified) -> list[str]:
    if found.reason == "name":
        return [SEVERAL if found.known else UNKNOWN]
    doubts = []
    if found.guessed_name and found.analyte is not None:
        doubts.append(f"The name was hard to read. It was taken for {found.guessed_name}.")
    if found.reason == "specimen":
        doubts.append(SPECIMEN)
    return doubts


def _doubts_of_value(
    entry: Entry, found: Identified, unit: str, vocabulary: Vocabulary, *, scanned: bool
) -> list[str]:
    number = entry.value.number
    doubts = []
    if any(token.confidence < HARD_TO_READ for token in entry.value_tokens):
        doubts.append(HARD)
    if number is None:
        sure = found.code is not None and entry.value.kind == "words"
        return doubts if sure else [*doubts, IN_WORDS]
    if number.doubtful:
        doubts.append(LETTERS)
    if number.ambiguous:
        doubts.append(THOUSANDS)
    doubts += _doubts_of_unit(found, unit)
    if _far_off(entry, number, found, vocabulary, scanned=scanned):
        doubts.append(FAR_OFF)
    if _mark_is_odd(entry, number):
        doubts.append(MARK)
    return doubts


def _doubts_of_unit(found: Identified, unit: str) -> list[str]:
    if found.guessed_unit:
        return (
            [f"The unit was hard to read. It was taken for {found.unit}."]
            if found.unit
            else [UNIT_UNREAD]
        )
    if unit and not found.unit:
        return [UNIT_UNREAD]
    if unit and found.reason == "unit":
        return [UNIT_ODD]
    bare = found.code is not None and found.code.has_no_unit
    return [NO_UNIT] if not found.unit and not unit and not bare else []


def _far_off(
    entry: Entry, number: Number, found: Identified, vocabulary: Vocabulary, *, scanned: bool
) -> bool:
    if found.code is not None and not vocabulary.is_plausible(found.code, number.value, found.unit):
        return True
    low, high = _limits(entry.ranges)
    if high is not None and high > 0 and number.value > _FAR * high and not entry.flag:
        return True
    if low is not None and low > 0 and number.value * _FAR < low and not entry.flag:
        return True
    return _mark_lost(number.value, low, high, 1 if scanned else 4)


def _mark_lost(value: Decimal, low: Decimal | None, high: Decimal | None, times: int) -> bool:
    """44 where 3.5 - 5.1 is normal: perhaps 4.4."""
    limits = [limit for limit in (low, high) if limit is not None]
    decimals = bool(limits) and all("." in str(limit) for limit in limits)
    return decimals and "." not in str(value) and high is not None and value > times * high


def _mark_is_odd(entry: Entry, number: Number) -> bool:
    ranges = [each for each in entry.ranges if each.has_limits]
    if not entry.flag or not ranges or number.comparator:
        return False
    below = all(each.low is not None and number.value < each.low for each in ranges)
    above = all(not each.holds(number.value) for each in ranges) and not below
    if len(ranges) > 1 and not (below or above):
        return False  # whose range it is decides
    return contradicts(entry.flag, below=below, above=above)


def _doubts_of_date(entry: Entry, around: Surroundings, date: Found | None) -> list[str]:
    if date is None:
        return [NO_DATE]
    doubts = (
        [f"The date can also mean {date.other}, as day and month may be the other way round."]
        if date.other
        else []
    )
    if entry.date is None:
        doubts += [OF_REPORT] if around.date_is_of_report else []
        doubts += [WHICH_DAY] if around.date_is_of_columns else []
    return doubts


def _category(found: Identified, around: Surroundings) -> dict[str, Any]:
    vital = found.code.is_vital_sign if found.code is not None else around.vitals
    code, display = ("vital-signs", "Vital Signs") if vital else ("laboratory", "Laboratory")
    return {"coding": [{"system": _CATEGORY, "code": code, "display": display}]}


def _code(name: str, found: Identified) -> dict[str, Any]:
    code: dict[str, Any] = {"text": name}
    if found.code is not None:
        code = {
            "coding": [{"system": LOINC, "code": found.code.loinc, "display": found.code.display}]
        } | code
    return code


def _value(entry: Entry, unit: str, found: Identified) -> dict[str, Any]:
    number, words = entry.value.number, entry.value.words
    if number is not None:
        quantity: dict[str, Any] = {"value": number.value}
        if number.comparator:
            quantity["comparator"] = number.comparator
        return {"valueQuantity": quantity | _unit(unit, found.unit, guessed=found.guessed_unit)}
    if words is None:
        return {"valueString": entry.value.text}
    concept: dict[str, Any] = {"text": words.text}
    if words.code:
        concept = {
            "coding": [{"system": SNOMED, "code": words.code, "display": words.display}]
        } | concept
    return {"valueCodeableConcept": concept}


def _unit(printed: str, code: str, *, guessed: bool = False) -> dict[str, str]:
    shown = {"unit": code if guessed and code else printed} if printed or code else {}
    if not printed and code:
        shown = {"unit": code}
    return shown | ({"system": UCUM, "code": code} if code else {})


def _range(each: Range, code: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for side, limit in (("low", each.low), ("high", each.high)):
        if limit is not None:
            made[side] = {"value": limit} | _unit(each.unit, "" if each.unit else code)
    if each.sex:
        made["appliesTo"] = [{"coding": [{"system": _GENDER, "code": each.sex}]}]
    years = {"low": each.age_low, "high": each.age_high}
    ages = {
        side: {"value": Decimal(age), "unit": "a", "system": UCUM, "code": "a"}
        for side, age in years.items()
        if age is not None
    }
    if ages:
        made["age"] = ages
    return made | {"text": each.text}


def _limits(ranges: tuple[Range, ...]) -> tuple[Decimal | None, Decimal | None]:
    """The widest of all that are printed."""
    lows = [each.low for each in ranges if each.low is not None]
    highs = [each.high for each in ranges if each.high is not None]
    return (min(lows) if lows else None), (max(highs) if highs else None)
