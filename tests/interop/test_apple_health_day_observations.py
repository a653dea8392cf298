"""What the readings of a day add up to, in words and codes that say how it was worked out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.interop.apple_health import DayTotal, day_observation
from healthmate_desktop.interop.apple_health.vocabulary import type_of

if TYPE_CHECKING:
    from healthmate_desktop.domain.samples import SampleKind

pytestmark = pytest.mark.health
Q, C = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
DAY = dt.date(2024, 3, 1)


def kind_of(name: str, unit: str = "") -> SampleKind:
    return type_of(name, unit).kind


def day(total: str, count: int = 4, state: str = "", **more: Any) -> DayTotal:
    found: dict[str, Any] = {"low": None, "high": None, "set_aside": 0} | more
    return DayTotal(DAY, state, count, Decimal(total), **found)


def test_a_sum_is_a_total_with_the_codes_of_its_kind() -> None:
    resource = day_observation(kind_of(f"{Q}StepCount", "count"), day("4012"))
    facts = facts_of(resource)
    assert facts.display == "Steps, total of the day"
    assert next(coding.code for coding in facts.codings) == "55423-8"
    assert (facts.value, facts.unit_code, facts.effective) == ("4012 count", "1", "2024-03-01")
    assert resource["method"]["text"] == "HealthMate worked this out from the sum of 4 readings."
    assert "note" not in resource
    assert [part.value for part in facts.components] == ["4 readings"]


def test_a_mean_has_its_limits_and_few_digits() -> None:
    total = day("200.0001", 3, low=Decimal(60), high=Decimal("75.5"))
    facts = facts_of(day_observation(kind_of(f"{Q}HeartRate", "count/min"), total))
    assert facts.display == "Heart rate, average of the day"
    assert facts.number == Decimal("66.6667")
    parts = [(part.codings[0].code, part.number) for part in facts.components]
    assert parts == [("count", 3), ("minimum", 60), ("maximum", Decimal("75.5"))]


def test_small_amounts_keep_their_digits() -> None:
    kind = kind_of(f"{Q}DietaryVitaminB12", "mcg")
    value = day_observation(kind, day("0.00000241237", 1))["valueQuantity"]["value"]
    assert value == Decimal("0.00000241237")
    assert day_observation(kind, day("0"))["valueQuantity"]["value"] == 0


def test_time_in_a_state_is_told_in_minutes() -> None:
    kind = kind_of(f"{C}SleepAnalysis")
    deep = day_observation(kind, day("5400", state="HKCategoryValueSleepAnalysisAsleepDeep"))
    facts = facts_of(deep)
    assert (facts.display, facts.value) == ("Deep sleep duration, total of the day", "90 min")
    assert facts.codings[0].code == "93831-6"
    awake = facts_of(day_observation(kind, day("60", state="HKCategoryValueSleepAnalysisAwake")))
    assert awake.display == "Sleep analysis, awake, total of the day"
    assert deep["identifier"] != day_observation(kind, day("5400"))["identifier"]


def test_states_of_a_moment_are_counted() -> None:
    kind = kind_of(f"{C}SexualActivity")
    facts = facts_of(day_observation(kind, day("0", 2, state="HKCategoryValueNotApplicable")))
    assert facts.value == "2 times"


def test_what_another_device_counted_too_is_told() -> None:
    resource = day_observation(
        kind_of(f"{Q}StepCount", "count"), day("10", count=1, set_aside=1200)
    )
    assert "1,200 more of other devices" in resource["note"][0]["text"]
    assert resource["method"]["text"].endswith("the sum of 1 reading.")
