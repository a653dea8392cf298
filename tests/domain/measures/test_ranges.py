"""Reference ranges as they are printed, and never a limit of what is abnormal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from healthmate_desktop.domain.measures.ranges import Range, parse_ranges, range_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("3.5 - 5.1", "3.5", "5.1", ""),
        ("3,5\u20135,1 mmol/l", "3.5", "5.1", "mmol/l"),
        ("(70-99)", "70", "99", ""),
        ("12.0 to 15.5", "12.0", "15.5", ""),
        ("70 bis 110 mg/dl", "70", "110", "mg/dl"),
        ("-2.0 - 3.0", "-2.0", "3.0", ""),
        ("(-2) - (+3)", "-2", "3", ""),
        ("150 000 - 400 000", "150000", "400000", ""),
        ("8.8-10.7 mg/ dL", "8.8", "10.7", "mg/ dL"),
        ("97.8 - 99 F", "97.8", "99", "F"),
        ("< 0.41", None, "0.41", ""),
        ("<=5", None, "5", ""),
        ("up to 5", None, "5", ""),
        ("hasta 40", None, "40", ""),
        ("> 60", "60", None, ""),
        ("60 or more", "60", None, ""),
        ("at least 3", "3", None, ""),
        ("Range: 42.9 - 49.1 = Normal", "42.9", "49.1", ""),
        (
            "Normal range for women is 12.0 to 15.5 grams per deciliter",
            "12.0",
            "15.5",
            "grams per deciliter",
        ),
        ("4.3-10.8 10+3/ul", "4.3", "10.8", "10+3/ul"),
    ],
)
def test_limits(text: str, low: str | None, high: str | None, unit: str) -> None:
    (found,) = parse_ranges(text)
    assert found.low == (Decimal(low) if low else None)
    assert found.high == (Decimal(high) if high else None)
    assert found.unit == unit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Not available",
        "(Abnormal if <60 mL/min/1.73m2)",
        "High risk > 6.5",
        "5.1 - 3.5",
        "Deficient: <20",
        "no range given for this",
    ],
)
def test_what_is_no_range(text: str) -> None:
    assert not any(each.has_limits for each in parse_ranges(text))


@pytest.mark.parametrize("text", ["Negative", "Non-Reactive", "negativ", "No detectado", "Yellow"])
def test_normal_words(text: str) -> None:
    (found,) = parse_ranges(text)
    assert found.normal
    assert not found.has_limits


def test_ranges_by_sex() -> None:
    men, women = parse_ranges("M: 13-17 F: 12-15")
    assert (men.sex, women.sex) == ("male", "female")
    assert men.low == 13
    assert women.high == 15
    men, women = parse_ranges("Männer 14-18 g/dl Frauen 12-16 g/dl")
    assert (men.sex, men.unit, women.sex) == ("male", "g/dl", "female")


def test_beside_h_for_men_m_stands_for_women() -> None:
    men, women = parse_ranges("H: 13-17 M: 12-15")
    assert (men.sex, women.sex) == ("male", "female")


def test_ranges_by_age() -> None:
    young, old, child = parse_ranges(
        "18-60 years: 3.5-5.1; >60 years: 3.2-4.6; under 18 years: 3-5"
    )
    assert (young.age_low, young.age_high) == (18, 60)
    assert (old.age_low, old.age_high) == (60, None)
    assert (child.age_low, child.age_high) == (None, 18)
    ranges = (young, old)
    assert range_of(ranges, age=30) is young
    assert range_of(ranges, age=70) is old
    assert range_of(ranges) is None


def test_range_of_the_persons_sex_is_chosen() -> None:
    ranges = parse_ranges("M: 13-17 F: 12-15")
    chosen = range_of(ranges, "female")
    assert chosen is not None
    assert chosen.high == 15
    assert range_of(ranges) is None


def test_open_and_closed_limits() -> None:
    (below,) = parse_ranges("< 5")
    (up_to,) = parse_ranges("up to 5")
    (above,) = parse_ranges("> 60")
    assert not below.holds(Decimal(5))
    assert up_to.holds(Decimal(5))
    assert not up_to.holds(Decimal("5.1"))
    assert not above.holds(Decimal(60))
    assert above.holds(Decimal(61))
    assert Range("").holds(Decimal(1))
