"""What Apple's types are called and how they are kept.

LOINC codes stand where the type and the LOINC term mean the same; Apple's own identifier always stands beside them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from healthmate_desktop.domain.samples import Coding, SampleKind
from healthmate_desktop.interop.apple_health.units import unit_of

if TYPE_CHECKING:
    from healthmate_desktop.domain.samples import Combine

APPLE = "http://developer.apple.com/documentation/healthkit"
ELEMENT = "urn:healthmate:apple-health"  # the system of identifiers of what is no sample
LOINC = "http://loinc.org"
SYSTOLIC = "HKQuantityTypeIdentifierBloodPressureSystolic"
DIASTOLIC = "HKQuantityTypeIdentifierBloodPressureDiastolic"
PRESSURES = (SYSTOLIC, DIASTOLIC)
PANEL = Coding(LOINC, "85354-9", "Blood pressure panel with all children optional")
_LONGEST = 100  # letters of what a type is called
_PREFIX = re.compile(r"HK(?:Quantity|Category|Correlation|Data)Type(?:Identifier)?")
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")

_VITAL, _ACTIVITY, _LAB, _SURVEY = "vital-signs", "activity", "laboratory", "survey"
_LOINC: dict[str, tuple[tuple[str, str], ...]] = {  # by the type without its prefix
    "ActiveEnergyBurned": (("41981-2", "Calories burned"),),
    "BloodPressureDiastolic": (("8462-4", "Diastolic blood pressure"),),
    "BloodPressureSystolic": (("8480-6", "Systolic blood pressure"),),
    "BodyFatPercentage": (("41982-0", "Percentage of body fat Measured"),),
    "BodyMass": (("29463-7", "Body weight"),),
    "BodyMassIndex": (("39156-5", "Body mass index (BMI) [Ratio]"),),
    "BodyTemperature": (("8310-5", "Body temperature"),),
    "DietaryEnergyConsumed": (("9052-2", "Calorie intake total"),),
    "FlightsClimbed": (("100304-5", "Flights climbed [#] Reporting Period"),),
    "HeartRate": (("8867-4", "Heart rate"),),
    "HeartRateVariabilitySDNN": (
        ("80404-7", "R-R interval.standard deviation (Heart rate variability)"),
    ),
    "Height": (("8302-2", "Body height"),),
    "OxygenSaturation": (
        ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
        ("2708-6", "Oxygen saturation in Arterial blood"),
    ),
    "RespiratoryRate": (("9279-1", "Respiratory rate"),),
    "RestingHeartRate": (("40443-4", "Heart rate --resting"),),
    "StepCount": (("55423-8", "Number of steps in unspecified time Pedometer"),),
}
_GLUCOSE = {
    "mg/dL": Coding(LOINC, "2339-0", "Glucose [Mass/volume] in Blood"),
    "mmol/L": Coding(LOINC, "15074-8", "Glucose [Moles/volume] in Blood"),
}
_SLEEP = "HKCategoryValueSleepAnalysis"
_ASLEEP = Coding(LOINC, "93832-4", "Sleep duration")
_DURATIONS = (
    (f"{_SLEEP}Asleep", _ASLEEP),
    (f"{_SLEEP}AsleepUnspecified", _ASLEEP),
    (f"{_SLEEP}AsleepCore", Coding(LOINC, "93830-8", "Light sleep duration")),
    (f"{_SLEEP}AsleepDeep", Coding(LOINC, "93831-6", "Deep sleep duration")),
    (f"{_SLEEP}AsleepREM", Coding(LOINC, "93829-0", "REM sleep duration")),
)
_UNITS_SHOWN = {  # by UCUM code
    "/min": "/min",
    "1": "count",
    "h": "h",
    "Cel": "°C",
    "[degF]": "°F",
    "[in_i]": "in",
    "cm": "cm",
    "dB[SPL]": "dB",
    "kg/m2": "kg/m²",
    "mmol/L": "mmol/L",
}
_TEXTS = {"AppleStandHour": "Hours stood", "BodyMass": "Weight", "StepCount": "Steps"}
_ADDED_UP = re.compile(
    r"StepCount|.+EnergyBurned|FlightsClimbed|Apple(?:Exercise|Stand|Move)Time|PushCount|SwimmingStrokeCount"
    r"|Distance.+|Dietary.+|NikeFuel|InhalerUsage|InsulinDelivery|NumberOf.+|TimeInDaylight"
)
_SERIES = re.compile(  # by their nature; others become one when they come often, see gather.py
    r"StepCount|.+EnergyBurned|FlightsClimbed|Apple(?:Exercise|Stand|Move)Time|PushCount|SwimmingStrokeCount"
    r"|Distance.+|Dietary.+|NikeFuel|TimeInDaylight|HeartRate|RestingHeartRate|WalkingHeartRateAverage"
    r"|HeartRateVariability.*|.*AudioExposure|EnvironmentalSoundReduction|Walking.+|Running.+|Cycling.+|Stair.+"
    r"|AppleWalkingSteadiness|PhysicalEffort|UVExposure|WaterTemperature|UnderwaterDepth"
    r"|SleepAnalysis|AppleStandHour|MindfulSession|HandwashingEvent|ToothbrushingEvent"
)
_VITALS = re.compile(
    r"BloodPressure.+|Body(?!Fat).+|Height|OxygenSaturation|RespiratoryRate|.*HeartRate.*"
)
_ACTIVITIES = re.compile(
    rf"{_ADDED_UP.pattern}|Walking.+|Running.+|Cycling.+|Stair.+|VO2Max|AppleStandHour"
)


class Type(NamedTuple):
    """How the records of one type and unit are kept. `series`: as chunks, by their nature."""

    kind: SampleKind
    factor: int
    series: bool


def type_of(type_id: str, unit: str) -> Type:
    name = short(type_id)
    states = type_id.startswith("HKCategoryType")
    code, ucum, factor = unit_of(type_id, "" if states else unit)
    combine: Combine = "mean"
    if states:
        combine = "state"
    elif _ADDED_UP.fullmatch(name):
        combine = "sum"
    codings = [Coding(LOINC, *entry) for entry in _LOINC.get(name, ())]
    if name == "BloodGlucose" and code in _GLUCOSE:
        codings = [_GLUCOSE[code]]
    kind = SampleKind(
        type_id,
        code,
        ucum and bool(code),
        combine,
        words(name),
        shown_unit(code, unit),
        (*codings, Coding(APPLE, type_id, words(name))),
        _category(name),
        _DURATIONS if name == "SleepAnalysis" else (),
    )
    return Type(kind, factor, bool(_SERIES.fullmatch(name)))


def short(type_id: str) -> str:
    """The type without Apple's prefix."""
    return _PREFIX.sub("", type_id, count=1)


def words(name: str) -> str:
    """`HeartRateVariabilitySDNN` as "Heart rate variability SDNN"."""
    if name in _TEXTS:
        return _TEXTS[name]
    parts = [part if part.isupper() else part.lower() for part in _WORDS.findall(name)]
    text = " ".join(parts) or name
    return text[:1].upper() + text[1:_LONGEST]


def shown_unit(code: str, unit: str) -> str:
    """Apple writes its units as people do, but for a few."""
    return _UNITS_SHOWN.get(code, unit if code else "")


def _category(name: str) -> str:
    if _VITALS.fullmatch(name):
        return _VITAL
    if name == "BloodGlucose":
        return _LAB
    return _ACTIVITY if _ACTIVITIES.fullmatch(name) else _SURVEY if "Sleep" in name else ""
