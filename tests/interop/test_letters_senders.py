"""Who sent a page, told by its letterhead, and nobody where that is not clear."""

from __future__ import annotations

import pytest
from lab_builders import Sheet, vocabulary

from healthmate_desktop.domain.documents import Page
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.interop.pages.reading import read_pages

pytestmark = pytest.mark.health

BODY = (
    "RESULTS\nGlucose: 95 mg/dL\nDiagnoses\nGout\nAllergies\nNickel\nMedications\nRamipril 5 mg once daily\n"
    "Immunizations\nMMR 16/06/2017\n"
)


def senders(*pages: Page | str) -> list[str]:
    made = [
        Page(place, each) if isinstance(each, str) else each
        for place, each in enumerate(pages, start=1)
    ]
    return [
        each.resource.get("performer", [{}])[0].get("display", "")
        for each in read_pages(made, vocabulary())
        if isinstance(each, Proposal) and each.resource["resourceType"] == "Observation"
    ]


def test_every_kind_of_record_names_the_sender() -> None:
    pages = [Page(1, "Lantern Lane Clinic, 8 Lantern Lane\n" + BODY)]
    found = [each for each in read_pages(pages, vocabulary()) if isinstance(each, Proposal)]
    resources = {each.resource["resourceType"]: each.resource for each in found}
    who = {"display": "Lantern Lane Clinic"}
    assert resources["Observation"]["performer"] == [who]
    assert resources["Immunization"]["performer"] == [{"actor": who}]
    assert resources["Condition"]["recorder"] == who
    assert resources["AllergyIntolerance"]["recorder"] == who
    assert resources["MedicationStatement"]["informationSource"] == who


@pytest.mark.parametrize(
    ("top", "sender"),
    [
        ("FENWICK LANE FAMILY PRACTICE\n", "FENWICK LANE FAMILY PRACTICE"),
        ("# Brightwater Diagnostics\n", "Brightwater Diagnostics"),
        ("Department of Cardiology, St Brannoc Hospital\n", "St Brannoc Hospital"),
        ("Laborbefund\nLabor Dr. Abendroth\n", "Labor Dr. Abendroth"),
        ("Centro de Salud Los Olmos\n", "Centro de Salud Los Olmos"),
        ("Laboratoire Beauséjour\n", "Laboratoire Beauséjour"),
        ("Laboratory Report\n", ""),
        ("Hospital\n", ""),
        ("8 Hospital Road\n", ""),
        ("Harbour Clinic Street\n", ""),
        ("You were seen at the Harbour Clinic\n", ""),
        ("Referred by: Harbour Clinic\n", ""),
        ("the harbour clinic\n", ""),
        ("Dr Ada Finch\nFenwick Lane Surgery\n", ""),
        ("Harbour Clinic\nFenwick Lane Surgery\n", ""),
        ("Results\nof\na\nlong\nday\nHarbour Clinic\n", ""),
        (f"{'Very ' * 20}Long Clinic\n", ""),
    ],
)
def test_letterheads(top: str, sender: str) -> None:
    assert senders(top + "RESULTS\nGlucose: 95 mg/dL\n") == [sender]


def test_pages_without_a_letterhead() -> None:
    first, second = "Harbour Clinic\nGlucose: 95 mg/dL\n", "RESULTS\nSodium: 140 mmol/L\n"
    assert senders(first, second) == ["Harbour Clinic"] * 2
    third = "Fenwick Lane Surgery\nPotassium: 4.1 mmol/L\n"
    assert senders(first, second, third) == ["Harbour Clinic", "", "Fenwick Lane Surgery"]


def test_name_far_down_a_page_is_no_letterhead() -> None:
    sheet = Sheet().row((50, "RESULTS"), lead=400).row((50, "Harbour Clinic"))
    assert senders(sheet.row((50, "Glucose: 95 mg/dL")).page()) == [""]
