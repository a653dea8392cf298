"""Vaccination records: each dose with its day, and nothing that is due, planned, declined or about nobody."""

from __future__ import annotations

import random

import pytest
from lab_builders import Sheet, vocabulary

from healthmate_desktop.domain.documents import Box, Page, Problem, Word
from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.interop.pages.observations import HARD
from healthmate_desktop.interop.pages.reading import read_pages
from healthmate_desktop.interop.pages.told import PROSE
from healthmate_desktop.interop.pages.vaccinations import (
    ABOVE,
    BEFORE_BIRTH,
    COLUMNS,
    NO_DAY,
    UNKNOWN,
)
from healthmate_desktop.interop.pages.vaccine_names import vaccine_of

pytestmark = pytest.mark.health

XS = (62, 172, 268, 365, 461)
HEADS = ("Vaccine", "1st dose", "2nd dose", "3rd dose", "4th dose")


def read(*pages: Page | str) -> list[Proposal]:
    made = [
        Page(place, each) if isinstance(each, str) else each
        for place, each in enumerate(pages, start=1)
    ]
    found = [each for each in read_pages(made, vocabulary()) if isinstance(each, Proposal)]
    assert all(each.resource["resourceType"] == "Immunization" for each in found)
    return found


def told(proposals: list[Proposal]) -> list[tuple[str, str, int]]:
    """Name, day and number of the dose."""
    return [
        (
            each.resource["vaccineCode"]["text"],
            each.resource["occurrenceDateTime"],
            each.resource.get("protocolApplied", [{}])[0].get("doseNumberPositiveInt", 0),
        )
        for each in proposals
    ]


def card(*rows: tuple[str, ...], by_ocr: bool = True, title: str = "Vaccination record") -> Sheet:
    sheet = Sheet(by_ocr=by_ocr).row((54, title)).row((54, "Name"), (144, "Ada Finch"))
    sheet.row((54, "Date of birth"), (144, "23 May 2015"))
    return sheet.table(XS, HEADS, *rows)


def test_card_with_a_column_for_each_dose() -> None:
    sheet = card(
        ("Hepatitis B", "24 May 2015", "25 Jul 2015", "28 Nov 2015", ""),
        ("DTaP booster", "15 Jun 2019", "", "", ""),
        ("Polio (IPV)", "25 Jul 2015", "", "Nov 2015", "2019"),
    )
    sheet.row((54, "Next due: Tdap and HPV after the 11th birthday, from 23 May 2026."))
    sheet.row((54, "Dr Noor Ashdown"), (172, "16 June 2019"))
    found = read(sheet.page())
    assert told(found) == [
        ("Hepatitis B", "2015-05-24", 1),
        ("Hepatitis B", "2015-07-25", 2),
        ("Hepatitis B", "2015-11-28", 3),
        ("DTaP booster", "2019-06-15", 1),
        ("Polio (IPV)", "2015-07-25", 1),
        ("Polio (IPV)", "2015-11", 3),
        ("Polio (IPV)", "2019", 4),
    ]
    assert all(each.resource["status"] == "completed" and not each.doubts for each in found)
    assert found[1].text == "Hepatitis B 25 Jul 2015"
    (box,) = found[1].spot.boxes
    assert 268 <= box.x0 < box.x1 < 365
    assert found[4].resource["vaccineCode"]["coding"] == [
        {"system": "http://hl7.org/fhir/sid/cvx", "code": "10"}
    ]


def test_card_without_a_word_over_the_names() -> None:
    sheet = Sheet().row((54, "Immunisation record"))
    sheet.table(XS[:3], ("", "Dose 1", "Dose 2"), ("MMR", "25 Jul 2015", "26 Jul 2019"))
    assert told(read(sheet.page())) == [("MMR", "2015-07-25", 1), ("MMR", "2019-07-26", 2)]


def test_what_makes_a_dose_doubtful() -> None:
    sheet = card(("MMR", "03/04/2012", "", "", ""), ("Zorblax", "5 Jun 2017", "", "", ""))
    sheet.row((62, "Hib"), (172, "5 Jun 2017"), confidence=0.4)
    mmr, zorblax, hib = read(sheet.page())
    assert BEFORE_BIRTH in mmr.doubts
    assert any("2012-04-03" in doubt for doubt in mmr.doubts)
    assert (zorblax.doubts, hib.doubts) == ((UNKNOWN,), (HARD,))
    assert "coding" not in zorblax.resource["vaccineCode"]


def test_day_that_a_scan_does_not_give_is_not_lost() -> None:
    sheet = card().row((62, "MMR"), (172, "25 Jvl 2015"), (268, "given"), confidence=0.9)
    (found,) = read(sheet.page())
    assert found.resource["occurrenceString"] == "25 Jvl 2015"
    assert "occurrenceDateTime" not in found.resource
    assert found.doubts == (NO_DAY,)
    assert read(card(("MMR", "25 Jvl 2015", "", "", "")).page()) == []  # print says what it says


