"""Results are found in tables of any layout, with the day, unit, range and mark that belong to them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from lab_builders import Sheet, results, shown, vocabulary

from healthmate_desktop.domain.documents import Page, Problem
from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.interop.pages.lab_tables import read_results
from healthmate_desktop.interop.pages.reading import read_pages
from healthmate_desktop.interop.pages.rows import MOST_ROWS

pytestmark = pytest.mark.health

HEADS = ("Test", "Result", "Flag", "Units", "Reference Range")
XS = (50, 200, 250, 290, 350)


def test_columns_with_heads() -> None:
    sheet = Sheet().row((50, "Collected: 04/25/2024"))
    sheet.table(
        XS,
        HEADS,
        ("Sodium", "150", "H", "mmol/L", "136 - 145"),
        ("Florble", "3.1", "", "mg/dL", "2 - 4"),
    )
    sodium, unknown = results(sheet.page())
    assert shown([sodium]) == ["Sodium | 2951-2 | 150 mmol/L | 2024-04-25"]
    assert sodium.doubts == ()
    assert sodium.text == "Sodium 150 H mmol/L 136 - 145"
    assert sodium.resource["interpretation"][0]["coding"][0]["code"] == "H"
    (limits,) = sodium.resource["referenceRange"]
    assert (limits["low"]["value"], limits["high"]["code"], limits["text"]) == (
        Decimal(136),
        "mmol/L",
        "136 - 145",
    )
    assert (sodium.spot.page, sodium.spot.where) == (1, "row 3")
    assert len(sodium.spot.boxes) == 1
    assert shown([unknown]) == ["Florble | - | 3.1 mg/dL | 2024-04-25"]
    assert "does not know a test" in unknown.doubts[0]


def test_values_in_and_out_of_range() -> None:
    sheet = Sheet().table(
        (50, 200, 280, 360),
        ("Test Name", "In Range", "Out Of Range", "Reference Range"),
        ("Sodium", "141", "", "136 - 145 mmol/L"),
        ("Potassium", "", "5.9", "3.5 - 5.1 mmol/L"),
    )
    sodium, potassium = results(sheet.page())
    assert shown([sodium, potassium]) == [
        "Sodium | 2951-2 | 141 mmol/L | -",
        "Potassium | 2823-3 | 5.9 mmol/L | -",
    ]
    assert potassium.resource["interpretation"][0]["coding"][0]["code"] == "A"


def test_heads_over_two_lines_and_units_head_close_to_results() -> None:
    sheet = Sheet().row(
        (50, "Test"), (200, "Result Units"), (300, "Reference"), (380, "Abnormal"), lead=11
    )
    sheet.row((300, "Range"), (380, "Flag"))
    sheet.row((50, "Sodium"), (200, "141"), (245, "mmol/L"), (300, "136-145"), (380, "Normal"))
    (sodium,) = results(sheet.page())
    assert shown([sodium]) == ["Sodium | 2951-2 | 141 mmol/L | -"]
    assert sodium.resource["referenceRange"][0]["text"] == "136-145"
    assert sodium.resource["interpretation"][0]["coding"][0]["code"] == "N"


def test_tests_as_columns_with_units_and_ranges_below() -> None:
    xs = (50, 130, 210, 290)
    sheet = Sheet().table(
        xs, ("Date", "TSH", "Sodium", "Potassium"), ("", "mU/L", "mmol/L", "mmol/L")
    )
    sheet.table(xs, ("03/25/2024", "2.1", "141", "4.4"), ("06/01/2024", "", "139", "pending"))
    assert shown(results(sheet.page())) == [
        "TSH | 3016-3 | 2.1 m[IU]/L | 2024-03-25",
        "Sodium | 2951-2 | 141 mmol/L | 2024-03-25",
        "Potassium | 2823-3 | 4.4 mmol/L | 2024-03-25",
        "Sodium | 2951-2 | 139 mmol/L | 2024-06-01",
    ]


def test_names_of_tests_that_stand_close_together_are_told_apart() -> None:
    sheet = Sheet().row(
        (50, "Date"), (120, "Alkaline phosphatase Total bilirubin"), (330, "Sodium")
    )
    sheet.row((120, "U/L"), (225, "mg/dL"), (330, "mmol/L"))
    sheet.row((50, "03/25/2024"), (120, "94"), (225, "0.5"), (330, "143"))
    assert [line.split(" | ")[1] for line in shown(results(sheet.page()))] == [
        "6768-6",
        "1975-2",
        "2951-2",
    ]


def test_two_tables_beside_each_other() -> None:
    heads = ("Test", "Result", "Units", "Test", "Result", "Units")
    sheet = Sheet().table(
        (50, 130, 180, 280, 360, 410),
        heads,
        ("Sodium", "141", "mmol/L", "TSH", "2.1", "mU/L"),
        ("Potassium", "", "mmol/L", "Ferritin", "30", "ng/mL"),
    )
    assert shown(results(sheet.page())) == [
        "Sodium | 2951-2 | 141 mmol/L | -",
        "TSH | 3016-3 | 2.1 m[IU]/L | -",
        "Ferritin | 2276-4 | 30 ng/mL | -",
    ]


def test_two_tests_in_a_row_without_heads() -> None:
    sheet = Sheet().row(
        (50, "Sodium"), (130, "141 mmol/L"), (280, "Potassium"), (380, "4.4 mmol/L")
    )
    sheet.row((50, "Potassium"), (280, "TSH"), (380, "2.1 mU/L"))
    assert [line.split(" | ")[0] for line in shown(results(sheet.page()))] == [
        "Sodium",
        "Potassium",
        "TSH",
    ]


def test_key_values_also_in_plain_text() -> None:
    text = "Collected: 2024-03-25\nGlucose: 95 mg/dL (70 - 99)\nPotassium 5,9 mmol/L H\n"
    glucose, potassium = results(text)
    assert shown([glucose, potassium]) == [
        "Glucose | 2345-7 | 95 mg/dL | 2024-03-25",
        "Potassium | 2823-3 | 5.9 mmol/L | 2024-03-25",
    ]
    assert glucose.resource["referenceRange"][0]["low"]["value"] == 70
    assert glucose.spot.boxes == ()
    assert glucose.spot.where == "row 2"


def test_cards_with_the_value_below_the_name_and_the_range_below_that() -> None:
    sheet = (
        Sheet()
        .row((50, "Potassium"))
        .row((50, "5.9 mmol/L"), lead=13)
        .row((50, "Reference range: 3.5 - 5.1"), lead=40)
    )
    sheet.row((50, "Sodium")).row((50, "141"), lead=13).row((50, "136 - 145 mmol/L"))
    potassium, sodium = results(sheet.page())
    assert shown([potassium, sodium]) == [
        "Potassium | 2823-3 | 5.9 mmol/L | -",
        "Sodium | 2951-2 | 141 mmol/L | -",
    ]
    assert potassium.resource["referenceRange"][0]["high"]["value"] == Decimal("5.1")


def test_units_and_ranges_in_brackets_behind_the_name() -> None:
    sheet = (
        Sheet().row((50, "RESULTS")).row((50, "HGB (M 13-18 g/dl; F 12-16 g/dl)"), (400, "13.2"))
    )
    sheet.row((50, "Glucosa (mg/dL)"), (400, "95"))
    hgb, glucose = results(sheet.page())
    assert shown([hgb, glucose]) == [
        "HGB | 718-7 | 13.2 g/dL | -",
        "Glucosa | 2345-7 | 95 mg/dL | -",
    ]
    assert [
        each["appliesTo"][0]["coding"][0]["code"] for each in hgb.resource["referenceRange"]
    ] == ["male", "female"]


def test_values_last_and_limits_in_columns_of_their_own() -> None:
    sheet = Sheet().table(
        (50, 180, 230, 290, 360),
        ("Test", "Low", "High", "Units", "Value"),
        ("Potassium", "3.5", "5.1", "mmol/L", "4.4"),
    )
    (found,) = results(sheet.page())
    assert shown([found]) == ["Potassium | 2823-3 | 4.4 mmol/L | -"]
    assert found.resource["referenceRange"][0]["text"] == "3.5 - 5.1"


def test_earlier_results_without_a_day_are_left_out() -> None:
    sheet = Sheet().table(
        (50, 180, 250, 330),
        ("Analyse", "Résultat", "Unité", "Antériorité"),
        ("Sodium", "141", "mmol/L", "138"),
    )
    assert shown(results(sheet.page())) == ["Sodium | 2951-2 | 141 mmol/L | -"]


def test_names_over_two_lines() -> None:
    sheet = Sheet().table((50, 200, 260), ("Test", "Result", "Units"))
    sheet.row((50, "Cholesterol"), (200, "45"), (260, "mg/dL"), lead=11).row((50, "HDL"), lead=20)
    sheet.row((50, "Alanine"), lead=11).row(
        (50, "aminotransferase"), (200, "25"), (260, "U/L"), lead=20
    )
    sheet.row((50, "Bilirubin"), (200, "0.1"), (260, "mg/dL"), lead=11).row((50, "direct"), lead=11)
    assert shown(results(sheet.page())) == [
        "Cholesterol HDL | 2085-9 | 45 mg/dL | -",
        "Alanine aminotransferase | 1742-6 | 25 U/L | -",
        "Bilirubin direct | 1968-7 | 0.1 mg/dL | -",
    ]


def test_test_without_a_result_is_no_second_line_of_the_name_above() -> None:
    sheet = Sheet().table(
        (50, 200, 260),
        ("Test", "Result", "Units"),
        ("Cholesterol", "190", "mg/dL"),
        ("HDL", "", ""),
        ("Sodium", "141", "mmol/L"),
    )
    assert [line.split(" | ")[0] for line in shown(results(sheet.page()))] == [
        "Cholesterol",
        "Sodium",
    ]


def test_cells_that_run_into_each_other() -> None:
    sheet = (
        Sheet().row((50, "RESULTS")).row((50, "02/25/2014 13:54 SODIUM 141 mmol/L 136-145 mmol/L"))
    )
    sheet.row((50, "Leukocytes 6.7 10*9/L"), (300, "Normal"))
    sodium, leukocytes = results(sheet.page())
    assert shown([sodium, leukocytes]) == [
        "SODIUM | 2951-2 | 141 mmol/L | 2014-02-25",
        "Leukocytes | 6690-2 | 6.7 10*9/L | 2014-02-25",
    ]


def test_row_that_begins_a_column_further_left_is_read_by_what_it_says() -> None:
    xs = (50, 150, 250, 350)
    sheet = Sheet().table(
        xs, ("Date", "Test", "Result", "Details"), ("30-Jan-2013", "Height", "74 in", "with shoes")
    )
    sheet.row((50, "Weight"), (150, "218 lb"), (250, "Status:"))
    assert shown(results(sheet.page())) == [
        "Height | 8302-2 | 74 [in_i] | 2013-01-30",
        "Weight | 29463-7 | 218 [lb_av] | 2013-01-30",
    ]


def test_sections_say_what_was_examined() -> None:
    text = (
        "URINALYSIS\nCreatinine: 80 mg/dL\npH: 6.0\nProtein: Negative\nWBC: 0-5 /HPF\n"
        "LIPID PANEL\nCholesterol: 190 mg/dL\nArterial blood gas\npH: 7.38\n"
    )
    assert [line.rsplit(" | ", 1)[0] for line in shown(results(text))] == [
        "Creatinine | 2161-8 | 80 mg/dL",
        "pH | 5803-2 | 6.0 -",
        "Protein | 20454-5 | Negative",
        "WBC | - | 0-5 /HPF",
        "Cholesterol | 2093-3 | 190 mg/dL",
        "pH | 2744-1 | 7.38 -",
    ]


def test_line_or_column_says_what_was_examined() -> None:
    text = "Specimen: urine, random\nCreatinine: 80 mg/dL\n"
    assert shown(results(text)) == ["Creatinine | 2161-8 | 80 mg/dL | -"]
    sheet = Sheet().table(
        (50, 160, 240, 320),
        ("Test", "Specimen", "Result", "Units"),
        ("Creatinine", "Urine", "80", "mg/dL"),
        ("Creatinine", "Serum", "0.9", "mg/dL"),
    )
    assert [line.split(" | ")[1] for line in shown(results(sheet.page()))] == ["2161-8", "2160-0"]


def test_among_tests_of_urine_a_bare_name_may_be_blood_or_urine() -> None:
    sheet = (
        Sheet().row((50, "RESULTS")).row((50, "02/25/2014"), (130, "CREATININE"), (250, "90 mg/dL"))
    )
    sheet.row((50, "02/25/2014"), (130, "Microalbumin"), (250, "3.9 mg/dL"))
    creatinine, albumin = results(sheet.page())
    assert "coding" not in creatinine.resource["code"]
    assert any("blood, urine" in doubt for doubt in creatinine.doubts)
    assert albumin.resource["code"]["coding"][0]["code"] == "14957-5"


def test_results_in_words_and_limits() -> None:
    sheet = (
        Sheet()
        .row((50, "RESULTS"))
        .table(
            (50, 250, 350),
            ("Test", "Result", "Reference Range"),
            ("HBsAg", "Non-Reactive", "Non-Reactive"),
            ("Troponin I", "<0.41 ng/mL", "< 0.41"),
            ("Culture of urine", "no growth", ""),
            ("Urine color", "Straw", "Yellow"),
            ("Ferritin", "see the letter", ""),
        )
    )
    found = results(sheet.page())
    assert [line.rsplit(" | ", 1)[0] for line in shown(found)] == [
        "HBsAg | 5195-3 | Non-Reactive",
        "Troponin I | 10839-9 | <0.41 ng/mL",
        "Culture of urine | - | no growth",
        "Urine color | 5778-6 | Straw",
        "Ferritin | - | see the letter",
    ]
    assert found[0].resource["valueCodeableConcept"]["coding"][0]["code"] == "131194007"
    assert found[1].resource["valueQuantity"]["comparator"] == "<"


def test_what_only_looks_like_results_is_left_alone() -> None:
    text = """MEDICATIONS
