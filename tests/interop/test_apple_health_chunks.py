# ruff: noqa: E501, RUF001 - as exports have it
"""What comes often becomes chunks of samples, each reading once."""

import pytest
from apple_health_builders import (
    MORNING,
    PHONE,
    WATCH,
    C,
    Q,
    Read,
    codes,
    correlation,
    export,
    note,
    record,
)

from healthmate_desktop.domain.samples import observations
from healthmate_desktop.interop.apple_health import gather

pytestmark = [pytest.mark.unit, pytest.mark.health]


def test_steps_come_in_chunks_and_each_device_keeps_its_own() -> None:
    walk = [
        record("StepCount", str(at), f"2024-05-01 08:{at:02}:00", f"2024-05-01 08:{at:02}:30", unit="count", device=device.format(address=at, version=f"9.{at}"), sourceName=name)
        for name, device in (("Ada’s Watch", WATCH), ("Ada’s iPhone", PHONE))
        for at in range(10, 20)
    ]  # fmt: skip
    read = Read(export(*walk))
    watch, phone = read.chunks
    assert (watch.count, int(watch.total), int(phone.total)) == (10, 145, 145)
    assert watch.device == "Apple Watch, Apple Inc., Watch, Watch6,2"
    assert watch.kind.codings[0].code == "55423-8"
    assert (watch.kind.unit, watch.kind.combine, watch.month) == ("1", "sum", "2024-05")
    first = next(observations(watch))
    assert first["effectivePeriod"]["end"] == "2024-05-01T08:10:30+02:00"
    assert not read.proposals


def test_identical_readings_count_once_and_are_told() -> None:
    step = record("StepCount", "5", MORNING, unit="count")
    weight = record("BodyMass", "70", MORNING, unit="kg")
    run = (
        f'<Workout workoutActivityType="HKWorkoutActivityTypeRunning" startDate="{MORNING} +0200"/>'
    )
    other = record("StepCount", "5", MORNING, unit="count", sourceName="Other")
    read = Read(export(step, step, other, weight, weight, run, run, step))
    assert read.values() == ["5", "5"]
    assert len(read.proposals) == 2
    assert (read.tally.identical, read.tally.identical_elements) == (3, 1)
    assert [sentence[-2:] for sentence in read.tally.sentences()] == ["3.", "1."]


def test_heart_rate_keeps_only_the_notes_that_say_something_of_it() -> None:
    notes = note("HKMetadataKeyHeartRateMotionContext", "1") + note("Serial", "abc")
    read = Read(export(record("HeartRate", "61", MORNING, unit="count/min", inside=notes)))
    assert read.samples()[0].notes == (("HKMetadataKeyHeartRateMotionContext", "1"),)


def test_beats_of_a_heart_rate_variability_are_kept() -> None:
    beats = "".join(
        f'<InstantaneousBeatsPerMinute bpm="{60 + at}" time="8:00:0{at},11\u202fAM"/>'
        for at in range(3)
    )
    inside = f"<HeartRateVariabilityMetadataList>{beats}</HeartRateVariabilityMetadataList>"
    read = Read(
        export(record("HeartRateVariabilitySDNN", "48.5", MORNING, unit="ms", inside=inside))
    )
    (sample,) = read.samples()
    assert sample.value == "48.5"
    assert sample.notes[0][1].startswith("60 8:00:00,11\u202fAM; 61 ")


def test_sleep_says_its_stages() -> None:
    stages = ["InBed", "AsleepCore", "AsleepREM"]
    night = [
        record(f"{C}SleepAnalysis", f"HKCategoryValueSleepAnalysis{stage}", f"2024-05-01 0{at}:00:00", f"2024-05-01 0{at}:30:00")
        for at, stage in enumerate(stages, 3)
    ]  # fmt: skip
    (chunk,) = Read(export(*night)).chunks
    bed, core, rem = observations(chunk)
    assert "component" not in bed
    assert codes(core["component"][0]["code"]) == ["93830-8"]
    assert codes(rem["component"][0]["code"]) == ["93829-0"]
    assert rem["component"][0]["valueQuantity"]["value"] == 30


def test_food_in_a_correlation_counts_once() -> None:
    parts = [record(f"Dietary{name}", "5", MORNING, unit="mg") for name in ("Iron", "Zinc")]
    extra = record("DietaryWater", "250", MORNING, unit="mL")
    read = Read(export(*parts, correlation(*parts, extra, kind="Food")))
    assert sorted(chunk.kind.type.removeprefix(Q) for chunk in read.chunks) == [
        "DietaryIron",
        "DietaryWater",
        "DietaryZinc",
    ]
    assert [chunk.count for chunk in read.chunks] == [1, 1, 1]
    assert (read.tally.records, read.tally.repeated) == (5, 2)


def sensor(many: int, gap: int, source: str = "Sensor") -> list[str]:
    return [
        record("BloodGlucose", str(80 + at % 50), f"2024-{1 + day // 28:02}-{1 + day % 28:02} {at % gap:02}:00:00", unit="mg/dL", sourceName=source, inside=note("Serial", "1"))
        for day in range(many // gap)
        for at in range(gap)
    ]  # fmt: skip


def test_glucose_sensor_comes_in_chunks_and_finger_pricks_one_by_one() -> None:
    read = Read(export(*sensor(240, 24), *sensor(240, 4, "Meter")))
    assert sum(chunk.count for chunk in read.chunks) == 240
    assert {chunk.source for chunk in read.chunks} == {"Sensor"}
    assert len(read.proposals) == 240
    assert {sample.notes for sample in read.samples()} == {()}
    assert [each["effectiveDateTime"] for each in read.resources] == sorted(
        each["effectiveDateTime"] for each in read.resources
    )


def test_few_readings_stay_single_even_on_one_day() -> None:
    assert len(Read(export(*sensor(192, 24))).proposals) == 192


def test_far_too_many_single_readings_come_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MOST_SINGLE", 100)
    read = Read(export(*sensor(120, 2)))
    assert not read.proposals
    assert sum(chunk.count for chunk in read.chunks) == 120


def test_second_larger_export_from_another_zone_adds_only_what_is_new() -> None:
    old = Read(
        export(
            *(
                record("StepCount", "5", f"2024-05-01 08:{at:02}:00", unit="count")
                for at in range(10)
            )
        )
    )
    new = Read(
        export(
            *(
                record("StepCount", "5", f"2024-05-01 06:{at:02}:00 +0000", unit="count")
                for at in range(15)
            )
        )
    )
    old.chunks += new.chunks
    assert len(old.samples()) == 15
    assert {chunk.key for chunk in old.chunks} == {old.chunks[0].key}
