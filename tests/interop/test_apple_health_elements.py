# ruff: noqa: E501, RUF001 - as exports have it
"""What an export has beside its records: the person, workouts, days, audiograms, prescriptions and the unknown."""

from decimal import Decimal

import pytest
from apple_health_builders import MORNING, Q, Read, codes, export, note

from healthmate_desktop.domain.proposals import NamedPerson

pytestmark = [pytest.mark.unit, pytest.mark.health]


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
