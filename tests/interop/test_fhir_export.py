"""What was read as FHIR goes out as it came; what points to nobody points to the one patient, and that is said."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from fhir_builders import (
    ORA,
    as_bytes,
    bundle,
    concept,
    observation,
    patient,
    problems,
    record,
    resources,
    some_records,
)

from healthmate_desktop.domain.facts import facts_of, fingerprint, original
from healthmate_desktop.domain.ids import PatientId
from healthmate_desktop.domain.json_text import json_text
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.interop.fhir.export import patient_resource, write_bundle

pytestmark = pytest.mark.unit

Json = dict[str, Any]


def entries(content: bytes) -> list[Json]:
    return list(json.loads(content)["entry"])


def test_round_trip_gives_each_resource_back_letter_for_letter() -> None:
    text = json_text(bundle(some_records())).replace(
        '"value":101', '"value":101.500,"x":1e2,"y":-0'
    )
    read = resources(text.encode())
    written = write_bundle(read[0], read)
    assert resources(written) == read
    for entry in json.loads(text, parse_float=str, parse_int=str)["entry"]:
        assert entry in json.loads(written, parse_float=str, parse_int=str)["entry"]
    assert b'"value":101.500,' in written
    assert b'"x":1e2,"y":-0' in written
    assert b'"meta"' not in written
    assert not problems(written)


def test_bundle_is_a_collection_with_the_patient_first_and_one_entry_a_line() -> None:
    content = write_bundle(patient(), reversed(some_records()))
    found = json.loads(content)
    assert (found["resourceType"], found["type"]) == ("Bundle", "collection")
    assert [each["resource"]["resourceType"] for each in found["entry"]].count("Patient") == 1
    assert found["entry"][0] == {"fullUrl": f"urn:uuid:{ORA}", "resource": patient()}
    assert len(content.splitlines()) == len(found["entry"]) + 2


def test_names_of_bundles_are_given_back_so_that_pointers_hold() -> None:
    base = "https://portal.example/fhir"
    drug = {"resourceType": "Medication", "id": "7", "code": {"text": "Featherdew"}}
    who = patient(id="12")
    order = {"resourceType": "MedicationRequest", "id": "8", "subject": {"reference": "Patient/12"},
             "medicationReference": {"reference": "Medication/7"}}  # fmt: skip
    sent = [
        {"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": each}
        for each in (who, drug, order)
    ]
    read = resources(as_bytes({"resourceType": "Bundle", "entry": sent}))
    assert entries(write_bundle(read[0], read)) == sent
    again = resources(write_bundle(read[0], read))
    assert facts_of(again[2]).display == "Featherdew"
    assert [fingerprint(each) for each in again] == [fingerprint(each) for each in read]


def test_relative_pointers_without_a_bundle_get_a_common_base() -> None:
    order = {"resourceType": "MedicationRequest", "id": "8", "subject": {"reference": "Patient/12"},
             "medicationReference": {"reference": "Medication/7"}}  # fmt: skip
    drug = {"resourceType": "Medication", "id": "7", "code": {"text": "Featherdew"}}
    content = write_bundle(patient(id="12"), resources(b"\n".join(map(as_bytes, [order, drug]))))
    urls = [each["fullUrl"].rsplit("/", 2) for each in entries(content)]
    assert [each[1:] for each in urls] == [
        ["Patient", "12"],
        ["MedicationRequest", "8"],
        ["Medication", "7"],
    ]
    assert len({each[0] for each in urls}) == 1
    assert facts_of(resources(content)[1]).display == "Featherdew"


def test_no_two_entries_share_a_name() -> None:
    twins = [observation(1), observation(1), {"resourceType": "Basic"}, {"resourceType": "Basic"}]
    numbered = {"resourceType": "Basic", "id": "1"}
    twins += [numbered, numbered | {"code": concept("s", "c", "d")}]
    found = entries(write_bundle(patient(), twins * 100))
    assert len({each["fullUrl"] for each in found}) == len(found) == 601
    assert write_bundle(patient(), twins) == write_bundle(patient(), twins)


@pytest.mark.parametrize(
    "reference",
    [
        "Patient/other",
        "https://x.example/fhir/Patient/other",
        "Patient/other/_history/2",
        "urn:uuid:no-one",
    ],
)
def test_pointers_to_another_patient_lead_to_the_one_and_that_is_said(reference: str) -> None:
    labelled = {"reference": reference, "display": "Q., Ora"}
    kept = observation(2, performer=[{"reference": reference}, {"reference": "Practitioner/1"}]) | {
        "subject": labelled
    }
    content = write_bundle(patient(), [observation(1), kept])
    found = entries(content)
    mine = {"reference": f"urn:uuid:{ORA}"}
    assert found[1]["resource"] == observation(1)
    assert found[2]["resource"]["subject"] == mine | {"display": "Q., Ora"}
    assert found[2]["resource"]["performer"] == [mine, {"reference": "Practitioner/1"}]
    assert {
        key: value
        for key, value in found[2]["resource"].items()
        if key not in {"subject", "performer"}
    } == {key: value for key, value in kept.items() if key not in {"subject", "performer"}}
    assert json.loads(content)["meta"]["tag"] == [
        {"display": "In 1 record the reference to the patient was set to the first entry."}
    ]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": f"Patient/{ORA}"},
        {"reference": f"urn:uuid:{ORA}/_history/1"},
        {"reference": "Group/1"},
        {"reference": "Device/Patient"},
        {"reference": "#inside"},
        {"display": "Ora Quillfeather"},
        {"reference": f"urn:uuid:00000000-0000-4000-8000-{9:012}"},
    ],
)
def test_pointers_that_need_no_change_stay(subject: Json) -> None:
    group = {"resourceType": "Group", "id": f"00000000-0000-4000-8000-{9:012}"}
    kept = observation() | {"subject": subject}
    assert [each["resource"] for each in entries(write_bundle(patient(), [kept, group]))[1:]] == [
        kept,
        group,
    ]


def test_records_that_belong_to_nobody_get_the_patient_where_fhir_wants_one() -> None:
    loose: list[Json] = [
        {"resourceType": "Condition", "code": {"text": "Asthma"}},
        {"resourceType": "Immunization", "vaccineCode": {"text": "Tdap"}},
        {"resourceType": "Coverage"},
        {"resourceType": "Organization", "name": "A clinic"},
    ]
    found = [each["resource"] for each in entries(write_bundle(patient(), loose))[1:]]
    mine = {"reference": f"urn:uuid:{ORA}"}
    added: list[Json] = [{"subject": mine}, {"patient": mine}, {"beneficiary": mine}, {}]
    assert found == [each | more for each, more in zip(loose, added, strict=True)]


def test_second_patient_keeps_what_it_says_and_is_linked() -> None:
    second = patient(id="p2", name=[{"text": "O. Quillfeather"}])
    linked = patient(id="p3", link=[{"other": {"reference": "Patient/p2"}, "type": "seealso"}])
    found = [each["resource"] for each in entries(write_bundle(patient(), [second, linked]))]
    link = {"link": [{"other": {"reference": f"urn:uuid:{ORA}"}, "type": "seealso"}]}
    assert found == [patient(), second | link, linked]


def test_patient_of_the_vault_serves_where_no_file_brought_one() -> None:
    person = Patient(PatientId(ORA), "Ora Quillfeather", date(1961, 4, 9), "female")
    assert patient_resource(person) == {
        "resourceType": "Patient", "id": ORA, "name": [{"text": "Ora Quillfeather"}],
        "gender": "female", "birthDate": "1961-04-09",
    }  # fmt: skip
    assert patient_resource(Patient(PatientId("p"), "Bo")) == {
        "resourceType": "Patient", "id": "p", "name": [{"text": "Bo"}]}  # fmt: skip
    nameless = {"resourceType": "Patient"}
    content = write_bundle(nameless, [record("Goal") | {"subject": {"reference": "Patient/9"}}])
    assert entries(content)[1]["resource"]["subject"]["reference"] == entries(content)[0]["fullUrl"]


def test_notes_of_our_own_never_leave() -> None:
    kept = observation() | {
        "_healthmate": {"fullUrl": "https://x.example/fhir/Observation/1"},
        "z": Decimal("1.0"),
    }
    content = write_bundle(patient(), [kept])
    assert b"_healthmate" not in content
    assert entries(content)[1]["resource"] == json.loads(json_text(original(kept)))
