"""Letters: problems, medicines, allergies and measurements, always with a doubt, and never what is denied."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from lab_builders import Sheet, shown, vocabulary

from healthmate_desktop.domain.documents import Page, Word
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.interop.pages.letters import read_letter
from healthmate_desktop.interop.pages.reading import read_pages
from healthmate_desktop.interop.pages.told import PROSE

pytestmark = pytest.mark.health


def read(*pages: Page | str, kind: str = "") -> list[Proposal]:
    made = [
        Page(place, each) if isinstance(each, str) else each
        for place, each in enumerate(pages, start=1)
    ]
    found = [each for each in read_letter(made, vocabulary()) if isinstance(each, Proposal)]
    assert all(PROSE in each.doubts for each in found)
    return [each for each in found if kind in {"", each.resource["resourceType"]}]


def names(proposals: list[Proposal]) -> list[str]:
    keys = ("code", "medicationCodeableConcept")
    return [
        next(each.resource[key]["text"] for key in keys if key in each.resource)
        for each in proposals
    ]


def code(resource: Any, key: str) -> str:
    return str(resource[key]["coding"][0]["code"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "DISCHARGE DIAGNOSES:\n1. Hypertension.\n2. Type 2 diabetes mellitus\n",
            ["Hypertension", "Type 2 diabetes mellitus"],
        ),
        (
            "Diagnósticos:\n- Hipertensión arterial\n- Sin evidencia de metástasis\n",
            ["Hipertensión arterial"],
        ),
        ("Diagnostic : Insuffisance cardiaque\n", ["Insuffisance cardiaque"]),
        (
            "Diagnosen:\nArterielle Hypertonie\nKein Anhalt für Malignität\n",
            ["Arterielle Hypertonie"],
        ),
        ("Problem List\nProblem #1\nNo problem data is applicable\n12/04\n", []),
        ("Family history:\nDiabetes\n", []),
    ],
)
def test_problems(text: str, found: list[str]) -> None:
    assert names(read(text, kind="Condition")) == found


def test_problems_say_how_sure_and_how_old_they_are() -> None:
    text = (
        "Problems\n- Pneumonia : Status - Resolved\n- Suspected sleep apnoea\n- V.a. Asthma\n"
        "- Angina (onset Apr 17, 2007) [authored Apr 17, 2007]\n- Gout, since 03/04/2012\n"
    )
    old, apnoea, asthma, angina, gout = (each for each in read(text, kind="Condition"))
    assert (names([old]), code(old.resource, "clinicalStatus")) == (["Pneumonia"], "resolved")
    for unsure in (apnoea, asthma):
        assert code(unsure.resource, "verificationStatus") == "provisional"
        assert any("not certain" in doubt for doubt in unsure.doubts)
    assert (names([angina]), angina.resource["onsetDateTime"]) == (["Angina"], "2007-04-17")
    assert any("2012-04-03" in doubt for doubt in gout.doubts)


def test_tables_of_problems_and_allergies() -> None:
    sheet = (
        Sheet()
        .row((50, "Problem List"))
        .table(
            (50, 200, 320),
            ("Name", "Dates", "Status"),
            ("Appendicitis", "Onset: Sept 8 2014", "Active"),
        )
    )
    sheet.row((50, "ALLERGIES")).table(
        (50, 160, 240, 330),
        ("Substance", "Reaction", "Severity", "Status"),
        ("Penicillin", "Hives", "Moderate", "Inactive"),
        ("Codeine", "Wheezing", "", "Active"),
    )
    problem, penicillin, codeine = read(sheet.page())
    assert problem.resource["onsetDateTime"] == "2014-09-08"
    assert problem.spot.boxes
    assert code(penicillin.resource, "clinicalStatus") == "inactive"
    assert penicillin.resource["reaction"] == [
        {"manifestation": [{"text": "Hives"}], "severity": "moderate"}
    ]
    assert codeine.resource["reaction"] == [{"manifestation": [{"text": "Wheezing"}]}]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Allergies: Penicillin (rash), sulfa drugs\n", ["Penicillin", "sulfa drugs"]),
        ("Allergies\n- Penicillin - anaphylaxis\n- Latex: itching\n", ["Penicillin", "Latex"]),
        ("Allergies\nThe patient is allergic to aspirin and codeine.\n", ["aspirin", "codeine"]),
        ("Alergias: Alergia a penicilina\n", ["penicilina"]),
        ("Allergies: denies\n", []),
        ("Allergies\n- Penicillin: no reaction at the supervised test in 2023\n", []),
        ("Allergies\n- Egg: he has outgrown it\n- Milk: no longer an allergy\n", []),
        ("Allergies: No known drug allergies except penicillin\n", []),
        ("Allergies\nKept by his aunt, Ada. Last changed on 3 May 2026.\n- Nickel\n", ["Nickel"]),
        ("Allergies\nNo allergy data is applicable\n", []),
    ],
)
def test_allergies(text: str, found: list[str]) -> None:
    assert names(read(text, kind="AllergyIntolerance")) == found


@pytest.mark.parametrize(
    ("text", "words", "snomed"),
    [
        ("Allergies: NKDA\n", "NKDA", "409137002"),
        ("Allergies\nNo known drug allergies.\n", "No known drug allergies", "409137002"),
        ("Allergies : pas d'allergie connue\n", "pas d'allergie connue", "716186003"),
        ("Alergias: No conocidas\n", "No conocidas", "716186003"),
        ("Allergien: keine bekannt\n", "keine bekannt", "716186003"),
    ],
)
def test_that_no_allergies_are_known_is_said(text: str, words: str, snomed: str) -> None:
    (found,) = read(text, kind="AllergyIntolerance")
    assert (names([found]), code(found.resource, "code")) == ([words], snomed)


def test_allergies_keep_what_happened_and_when() -> None:
    text = "Allergies\nCodeine   Onset: 10-Jan-2001   Reaction: Anaphylaxis Status: Active\n"
    (found,) = read(text, kind="AllergyIntolerance")
    assert names([found]) == ["Codeine"]
    assert found.resource["onsetDateTime"] == "2001-01-10"
    assert found.resource["reaction"][0]["manifestation"][0]["text"] == "Anaphylaxis"
    (penicillin, _) = read("Allergies: Penicillin (rash), latex\n", kind="AllergyIntolerance")
    assert penicillin.resource["reaction"][0]["manifestation"][0]["text"] == "rash"


LIST = """# Ada's allergies

