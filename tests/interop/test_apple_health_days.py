"""Sums of days: a phone and a watch on the same walk count once, and what was set aside is told."""

from datetime import date
from decimal import Decimal

import pytest

from healthmate_desktop.domain.samples import (
    DAY,
    SECOND,
    Sample,
    SampleChunk,
    SampleKind,
    chunks_of,
)
from healthmate_desktop.interop.apple_health import DayTotal, day_totals

pytestmark = pytest.mark.unit

STEPS = SampleKind("HKQuantityTypeIdentifierStepCount", "1", combine="sum")
PULSE = SampleKind("HKQuantityTypeIdentifierHeartRate", "/min", combine="mean")
SLEEP = SampleKind("HKCategoryTypeIdentifierSleepAnalysis", combine="state")
STOOD = SampleKind("HKCategoryTypeIdentifierAppleStandHour", combine="state")
TENTH = 19_875 * DAY  # 2024-06-01 00:00 in UTC


def at(hour: float, minutes: float, value: str = "100", offset: int = 0) -> Sample:
    start = TENTH + int(hour * 3600) * SECOND
    return Sample(start, start + int(minutes * 60) * SECOND, offset, offset, value)


def chunks(kind: SampleKind, source: str, device: str, *samples: Sample) -> list[SampleChunk]:
    return chunks_of(kind, source, device, samples)[0]


def test_watch_counts_before_phone_before_apps() -> None:
    given = [
        *chunks(STEPS, "Pedometer", "", at(9, 20, "300"), at(20, 10, "7")),
        *chunks(
            STEPS, "Ada's iPhone", "iPhone, Apple Inc., iPhone", at(9, 20, "1000"), at(15, 10, "50")
        ),
        *chunks(STEPS, "Ada's Watch", "Apple Watch", at(9, 10, "600"), at(9.2, 10, "400")),
    ]
    (day,) = day_totals(given)
    assert day == DayTotal(date(2024, 6, 1), "", 4, Decimal(1057), Decimal(7), Decimal(600), 2)


def test_half_covered_counts_whole_and_more_than_half_not_at_all() -> None:
    watch = chunks(STEPS, "Watch", "", at(10, 60))
    (half,) = day_totals([*watch, *chunks(STEPS, "iPhone", "", at(9.5, 60, "40"))])
    assert (int(half.total), half.set_aside) == (140, 0)
    (more,) = day_totals([*watch, *chunks(STEPS, "iPhone", "", at(9.6, 60, "40"))])
    assert (int(more.total), more.set_aside) == (100, 1)


def test_pieces_of_the_watch_cover_together() -> None:
    watch = chunks(STEPS, "Watch", "", *(at(10 + part / 6, 6, "10") for part in range(6)))
    (day,) = day_totals([*watch, *chunks(STEPS, "iPhone", "", at(10, 60, "99"))])
    assert (int(day.total), day.set_aside) == (60, 1)


def test_moment_within_is_covered_and_beside_is_not() -> None:
    watch = chunks(STEPS, "Watch", "", at(8, 10), at(10, 60), at(12, 0))
    phone = chunks(
        STEPS, "iPhone", "", at(10, 0, "1"), at(11, 0, "2"), at(12, 0, "4"), at(13, 0, "8")
    )
    (day,) = day_totals([*watch, *phone])
    assert (int(day.total), day.set_aside) == (310, 2)


def test_between_equals_the_one_with_more_counts() -> None:
    (day,) = day_totals(
        [*chunks(STEPS, "A", "", at(9, 10, "20")), *chunks(STEPS, "B", "", at(9, 10, "30"))]
    )
    assert (int(day.total), day.count, day.set_aside) == (30, 1, 1)


def test_overlaps_within_one_source_all_count() -> None:
    (day,) = day_totals(chunks(STEPS, "Watch", "", at(9, 10), at(9.05, 10, "20"), at(9.1, 1, "3")))
    assert (int(day.total), day.set_aside) == (123, 0)


def test_every_pulse_counts() -> None:
    given = [
        *chunks(PULSE, "Watch", "", at(9, 0, "60"), at(10, 0, "70.5")),
        *chunks(PULSE, "Strap", "", at(9, 0, "62")),
    ]
    (day,) = day_totals(given)
    assert (day.count, day.total, day.low, day.high) == (
        3,
        Decimal("192.5"),
        Decimal(60),
        Decimal("70.5"),
    )


def test_day_is_the_one_the_wrist_showed_across_months_of_utc() -> None:
    given = chunks(
        STEPS, "Watch", "", at(-1, 10, "1", 120), at(1, 10, "2", 120), at(23, 10, "4", 120)
    )
    assert [chunk.month for chunk in given] == ["2024-05", "2024-06"]
    assert [(day.day, int(day.total)) for day in day_totals(given)] == [
        (date(2024, 6, 1), 3),
        (date(2024, 6, 2), 4),
    ]


def test_night_belongs_to_the_day_it_ends_and_bed_stands_apart() -> None:
    watch = chunks(
        SLEEP,
        "Watch",
        "",
        at(-1, 60, "AsleepCore"),
        at(0, 90, "AsleepDeep"),
        at(1.5, 30, "AsleepCore"),
    )
    phone = chunks(SLEEP, "iPhone", "", at(-1.5, 240, "InBed"), at(-0.5, 60, "Asleep"))
    found = {day.state: day for day in day_totals([*watch, *phone])}
    assert {day.day for day in found.values()} == {date(2024, 6, 1)}
    assert {state: (int(day.total), day.set_aside) for state, day in found.items()} == {
        "AsleepCore": (5400, 0),
        "AsleepDeep": (5400, 0),
        "Asleep": (0, 1),
        "InBed": (14_400, 0),
    }
    assert found["Asleep"].low is None


def test_hours_stood_in_the_evening_stay_on_their_day() -> None:
    (day,) = day_totals(chunks(STOOD, "Watch", "", at(20, 60, "Stood"), at(21, 60, "Stood")))
    assert (day.day, day.count, int(day.total)) == (date(2024, 6, 1), 2, 7200)


def test_nothing_adds_up_to_nothing() -> None:
    assert day_totals([]) == []
