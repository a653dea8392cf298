"""The same fact read twice is known again; facts that differ in anything that matters are not taken for one."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from healthmate_desktop.domain.facts import fingerprint, with_context

pytestmark = [pytest.mark.unit, pytest.mark.health]

Json = dict[str, Any]

LAB: Json = {
    "resourceType": "Observation",
    "id": "1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7", "display": "Glucose"}]},
    "subject": {"reference": "Patient/1"},
    "effectiveDateTime": "2024-03-05T08:30:00+01:00",
    "valueQuantity": {"value": Decimal("5.40"), "unit": "mmol/l", "code": "mmol/L", "system": "http://unitsofmeasure.org"},
}  # fmt: skip
ORDER: Json = {
    "resourceType": "MedicationRequest",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {"text": "Featherdew"},
    "authoredOn": "2024",
    "dosageInstruction": [{"text": "one a day"}],
}
LETTER: Json = {
    "resourceType": "DocumentReference",
    "type": {"text": "Letter"},
    "date": "2024-03-05T08:30:00Z",
    "content": [{"attachment": {"url": "Binary/1", "title": "Letter", "size": 1000}}],
}


@pytest.mark.parametrize(
    "changes",
    [
        {
            "id": "2",
            "meta": {"versionId": "7"},
            "text": {"div": "<div/>"},
            "identifier": [{"value": "x"}],
        },
        {"subject": {"reference": "urn:uuid:x"}, "encounter": {"reference": "Encounter/9"}},
        {"effectiveDateTime": "2024-03-05T07:30:00Z"},
        {
            "valueQuantity": LAB["valueQuantity"]
            | {"value": Decimal("5.4"), "unit": "mmol per litre"}
        },
        {"valueQuantity": LAB["valueQuantity"] | {"value": 5.4}},
        {
            "code": {
                "coding": [LAB["code"]["coding"][0] | {"display": "Blood sugar"}],
                "text": "Sugar",
            }
        },
        {
            "note": [{"id": "n", "authorReference": {"reference": "Practitioner/1"}}],
            "performer": [],
        },
        {"issued": "2024-03-06"},
    ],
)
def test_same_fact_from_another_file_is_known_again(changes: Json) -> None:
    assert fingerprint(LAB | changes) == fingerprint(LAB)
    assert fingerprint(dict(reversed((LAB | changes).items()))) == fingerprint(LAB)


@pytest.mark.parametrize(
    ("base", "changes"),
    [
        (LAB, {"status": "preliminary"}),
        (LAB, {"effectiveDateTime": "2024-03-05"}),
        (LAB, {"effectiveDateTime": "2024-03-05T08:30:00Z"}),
        (LAB, {"valueQuantity": LAB["valueQuantity"] | {"value": Decimal("5.41")}}),
        (LAB, {"valueQuantity": LAB["valueQuantity"] | {"value": Decimal("-5.4")}}),
        (LAB, {"valueQuantity": LAB["valueQuantity"] | {"code": "mg/dL"}}),
        (LAB, {"valueQuantity": LAB["valueQuantity"] | {"comparator": "<"}}),
        (LAB, {"bodySite": {"text": "left arm"}}),
        (LAB, {"note": [{"text": "after a meal"}]}),
        (LAB, {"code": {"coding": [{"system": "http://loinc.org", "code": "2339-0"}]}}),
        (LAB, {"component": [{"valueInteger": 3}]}),
        (LAB, {"resourceType": "Condition"}),
        (ORDER, {"dosageInstruction": [{"text": "two a day"}]}),
        (ORDER, {"status": "stopped"}),
        (ORDER, {"doNotPerform": True}),
        (ORDER, {"medicationCodeableConcept": {"text": "Oilofrose"}}),
        (
            LETTER,
            {"content": [{"attachment": {"url": "Binary/2", "title": "Letter", "size": 1000}}]},
        ),
        (
            LETTER,
            {"content": [{"attachment": {"url": "Binary/1", "title": "Letter", "size": 1001}}]},
        ),
    ],
)
def test_what_differs_in_anything_that_matters_is_another_fact(base: Json, changes: Json) -> None:
    assert fingerprint(base | changes) != fingerprint(base)


def test_words_count_where_there_is_no_code_and_numbers_by_their_value() -> None:
    assert fingerprint(
        ORDER | {"medicationCodeableConcept": {"text": "FEATHERDEW"}}
    ) == fingerprint(ORDER)
    parts = deepcopy(LETTER)
    parts["content"][0]["attachment"]["size"] = Decimal("1E+3")
    assert fingerprint(parts) == fingerprint(LETTER)
    later = LETTER | {"date": "2024-03-05T09:30:00+01:00"}
    assert fingerprint(later) == fingerprint(LETTER)


def test_medication_by_reference_counts_by_what_it_is() -> None:
    by_code = {"resourceType": "MedicationRequest", "medicationCodeableConcept": {"text": "Dew"}}
    pointing = {
        "resourceType": "MedicationRequest",
        "medicationReference": {"reference": "Medication/9"},
    }
    known = with_context(pointing, refers={"Medication/9": {"code": {"text": "Dew"}}})
    assert fingerprint(known) == fingerprint(by_code)


ODD = [10**60, -(10**60), 0, Decimal("0.00"), Decimal("NaN"), float("inf"), 10**5000]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_numbers_of_any_size_have_a_fingerprint(odd: Any) -> None:
    assert len(fingerprint({"resourceType": "Claim", "total": {"value": odd}})) == 64
