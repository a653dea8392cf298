# ruff: noqa: E501, RUF001 - as exports have it
"""Times, numbers, units and names as telephones of many languages and versions write them."""

from itertools import pairwise

import pytest

from healthmate_desktop.domain.samples import SECOND, time_text
from healthmate_desktop.interop.apple_health.devices import device_of, source_of
from healthmate_desktop.interop.apple_health.times import Times
from healthmate_desktop.interop.apple_health.units import number_of, scaled, unit_of
from healthmate_desktop.interop.apple_health.vocabulary import APPLE, type_of, words

pytestmark = pytest.mark.unit
Q = "HKQuantityTypeIdentifier"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-03-01 08:05:09 +0100", "2024-03-01T08:05:09+01:00"),
        ("2024-03-01 00:00:00 -0330", "2024-03-01T00:00:00-03:30"),
        ("1969-12-30 23:59:60 +0000", "1969-12-31T00:00:00+00:00"),
        ("20150616071820-0700", "2015-06-16T07:18:20-07:00"),
        ("2024-03-01T08:05:09Z", "2024-03-01T08:05:09+00:00"),
        ("2024-03-01T08:05:09.25+01:00", "2024-03-01T08:05:09.250000+01:00"),
        ("2024-03-01 08:05:09 GMT+01:00", "2024-03-01T08:05:09+01:00"),
        ("2024-03-01 8:05:09 PM +0100", "2024-03-01T20:05:09+01:00"),
        ("2024-03-01 12:05:09 am +0100", "2024-03-01T00:05:09+01:00"),
        ("2024-03-01 12:05:09 p. m. +0100", "2024-03-01T12:05:09+01:00"),
        ("2024-03-01 8:05:09\u202fp.m. +0100", "2024-03-01T20:05:09+01:00"),
        ("2024-03-01 下午8:05:09 +0800", "2024-03-01T20:05:09+08:00"),
        ("2024-03-01 오전 8:05:09 +0900", "2024-03-01T08:05:09+09:00"),
        ("2024-03-01 20:05:09 m +0100", "2024-03-01T20:05:09+01:00"),
        ("٢٠٢٤-٠٣-٠١ ٠٨:٠٥:٠٩ +٠٣٠٠", "2024-03-01T08:05:09+03:00"),
        ("2567-03-01 08:05:09 +0700", "2024-03-01T08:05:09+07:00"),
        ("2024-03-01 08:05:09", "2024-03-01T08:05:09+02:00"),
        ("2024-03-01", "2024-03-01T00:00:00+02:00"),
    ],
)
def test_time_is_read(text: str, shown: str) -> None:
    times = Times()
    times.offset = 120
    for _ in range(2):  # the second time it is looked up
        moment = times.read(text)
        assert moment is not None
        assert time_text(*moment) == shown


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "never",
            "2024-13-01 08:05:09 +0100",
            "2024-02-30 08:05:09 +0100",
            "1849-01-01 00:00:00 +0000",
        ),
        *("2024-03-01 24:00:00 +0100", "2024-03-01 08:60:09 +0100", "2024-03-01 08:05:61 +0100"),
        *("2024-03-01 08:05:09 +1900", "2024-03-01 08:05:09 +0160", "1445-08-20 08:05:09 +0300"),
        *(
            "2024-03-01 8:05:09 hum +0100",
            "2024-03-01T25:05:09Z",
            "2024-03-01T05:05:09+99:00",
            "9999-01-01",
        ),
        "2024-03-01 08:05:09 +0100" * 3,
    ],
)
def test_what_is_no_time_is_told(text: str) -> None:
    assert Times().read(text) is None


def test_times_without_zone_are_counted() -> None:
    times = Times()
    times.read("2024-03-01 08:05:09")
    times.read("2024-03-01 08:05:09 +0100")
    assert times.without_offset == 1


