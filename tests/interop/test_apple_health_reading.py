# ruff: noqa: E501, RUF001 - as exports have it
"""What an export says becomes chunks of samples and observations, each reading once, and nothing goes unsaid."""

from decimal import Decimal
from typing import Any

import pytest
from apple_health_builders import PHONE, WATCH, Read, codes, export, note, record

from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.domain.samples import observations
from healthmate_desktop.interop.apple_health import Progress, gather, scanning
from healthmate_desktop.interop.apple_health.gather import Gatherer
from healthmate_desktop.interop.apple_health.times import Times

pytestmark = [pytest.mark.unit, pytest.mark.health]

Q, C = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
MORNING = "2024-05-01 08:00:00"


def pressure(upper: str, lower: str, at: str = MORNING, **more: str) -> tuple[str, str]:
    more = {"sourceName": "Cuff", "unit": "mmHg"} | more
    return (
        record("BloodPressureSystolic", upper, at, **more),
        record("BloodPressureDiastolic", lower, at, **more),
    )


def correlation(*parts: str, kind: str = "BloodPressure") -> str:
    inside = "".join(parts)
    return f'<Correlation type="HKCorrelationTypeIdentifier{kind}" sourceName="Cuff">{inside}</Correlation>'


def values(resource: Any) -> list[str]:
    return [str(part["valueQuantity"]["value"]) for part in resource["component"]]


# what is measured now and then


def test_weight_becomes_an_observation() -> None:
    text = record(
        "BodyMass", "70.50", MORNING, unit="kg", creationDate="2024-05-01 08:00:05 +0200", sourceVersion="3",
        device=WATCH.format(address="a", version="1"), inside=note("HKWasUserEntered", "1"),
    )  # fmt: skip
    (proposal,) = Read(export(text)).proposals
    resource = proposal.resource
    assert codes(resource["code"]) == ["29463-7", f"{Q}BodyMass"]
    assert str(resource["valueQuantity"]["value"]) == "70.50"
    assert resource["valueQuantity"]["code"] == "kg"
    assert resource["effectiveDateTime"] == "2024-05-01T08:00:00+02:00"
    assert resource["device"]["display"] == "Scale; Apple Watch, Apple Inc., Watch, Watch6,2"
    assert resource["note"] == [{"text": "Entered by hand."}]
    assert len(resource["extension"]) == 3
    assert (proposal.text, proposal.spot.where, proposal.doubts) == (
        "70.50 kg",
        "Weight, 2024-05-01 08:00",
        (),
    )


def test_percent_is_made_right_and_the_letters_stay() -> None:
    spot, odd = Read(
        export(
            record("OxygenSaturation", "0.97", MORNING, unit="%"),
            record("OxygenSaturation", "97", "2024-05-02 08:00:00", unit="%"),
            record("OxygenSaturation", "0", "2024-05-03 08:00:00", unit="%"),
        )
    ).proposals[:2]
    assert spot.resource["valueQuantity"] == {
        "value": 97,
        "unit": "%",
        "system": "http://unitsofmeasure.org",
        "code": "%",
    }
    assert (spot.text, spot.doubts) == ("0.97 %", ())
    assert odd.resource["valueQuantity"]["value"] == 97
    assert len(odd.doubts) == 1


def test_numbers_and_times_of_other_locales_are_read() -> None:
    read = Read(
        export(
            record("BodyTemperature", "36,6", "2024-05-01 8:00:00 PM +0200", unit="degC"),
            record("StepCount", "١٢", MORNING, unit="count"),
            record("StepCount", "twelve", MORNING, unit="count"),
        )
    )
    assert read.resources[0]["valueQuantity"]["value"] == Decimal("36.6")
    assert read.resources[0]["effectiveDateTime"] == "2024-05-01T20:00:00+02:00"
    assert read.values("StepCount") == ["12"]
    assert read.tally.unreadable == 1
    assert [(p.where, p.message) for p in read.problems] == [
        ("Steps", "Readings without a time or value that can be read, left out: 1.")
    ]