def test_table_with_a_row_for_each_dose() -> None:
    sheet = Sheet().table(
        (50, 150, 300, 400),
        ("Date given", "Vaccine", "Lot", "Site"),
        ("16/06/2017", "MMR (dose 2)", "A12B", "Left arm"),
        ("17/06/2017", "", "C3", "Right arm"),
        ("18/06/2017", "Varicella", "", ""),
    )
    first, second, third = read(sheet.page())
    assert told([first, second, third]) == [
        ("MMR (dose 2)", "2017-06-16", 2),
        ("MMR (dose 2)", "2017-06-17", 2),
        ("Varicella", "2017-06-18", 0),
    ]
    assert first.resource["lotNumber"] == "A12B"
    assert first.resource["site"] == {"text": "Left arm"}
    assert (first.doubts, second.doubts) == ((), (ABOVE,))
    assert "lotNumber" not in third.resource


def test_table_with_a_column_that_numbers_the_doses() -> None:
    text = "Impfausweis\nImpfstoff     Dosis    Datum        Charge\nFSME          2        05.06.2017     X1\n"
    assert told(read(text)) == [("FSME", "2017-06-05", 2)]


def test_table_in_marked_text() -> None:
    text = (
        "| Vaccine | 1st dose | 2nd dose |\n|---|---|---|\n"
        "| MMR | 5 Jun 2017 | 15 Jun 2020 |\n| Hib | 5 Jun 2017 | |\n"
    )
    *whole, partly = read(text)
    assert told(whole) == [("MMR", "2017-06-05", 1), ("MMR", "2020-06-15", 2)]
    assert told([partly]) == [("Hib", "2017-06-05", 0)]
    assert partly.doubts == (COLUMNS,)


def test_plain_lines() -> None:
    text = (
        "Patient: Ada Finch\nImmunizations\n- MMR 16/06/2017\n- Tdap 13/08/2019, lot AB123, left arm\n"
        "- Flu vaccine 2024\n- Hepatitis B: 1/2/2016, 3/4/2016 and 5/6/2016\n13/08/2020 - Varicella\n"
    )
    found = read(text)
    assert told(found) == [
        ("MMR", "2017-06-16", 0),
        ("Tdap", "2019-08-13", 0),
        ("Flu vaccine", "2024", 0),
        ("Hepatitis B", "2016-02-01", 0),
        ("Hepatitis B", "2016-04-03", 0),
        ("Hepatitis B", "2016-06-05", 0),
        ("Varicella", "2020-08-13", 0),
    ]
    assert all(PROSE in each.doubts for each in found)
    in_one = "Immunizations: MMR 05/16/2017; Flu shot 10/20/2020\n"
    assert told(read(in_one)) == [("MMR", "2017-05-16", 0), ("Flu shot", "2020-10-20", 0)]
    (alone,) = read("MMR 05/06/2017\n")
    assert any("2017-06-05" in doubt for doubt in alone.doubts)


@pytest.mark.parametrize(
    "text",
    [
        "Influenza 05/06/2017\nRubella 12/03/2019\n",  # may be tests or illnesses
        "Immunizations\nHepatitis B 12/03/2019 Negative\n",
        "Immunizations\n- HPV declined 04/05/2023\n- Td: not given 01/02/2020\n",
        "Immunizations\nNext due: Td 01/02/2020\nChickenpox (had the disease) 01/02/2020\n",
        "Immunizations\nMMR 12/10/2099\nFlu season 2024/25\n",
        "Immunizations\nTB skin test 12/10/2019\nInfluenza vaccine 26/02/2019 study of 400 people\n",
        "Plan\n- Flu vaccine 12/10/2025\n",
        "Family history\nMMR 12/10/2005\n",
        "Upcoming vaccinations\nMMR 12/10/2025\n",
        "Upcoming vaccinations\nVaccine    Date\nMMR        12/10/2025\n",
        "Vaccine information statements\nVaccine    Date\nMMR        12/10/2021\n",
        "Immunizations\nStill due:\nMMR 12/10/2025\n",
        "Vaccines\n\nProcedures:\nInfluenza 12/10/2025\n",
        "Please have your flu vaccine on 12/10/2025.\nFlu vaccine in October 2025\n",
        "MMR vaccine: appointment 12/10/2025\n",
        "Vaccines and you\nMMR was licensed on 12/10/1988.\n",
        "Vaccination schedule\nVaccine    1st dose    2nd dose\nMMR    12 months    3 years\nFlu   1 October 2024\n",
        "Vaccine    VIS date    Expiry date\nMMR   05/06/2017   06/06/2018\n",
        "Vaccine    Lot    Quantity    Date\nMMR   A1   12    06/06/2018\n",
        "Vaccine     Date     Status\nTd    06/06/2018   Declined\nTuberculin test   06/06/2018   Read\n",
        "Vaccine     Date\nDate of birth     06/06/2018\nPrinted     06/06/2019\n",
        "Vaccine     Date\nNo immunization data is applicable     06/06/2018\n",
        "Immunizations\n" + "MMR 05/06/2017 " * 40,
    ],
)
def test_no_vaccination(text: str) -> None:
    assert read(text) == []