def test_days_that_are_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("healthmate_desktop.interop.apple_health.times._MOST_DAYS", 2)
    times = Times()
    found = [times.read(f"2024-03-{day:02} 00:00:01 +0000") for day in range(1, 9)]
    assert [after[0] - before[0] for before, after in pairwise(found) if before and after] == [
        86_400 * SECOND
    ] * 7


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("72", "72"), ("72.50", "72.50"), ("-0.1", "-0.1"), ("1e-05", "1e-05"), (" 5 ", "5")),
        *(
            ("72,5", "72.5"),
            ("\u2212265,868", "-265.868"),
            ("٣٦٫٦", "36.6"),
            ("+5", "5"),
            (".5", "0.5"),
        ),
        *(
            ("1\u202f234", "1234"),
            ("1 234,5", "1234.5"),
            ("", None),
            (None, None),
            ("1,234.5", None),
        ),
        *(
            ("1,234,567", None),
            ("NaN", None),
            ("inf", None),
            ("0x10", None),
            ("1e400", None),
            ("9" * 60, None),
        ),
    ],
)
def test_number_of_any_locale_keeps_its_digits(text: str | None, number: str | None) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    ("type_id", "unit", "code", "value", "right"),
    [
        (f"{Q}OxygenSaturation", "%", "%", "0.97", "97"),
        (f"{Q}OxygenSaturation", "%", "%", "1", "100"),
        (f"{Q}OxygenSaturation", "%", "%", "97", "97"),
        (f"{Q}BodyFatPercentage", "%", "%", "0.2155", "21.55"),
        (f"{Q}Height", "m", "cm", "1.755", "175.5"),
        (f"{Q}Height", "ft", "[in_i]", "5.75", "69"),
        (f"{Q}Height", "cm", "cm", "175.0", "175.0"),
        (f"{Q}BodyMassIndex", "count", "kg/m2", "22.5", "22.5"),
        (f"{Q}BodyMass", "lb", "[lb_av]", "160.10", "160.10"),
        (f"{Q}BloodGlucose", "mmol<180.1558800000541>/L", "mmol/L", "5.4", "5.4"),
        (f"{Q}VO2Max", "mL/min·kg", "mL/kg/min", "40", "40"),
        (f"{Q}BasalEnergyBurned", "Cal", "kcal", "70", "70"),
        (f"{Q}HeartRate", "count/min", "/min", "70", "70"),
    ],
)
def test_units_become_ucum(type_id: str, unit: str, code: str, value: str, right: str) -> None:
    found, ucum, factor = unit_of(type_id, unit)
    assert (found, ucum, scaled(value, found, factor)) == (code, True, right)


def test_unit_that_is_not_known_stays() -> None:
    assert unit_of("X", "appleEffortScore") == ("appleEffortScore", False, 1)
    kind = type_of(f"{Q}EffortScore", "appleEffortScore").kind
    assert (kind.unit, kind.ucum, kind.shown) == ("appleEffortScore", False, "appleEffortScore")
    assert not type_of(f"{Q}EffortScore", "").kind.ucum


@pytest.mark.parametrize(
    ("type_id", "unit", "codes", "combine", "series"),
    [
        (f"{Q}HeartRate", "count/min", ["8867-4"], "mean", True),
        (f"{Q}RestingHeartRate", "count/min", ["40443-4"], "mean", True),
        (f"{Q}HeartRateVariabilitySDNN", "ms", ["80404-7"], "mean", True),
        (f"{Q}StepCount", "count", ["55423-8"], "sum", True),
        (f"{Q}DistanceCycling", "km", [], "sum", True),
        (f"{Q}DietaryIron", "mg", [], "sum", True),
        (f"{Q}OxygenSaturation", "%", ["59408-5", "2708-6"], "mean", False),
        (f"{Q}BodyTemperature", "degC", ["8310-5"], "mean", False),
        (f"{Q}AppleSleepingWristTemperature", "degC", [], "mean", False),
        (f"{Q}BodyMass", "kg", ["29463-7"], "mean", False),
        (f"{Q}BloodGlucose", "mg/dL", ["2339-0"], "mean", False),
        (f"{Q}BloodGlucose", "mmol<180.15588>/L", ["15074-8"], "mean", False),
        (f"{Q}BloodGlucose", "g/L", [], "mean", False),
        (f"{Q}RespiratoryRate", "count/min", ["9279-1"], "mean", False),
        ("HKCategoryTypeIdentifierSleepAnalysis", "", [], "state", True),
        ("HKCategoryTypeIdentifierHeadache", "", [], "state", False),
        ("HKDataTypeSleepDurationGoal", "hr", [], "mean", False),
    ],
)
def test_types_have_their_codes(
    type_id: str, unit: str, codes: list[str], combine: str, series: bool
) -> None:
    found = type_of(type_id, unit)
    assert [coding.code for coding in found.kind.codings] == [*codes, type_id]
    assert found.kind.codings[-1].system == APPLE
    assert (found.kind.combine, found.series) == (combine, series)


def test_kinds_are_named_and_sorted_for_people() -> None:
    assert words("HeartRateVariabilitySDNN") == "Heart rate variability SDNN"
    assert words("VO2Max") == "VO 2 max"
    assert words("StepCount") == "Steps"
    assert words("") == ""
    categories = {
        f"{Q}BodyMass": "vital-signs",
        f"{Q}BodyFatPercentage": "",
        f"{Q}BloodGlucose": "laboratory",
        f"{Q}StepCount": "activity",
        "HKCategoryTypeIdentifierSleepAnalysis": "survey",
    }
    assert {name: type_of(name, "").kind.category for name in categories} == categories


def test_device_is_the_same_in_the_next_export() -> None:
    one = "<<HKDevice: 0x282a45810>, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch2,4, software:4.3.1>"
    other = one.replace("0x282a45810", "0x1").replace("4.3.1", "9.0")
    assert device_of(one) == device_of(other) == "Apple Watch, Apple Inc., Watch, Watch2,4"
    assert device_of("<<HKDevice: 0x1>, localIdentifier:77>") == ""
    assert device_of("Old scale") == "Old scale"
    assert device_of("") == ""
    assert source_of("  Ada’s\u00a0 Watch ") == "Ada’s Watch"
