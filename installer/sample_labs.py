"""The two laboratory reports of the made-up family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sample_sheet import BODY, GREY, RED, SMALL, STRONG, WHITE, Column, Sheet, Style

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Row = tuple[str, str, str, str, str]  # test, result, flag, unit, reference range

TEAL = (0.02, 0.36, 0.40)
BLUE = (0.13, 0.25, 0.52)

PAGE_ONE: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        "Diabetes",
        (
            ("HbA1c (NGSP)", "7.4", "H", "%", "4.0 - 6.0"),
            ("HbA1c (IFCC)", "57", "H", "mmol/mol", "20 - 42"),
            ("Glucose, fasting", "7.9", "H", "mmol/L", "3.9 - 5.5"),
        ),
    ),
    (
        "Kidney function",
        (
            ("Creatinine", "98", "H", "µmol/L", "45 - 84"),
            ("eGFR (CKD-EPI 2021)", "54", "L", "mL/min/1.73 m²", "60 or more"),
            ("Urea", "7.6", "", "mmol/L", "2.5 - 7.8"),
        ),
    ),
    (
        "Electrolytes",
        (
            ("Sodium", "139", "", "mmol/L", "135 - 145"),
            ("Potassium", "5.2", "H", "mmol/L", "3.5 - 5.0"),
            ("Chloride", "103", "", "mmol/L", "98 - 107"),
            ("Bicarbonate", "24", "", "mmol/L", "22 - 29"),
            ("Calcium, adjusted", "2.36", "", "mmol/L", "2.20 - 2.60"),
            ("Magnesium", "0.82", "", "mmol/L", "0.70 - 1.00"),
        ),
    ),
)
PAGE_TWO: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        "Lipids",
        (
            ("Cholesterol, total", "4.3", "", "mmol/L", "below 5.0"),
            ("HDL cholesterol", "1.3", "", "mmol/L", "above 1.2"),
            ("LDL cholesterol, calculated", "2.3", "", "mmol/L", "below 3.0"),
            ("Triglycerides", "1.6", "", "mmol/L", "below 1.7"),
        ),
    ),
    (
        "Thyroid",
        (
            ("TSH", "5.8", "H", "mIU/L", "0.4 - 4.0"),
            ("Free T4", "13.1", "", "pmol/L", "10.0 - 22.0"),
        ),
    ),
    (
        "Liver",
        (
            ("ALT", "24", "", "U/L", "5 - 35"),
            ("Alkaline phosphatase", "71", "", "U/L", "30 - 120"),
            ("Bilirubin, total", "9", "", "µmol/L", "3 - 21"),
            ("Albumin", "41", "", "g/L", "35 - 50"),
        ),
    ),
    (
        "Blood count",
        (
            ("Haemoglobin", "118", "L", "g/L", "120 - 155"),
            ("MCV", "88", "", "fL", "80 - 100"),
            ("White cells", "6.4", "", "10^9/L", "4.0 - 11.0"),
            ("Platelets", "231", "", "10^9/L", "150 - 400"),
            ("Ferritin", "38", "", "µg/L", "15 - 150"),
        ),
    ),
    (
        "Urine",
        (("Albumin to creatinine ratio", "4.8", "H", "mg/mmol", "below 3.0"),),
    ),
)


def rosa_blood_tests(path: Path) -> None:
    sheet = Sheet("a4", 46, TEAL)
    _larkfield_head(sheet)
    _larkfield_table(sheet, PAGE_ONE)
    sheet.heading("Comments")
    sheet.paragraph(
        "HbA1c has fallen from 8.1 % (65 mmol/mol) on 12 May 2026 to 7.4 % (57 mmol/mol).", after=3
    )
    sheet.paragraph(
        (
            "Potassium is mildly raised at 5.2 mmol/L in a sample that was not haemolysed. Potassium should be "
            "measured again within two weeks, as losartan can raise it."
        ),
        after=3,
    )
    sheet.paragraph(
        "The eGFR of 54 mL/min/1.73 m² is stage G3a and has been steady for over a year."
    )
    sheet.new_page()
    _larkfield_head(sheet)
    _larkfield_table(sheet, PAGE_TWO)
    sheet.heading("Comments")
    sheet.paragraph(
        "TSH of 5.8 mIU/L is above the range with a normal free T4, which suggests that the levothyroxine dose is "
        "a little too low or not well absorbed. TSH should be measured again in 6 to 8 weeks."
    )
    sheet.text(sheet.left, sheet.height - 58, "Authorised by Dr Aiko Brandvold, biochemist", SMALL)
    sheet.save(path, "Blood tests, 3 November 2026", footer="Larkfield report LF-26-118842")


def _larkfield_head(sheet: Sheet) -> None:
    sheet.box((0, 0, sheet.width, 62), fill=TEAL)
    sheet.circle(sheet.left + 12, 31, 12, WHITE)
    sheet.circle(sheet.left + 12, 27.5, 5.5, TEAL)
    sheet.box((sheet.left + 10.6, 30, sheet.left + 13.4, 39), fill=TEAL)
    sheet.text(sheet.left + 34, 30, "Larkfield Laboratories", Style(16, "Inter-SemiBold", WHITE))
    sheet.text(sheet.left + 34, 45, "Laboratory report", Style(9.5, colour=WHITE))
    right = Style(8, colour=WHITE, align="right")
    sheet.text(sheet.right, 28, "12 Tanner's Wharf, Port Alder", right)
    sheet.text(sheet.right, 40, "Telephone 555-0142", right)
    sheet.y = 76
    sheet.facts(
        (
            (("PATIENT", "Rosa Harlow"), ("BORN", "14 February 1958"), ("SEX", "Female")),
            (
                ("COLLECTED", "3 November 2026, 08:10"),
                ("REPORTED", "4 November 2026, 11:25"),
                ("ORDERED BY", "Dr Owen Castellan"),
            ),
        )
    )
    sheet.y += 12


def _larkfield_table(sheet: Sheet, sections: Sequence[tuple[str, Sequence[Row]]]) -> None:
    left, right = sheet.left, sheet.right
    columns = (
        Column("Test", left + 8),
        Column("Result", left + 250, Style(font="Inter-SemiBold", align="right")),
        Column("Unit", left + 266),
        Column("Reference range", left + 368),
        Column("Flag", right - 10, Style(font="Inter-SemiBold", colour=RED, align="right")),
    )
    sheet.table_head(columns)
    for title, rows in sections:
        sheet.text(left + 8, sheet.y + 14.5, title, Style(9, "Inter-SemiBold", TEAL))
        sheet.y += 20
        sheet.rule(colour=TEAL, thick=0.5)
        for test, result, flag, unit, reference in rows:
            sheet.row(columns, (test, result, unit, reference, flag))
    sheet.y += 2


TOMAS: tuple[Row, ...] = (
    ("Glucose, Fasting", "104", "High", "mg/dL", "70-99"),
    ("Hemoglobin A1c", "5.8", "High", "%", "4.0-5.6"),
    ("Cholesterol, Total", "228", "High", "mg/dL", "<200"),
    ("Triglycerides", "200", "High", "mg/dL", "<150"),
    ("HDL Cholesterol", "46", "", "mg/dL", ">39"),
    ("LDL Cholesterol, Calc", "142", "High", "mg/dL", "<100"),
    ("Creatinine", "0.98", "", "mg/dL", "0.70-1.28"),
    ("eGFR", "83", "", "mL/min/1.73 m²", ">59"),
    ("BUN", "17", "", "mg/dL", "8-27"),
    ("Sodium", "141", "", "mmol/L", "134-144"),
    ("Potassium", "4.3", "", "mmol/L", "3.5-5.2"),
    ("Calcium", "9.5", "", "mg/dL", "8.6-10.2"),
    ("Uric Acid", "6.9", "", "mg/dL", "3.8-8.4"),
    ("AST (SGOT)", "27", "", "IU/L", "0-40"),
    ("ALT (SGPT)", "31", "", "IU/L", "0-44"),
    ("Prostate Specific Ag", "1.9", "", "ng/mL", "0.0-4.0"),
    ("Hemoglobin", "14.8", "", "g/dL", "13.0-17.7"),
    ("Platelets", "214", "", "x10E3/uL", "150-450"),
)


def tomas_lab_results(path: Path) -> None:
    """Another laboratory: US units and dates, other columns, Letter paper."""
    sheet = Sheet("letter", 54, BLUE)
    _brightwater_head(sheet)
    columns = (
        Column("TESTS", sheet.left + 6),
        Column("RESULT", sheet.left + 200, Style(font="Inter-SemiBold", align="right")),
        Column("FLAG", sheet.left + 222, Style(font="Inter-SemiBold", colour=RED)),
        Column("UNITS", sheet.left + 280),
        Column("REFERENCE INTERVAL", sheet.left + 385, BODY),
    )
    sheet.table_head(columns)
    for test, result, flag, unit, reference in TOMAS:
        sheet.row(columns, (test, result, flag, unit, reference), pitch=16.5)
    sheet.y += 14
    sheet.line("Notes", STRONG)
    sheet.paragraph(
        (
            "Hemoglobin A1c of 5.7 to 6.4 % is the prediabetes range. The uric acid target for people treated for "
            "gout is below 6.0 mg/dL."
        ),
        Style(8.5),
    )
    sheet.save(path, "Lab results, 06/18/2026", footer="Harlow, Tomas   BW-26-0188320")


def _brightwater_head(sheet: Sheet) -> None:
    sheet.box((sheet.left, 40, sheet.left + 5, 70), fill=BLUE)
    sheet.text(sheet.left + 14, 54, "BRIGHTWATER DIAGNOSTICS", Style(15, "Inter-SemiBold", BLUE))
    address = "2200 Quarry Loop, Millbrook Falls   Phone (555) 555-0177"
    sheet.text(sheet.left + 14, 68, address, SMALL)
    right = Style(11, "Inter-SemiBold", align="right")
    sheet.text(sheet.right, 54, "Patient Report", right)
    sheet.text(sheet.right, 68, "Final", Style(8, colour=GREY, align="right"))
    sheet.y = 84
    sheet.facts(
        (
            (("PATIENT", "Harlow, Tomas"), ("DOB", "07/09/1956"), ("SEX", "Male")),
            (("COLLECTED", "06/18/2026"), ("REPORTED", "06/19/2026"), ("FASTING", "Yes")),
            (
                ("SPECIMEN", "BW-26-0188320"),
                ("ORDERED BY", "J. Petrakis, NP"),
                ("ACCOUNT", "Millbrook Primary Care"),
            ),
        ),
        label=60,
    )
    sheet.y += 14
