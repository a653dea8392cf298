"""Every reason to look again at a result is said; a plain one is left in peace."""

from __future__ import annotations

import pytest
from lab_builders import Sheet, results, shown

pytestmark = pytest.mark.health

HEADS = ("Date", "Test", "Result", "Units", "Reference Range", "Flag")
XS = (50, 120, 220, 280, 340, 440)
DAY = "04/25/2024"


def _doubts(*cells: str, by_ocr: bool = False, confidence: float = 1.0) -> tuple[str, ...]:
    sheet = Sheet(by_ocr=by_ocr).row((50, "RESULTS")).table(XS, HEADS)
    sheet.row(
        *((x, text) for x, text in zip(XS, cells, strict=True) if text), confidence=confidence
    )
    (found,) = results(sheet.page())
    return found.doubts


def test_plain_result_has_no_doubts() -> None:
    assert _doubts(DAY, "Sodium", "141", "mmol/L", "136 - 145", "") == ()
    assert _doubts(DAY, "Sodium", "141", "mmol/L", "136 - 145", "", by_ocr=True) == ()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((DAY, "Florble", "141", "mmol/L", "136 - 145", ""), "does not know a test"),
        ((DAY, "Ht", "41", "", "", ""), "No unit was found"),
        ((DAY, "Sodium", "141", "", "", ""), "No unit was found"),
        ((DAY, "Sodium", "141", "mg/dL", "", ""), "not usually given in this unit"),
        ((DAY, "Sodium", "141", "xx/yy", "", ""), "unit could not be read"),
        ((DAY, "Potassium", "44", "mmol/L", "3.5 - 5.1", ""), "far from what is usually measured"),
        ((DAY, "Florble", "4400", "mmol/L", "3.5 - 5.1", ""), "far from what is usually measured"),
        ((DAY, "Florble", "0.01", "mmol/L", "3.5 - 5.1", ""), "far from what is usually measured"),
        ((DAY, "Sodium", "141", "mmol/L", "136 - 145", "H"), "does not fit the reference range"),
        (
            (DAY, "Sodium", "151", "mmol/L", "136 - 145", "Normal"),
            "does not fit the reference range",
        ),
        ((DAY, "WBC", "6,800", "/uL", "4,500 - 11,000", ""), "may divide thousands"),
        (("", "Sodium", "141", "mmol/L", "136 - 145", ""), "No date was found"),
    ],
)
def test_reasons_to_look_again(cells: tuple[str, ...], said: str) -> None:
    assert any(said in doubt for doubt in _doubts(*cells))


def test_day_that_may_be_a_month_is_marked_unless_other_dates_tell() -> None:
    sheet = Sheet().table(XS, HEADS, ("03/04/2024", "Sodium", "141", "mmol/L", "136 - 145", ""))
    (found,) = results(sheet.page())
    assert "2024-04-03" in found.doubts[0]
    sheet.table(XS, ("25/04/2024", "Sodium", "141", "mmol/L", "136 - 145", ""))
    first, _ = results(sheet.page())
    assert (first.resource["effectiveDateTime"], first.doubts) == ("2024-04-03", ())


def test_language_of_the_page_tells_that_days_come_first() -> None:
    text = (
        "Fecha de la toma de muestra: 03/04/2024\n"
        "Resultados del paciente y valores de referencia\nGlucosa: 95 mg/dL\n"
    )
    (found,) = results(text)
    assert (found.resource["effectiveDateTime"], found.doubts) == ("2024-04-03", ())


def test_words_that_were_hard_to_read() -> None:
    doubts = _doubts(DAY, "Sodium", "141", "mmol/L", "136 - 145", "", by_ocr=True, confidence=0.4)
    assert any("hard to read" in doubt for doubt in doubts)