def test_symptom_keeps_how_bad_it_was() -> None:
    read = Read(
        export(
            record(f"{C}Headache", "HKCategoryValueSeverityMild", MORNING, "2024-05-01 10:00:00"),
            record(f"{C}MindfulSession", None, MORNING, "2024-05-01 08:10:00"),
            record(f"{C}Nausea", "in bed all day", MORNING),
        )
    )
    ache, nausea = read.proposals
    assert (
        ache.resource["valueCodeableConcept"]["coding"][0]["code"] == "HKCategoryValueSeverityMild"
    )
    assert ache.resource["effectivePeriod"]["end"] == "2024-05-01T10:00:00+02:00"
    assert ache.text == "HKCategoryValueSeverityMild"
    assert nausea.text == "in_bed_all_day"
    assert read.values() == ["HKCategoryValueNotApplicable"]


def test_records_that_lack_something_are_counted() -> None:
    read = Read(
        export(
            record("BodyMass", None, MORNING, unit="kg"),
            record("BodyMass", "70", "", unit="kg"),
            record("BodyMass", "70", MORNING, "2024-05-01 07:00:00", unit="kg"),
            record("BodyMass", "70", MORNING, "never", unit="kg"),
            record("", "70", MORNING).replace(f"{Q}", ""),
            record("BodyMass", "71", MORNING, unit="kg").replace("endDate", "lastDate"),
            "<Record/>",
        )
    )
    assert [proposal.text for proposal in read.proposals] == ["71 kg"]
    assert (read.tally.records, read.tally.unreadable) == (7, 6)
    assert len(read.problems) == 2


def test_time_without_zone_is_taken_in_that_of_the_export() -> None:
    read = Read(export(record("BodyMass", "70", "2024-05-01 08:00:00 ", unit="kg")))
    assert read.resources[0]["effectiveDateTime"] == "2024-05-01T08:00:00+02:00"
    assert read.tally.without_offset == 1
    assert read.tally.sentences() == ("Times without a time zone, read in that of the export: 1.",)


# blood pressure


def test_blood_pressure_is_one_observation_and_its_correlation_counts_once() -> None:
    read = Read(export(*pressure("120", "80"), correlation(*pressure("120", "80"))))
    (panel,) = read.proposals
    assert codes(panel.resource["code"]) == ["85354-9"]
    assert [codes(part["code"])[0] for part in panel.resource["component"]] == ["8480-6", "8462-4"]
    assert values(panel.resource) == ["120", "80"]
    assert {part["valueQuantity"]["code"] for part in panel.resource["component"]} == {"mm[Hg]"}
    assert "valueQuantity" not in panel.resource
    assert len(panel.resource["identifier"]) == 2
    assert (panel.text, panel.spot.where) == ("120/80 mmHg", "Blood pressure, 2024-05-01 08:00")
    assert (read.tally.records, read.tally.repeated, read.tally.identical) == (4, 2, 0)


def test_blood_pressure_that_is_only_in_its_correlation_is_found() -> None:
    read = Read(export(correlation(*pressure("120", "80")), correlation()))
    assert [proposal.text for proposal in read.proposals] == ["120/80 mmHg"]
    assert (read.tally.records, read.tally.repeated) == (2, 0)


def test_two_blood_pressures_at_one_moment_are_told_apart_by_their_correlations() -> None:
    first, second = pressure("120", "80"), pressure("135", "92")
    read = Read(export(*first, *second, correlation(*second), correlation(*first)))
    assert sorted(proposal.text for proposal in read.proposals) == ["120/80 mmHg", "135/92 mmHg"]
    unsure = Read(export(*first, *second))
    assert len(unsure.proposals) == 4
    assert all("belong together" in proposal.doubts[0] for proposal in unsure.proposals)


def test_one_blood_pressure_of_several_is_known_and_the_rest_follows() -> None:
    first, second = pressure("120", "80"), pressure("135", "92")
    read = Read(export(*first, *second, correlation(*second)))
    assert sorted(proposal.text for proposal in read.proposals) == ["120/80 mmHg", "135/92 mmHg"]


def test_half_a_blood_pressure_is_doubtful() -> None:
    (alone,) = Read(
        export(pressure("120", "80")[0], correlation(pressure("120", "80")[0]))
    ).proposals
    assert codes(alone.resource["code"])[0] == "8480-6"
    assert "not in the file" in alone.doubts[0]


