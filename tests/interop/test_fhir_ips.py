"""A patient summary that another system can take: complete in itself, honest about what is not known.

Checked against HL7's International Patient Summary 1.1: https://hl7.org/fhir/uv/ips/STU1.1/
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from fhir_builders import (
    LOINC,
    ORA,
    as_bytes,
    bundle,
    concept,
    observation,
    patient,
    record,
    resources,
    some_records,
)

from healthmate_desktop.domain.facts import original
from healthmate_desktop.interop.fhir.ips import write_ips

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.unit, pytest.mark.health]

Json = dict[str, Any]
NOW = datetime(2024, 5, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
ALLERGIES, MEDICATIONS, PROBLEMS = "48765-2", "10160-0", "11450-4"
IMMUNIZATIONS, RESULTS, PROCEDURES, VITALS = "11369-6", "30954-2", "47519-4", "8716-3"
PAST, SOCIAL, PLANS, DEVICES = "11348-0", "29762-2", "18776-5", "46264-8"
UNKNOWN = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "unknown",
        }
    ]
}


class Summary:
    def __init__(self, *records: Json, who: Json | None = None) -> None:
        self.content = write_ips(who or patient(), records, NOW)
        self.bundle = json.loads(self.content)
        self.by_url = {each["fullUrl"]: each["resource"] for each in self.bundle["entry"]}
        self.composition = self.bundle["entry"][0]["resource"]
        self.sections = {
            each["code"]["coding"][0]["code"]: each for each in self.composition["section"]
        }

    def shown(self, section: str) -> list[Json]:
        return [self.by_url[each["reference"]] for each in self.sections[section]["entry"]]

    def words(self, section: str) -> str:
        """The text of a section; fails if that is not well-formed."""
        return " ".join(ET.fromstring(self.sections[section]["text"]["div"]).itertext())


def pointers(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for inner in value.values():
            yield from pointers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from pointers(inner)


def test_document_has_the_order_and_the_heads_that_ips_asks_for() -> None:
    summary = Summary(*some_records())
    assert (summary.bundle["type"], summary.bundle["timestamp"]) == (
        "document",
        "2024-05-01T10:00:00+00:00",
    )
    assert summary.bundle["identifier"]["value"].startswith("urn:uuid:")
    kinds = [each["resource"]["resourceType"] for each in summary.bundle["entry"]]
    assert kinds[:2] == ["Composition", "Patient"]
    assert len(summary.by_url) == len(kinds)
    assert all(url.startswith("urn:uuid:") for url in summary.by_url)
    head = summary.composition
    assert head["type"]["coding"][0] == {
        "system": LOINC,
        "code": "60591-5",
        "display": "Patient summary Document",
    }
    assert head["status"] == "final"
    assert summary.by_url[head["subject"]["reference"]] == patient()
    assert summary.by_url[head["author"][0]["reference"]]["resourceType"] == "Device"
    assert head["date"] == summary.bundle["timestamp"]
    assert "Ora May Quillfeather" in head["text"]["div"]


def test_each_kind_of_record_stands_in_its_section() -> None:
    pressure = record(
        "Observation",
        20,
        code=concept(LOINC, "85354-9", "Blood pressure"),
        effectiveDateTime="2024",
    )
    weight = observation(21, valueString="70") | {
        "category": [{"coding": [{"code": "vital-signs"}]}]
    }
    categories = [{"coding": [{"code": code}]} for code in ("survey", "social-history")]
    smoking = observation(22) | {"category": categories}
    plan = record("CarePlan", 23, status="active", title="Walk")
    cane = record("DeviceUseStatement", 24, device={"display": "cane"})
    report = record("DiagnosticReport", 25, status="final", code={"text": "Lipids"})
    plain = observation(26) | {"category": []}
    summary = Summary(*some_records(), pressure, weight, smoking, plan, cane, report, plain)
    kinds = {
        code: [each["resourceType"] for each in summary.shown(code)] for code in summary.sections
    }
    assert kinds == {
        ALLERGIES: ["AllergyIntolerance"],
        MEDICATIONS: ["MedicationRequest"],
        PROBLEMS: ["Condition"],
        IMMUNIZATIONS: ["Immunization"],
        RESULTS: ["Observation", "DiagnosticReport"],
        PROCEDURES: ["Procedure"],
        DEVICES: ["DeviceUseStatement"],
        VITALS: ["Observation", "Observation"],
        SOCIAL: ["Observation"],
        PLANS: ["CarePlan"],
    }
    for code in summary.sections:
        assert summary.words(code)
        assert summary.sections[code]["title"]
    assert "lisinopril 10 MG Oral Tablet" in summary.words(MEDICATIONS)
    assert "1 tablet in the morning" in summary.words(MEDICATIONS)
    assert "101 mg/dL" in summary.words(RESULTS)
    assert "Hives (moderate)" in summary.words(ALLERGIES)


def test_empty_sections_that_are_required_say_that_nothing_is_known() -> None:
    summary = Summary()
    assert set(summary.sections) == {ALLERGIES, MEDICATIONS, PROBLEMS}
    codes = [
        (summary.shown(ALLERGIES)[0]["code"], "no-allergy-info"),
        (summary.shown(MEDICATIONS)[0]["medicationCodeableConcept"], "no-medication-info"),
        (summary.shown(PROBLEMS)[0]["code"], "no-problem-info"),
    ]
    for found, code in codes:
        assert (
            found["coding"][0]["system"]
            == "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
        )
        assert found["coding"][0]["code"] == code
    for section in summary.sections:
        assert "This does not mean that there is nothing." in summary.words(section)
    mine = {"reference": f"urn:uuid:{ORA}"}
    assert summary.shown(ALLERGIES)[0]["patient"] == mine
    assert summary.shown(MEDICATIONS)[0]["subject"] == mine
    assert summary.shown(MEDICATIONS)[0]["_effectiveDateTime"] == UNKNOWN


@pytest.mark.parametrize(
    "left_out",
    [
        record("MedicationRequest", 31, status="stopped"),
        record("MedicationStatement", 31, status="not-taken"),
        record("MedicationRequest", 31, status="active", doNotPerform=True),
        record("Condition", 31, verificationStatus=concept("v", "refuted", "")),
        record("Condition", 31, verificationStatus=concept("v", "entered-in-error", "")),
        record("Immunization", 31, status="not-done"),
        record("Procedure", 31, status="not-done"),
        record("CarePlan", 31, status="completed"),
        record("Observation", 31, status="cancelled", valueString="x"),
        record("Observation", 31, category=[{"coding": [{"code": "survey"}]}], valueString="x"),
        record("Observation", 31),
        record("Claim", 31),
    ],
)
def test_what_is_wrong_over_or_was_not_done_is_left_out(left_out: Json) -> None:
    assert left_out["id"] not in Summary(left_out).content.decode()


def test_problems_that_are_over_stand_apart() -> None:
    over = [
        record("Condition", 41, clinicalStatus=concept("c", "resolved", "")),
        record("Condition", 42, abatementDateTime="2001"),
    ]
    summary = Summary(*over, record("Condition", 43, code={"text": "Now"}))
    assert len(summary.shown(PAST)) == 2
    assert [each["code"] for each in summary.shown(PROBLEMS)] == [{"text": "Now"}]


def test_only_the_latest_of_each_test_is_shown_and_that_is_said() -> None:
    old, new = observation(51), observation(52) | {"effectiveDateTime": "2024-04"}
    names = enumerate(["Ab", "AB", "C"], start=53)
    worded = [record("Observation", n, code={"text": name}, valueString=name) for n, name in names]
    summary = Summary(old, new, *worded)
    assert summary.shown(RESULTS)[0]["effectiveDateTime"] == "2024-04"
    assert len(summary.shown(RESULTS)) == 3
    assert "only the latest is shown" in summary.words(RESULTS)


def test_everything_points_within_the_document_or_names_what_it_meant() -> None:
    doctor = {"resourceType": "Practitioner", "id": "d1", "name": [{"text": "Dr Ash"}]}
    role = {"resourceType": "PractitionerRole", "id": "r1", "practitioner": {"reference": "Practitioner/d1"},
            "organization": {"reference": "Organization/o1"}}  # fmt: skip
    clinic = {
        "resourceType": "Organization",
        "id": "o1",
        "partOf": {"reference": "Organization/o1"},
    }
    numbered = {
        "reference": "Practitioner/gone",
        "identifier": {"value": "77"},
        "display": "Dr Elm",
    }
    lab = observation(
        61,
        performer=[
            {"reference": "PractitionerRole/r1/_history/2"},
            {"reference": "Practitioner/d1"},
            numbered,
        ],
        encounter={"reference": "urn:uuid:gone", "display": "Visit"},
        hasMember=[{"reference": "https://x.example/fhir/Observation/1"}, {"reference": "#in"}],
        specimen={"reference": "Specimen/gone"},
    )
    summary = Summary(lab | {"subject": {"reference": "Patient/else"}}, doctor, role, clinic)
    assert {each for each in pointers(summary.bundle) if each not in summary.by_url} == {
        "https://x.example/fhir/Observation/1", "#in"}  # fmt: skip
    found = summary.shown(RESULTS)[0]
    assert found["subject"] == {"reference": f"urn:uuid:{ORA}"}
    assert summary.by_url[found["performer"][0]["reference"]]["resourceType"] == "PractitionerRole"
    assert summary.by_url[found["performer"][1]["reference"]] == doctor
    assert found["performer"][2] == {"identifier": {"value": "77"}, "display": "Dr Elm"}
    assert found["encounter"] == {
        "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:gone"}, "display": "Visit"}  # fmt: skip
    assert found["specimen"] == {"identifier": {"value": "Specimen/gone"}}


def test_medication_by_reference_comes_along_or_is_named_in_place() -> None:
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "Featherdew"}}
    order = record(
        "MedicationRequest", 71, status="active", medicationReference={"reference": "Medication/m"}
    )
    read = resources(as_bytes(bundle([order, drug])))
    together = Summary(*read)
    pointer = together.shown(MEDICATIONS)[0]["medicationReference"]["reference"]
    assert together.by_url[pointer] == drug
    alone = Summary(read[0])
    assert alone.shown(MEDICATIONS)[0]["medicationCodeableConcept"] == {"text": "Featherdew"}
    assert "medicationReference" not in alone.shown(MEDICATIONS)[0]
    for summary in (together, alone):
        assert "Featherdew" in summary.words(MEDICATIONS)
        assert b"_healthmate" not in summary.content


def test_what_ips_wants_and_nobody_said_is_marked_as_unknown() -> None:
    kinds = ["Immunization", "Procedure", "AllergyIntolerance", "Condition"]
    bare = [record(kind, number) for number, kind in enumerate(kinds, start=80)]
    lab = record("Observation", 90, category=[{"coding": [{"code": "laboratory"}]}])
    summary = Summary(*bare, lab, who={"resourceType": "Patient"})
    assert summary.shown(IMMUNIZATIONS)[0]["_occurrenceDateTime"] == UNKNOWN
    assert summary.shown(PROCEDURES)[0]["_performedDateTime"] == UNKNOWN
    assert summary.shown(ALLERGIES)[0]["code"] == UNKNOWN
    assert summary.shown(PROBLEMS)[0]["code"] == UNKNOWN
    assert summary.shown(RESULTS)[0]["_effectiveDateTime"] == UNKNOWN
    assert summary.shown(RESULTS)[0]["performer"] == [UNKNOWN]
    who = summary.bundle["entry"][1]["resource"]
    assert (who["_birthDate"], who["name"]) == (UNKNOWN, [UNKNOWN])
    assert "a person whose name is not known" in summary.composition["text"]["div"]


def test_words_of_strangers_can_not_break_the_text() -> None:
    evil = '<script>alert("x")</script> & \u202e\x07'
    summary = Summary(
        record("Condition", 91, code={"text": evil}),
        record("AllergyIntolerance", 92, code={"text": "]]>"}, reaction=[{"description": evil}]),
        who=patient(name=[{"text": evil}]),
    )
    assert summary.words(PROBLEMS).count('<script>alert("x")</script> &') == 1
    assert "<script>" not in summary.sections[PROBLEMS]["text"]["div"]
    assert "\u202e" not in summary.sections[ALLERGIES]["text"]["div"]
    ET.fromstring(summary.composition["text"]["div"])


def test_results_show_range_and_flag() -> None:
    flagged = observation(
        93, referenceRange=[{"text": "70 - 99"}], interpretation=[concept("i", "H", "High")]
    )
    assert "101 mg/dL (H) [70 - 99]" in Summary(flagged).words(RESULTS)


def test_numbers_keep_their_digits_and_the_same_input_gives_the_same_document() -> None:
    read = resources(as_bytes(bundle([observation()])).replace(b": 101,", b": 101.500,"))
    assert b'"value":101.500,' in write_ips(patient(), read, NOW)
    assert write_ips(patient(), read, NOW) == write_ips(patient(), read, NOW)
    later = json.loads(write_ips(patient(), read, datetime(2025, 1, 1, tzinfo=UTC)))
    assert later["identifier"] != json.loads(write_ips(patient(), read, NOW))["identifier"]


def test_summary_can_be_read_again() -> None:
    summary = Summary(*some_records())
    found = [original(each) for each in resources(summary.content)]
    assert found == list(summary.by_url.values())
    assert {each["resourceType"] for each in found} >= {"Composition", "Patient", "Condition"}