def test_series_number_of_a_dose() -> None:
    text = "Vaccine       Date          Series number\nHepatitis B   16 Aug 2013   3rd\n"
    assert told(read(text)) == [("Hepatitis B", "2013-08-16", 3)]


def test_due_dates_and_cells_without_a_day() -> None:
    text = "Vaccine     Date given    Next due\nMMR         05/06/2017    05/06/2021\n"
    assert told(read(text)) == [("MMR", "2017-05-06", 0)]
    sheet = card(("HPV", "25 Jul 2024", "declined", "due 5 Aug 2025", "12 May 2099"))
    assert told(read(sheet.page())) == [("HPV", "2024-07-25", 1)]


def test_columns_that_are_ages_number_no_doses() -> None:
    text = "Vaccine     2          4\nDTaP        25 Jul 2016   28 Sep 2016\n"
    assert told(read(text)) == [("DTaP", "2016-07-25", 0), ("DTaP", "2016-09-28", 0)]


def test_schedule_that_names_its_child_is_a_record() -> None:
    sheet = card(("MMR", "25 Jul 2017", "", "", ""), title="Immunisation schedule")
    assert told(read(sheet.page())) == [("MMR", "2017-07-25", 1)]


def test_results_below_the_table_are_results() -> None:
    sheet = card(("MMR", "25 Jul 2017", "", "", "")).row((54, "RESULTS"))
    sheet.row((54, "Glucose: 95 mg/dL"))
    found = [
        each for each in read_pages([sheet.page()], vocabulary()) if isinstance(each, Proposal)
    ]
    kinds = [each.resource["resourceType"] for each in found]
    assert sorted(kinds) == ["Immunization", "Observation"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("MMR", "03"),
        ("Measles, Mumps & Rubella (MMR)", "03"),
        ("Impfung gegen FSME", "222"),
        ("Hep B #2", "45"),
        ("Pneumococcal (PCV13)", "133"),
        ("PCV13 (pneumococcal)", "133"),
        ("2nd dose COVID-19 vaccine", "213"),
        ("Influenza virus vaccine, IM", "88"),
        ("Tetanus and diphtheria toxoids", "139"),
        ("Infanrix hexa", ""),
        ("Brandname (MMR)", ""),
        ("MMR (Hib)", ""),
        ("Zorblax", None),
        ("Zorblax (new)", None),
    ],
)
def test_codes_of_names(name: str, code: str | None) -> None:
    known = vaccine_of(name)
    assert (known.code if known is not None else None) == code


def _mutated(page: Page, rng: random.Random) -> Page:
    words, text = list(page.words), list(page.text)
    for _ in range(rng.randrange(60)):
        text[rng.randrange(len(text))] = rng.choice("0123456789./-()#|*:; \nMRé中\u202e\x00")
    if rng.random() < 0.3:
        words = [word for word in words if rng.random() < 0.7]
    if rng.random() < 0.2:
        words = [
            Word(w.start, w.end, Box(*(rng.uniform(-1e5, 1e5) for _ in range(4))), rng.random())
            for w in words
        ]
    if rng.random() < 0.3:
        words = []
    return Page(1, "".join(text), page.width, page.height, tuple(words), by_ocr=rng.random() < 0.5)


def test_mutated_records_raise_nothing() -> None:
    rng = random.Random(11)
    sheet = card(("Hib", "25 Jul 2015", "3/4/2016", "", "due 2019"), ("Td", "", "2019", "", ""))
    sheet.row((54, "Immunizations")).row((54, "- MMR 05/06/2017, lot A1")).row(
        (54, "Allergies: **Nuts**: in March 2021 had hives")
    )
    sheet.table((50, 150, 300), ("Date", "Vaccine", "Lot"), ("3/4/2016", "MMR #2", "A"))
    page = sheet.page()
    for _ in range(400):
        for found in read_pages([_mutated(page, rng)], vocabulary()):
            assert isinstance(found, Proposal | NamedPerson | Problem)


@pytest.mark.parametrize(
    "text",
    ["Vaccine  Date\n" + "MMR  05/06/2017\n" * 3000, "Immunizations\n" + "MMR, " * 20_000],
    ids=("rows", "words"),
)
def test_long_records_end(text: str) -> None:
    assert read(text) is not None
