"""Of which day a result is, where days stand over the columns."""

from __future__ import annotations

import pytest
from lab_builders import Sheet, results, shown

from healthmate_desktop.interop.pages.observations import WHICH_DAY

pytestmark = pytest.mark.health

HEADS = ("Test", "Result", "Flag", "Units", "Reference Range")
XS = (50, 200, 250, 290, 350)


def test_days_side_by_side() -> None:
    sheet = Sheet().table(
        (50, 160, 240, 320, 400),
        ("Untersuchung", "25.03.2024", "01.02.2023", "Einheit", "Referenzbereich"),
        ("Kreatinin", "88", "", "µmol/l", "53 - 97"),
        ("Kalium", "4,1", "4,4*", "mmol/l", "3,5 - 5,1"),
    )
    found = results(sheet.page())
    assert shown(found) == [
        "Kreatinin | 14682-9 | 88 umol/L | 2024-03-25",
        "Kalium | 2823-3 | 4.1 mmol/L | 2024-03-25",
        "Kalium | 2823-3 | 4.4 mmol/L | 2023-02-01",
    ]
    assert "The mark beside the value" in found[2].doubts[0]


@pytest.mark.parametrize("above", ["", "Results of two years\n\n"])
def test_days_side_by_side_over_names_without_a_head(above: str) -> None:
    rows = (
        "           | 01.03.2023 | 02.02.2024 | Unit  ",
        "Creatinine |            | 80         | umol/L",
        "Sodium     | 140        | 141        | mmol/L",
    )
    sheet = Sheet().table(
        (50, 160, 240, 320),
        ("", "01.03.2023", "02.02.2024", "Unit"),
        ("Creatinine", "", "80", "umol/L"),
        ("Sodium", "140", "141", "mmol/L"),
    )
    for page in (above + "\n\n".join(rows), sheet.page()):
        assert shown(results(page)) == [
            "Creatinine | 14682-9 | 80 umol/L | 2024-02-02",
            "Sodium | 2951-2 | 140 mmol/L | 2023-03-01",
            "Sodium | 2951-2 | 141 mmol/L | 2024-02-02",
        ]


HEADS_OF_DAYS = [  # and the places of the first day, the second, and the unit in a row
    (("", "Unit", "01.03.2023", "02.02.2024"), (2, 3, 1)),
    (("", "01.03.2023", "02.02.2024", "Unit", "Zzz"), (1, 2, 3)),
    (("", "Reference", "01.03.2023", "02.02.2024", "Unit"), (2, 3, 4)),
    (("", "01.03.2023", "02.02.2024", ""), (1, 2, 3)),
    (("Blood", "01.03.2023", "02.02.2024", "Unit"), (1, 2, 3)),
    (("-", "01.03.2023", "02.02.2024", "Unit"), (1, 2, 3)),
    (("Test", "01.03.2023", "02.02.2024", ""), (1, 2, 3)),
]


@pytest.mark.parametrize("by_ocr", [False, True])
@pytest.mark.parametrize(("heads", "places"), HEADS_OF_DAYS)
def test_value_is_of_the_day_that_it_stands_under(
    heads: tuple[str, ...], places: tuple[int, int, int], by_ocr: bool
) -> None:
    def line(name: str, first: str, second: str, unit: str) -> tuple[str, ...]:
        cells = [""] * len(heads)
        cells[0] = name
        for place, text in zip(places, (first, second, unit), strict=True):
            cells[place] = text
        return tuple(cells)

    sheet = Sheet(by_ocr=by_ocr).table(
        [50.0 + 105 * i for i in range(len(heads))],
        heads,
        line("Creatinine", "", "80", "umol/L"),
        line("Sodium", "140", "141", "mmol/L"),
    )
    found = results(sheet.page())
    assert shown(found) == [
        "Creatinine | 14682-9 | 80 umol/L | 2024-02-02",
        "Sodium | 2951-2 | 140 mmol/L | 2023-03-01",
        "Sodium | 2951-2 | 141 mmol/L | 2024-02-02",
    ]
    assert not any(each.doubts for each in found)


