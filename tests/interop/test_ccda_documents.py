"""Whole C-CDA documents: whom they are about, in which order they are read, and no flood of what is wrong."""

from typing import Any

import pytest
from ccda_builders import (
    ALLERGIES,
    LOINC,
    PATIENT,
    PROBLEMS,
    act,
    code,
    codes,
    document,
    entry,
    kinds_of,
    medicine,
    observation,
    people_of,
    performer,
    pq,
    problems_of,
    proposals,
    read,
    rel,
    section,
    status,
    when,
)

from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.interop.ccda import read_ccda

pytestmark = pytest.mark.unit

MEDICINES = section("10160-0", entry(medicine(status("active"))), title="Medications")


def test_document_is_read_in_its_order() -> None:
    whole = document(ALLERGIES, PROBLEMS, MEDICINES)
    assert kinds_of(whole) == [
        "NamedPerson",
        "Patient",
        "AllergyIntolerance",
        "Condition",
        "MedicationStatement",
    ]


def test_person_is_named_with_birth_sex_and_numbers() -> None:
    assert people_of(document()) == [
        NamedPerson("Nora Jane Whitlow", "1961-03-07", "female", ("MRN-77",))
    ]


def test_patient_has_all_the_header_tells() -> None:
    child = (
        '<participant typeCode="IND"><associatedEntity classCode="ECON">'
        + code("SON", "2.16.840.1.113883.5.111")
        + (
            '<addr use="HP"><city>Bend</city></addr><associatedPerson><name><given>Tom</given></name>'
            "</associatedPerson></associatedEntity></participant>"
        )
    )
    stranger = '<participant typeCode="IND"><associatedEntity classCode="X"/></participant>'
    silent = '<participant typeCode="IND"><associatedEntity classCode="NOK"/></participant>'
    (patient,) = proposals(kind="Patient", header=PATIENT + child + stranger + silent)
    resource = patient.resource
    assert resource["name"][0] == {"family": "Whitlow", "given": ["Nora", "Jane"], "use": "usual"}
    assert resource["name"][1] == {"given": ["Nory"], "use": "nickname"}
    assert resource["telecom"] == [
        {"system": "phone", "value": "+1(555)555-0101", "use": "mobile"},
        {"system": "email", "value": "nora@example.org"},
    ]
    assert resource["address"][0]["line"] == ["4 Mill Lane"]
    assert (resource["gender"], resource["birthDate"]) == ("female", "1961-03-07")
    assert codes(resource["maritalStatus"]) == ["M"]
    assert resource["communication"][0]["preferred"] is True
    assert resource["managingOrganization"] == {"display": "Oakham Clinic"}
    race, ethnicity, religion, birth_place = resource["extension"]
    assert [each["url"] for each in race["extension"]] == ["ombCategory", "detailed", "text"]
    assert race["extension"][2]["valueString"] == "White, European"
    assert ethnicity["extension"][0]["valueCoding"]["code"] == "2186-5"
    assert codes(religion["valueCodeableConcept"]) == ["1013"]
    assert birth_place["valueAddress"] == {"city": "Salem"}
    mother, son = resource["contact"]
    assert (mother["name"]["given"], codes(mother["relationship"][0])) == (["Ida"], ["GUARD"])
    assert (son["name"]["given"], son["address"]["city"]) == (["Tom"], "Bend")


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<sdtc:deceasedInd value="true"/>', {"deceasedBoolean": True}),
        (
            '<sdtc:deceasedInd value="true"/><sdtc:deceasedTime value="20200102"/>',
            {"deceasedDateTime": "2020-01-02"},
        ),
        ('<birthTime value="196103071530-0800"/>', {"birthDate": "1961-03-07"}),
        (
            '<languageCommunication><languageCode code="es"/></languageCommunication><languageCommunication/>',
            {
                "communication": [
                    {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "es"}]}}
                ]
            },
        ),
    ],
)
def test_more_of_the_patient(inner: str, expected: dict[str, Any]) -> None:
    header = f"<recordTarget><patientRole><id extension='1'/><patient>{inner}</patient></patientRole></recordTarget>"
    resource = proposals(kind="Patient", header=header)[0].resource
    assert {name: resource[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("gender", "expected"),
    [
        ('code="M"', "male"),
        ('code="UN"', "other"),
        ('nullFlavor="UNK"', "unknown"),
        ('displayName="Female"', "female"),
        ("", ""),
    ],
)
def test_sex_is_told_by_code_name_or_absence(gender: str, expected: str) -> None:
    coded = f"<administrativeGenderCode {gender}/>"
    header = f"<recordTarget><patientRole><patient>{coded}</patient></patientRole></recordTarget>"
    (found,) = people_of(document(header=header))
    assert found.sex == expected


def test_every_record_is_the_patients() -> None:
    found = proposals(ALLERGIES, PROBLEMS)
    patient, *others = [each.resource for each in found]
    reference = {"reference": f"Patient/{patient['id']}"}
    assert [each.get("patient") or each.get("subject") for each in others] == [reference, reference]


def test_fragment_without_person_names_nobody() -> None:
    (found,) = read(f"<x>{PROBLEMS}</x>")
    assert "subject" not in found.resource


def test_reading_again_gives_the_same() -> None:
    assert read(document(ALLERGIES, PROBLEMS)) == read(document(ALLERGIES, PROBLEMS))
    ids = [each.resource["id"] for each in proposals(ALLERGIES, PROBLEMS, MEDICINES)]
    assert len(set(ids)) == len(ids)


def test_reading_is_lazy() -> None:
    reading = read_ccda(document(ALLERGIES).encode())
    assert isinstance(next(reading), NamedPerson)


def test_two_documents_in_one_file_are_two_people() -> None:
    other = document(PROBLEMS, header=PATIENT.replace("Nora", "Otto")).partition("?>")[2]
    whole = f"<envelope>{document(ALLERGIES).partition('?>')[2]}{other}</envelope>"
    assert [each.name for each in people_of(whole)] == ["Nora Jane Whitlow", "Otto Jane Whitlow"]
    patients = [
        each.resource["id"]
        for each in read(whole)
        if isinstance(each, Proposal) and each.resource["resourceType"] == "Patient"
    ]
    assert len(set(patients)) == 2


def test_header_tells_the_visit_and_the_care_team() -> None:
    header = (
        f"{PATIENT}<documentationOf><serviceEvent>{when('2020', '2024')}{performer()}"
        "<performer><assignedEntity/></performer></serviceEvent></documentationOf>"
        f'<componentOf><encompassingEncounter><id root="1.2" extension="V1"/>{when("20240210", "20240212")}'
        "<location><healthCareFacility><location><name>Hill Hospital</name></location></healthCareFacility></location>"
        "</encompassingEncounter></componentOf>"
        "<documentationOf><serviceEvent/></documentationOf><componentOf><encompassingEncounter/></componentOf>"
    )
    found = {each.resource["resourceType"]: each for each in proposals(header=header)}
    assert found["CareTeam"].resource["participant"] == [{"member": {"display": "Ben Stone"}}]
    assert found["Encounter"].resource["location"] == [{"location": {"display": "Hill Hospital"}}]
    assert found["Encounter"].resource["status"] == "finished"
    assert found["Encounter"].spot.where == "Document header"


def test_statements_deeper_than_real_ones_are_named() -> None:
    inner = observation(code("1", LOINC), pq("1"))
    for _ in range(40):
        inner = observation(code("1", LOINC), pq("1"), rel("COMP", inner))
    found = problems_of(document(section("30954-2", entry(inner), title="Results")))
    assert [each.where for each in found] == ["Results, entry 1"]


def test_a_flood_of_problems_is_summed_up() -> None:
    found = problems_of(document(section("48765-2", *[entry(act())] * 600)))
    assert len(found) == 501