Ibuprofen   600 mg   twice daily
Sodium chloride   100 mL
ALLERGIES
Iron   rash
RESULTS
Phone   555 0100
Page   2
Patient   Alma Quist
Chest x-ray   see report
Sodium   pending
"""
    assert results(text) == []


def test_tables_of_other_things_are_left_alone() -> None:
    sheet = Sheet().table(
        (50, 200, 300), ("Vaccine", "Date", "Status"), ("Influenza", "05/20/2012", "Completed")
    )
    sheet.row((50, "Iron"), (200, "12 mg/dL"))
    assert results(sheet.page()) == []


def test_tables_go_on_over_pages() -> None:
    first = (
        Sheet()
        .row((50, "RESULTS"))
        .table(XS, HEADS, ("Sodium", "141", "", "mmol/L", "136 - 145"))
        .page()
    )
    second = Sheet(number=2).table(XS, ("Potassium", "4.4", "", "mmol/L", "3.5 - 5.1")).page()
    assert [each.spot.page for each in results(first, second)] == [1, 2]


def test_people_and_problems_come_first() -> None:
    pages = [Page(1, "Patient: Alma Quist\nGlucose: 95 mg/dL\n" + "\n" * MOST_ROWS)]
    for read in (read_results, read_pages):
        problem, person, *others = read(pages, vocabulary())
        assert isinstance(problem, Problem)
        assert person == NamedPerson("Alma Quist")
        assert len(others) == 1


@pytest.mark.parametrize("text", ["", "Nothing to see here.", "12 34 56", "a  b  c"])
def test_pages_without_results_propose_nothing(text: str) -> None:
    assert results(text) == []


@pytest.mark.parametrize("limit", ["< 100", "<100", "(< 100)"])
def test_limit_behind_a_value_is_what_is_normal(limit: str) -> None:
    sheet = Sheet().table(
        (50, 200, 280, 360),
        ("Glucose", "95", "mg/dL", limit),
        ("Cholesterol", "190", "mg/dL", "< 200"),
    )
    glucose, cholesterol = results(sheet.page())
    assert shown([glucose])[0].startswith("Glucose | 2345-7 | 95 mg/dL")
    assert glucose.resource["referenceRange"][0]["high"]["value"] == Decimal(100)
    assert cholesterol.resource["referenceRange"][0]["high"]["value"] == Decimal(200)


def test_range_in_a_column_of_remarks() -> None:
    sheet = Sheet().table(
        (50, 200, 280, 360),
        ("Test", "Result", "Units", "Comment"),
        ("Sodium", "141", "mmol/L", "Normal range: 136 - 145"),
        ("Potassium", "4.1", "mmol/L", "see letter of 12 - 14 May"),
    )
    sodium, potassium = results(sheet.page())
    assert sodium.resource["referenceRange"][0]["low"]["value"] == Decimal(136)
    assert "referenceRange" not in potassium.resource


def test_unit_and_range_side_by_side_under_the_name_of_a_column() -> None:
    sheet = Sheet().row((50, "Date"), (150, "Glucose"), (300, "Sodium"), (400, "Potassium"))
    sheet.row((140, "mg/dL"), (190, "70-100"), (300, "mmol/L"), (400, "mmol/L"))
    sheet.row((50, "03/25/2024"), (150, "95"), (300, "141"), (400, "4.1"))
    sheet.row((50, "04/26/2024"), (150, "99"), (300, "139"), (400, "4.4"))
    found = results(sheet.page())
    assert shown(found)[:2] == [
        "Glucose | 2345-7 | 95 mg/dL | 2024-03-25",
        "Sodium | 2951-2 | 141 mmol/L | 2024-03-25",
    ]
    assert found[0].resource["referenceRange"][0]["high"]["value"] == Decimal(100)