@pytest.mark.parametrize(
    ("name", "value", "unit", "said", "line"),
    [
        ("Sodlum", "141", "mmol/L", "taken for Sodium", "Sodium | 2951-2 | 141 mmol/L"),
        ("Sodium", "l41", "mmol/L", "read as a digit", "Sodium | 2951-2 | 141 mmol/L"),
        ("Sodium", "141", "mmo/L", "taken for mmol/L", "Sodium | 2951-2 | 141 mmol/L"),
        ("ALT", "25", "UA", "taken for U/L", "ALT | 1742-6 | 25 U/L"),
        ("Ferritin", "182", "pg/L", "taken for ug/L", "Ferritin | 2276-4 | 182 ug/L"),
        ("Hamoglobin", "13.2", "g/dL", "", "Hämoglobin | 718-7 | 13.2 g/dL"),
        ("Weight", "194", "Ibs", "", "Weight | 29463-7 | 194 [lb_av]"),
    ],
)
def test_letters_that_ocr_confuses_are_put_right_and_marked(
    name: str, value: str, unit: str, said: str, line: str
) -> None:
    sheet = (
        Sheet(by_ocr=True).row((50, "RESULTS")).table(XS, HEADS, (DAY, name, value, unit, "", ""))
    )
    (found,) = results(sheet.page())
    assert shown([found])[0].startswith(line)
    assert any(said in doubt for doubt in found.doubts) if said else found.doubts == ()


def test_lost_decimal_mark_is_suspected_on_scans() -> None:
    cells = (DAY, "CRP", "12", "mg/L", "0.1 - 5.0", "")
    assert _doubts(*cells) == ()
    assert any("decimal mark" in doubt for doubt in _doubts(*cells, by_ocr=True))


def test_misread_units_beside_the_value_without_heads() -> None:
    sheet = (
        Sheet(by_ocr=True)
        .row((50, "RESULTS"))
        .row((50, "ALT"), (150, "25"), (200, "UA"), (260, "7 - 56"))
    )
    sheet.row((50, "AST (U/)"), (150, "25"))
    first, second = results(sheet.page())
    assert shown([first, second]) == ["ALT | 1742-6 | 25 U/L | -", "AST | 1920-8 | 25 U/L | -"]
    assert all(any("taken for U/L" in doubt for doubt in each.doubts) for each in (first, second))


def test_mark_read_as_inches_does_not_hide_the_unit() -> None:
    sheet = (
        Sheet(by_ocr=True)
        .row((50, "RESULTS"))
        .table(XS, HEADS, (DAY, "Sodium", '146"', "mmol/L", "136 - 145", ""))
    )
    assert shown(results(sheet.page())) == ["Sodium | 2951-2 | 146 mmol/L | 2024-04-25"]


def test_name_that_means_several_tests_is_left_open() -> None:
    sheet = Sheet().row((50, "RESULTS")).table(XS, HEADS, (DAY, "TP", "12", "", "", ""))
    (found,) = results(sheet.page())
    assert "coding" not in found.resource["code"]
    assert found.doubts


def test_ranges_by_age_are_kept() -> None:
    sheet = (
        Sheet()
        .row((50, "RESULTS"))
        .table(
            (50, 150, 220, 290),
            ("Test", "Result", "Units", "Reference Range"),
            ("Ferritin", "30", "ng/mL", "18-60 years: 15-200; >60 years: 20-300"),
        )
    )
    (found,) = results(sheet.page())
    young, old = found.resource["referenceRange"]
    assert (young["age"]["low"]["value"], young["age"]["high"]["value"]) == (18, 60)
    assert "high" not in old["age"]


def test_tests_over_misread_units() -> None:
    xs = (50, 130, 210)
    sheet = Sheet(by_ocr=True).table(
        xs, ("Date", "ALT", "Sodium"), ("", "UA", "mmol/L"), ("03/25/2024", "25", "141")
    )
    assert [line.split(" | ")[2] for line in shown(results(sheet.page()))] == [
        "25 U/L",
        "141 mmol/L",
    ]
