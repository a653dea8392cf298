# ruff: noqa: E501 - as exports have it
"""Exports with random damage: whatever comes, only the two errors that a person may read are raised."""

import random
import re

import pytest
from apple_health_builders import HEAD, WATCH, Read, export, note, record, streamed_zip, zipped

from healthmate_desktop.domain.samples import SAMPLE, chunk_from, fields_of
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.apple_health import is_apple_health

pytestmark = [pytest.mark.unit, pytest.mark.security]

DAY = "2024-05-01"
XML = export(
    '<Me HKCharacteristicTypeIdentifierDateOfBirth="1980-02-29" HKCharacteristicTypeIdentifierBloodType="HKBloodTypeOPositive"/>',
    *(record("StepCount", str(at), f"{DAY} 08:{at:02}:00", unit="count") for at in range(10)),
    record("HeartRate", "61", f"{DAY} 08:00:00", unit="count/min", device=WATCH.format(address=1, version=2), inside=note("HKMetadataKeyHeartRateMotionContext", "1")),
    record("OxygenSaturation", "0.97", f"{DAY} 08:00:00", unit="%"),
    record("BloodPressureSystolic", "120", f"{DAY} 08:00:00", unit="mmHg"),
    record("BloodPressureDiastolic", "80", f"{DAY} 08:00:00", unit="mmHg"),
    f'<Correlation type="HKCorrelationTypeIdentifierBloodPressure">{record("BloodPressureSystolic", "120", f"{DAY} 08:00:00", unit="mmHg")}{record("BloodPressureDiastolic", "80", f"{DAY} 08:00:00", unit="mmHg")}</Correlation>',
    record("HKCategoryTypeIdentifierSleepAnalysis", "HKCategoryValueSleepAnalysisAsleepREM", f"{DAY} 01:00:00", f"{DAY} 02:00:00"),
    f'<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30" durationUnit="min" startDate="{DAY} 08:00:00 +0200" endDate="{DAY} 09:00:00 +0200"><WorkoutStatistics type="HKQuantityTypeIdentifierHeartRate" average="140" unit="count/min"/></Workout>',
    '<ActivitySummary dateComponents="2024-05-01" activeEnergyBurned="410" activeEnergyBurnedUnit="kcal"/>',
    '<Audiogram startDate="2024-05-01 08:00:00 +0200"><SensitivityPoint frequencyValue="500" frequencyUnit="Hz"/></Audiogram>',
)  # fmt: skip
ECG = (
    "Name,Ada\nRecorded Date,2024-05-01 08:00:00 +0200\nClassification,X\nRate,512 hertz\n\n"
    + "1.5\n" * 20
)
FILES = {
    "apple_health_export/export.xml": XML,
    "apple_health_export/ecg.csv": ECG.encode(),
    "apple_health_export/a.json": b'{"resourceType": "Condition"}',
}
SEEDS = [
    XML,
    HEAD.encode() + XML,
    zipped(FILES),
    streamed_zip(FILES),
    zipped(FILES, 0),
    zipped({"e.csv": ECG.encode()}),
]
WORDS = [
    *(
        b"<",
        b">",
        b"&",
        b'"',
        b"\0",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"<!DOCTYPE a [",
        b"</HealthData>",
        b"<HealthData>",
    ),
    *(
        b"&#0;",
        b"&#xD800;",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x07\x08",
        b"<Record ",
    ),
    *(
        b"NaN",
        b"1e99",
        b"9" * 40,
        b"-",
        b"2024-02-30 00:00:00 +0000",
        b"9999-99-99",
        b"%",
        b"\xf0\x9f\x98\x80",
    ),
]


def mutated(chance: random.Random) -> bytes:
    content = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        at = chance.randrange(len(content) + 1)
        much = chance.choice([1, 1, 4, 30, 500])
        how = chance.randrange(6)
        if how == 0:
            content[at : at + much] = chance.randbytes(much)
        elif how == 1:
            del content[at : at + much]
        elif how == 2:
            content[at:at] = content[at : at + much]
        elif how == 3:
            content[at:at] = chance.choice(WORDS)
        elif how == 4:
            content = content[: max(1, at)]
        else:
            quoted = list(re.finditer(rb'"[^"]*"', content))
            if quoted:
                start, end = chance.choice(quoted).span()
                content[start + 1 : end - 1] = chance.choice(WORDS)
    return bytes(content)


def check(seed: int) -> None:
    chance = random.Random(seed)
    content = mutated(chance)
    is_apple_health(content[:65_536])
    size = chance.choice([1, 13, 400, 100_000])
    try:
        read = Read(content[at : at + size] for at in range(0, len(content), size))
    except (UnreadableDocument, UnsupportedDocument) as error:
        assert "kept" in str(error)  # noqa: PT017 - most do not raise
        return
    for chunk in read.chunks:
        assert chunk_from(fields_of(chunk)) == chunk
    for problem in read.problems:
        assert problem.where
        assert len(problem.where) <= 120
        assert len(problem.message) <= 400
    for proposal in read.proposals:
        assert proposal.resource["resourceType"] == "Observation"
    counted = sum(chunk.count for chunk in read.chunks) + read.tally.identical + read.tally.repeated
    single = sum(
        entry["system"] == SAMPLE
        for proposal in read.proposals
        for entry in proposal.resource.get("identifier", ())
    )
    assert counted + single + read.tally.unreadable == read.tally.records


@pytest.mark.parametrize("part", range(10))
def test_damage_never_raises_anything_else(part: int) -> None:
    for seed in range(part * 30, part * 30 + 30):
        check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))
def test_much_damage_never_raises_anything_else(part: int) -> None:
    for seed in range(1000 + part * 100, 1100 + part * 100):
        check(seed)