def test_pressures_from_two_sources_or_without_a_time_are_not_paired() -> None:
    odd = correlation(*pressure("120", "80", at="never"))
    read = Read(export(pressure("120", "80")[0], pressure("120", "80", sourceName="Other")[1], odd))
    assert len(read.proposals) == 2
    assert read.tally.unreadable == 2


# what comes often


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


def gathered(many: int, names: list[str], gatherer: Gatherer) -> tuple[dict[str, int], int]:
    """Counts by type from everything given, and the most that was held."""
    counts: dict[str, int] = dict.fromkeys(names, 0)
    most = 0
    for at in range(many):
        for name in names:
            attributes = {
                "type": f"{Q}{name}",
                "unit": "count",
                "value": str(at % 7),
                "startDate": f"20{10 + at % 12}-{1 + at % 9:02}-{1 + at // 100 % 28:02} {at % 24:02}:{at % 60:02}:00 +0000",
            }
            gatherer.add(
                attributes, [("HKFoodType", "Rye")], inside=name == "DietaryIron" and at % 5 == 0
            )
        most = max(most, gatherer._held)
        for chunk in gatherer.relieve():
            counts[chunk.kind.type.removeprefix(Q)] += chunk.count
    for found in gatherer.finish():
        if isinstance(found, tuple):
            counts[found[0].type.kind.type.removeprefix(Q)] += len(found[1])
        else:
            counts[found.kind.type.removeprefix(Q)] += found.count
    return counts, most


def test_little_is_held_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["StepCount", "DietaryIron", "BodyMass"]
    plain, _ = gathered(3000, names, Gatherer(Times()))
    monkeypatch.setattr(gather, "MOST_HELD", 500)
    gatherer = Gatherer(Times())
    counts, most = gathered(3000, names, gatherer)
    assert most <= 503
    assert gatherer._held == 0
    assert counts["DietaryIron"] == plain["DietaryIron"]
    assert counts["BodyMass"] == plain["BodyMass"]
    assert (
        counts["StepCount"] >= plain["StepCount"]
    )  # parts of a month may repeat one; merging sorts it out
    assert sum(counts.values()) + gatherer.identical + gatherer.repeated == 9000


def test_values_that_are_no_numbers_are_counted_when_little_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gather, "MOST_HELD", 10)
    parts = [record(name, value, f"2024-05-01 08:{at:02}:00", unit="count") for name in ("StepCount", "BodyMass") for at, value in enumerate(["1", "x", "3", ""] * 10)]  # fmt: skip
    read = Read([export(*parts)[at : at + 300] for at in range(0, 20_000, 300)])
    assert len(read.values("StepCount")) == len(read.proposals) == 20
    assert read.tally.unreadable == 40


def test_memory_of_notes_and_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "_MOST_KNOWN", 3)
    gatherer = Gatherer(Times())
    for at in range(50):
        attributes: scanning.Attributes = {
            "type": f"{Q}StepCount", "sourceName": f"S{at % 10}", "value": "1", "startDate": f"2024-05-01 08:{at:02}:00 +0000",
        }  # fmt: skip
        gatherer.add(attributes, [("HKFoodType", str(at))])
    assert len(gatherer.series) == 10
    assert (len(gatherer._known), len(gatherer._notes)) <= (4, 4)
    assert sum(chunk.count for chunk in gatherer.finish() if not isinstance(chunk, tuple)) == 50


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


# other elements


def test_person_is_named_once_without_a_name() -> None:
    me = (
        '<Me HKCharacteristicTypeIdentifierDateOfBirth="1980-02-29" '
        'HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale" '
        'HKCharacteristicTypeIdentifierBloodType="HKBloodTypeABNegative"/>'
    )
    read = Read(export(me, me))
    assert read.people == [NamedPerson("", "1980-02-29", "female")]
    blood = read.proposals[0]
    assert codes(blood.resource["code"]) == ["882-1"]
    assert blood.resource["valueCodeableConcept"]["text"] == "AB-"
    assert blood.doubts
    nobody = '<Me HKCharacteristicTypeIdentifierDateOfBirth="29.2.1980" HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexNotSet"/>'
    assert not Read(export(nobody)).people


