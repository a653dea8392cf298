"""What is measured now and then becomes an observation each, and what cannot be read is counted."""

from decimal import Decimal

import pytest
from apple_health_builders import MORNING, WATCH, C, Q, Read, codes, export, note, record

pytestmark = [pytest.mark.unit, pytest.mark.health]


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
