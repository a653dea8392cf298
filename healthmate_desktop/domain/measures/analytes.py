"""Which measurement a printed name means: matched by name, specimen and unit, and None rather than a guess.

The names and codes are data (resources/analytes); they cite where they can be checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.measures.names import NameBook, NameHint, Specimen
from healthmate_desktop.domain.measures.printed_units import printed_unit
from healthmate_desktop.domain.measures.units import commensurable, convert, unit_of
from healthmate_desktop.domain.measures.weights import molar_mass
from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

LOINC = "http://loinc.org"
IN_WORDS = "-"  # as units: the result is no number
_ANNOTATION = re.compile(r"\{[^{}]*\}")
_BARE = {"1", "{ratio}", "{INR}", "[pH]", "{score}"}
Limits = tuple[Decimal | None, Decimal | None]
Reason = Literal["", "name", "specimen", "unit"]

_DAMAGED = "The list of laboratory tests is damaged. Install HealthMate again."
_BLOOD = {"bld", "ser", "ppp", "art", "ven", "cap"}
_CLOSE: dict[Specimen, set[str]] = {
    "blood": _BLOOD,
    "serum": {"ser", "ppp"},
    "urine": {"urine", "urine24"},
}
# NGSP's master equation, https://ngsp.org/ifcc.asp
_NGSP_SLOPE, _NGSP_START = Decimal("0.09148"), Decimal("2.152")


@dataclass(frozen=True, slots=True)
class Analyte:
    """Something that is measured. `display` is its English name."""

    id: str
    display: str
    molar_mass: Decimal | None = None  # g/mol
    charge: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """A LOINC code of an analyte in one specimen and one kind of unit."""

    analyte: str
    specimen: str
    loinc: str
    display: str  # LOINC's long common name
    units: tuple[str, ...]  # UCUM, the usual one first
    low: Decimal | None = (
        None  # what is beyond is more likely misread than measured; in the first unit
    )
    high: Decimal | None = None

    @property
    def in_words(self) -> bool:
        return self.units == (IN_WORDS,)

    @property
    def has_no_unit(self) -> bool:
        """Whether its values are bare numbers, such as pH or a ratio."""
        return self.units[0] in _BARE

    @property
    def is_vital_sign(self) -> bool:
        return self.specimen == "body"

    def fitting(self, units: tuple[str, ...]) -> str:
        """Which of the codes that a printed unit may stand for this is measured in; "" if in none."""
        for unit in units:
            for form in (unit, _swapped(unit)):
                if any(_same_kind(form, each) for each in self.units):
                    return form
        return ""


@dataclass(frozen=True, slots=True)
class Identified:
    """What a printed name and unit were taken for. `reason` says why there is no code."""

    analyte: Analyte | None = None
    code: Code | None = None
    unit: str = ""  # UCUM, "" where none is sure
    reason: Reason = ""
    guessed_name: str = ""  # what it was taken for, if letters had to be taken for others
    guessed_unit: bool = False
    known: bool = True  # the name is that of a test, or of several


@dataclass(frozen=True, slots=True)
class _Context:
    specimen: Specimen
    in_words: bool
    limits: Limits


class Vocabulary:
    """The measurements that are known. Build it once: that takes a fifth of a second."""

    def __init__(self, analytes: dict[str, Analyte], names: NameBook, codes: list[Code]) -> None:
        self._analytes = analytes
        self._names = names
        self._codes = codes

    @classmethod
    def parse(cls, names_tsv: str, codes_tsv: str) -> Vocabulary:
        """Raises InvalidInput for data that was damaged."""
        try:
            rows = list(_rows(names_tsv))
            analytes = {row["name"]: _analyte(row) for row in rows}
            codes = [_code(row) for row in _rows(codes_tsv)]
            synonyms = {row["name"]: _synonyms(row) for row in rows}
            missing = {code.analyte for code in codes} - analytes.keys()
        except (KeyError, ValueError, ArithmeticError) as error:
            raise InvalidInput(_DAMAGED) from error
        if missing or not codes:
            raise InvalidInput(_DAMAGED)
        return cls(analytes, NameBook(synonyms), codes)

    @cached_property
    def _by_analyte(self) -> dict[str, list[Code]]:
        found: dict[str, list[Code]] = {}
        for code in self._codes:
            found.setdefault(code.analyte, []).append(code)
        return found

    def hint(self, name: str, *, guess: bool = False) -> NameHint | None:
        """What a name can mean, before unit and specimen decide. `guess` also tries letters that OCR confuses."""
        return self._names.find(name, guess=guess)

    def has_word(self, word: str) -> bool:
        """Whether a word occurs in any name; most words of a text do not, and need no further look."""
        return self._names.has_word(word)

    def spelling(self, name: str) -> str:
        """The name with the accents that OCR lost; the name itself where none are missing."""
        return self._names.spelling(name)

    def analyte(self, id_: str) -> Analyte:
        return self._analytes[id_]

    def codes_of(self, analyte: str) -> tuple[Code, ...]:
        return tuple(self._by_analyte.get(analyte, ()))

    def identify(  # noqa: PLR0913  # the name is enough; all else helps
        self,
        name: str,
        unit: str = "",
        *,
        specimen: Specimen = "",
        in_words: bool = False,
        limits: Limits = (None, None),
        guess: bool = False,
    ) -> Identified:
        """`specimen` is what the page says of this result, `limits` its printed reference range.

        The name's own specimen ("Glucose, urine") counts for more. With neither, the usual one is taken only if the
        printed range does not speak against it. `guess` also tries letters that OCR confuses.
        """
        printed = printed_unit(unit)
        plain = "" if len(printed.codes) != 1 else printed.codes[0]
        hint = self.hint(name, guess=guess)
        if hint is None:
            return Identified(unit=plain, reason="name", guessed_unit=printed.doubtful, known=False)
        units = printed.codes or (("%",) if hint.kind == "percent" else ())
        choices = [code for each in hint.analytes for code in self.codes_of(each)]
        context = _Context(hint.specimen or specimen, in_words, limits)
        chosen, reason = _choose(choices, hint, units, context)
        ids = {code.analyte for code in choices} if chosen is None else {chosen.analyte}
        analyte = self._analytes[ids.pop()] if len(ids) == 1 else None
        settled = (chosen.fitting(units) if chosen is not None else "") or plain
        return Identified(analyte, chosen, settled, reason, hint.spelled, printed.doubtful)

    def convert(
        self, value: Decimal, source: str, target: str, analyte: str = ""
    ) -> Decimal | None:
        """The value of an analyte in another UCUM unit; None where that cannot be done."""
        if analyte == "hba1c" and {source, target} == {"%", "mmol/mol"}:
            if source == "%":
                return (value - _NGSP_START) / _NGSP_SLOPE
            return value * _NGSP_SLOPE + _NGSP_START
        known = self._analytes.get(analyte)
        if known is None:
            return convert(value, source, target)
        return convert(value, source, target, molar_mass=known.molar_mass, charge=known.charge)

    def is_plausible(self, code: Code, value: Decimal, unit: str) -> bool:
        """Whether the value can be what was measured. Without limits, or in a unit that is not comparable, it can."""
        if code.in_words or (code.low is None and code.high is None):
            return True
        usual = code.units[0]
        same = value if not unit else self.convert(value, unit, usual, code.analyte)
        if same is None:
            return True
        return (code.low is None or same >= code.low) and (code.high is None or same <= code.high)


def _choose(
    choices: list[Code], hint: NameHint, units: tuple[str, ...], context: _Context
) -> tuple[Code | None, Reason]:
    if context.specimen:
        choices = [code for code in choices if _is_in(code, context.specimen)]
    if not choices:
        return None, "specimen"
    choices = [code for code in choices if code.in_words == context.in_words]
    if not context.in_words:
        choices = _measured_in(choices, units, hint)
    if len({code.analyte for code in choices}) != 1:
        return None, "name" if choices else "unit"
    several = not context.specimen and len({code.specimen for code in choices}) > 1
    if several and not _is_the_usual(choices, units, context.limits):
        return None, "specimen"
    return choices[0], ""


def _is_the_usual(choices: list[Code], units: tuple[str, ...], limits: Limits) -> bool:
    """Whether nothing speaks against the usual specimen. Where the unit does not tell, as of a pH, the range must."""
    usual, (low, high) = choices[0], limits
    if usual.has_no_unit:
        if low is None or high is None or usual.low is None or usual.high is None:
            return False
        return usual.low <= low <= high <= usual.high
    told = low is not None or high is not None
    return not told or _holds(usual, limits, units)


def _measured_in(choices: list[Code], units: tuple[str, ...], hint: NameHint) -> list[Code]:
    if units:
        found = [code for code in choices if code.fitting(units)]
        return [code for code in found if hint.kind != "percent" or "%" in code.units] or found
    if hint.kind == "count":
        choices = [code for code in choices if code.units[0] != "%"]
    bare = [code for code in choices if code.has_no_unit]
    if bare:
        return bare
    kinds = {unit.dimensions for code in choices if (unit := unit_of(code.units[0])) is not None}
    return choices if len(kinds) == 1 else []


def _is_in(code: Code, specimen: Specimen) -> bool:
    return code.specimen == specimen or code.specimen in _CLOSE.get(specimen, set())


def _holds(code: Code, limits: Limits, units: tuple[str, ...]) -> bool:
    """Whether a printed reference range lies where this can be measured."""
    unit = code.fitting(units) or code.units[0]
    for limit in limits:
        if limit is None or (code.low is None and code.high is None):
            continue
        same = convert(limit, unit, code.units[0])
        if same is None or (code.high is not None and same > code.high):
            return False
        if limit is limits[1] and code.low is not None and same < code.low:
            return False
    return True


def _same_kind(unit: str, usual: str) -> bool:
    """Bare numbers are no measure of each other: 53 mmol/mol is no percentage."""
    known = unit_of(unit)
    if known is None or not known.is_number:
        return commensurable(unit, usual)
    return _ANNOTATION.sub("", unit) == _ANNOTATION.sub("", usual)


def _swapped(unit: str) -> str:
    """Laboratories print U for [IU] and the other way round."""
    if "[IU]" in unit:
        return unit.replace("[IU]", "U")
    over, slash, under = unit.partition("/")
    return over[:-1] + "[IU]" + slash + under if over.endswith("U") else unit


def _rows(table: str) -> Iterator[dict[str, str]]:
    lines = [line for line in table.splitlines() if line.strip() and not line.startswith("#")]
    heads = lines[0].split("\t") if lines else []
    for line in lines[1:]:
        cells = line.split("\t")
        yield dict(zip(heads, [*cells, *[""] * (len(heads) - len(cells))], strict=True))


def _synonyms(row: dict[str, str]) -> list[str]:
    return [
        name.strip()
        for each in ("en", "es", "fr", "de")
        for name in row[each].split(";")
        if name.strip()
    ]


def _analyte(row: dict[str, str]) -> Analyte:
    formula = row["formula"]
    mass = (
        None if not formula else Decimal(formula) if formula[0].isdigit() else molar_mass(formula)
    )
    return Analyte(row["name"], _synonyms(row)[0], mass, int(row["charge"] or 0))


def _code(row: dict[str, str]) -> Code:
    units = tuple(row["units"].split(";"))
    if units != (IN_WORDS,) and any(unit_of(unit) is None for unit in units):
        raise ValueError(row["loinc"])
    low, high = _plausible(row["plausible"])
    return Code(
        row["name"], row["specimen"], row["loinc"], row["long_common_name"], units, low, high
    )


def _plausible(text: str) -> Limits:
    if not text:
        return None, None
    low, _, high = text[1:].partition("-")  # the first may have a sign
    return Decimal(text[0] + low), Decimal(high)