RUN = f"""<Workout workoutActivityType="HKWorkoutActivityTypeTrailRunning" duration="31,5" durationUnit="min"
 totalDistance="5.2" totalDistanceUnit="km" sourceName="Ada’s Watch" startDate="{MORNING} +0200" endDate="2024-05-01 08:31:30 +0200">
 {note("HKIndoorWorkout", "0")}
 <WorkoutStatistics type="{Q}HeartRate" average="140.5" minimum="90" maximum="171" unit="count/min"/>
 <WorkoutStatistics type="{Q}ActiveEnergyBurned" sum="310.25" unit="Cal"/>
 <WorkoutEvent type="HKWorkoutEventTypePause" date="2024-05-01 08:10:00 +0200"/>
 <WorkoutEvent type="HKWorkoutEventTypeLap"/>
 <WorkoutActivity uuid="1" startDate="{MORNING} +0200" endDate="2024-05-01 08:31:30 +0200">
  <WorkoutStatistics type="{Q}HeartRate" average="999" unit="count/min"/>
 </WorkoutActivity>
 <WorkoutRoute><Location latitude="1"/><FileReference path="/workout-routes/route.gpx"/></WorkoutRoute>
</Workout>"""


def test_workout_keeps_its_statistics_and_events() -> None:
    (run,) = Read(export(RUN)).proposals
    assert codes(run.resource["code"]) == ["73985-4", "HKWorkoutTypeIdentifier"]
    assert run.resource["valueCodeableConcept"]["text"] == "Trail running"
    assert run.resource["effectivePeriod"]["end"] == "2024-05-01T08:31:30+02:00"
    parts = {
        part["code"].get("text") or codes(part["code"])[0]: part
        for part in run.resource["component"]
    }
    found = {
        text: str(part["valueQuantity"]["value"])
        for text, part in parts.items()
        if "valueQuantity" in part
    }
    assert found == {
        "Duration": "31.5",
        "Distance": "5.2",
        "Heart rate, average": "140.5",
        "Heart rate, minimum": "90",
        "Heart rate, maximum": "171",
        "Active energy burned, sum": "310.25",
    }
    assert codes(parts["Heart rate, average"]["code"]) == ["8867-4", f"{Q}HeartRate", "average"]
    assert parts["HKWorkoutEventTypePause"]["valueDateTime"] == "2024-05-01T08:10:00+02:00"
    assert parts["WorkoutActivity"]["valuePeriod"]["start"] == "2024-05-01T08:00:00+02:00"
    assert parts["HKWorkoutRouteTypeIdentifier"]["valueString"] == "/workout-routes/route.gpx"
    assert run.resource["extension"][0]["extension"][0]["valueString"] == "HKIndoorWorkout"
    assert (run.text, run.spot.where) == ("Trail running", "Workout, 2024-05-01")


def test_workout_without_a_time_is_named() -> None:
    read = Read(
        export('<Workout workoutActivityType="x"/>', f'<Workout startDate="{MORNING} +0200"/>')
    )
    assert [problem.where for problem in read.problems] == ["Workout"]
    assert [proposal.text for proposal in read.proposals] == ["Workout"]


def test_summary_of_a_day_keeps_its_date_as_given() -> None:
    rings = 'activeEnergyBurned="410.5" activeEnergyBurnedGoal="500" activeEnergyBurnedUnit="kcal" appleExerciseTime="35" appleStandHours="11"'
    empty = '<ActivitySummary dateComponents="1969-12-30" activeEnergyBurned="0" activeEnergyBurnedUnit="kcal" appleStandHours="0"/>'
    read = Read(
        export(
            f'<ActivitySummary dateComponents="2024-05-01" {rings}/>',
            empty,
            f"<ActivitySummary {rings}/>",
        )
    )
    (day,) = read.resources
    assert day["effectiveDateTime"] == "2024-05-01"
    found = [
        (part["code"]["text"], str(part["valueQuantity"]["value"]), part["valueQuantity"]["code"])
        for part in day["component"]
    ]
    assert found == [
        ("Active energy burned", "410.5", "kcal"),
        ("Active energy burned goal", "500", "kcal"),
        ("Apple exercise time", "35", "min"),
        ("Apple stand hours", "11", "h"),
    ]
    assert [problem.where for problem in read.problems] == ["Activity summary"]
    assert read.tally.elements == 3


