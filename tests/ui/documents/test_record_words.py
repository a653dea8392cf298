"""Records are said as a person would say them, and no more exactly than they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.ui.documents.record_words import (
    kind_words,
    person_words,
    said_of,
    when_words,
)
from ui.documents.document_fakes import document
from ui.record_fakes import measured, record

if TYPE_CHECKING:
    from healthmate_desktop.domain.proposals import Resource

pytestmark = pytest.mark.ui

DOCUMENT = document("report")


@pytest.mark.parametrize(
    ("fhir", "words"),
    [
        ("2024", "2024"),
        ("2024-03", "March 2024"),
        ("2024-03-05", "5 Mar 2024"),
        ("2024-03-05T08:40:12+02:00", "5 Mar 2024, 08:40"),  # by the clock where it was
        ("2024-13-05", "2024-13-05"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_a_date_is_as_exact_as_it_was_given(fhir: str, words: str) -> None:
    assert when_words(fhir) == words


@pytest.mark.parametrize(
    ("kind", "words"),
    [("Condition", "Condition"), ("ServiceRequest", "Service request"), ("", "Record")],
)
def test_each_type_has_words(kind: str, words: str) -> None:
    assert kind_words(kind) == words


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (NamedPerson("Maria Lopez", "1960-05-03"), "Maria Lopez, born 3 May 1960"),
        (NamedPerson("Maria Lopez", "1960-05"), "Maria Lopez, born May 1960"),
        (NamedPerson("Maria Lopez"), "Maria Lopez"),
        (NamedPerson("", "1960"), "someone without a name, born 1960"),
    ],
)
def test_whom_it_names_is_said_as_far_as_it_is_known(person: NamedPerson, words: str) -> None:
    assert person_words(person) == words


@pytest.mark.parametrize(
    ("code", "flag"), [("H", "marked high"), ("N", ""), ("", ""), ("ZZ", "marked ZZ")]
)
def test_a_flag_of_the_sender_is_said_to_be_one(code: str, flag: str) -> None:
    resource = measured("Glucose", "7.2", limits="3.9 - 5.5")
    resource["interpretation"] = [{"coding": [{"code": code}]}] if code else []
    said = said_of(record("g", DOCUMENT, resource))
    assert said.flag == flag
    assert said.limits == "3.9\u00a0-\u00a05.5"  # stays on one line
    assert said.whole == "Glucose 7.2 mmol/L"


@pytest.mark.parametrize(
    ("resource", "value", "status"),
    [
        (
            {
                "resourceType": "Immunization",
                "status": "not-done",
                "vaccineCode": {"text": "Influenza"},
            },
            "Not done",
            "",
        ),
        (
            {
                "resourceType": "MedicationRequest",
                "status": "active",
                "doNotPerform": True,
                "dosageInstruction": [{"text": "one a day"}],
            },
            "Not so. one a day",
            "active",
        ),
        (
            {
                "resourceType": "Condition",
                "clinicalStatus": {"coding": [{"code": "inactive"}]},
                "code": {"text": "Asthma"},
            },
            "",
            "inactive",
        ),
    ],
)
def test_what_is_not_so_is_said_not_to_be(resource: Resource, value: str, status: str) -> None:
    said = said_of(record("r", DOCUMENT, resource))
    assert (said.value, said.status) == (value, status)
    assert said.name
