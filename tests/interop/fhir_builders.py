"""Made-up people and their records as FHIR, and files of them as senders write them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.interop.fhir import read_fhir

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
RXNORM, CVX = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/cvx"
ORA = "3f1c1f2e-0a51-4c58-9f0e-2d3c5b7a9001"


def concept(system: str, code: str, display: str, **more: Any) -> Json:
    return {"coding": [{"system": system, "code": code, "display": display}], **more}


def patient(**changes: Any) -> Json:
    return {
        "resourceType": "Patient",
        "id": ORA,
        "name": [{"use": "official", "family": "Quillfeather", "given": ["Ora", "May"]}],
        "gender": "female",
        "birthDate": "1961-04-09",
        "identifier": [{"system": "urn:example:mrn", "value": "Q-17"}],
    } | changes


def record(kind: str, number: int = 1, **fields: Any) -> Json:
    key = (
        "patient"
        if kind in {"AllergyIntolerance", "Immunization", "FamilyMemberHistory"}
        else "subject"
    )
    own_id = f"00000000-0000-4000-8000-{number:012}"
    return {"resourceType": kind, "id": own_id, key: {"reference": f"urn:uuid:{ORA}"}} | fields


def observation(number: int = 1, **changes: Any) -> Json:
    return record(
        "Observation",
        number,
        status="final",
        category=[{"coding": [{"code": "laboratory"}]}],
        code=concept(LOINC, "2345-7", "Glucose [Mass/volume] in Serum", text="Glucose"),
        effectiveDateTime="2024-03-05T08:30:00+01:00",
        valueQuantity={"value": 101, "unit": "mg/dL", "system": UCUM, "code": "mg/dL"},
        **changes,
    )


def some_records() -> list[Json]:
    """One of each kind that people care for most."""
    return [
        patient(),
        observation(1),
        record(
            "Condition",
            2,
            clinicalStatus=concept("x", "active", "Active"),
            code=concept(SNOMED, "38341003", "High blood pressure"),
            onsetDateTime="2019-06",
        ),
        record(
            "MedicationRequest",
            3,
            status="active",
            intent="order",
            medicationCodeableConcept=concept(RXNORM, "314076", "lisinopril 10 MG Oral Tablet"),
            authoredOn="2023-11-02",
            dosageInstruction=[{"text": "1 tablet in the morning"}],
        ),
        record(
            "AllergyIntolerance",
            4,
            clinicalStatus=concept("x", "active", "Active"),
            code=concept(SNOMED, "91936005", "Allergy to penicillin"),
            recordedDate="1998",
            reaction=[
                {"manifestation": [concept(SNOMED, "247472004", "Hives")], "severity": "moderate"}
            ],
        ),
        record(
            "Immunization",
            5,
            status="completed",
            vaccineCode=concept(CVX, "115", "Tdap"),
            occurrenceDateTime="2021-10-10",
        ),
        record(
            "Procedure",
            6,
            status="completed",
            code=concept(SNOMED, "80146002", "Appendectomy"),
            performedPeriod={"start": "1984-07-01T09:00:00Z", "end": "1984-07-01T10:15:00Z"},
        ),
        record(
            "Encounter",
            7,
            status="finished",
            **{"class": {"code": "AMB"}},
            type=[concept(SNOMED, "185349003", "Check-up")],
            period={"start": "2024-03-05T08:00:00+01:00", "end": "2024-03-05T08:45:00+01:00"},
        ),
    ]


def bundle(resources: Iterable[Json], kind: str = "collection", **more: Any) -> Json:
    entries = [
        ({"fullUrl": f"urn:uuid:{each['id']}"} if "id" in each else {}) | {"resource": each}
        for each in resources
    ]
    return {"resourceType": "Bundle", "type": kind, "entry": entries} | more


def as_bytes(value: Any, **how: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, **how).encode()


def proposals(content: bytes) -> list[Proposal]:
    return [each for each in read_fhir(content) if isinstance(each, Proposal)]


def resources(content: bytes) -> list[Json]:
    return [dict(each.resource) for each in proposals(content)]


def problems(content: bytes) -> list[tuple[str, str]]:
    return [(each.where, each.message) for each in read_fhir(content) if isinstance(each, Problem)]


def people(content: bytes) -> list[NamedPerson]:
    return [each for each in read_fhir(content) if isinstance(each, NamedPerson)]
