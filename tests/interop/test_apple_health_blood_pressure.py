"""The two numbers of a blood pressure become one observation, and what may not belong together is doubted."""

from typing import Any

import pytest
from apple_health_builders import MORNING, Read, codes, correlation, export, record

pytestmark = [pytest.mark.unit, pytest.mark.health]


def pressure(upper: str, lower: str, at: str = MORNING, **more: str) -> tuple[str, str]:
    more = {"sourceName": "Cuff", "unit": "mmHg"} | more
    return (
        record("BloodPressureSystolic", upper, at, **more),
        record("BloodPressureDiastolic", lower, at, **more),
    )


def values(resource: Any) -> list[str]:
    return [str(part["valueQuantity"]["value"]) for part in resource["component"]]


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