Kept by her aunt. Last changed on 3 May 2026.

## Serious

- **Walnuts**: in March 2021 Ada ate a cake and within minutes had hives, a swollen lip and wheezing.
- **Pecans**: never eaten, but the test of May 2021 was positive, so Ada avoids them.

## Mild

- **Nickel** (itchy skin)
- House dust: sneezing and a blocked nose every night, worst in autumn.

## No longer an allergy

- **Amoxicillin**: a rash in 2018, but no reaction in the supervised test on 9 October 2023.

## What she carries

- Cetirizine 10 mg tablets
"""


def test_list_of_allergies_that_a_family_keeps() -> None:
    walnuts, pecans, nickel, dust = read(LIST, kind="AllergyIntolerance")
    assert names([walnuts, pecans, nickel, dust]) == ["Walnuts", "Pecans", "Nickel", "House dust"]
    (reaction,) = walnuts.resource["reaction"]
    assert reaction["manifestation"] == [{"text": "hives, a swollen lip and wheezing"}]
    assert reaction["onset"] == "2021-03"
    assert walnuts.resource["note"][0]["text"].startswith("in March 2021 Ada ate a cake")
    assert "reaction" not in pecans.resource
    assert nickel.resource["reaction"][0]["manifestation"][0]["text"] == "itchy skin"
    assert dust.resource["reaction"][0]["manifestation"][0]["text"] == (
        "sneezing and a blocked nose every night"
    )


def test_list_behind_a_colon_stays_a_list() -> None:
    found = read("Allergies\n- Penicillin: rash, latex\n- Codeine: sickness\n")
    assert names(found) == ["Penicillin", "latex", "Codeine"]


def test_medicines_in_lists_and_tables() -> None:
    text = (
        "DISCHARGE MEDICATIONS:\n1. Cipro 250 mg, one tablet p.o. b.i.d. for two days.\n"
        "2. Aspirin stopped\n3. Call the clinic\n"
    )
    (cipro,) = read(text, kind="MedicationStatement")
    dosage = cipro.resource["dosage"][0]
    assert names([cipro]) == ["Cipro 250 mg"]
    assert dosage["doseAndRate"][0]["doseQuantity"] == {"value": Decimal(1), "unit": "tablet"}
    assert (dosage["route"]["text"], dosage["timing"]["code"]["text"]) == ("oral", "b.i.d.")
    sheet = (
        Sheet()
        .row((50, "Medications"))
        .table(
            (50, 220, 360, 450),
            ("Medication", "Directions", "Start Date", "Status"),
            ("Atenolol 25 MG Oral Tablet", "1 every 12 hours Orally", "03/18/2012", "Active"),
            ("Ramipril 5 mg", "once daily", "", "Discontinued"),
        )
    )
    atenolol, ramipril = read(sheet.page())
    assert names([atenolol]) == ["Atenolol 25 MG Oral Tablet"]
    assert atenolol.resource["dosage"][0]["text"] == "1 every 12 hours Orally"
    assert atenolol.resource["effectivePeriod"] == {"start": "2012-03-18"}
    assert (atenolol.resource["status"], ramipril.resource["status"]) == ("active", "stopped")


@pytest.mark.parametrize(
    "text",
    [
        "Medications: None\n",
        "Medications\nNo current medications\n",
        "Medications\nNo medication data is applicable\n",
        "Plan\nRamipril 5 mg once daily\n",
    ],
)
def test_no_medicines(text: str) -> None:
    assert read(text, kind="MedicationStatement") == []


def test_medicine_begun_on_a_day() -> None:
    (found,) = read("Medications\nMetformin 850 mg twice daily, started 13-Apr-2011\n")
    assert found.resource["effectivePeriod"] == {"start": "2011-04-13"}


def test_measurements_in_sentences() -> None:
    text = (
        "On examination BP 135/92 mmHg, pulse was 72/min, temp 37.2 C, SpO2 97% on room air, weight 82 kg. "
        "Her LDL was 107 mg/dL; the goal LDL is less than 70. Keep systolic blood pressure below 140. HDL cholesterol\n"
    )
    found = read(text)
    assert [line.rsplit(" | ", 1)[0] for line in shown(found)] == [
        "Systolic blood pressure | 8480-6 | 135 mm[Hg]",
        "Diastolic blood pressure | 8462-4 | 92 mm[Hg]",
        "pulse | 8867-4 | 72 /min",
        "temp | 8310-5 | 37.2 Cel",
        "SpO2 | 59408-5 | 97 %",
        "weight | 29463-7 | 82 kg",
        "LDL | 2089-1 | 107 mg/dL",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "He is 56 and has no pain.",
        "Call if systolic blood pressure is greater than 180.",
        "Glucose. 12 patients",
        "Weight 12/34",
        "Family history:\nMother with BP 180/100\n",
    ],
)
def test_sentences_without_measurements(text: str) -> None:
    assert read(text) == []


def test_measurements_below_allergies_under_a_heading_that_is_not_known() -> None:
    found = read(
        "Allergien: keine bekannt\nKreislauf: RR 140/90 mmHg, Puls 80/min\n", kind="Observation"
    )
    assert [line.split(" | ")[1] for line in shown(found)] == ["8480-6", "8462-4", "8867-4"]


def test_letters_name_their_person() -> None:
    people = [
        each
        for each in read_letter(
            [Page(1, "Patient Name: Quist, Alma L.\nMRN: 00123-4\n")], vocabulary()
        )
        if isinstance(each, NamedPerson)
    ]
    assert people == [NamedPerson("Quist, Alma L.", identifiers=("00123-4",))]


def test_rows_read_as_results_are_not_proposed_again() -> None:
    page = Page(1, "RESULTS\nGlucose: 95 mg/dL\nDIAGNOSES\nGout\n")
    found = [each for each in read_pages([page], vocabulary()) if isinstance(each, Proposal)]
    assert [each.resource["resourceType"] for each in found] == ["Observation", "Condition"]


def test_items_go_on_over_lines_and_end_with_headings() -> None:
    sheet = (
        Sheet()
        .row((50, "DIAGNOSES:"))
        .row((50, "1."), (65, "Acute cerebrovascular accident of the left"))
        .row((65, "parietal lobe."), flows=True)
    )
    sheet.row((50, "2."), (65, "Gout")).row((50, "CONDITION AND ACTIVITY AT HOME:")).row(
        (50, "Stable and walking")
    )
    assert names(read(sheet.page())) == [
        "Acute cerebrovascular accident of the left parietal lobe",
        "Gout",
    ]


def test_heading_that_is_not_known_ends_the_part_above() -> None:
    sheet = Sheet().row((50, "Diagnoses")).row((50, "Asthma"))
    page = sheet.row((50, "What to watch for")).row((50, "Do not stop the inhaler")).page()
    larger = {"Diagnoses", "What", "to", "watch", "for"}
    assert names(read(taller(page, larger), kind="Condition")) == ["Asthma"]
    assert len(read(page, kind="Condition")) > 1  # nothing tells it apart in one size of print
    marked = "## Diagnoses\n\nAsthma\n\n## What to watch for\n\nDo not stop the inhaler\n"
    assert names(read(marked, kind="Condition")) == ["Asthma"]


def taller(page: Page, words: set[str]) -> Page:
    def box(word: Word) -> Word:
        if page.text[word.start : word.end] not in words:
            return word
        return replace(word, box=replace(word.box, y1=word.box.y1 + 3))

    return replace(page, words=tuple(map(box, page.words)))


def test_margins_of_pages_are_in_no_part() -> None:
    first = Sheet().row((50, "Fenwick Lane Surgery")).row((50, "Problem list"))
    first.row((50, "Asthma")).row((50, "Page 1 of 2"))
    second = Sheet(number=2).row((50, "Fenwick Lane Surgery")).row((50, "Gout"))
    found = read(first.page(), second.row((50, "Page 2 of 2")).page(), kind="Condition")
    assert names(found) == ["Asthma", "Gout"]


def test_what_was_given_instead_is_no_allergy() -> None:
    text = "Allergies\n- Lisinopril caused a dry cough in 2012, and losartan was given instead.\n"
    assert names(read(text)) == ["Lisinopril"]


def test_medicines_of_a_table_in_plain_words() -> None:
    sheet = Sheet().row((50, "Medicines to take at home"))
    sheet.table(
        (50, 180, 330, 450),
        ("Medicine", "How to take it", "What it is for", "Change"),
        ("Apixaban 5 mg", "1 tablet twice a day", "prevents stroke", "NEW"),
    )
    (found,) = read(sheet.page())
    assert found.resource["medicationCodeableConcept"]["text"] == "Apixaban 5 mg"


def test_code_behind_a_test_that_was_ordered_is_no_value() -> None:
    assert read("Plan of tests\nHGB (85018)\n") == []
    assert len(read("Her HGB (13.1 g/dL) was normal.\n")) == 1