@pytest.mark.parametrize(
    ("heads", "doubted"),
    [
        (("", "01.03.2023", "Today", "Unit"), True),  # the second may stand under either
        (("", "02.02.2024", "", "Unit"), False),
    ],
)
def test_day_over_columns_that_can_not_be_told_apart_is_doubted(
    heads: tuple[str, ...], doubted: bool
) -> None:
    sheet = Sheet().table((50, 160, 240, 320), heads, ("Sodium", "140", "", "mmol/L"))
    sheet.row((50, "Results of"), (160, "Glucose"))
    (found,) = results(sheet.page())
    assert (WHICH_DAY in found.doubts) == doubted


def test_days_of_a_line_that_is_no_head_are_doubted_until_the_next_day() -> None:
    sheet = Sheet().row(
        (50, "Ward"), (120, "01.03.2023"), (220, "East"), (300, "02.02.2024"), (400, "West")
    )
    sheet.row((50, "Sodium"), (160, "140 mmol/L"))
    sheet.row((50, "05.05.2025"), (160, "Potassium"), (260, "4.1 mmol/L"))
    sheet.row((160, "Glucose"), (260, "95 mg/dL"))
    assert [WHICH_DAY in each.doubts for each in results(sheet.page())] == [True, False, False]


def test_vital_signs_with_days_as_columns() -> None:
    sheet = (
        Sheet()
        .row((50, "VITAL SIGNS"))
        .table(
            (50, 200, 320),
            ("Date / Time:", "Nov 1, 2011", "August 6, 2012 8:15am"),
            ("Height", "69 inches", "69 inches"),
            ("Blood Pressure", "132/86 mmHg", "145/88 mmHg"),
        )
    )
    found = results(sheet.page())
    assert shown(found) == [
        "Height | 8302-2 | 69 [in_i] | 2011-11-01",
        "Height | 8302-2 | 69 [in_i] | 2012-08-06",
        "Systolic blood pressure | 8480-6 | 132 mm[Hg] | 2011-11-01",
        "Diastolic blood pressure | 8462-4 | 86 mm[Hg] | 2011-11-01",
        "Systolic blood pressure | 8480-6 | 145 mm[Hg] | 2012-08-06",
        "Diastolic blood pressure | 8462-4 | 88 mm[Hg] | 2012-08-06",
    ]
    assert found[1].resource["note"] == [{"text": "Time on the page: 08:15"}]
    assert found[0].resource["category"][0]["coding"][0]["code"] == "vital-signs"
    assert not any(each.doubts for each in found)


def test_days_and_times_are_carried_on_to_the_rows_below() -> None:
    sheet = (
        Sheet()
        .row((50, "RESULTS"))
        .table(
            (50, 200, 300),
            ("Date", "Description", "Value"),
            ("18-July-2013 3:21 PM", "CBC", ""),
            ("", "HCT", "45 %"),
            ("4:10 PM", "PLT", "220 10^3/ul"),
        )
    )
    hct, plt = results(sheet.page())
    assert shown([hct, plt]) == [
        "HCT | 4544-3 | 45 % | 2013-07-18",
        "PLT | 777-3 | 220 10*3/uL | 2013-07-18",
    ]
    assert hct.resource["note"][0]["text"].endswith("15:21")
    assert plt.resource["note"][0]["text"].endswith("16:10")


def test_day_of_the_report_is_used_with_a_doubt() -> None:
    (found,) = results("Report date: 2024-03-25\nGlucose: 95 mg/dL\n")
    assert found.resource["effectiveDateTime"] == "2024-03-25"
    assert any("that of the report" in doubt for doubt in found.doubts)
    (received,) = results("Received: 2024-03-24\nGlucose: 95 mg/dL\n")
    assert received.resource["effectiveDateTime"] == "2024-03-24"


def test_birth_date_is_never_the_day_of_a_result() -> None:
    (found,) = results("Patient: Alma Quist   DOB: 04/17/1961\nGlucose: 95 mg/dL\n")
    assert "effectiveDateTime" not in found.resource
    assert "No date was found" in found.doubts[0]