def test_audiogram_and_prescription_keep_every_part() -> None:
    points = (
        '<SensitivityPoint frequencyValue="500" frequencyUnit="Hz" leftEarValue="10" leftEarUnit="dBHL"/>'
        * 2
    )
    ears = f'<Audiogram type="HKDataTypeIdentifierAudiogram" startDate="{MORNING} +0200">{points}{note("a", "b")}</Audiogram>'
    eyes = '<VisionPrescription type="HKVisionPrescriptionTypeGlasses" dateIssued="2024-04-01" brand="Owl"><RightEye sphere="-1.25" sphereUnit="D"/></VisionPrescription>'
    hearing, glasses = Read(export(ears, eyes)).proposals
    assert [part["code"]["text"] for part in hearing.resource["component"]] == [
        "Sensitivity point 1 frequency value",
        "Sensitivity point 1 left ear value",
        "Sensitivity point 2 frequency value",
        "Sensitivity point 2 left ear value",
    ]
    assert hearing.resource["component"][1]["valueQuantity"] == {"value": 10, "unit": "dBHL"}
    assert glasses.resource["component"][0]["valueString"] == "Owl"
    assert glasses.resource["component"][1]["valueQuantity"]["value"] == Decimal("-1.25")
    assert glasses.resource["effectiveDateTime"] == "2024-04-01T00:00:00+02:00"
    assert not hearing.doubts
    assert not glasses.doubts


def test_unknown_element_is_kept_and_doubted() -> None:
    (mood,) = Read(
        export('<StateOfMind kind="daily" valence="0.5" sourceName="Mood"/>', "<Empty/>")
    ).proposals[:1]
    assert mood.resource["code"]["coding"][0]["code"] == "StateOfMind"
    assert [part["code"]["text"] for part in mood.resource["component"]] == ["Kind", "Valence"]
    assert "effectiveDateTime" not in mood.resource
    assert "not known here" in mood.doubts[0]


def test_records_of_a_clinic_in_files_apart_are_named() -> None:
    named = (
        '<ClinicalRecord type="Condition" resourceFilePath="/clinical-records/Condition-1.json"/>'
    )
    (problem,) = Read(export(named, named)).problems
    assert problem.where == "clinical records"
    assert ": 2." in problem.message


def test_elements_have_the_same_identity_in_an_export_from_another_zone() -> None:
    ears = '<Audiogram type="A" startDate="2024-05-01 08:00:00 +0200" creationDate="2024-05-02 08:00:00 +0200"/>'
    day = '<ActivitySummary dateComponents="2024-05-01" appleStandHours="{}"/>'
    parts = [RUN, ears, day.format(3)]
    later = [part.replace("08:", "06:").replace("+0200", "+0000") for part in parts[:2]]
    one, other = Read(export(*parts)), Read(export(*later, day.format(11)))
    assert [each["identifier"] for each in one.resources] == [
        each["identifier"] for each in other.resources
    ]
    assert len({each["identifier"][0]["value"] for each in one.resources}) == 3


# progress


def test_progress_is_told_every_4_megabytes_and_at_the_end() -> None:
    content = export(
        *(record("StepCount", "5", f"2024-05-01 08:{at % 60:02}:00") for at in range(60_000))
    )
    read = Read(content, len(content))
    steps = [progress.done for progress in read.progress]
    assert read.progress[-1] == Progress(len(content), len(content))
    assert (
        max(after - before for before, after in zip([0, *steps], steps, strict=False))
        <= 4 * 1024 * 1024
    )
    assert len(steps) >= 4
    assert read.tally.types == ((f"{Q}StepCount", 60_000),)
    assert read.tally.identical == 60_000 - 60
    assert Read(content[:9000]).progress[-1] == Progress(9000, 9000)
