"""Whom a page is about, and nobody where it does not say."""

from __future__ import annotations

import pytest
from lab_builders import Sheet

from healthmate_desktop.domain.documents import Page
from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.interop.pages.person import people_of
from healthmate_desktop.interop.pages.rows import rows_of

pytestmark = pytest.mark.unit


def _people(*texts: str) -> list[NamedPerson]:
    return list(people_of([rows_of(Page(1, text)) for text in texts]))


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (
            "Patient: Alma Quist   DOB: 04/17/1961   Sex: F",
            NamedPerson("Alma Quist", "1961-04-17", "female"),
        ),
        (
            "Paciente: Alma Quist   Fecha de nacimiento: 07/04/1961\nResultados de la prueba y valores",
            NamedPerson("Alma Quist", "1961-04-07"),
        ),
        ("Patient : Alma Quist   Née le 17/04/1961", NamedPerson("Alma Quist", "1961-04-17")),
        (
            "Patientin: Alma Quist   geb. 17.04.1961   Geschlecht: weiblich",
            NamedPerson("Alma Quist", "1961-04-17", "female"),
        ),
        (
            "Name: QUIST, ALMA   MRN: 00123-4   Gender: Female",
            NamedPerson("QUIST, ALMA", "", "female", ("00123-4",)),
        ),
        (
            "Patient ID: 12345\nPatient Name: Quist, Alma L.\nDate of Discharge: 03/26/2009",
            NamedPerson("Quist, Alma L.", identifiers=("12345",)),
        ),
        (
            "Name   Alma Quist\nDate of Birth   April 17, 1961",
            NamedPerson("Alma Quist", "1961-04-17"),
        ),
        ("Patient: Alma Quist (63 y)   Collected: 04/17/2024", NamedPerson("Alma Quist")),
        ("Patient: Alma Quist, F, 63 years", NamedPerson("Alma Quist")),
    ],
)
def test_labels(text: str, person: NamedPerson) -> None:
    assert _people(text) == [person]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The patient was given aspirin 325 mg",
        "Patient instructions: drink",
        "Name   Dates   Details\nIron   2012",
        "Patient: 12345 67",
        "Name: Hospital Central",
        "Patient:",
        "Patient: a b",
    ],
)
def test_nobody(text: str) -> None:
    assert _people(text) == []


def test_birth_date_that_may_be_two_days_is_left_out() -> None:
    assert _people("Patient: Alma Quist   DOB: 04/05/1961") == [NamedPerson("Alma Quist")]


def test_labels_over_their_values() -> None:
    sheet = (
        Sheet()
        .row((50, "Patient name"), (200, "Date of birth"), (320, "ID"))
        .row((50, "Alma Quist"), (200, "17-Apr-1961"), (320, "A-99881"))
    )
    assert list(people_of([rows_of(sheet.page())])) == [
        NamedPerson("Alma Quist", "1961-04-17", "", ("A-99881",))
    ]


def test_pages_of_one_person_agree_and_another_person_is_told_apart() -> None:
    found = _people(
        "Patient: Alma Quist",
        "Patient: Alma M. Quist   DOB: 17-Apr-1961",
        "Patient: Bert Quist   DOB: 01-Jan-1990",
        "no one",
    )
    assert [(each.name, each.birth_date) for each in found] == [
        ("Alma M. Quist", "1961-04-17"),
        ("Bert Quist", "1990-01-01"),
    ]
