"""What a cell says by itself."""

from __future__ import annotations

import pytest

from healthmate_desktop.interop.pages.cells import Style, as_value, read_cell
from healthmate_desktop.interop.pages.words import language_of, role_of, section_of

pytestmark = pytest.mark.unit

STYLE = Style()
SCAN = Style(guess=True)


@pytest.mark.parametrize(
    ("text", "value", "unit", "flag"),
    [
        ("13.2 g/dL", "13.2", "g/dL", ""),
        ("123 (L)", "123", "", "L"),
        ("H 6.4", "6.4", "", "H"),
        ("(H) 6.4", "6.4", "", "H"),
        ("6.4 H mg/dL", "6.4", "mg/dL", "H"),
        ("mg/dL", "", "", ""),
        ("6.4*", "6.4", "", "A"),
        ("↑ 6.4", "6.4", "", "H"),
        ("220 10^3/ul", "220", "10^3/ul", ""),
        ("4.2110*12/L", "4.21", "10*12/L", ""),
        ("86kg", "86", "kg", ""),
        ("5'10\"", "70", "in", ""),
        ("1,5 mg/dl H 0,5-1,2", "1.5", "mg/dl", "H"),
        ("120 mg/dL (70-99)", "120", "mg/dL", ""),
        ("28.09 kg/ m2", "28.09", "kg/m2", ""),
    ],
)
def test_values(text: str, value: str, unit: str, flag: str) -> None:
    reading = read_cell(text, STYLE)
    if not value:
        assert reading.kind == "unit"
        return
    assert reading.kind == "value"
    assert reading.number is not None
    assert (str(reading.number.value), reading.unit, reading.flag) == (value, unit, flag)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "blank"),
        ("N/A", "blank"),
        ("Not available", "blank"),
        ("Pending", "blank"),
        ("03/19/2008", "date"),
        ("Resulted on: 30-Jan-2013 09:33", "date"),
        ("DOB: 04/17/1961", "text"),
        ("3:21 PM", "time"),
        ("132/88", "pair"),
        ("80 / 55mm[Hg]", "pair"),
        ("132/88 apples", "text"),
        ("70 - 99", "range"),
        ("up to 40", "range"),
        ("Men 13-17 g/dL", "range"),
        ("12 of 13-17 apples", "text"),
        ("< 5", "value"),
        ("Range: 42.9 - 49.1 = Normal", "range"),
        ("(Abnormal if <60 mL/min, if a patient is very old)", "text"),
        ("HGB (M 13-18 g/dl; F 12-16 g/dl)", "text"),
        ("Negative", "words"),
        ("1+", "words"),
        ("0-5 /HPF", "range"),
        ("none seen", "words"),
        ("Trace H", "words"),
        ("H", "flag"),
        ("10^3/uL", "unit"),
        ("(mg/dL)", "unit"),
        ("Ibuprofen 600mg", "text"),
        ("850 Boylston", "text"),
        ("3rd", "text"),
        ("14 days", "text"),
        ("x" * 400, "text"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert read_cell(text, STYLE).kind == kind


def test_letters_are_digits_only_on_scans() -> None:
    assert read_cell("l4.2 g/dL", STYLE).kind == "text"
    reading = read_cell("l4.2 g/dL", SCAN)
    assert reading.number is not None
    assert reading.number.doubtful
    assert read_cell("29 UA", SCAN).unit == "UA"
    assert read_cell("29 UA", STYLE).kind == "text"


def test_unit_that_cannot_be_read_is_kept_as_printed() -> None:
    reading = as_value("12 xyz/qq", STYLE)
    assert reading is not None
    assert reading.unit == "xyz/qq"
    assert as_value("12 apples and pears", STYLE) is None
    assert as_value("12 mg/dL and more words", STYLE) is None


@pytest.mark.parametrize(
    ("head", "role"),
    [
        ("Test Name", "name"),
        ("Result", "value"),
        ("Result Value", "value"),
        ("Relevant Reference Range", "range"),
        ("Abnormal Flag", "flag"),
        ("Date / Time:", "date"),
        ("In Range", "normal"),
        ("Out Of Range", "abnormal"),
        ("Untersuchung", "name"),
        ("Ergebnis", "value"),
        ("Referenzbereich", "range"),
        ("Einheit", "unit"),
        ("Unité", "unit"),
        ("Antériorité", "previous"),
        ("Valores de referencia", "range"),
        ("Ordering Provider", "other"),
        ("Glucose", ""),
        ("one two three four five six seven results", ""),
        ("", ""),
    ],
)
def test_heads_of_columns(head: str, role: str) -> None:
    assert role_of(head) == role


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("RESULTS", "results"),
        ("1. Diagnosen:", "problems"),
        ("Allergies, Adverse Reactions, Alerts", "allergies"),
        ("Tratamiento al alta", "medications"),
        ("Signes vitaux", "vitals"),
        ("Lipid Panel (fasting)", "results"),
        ("HOSPITAL COURSE PER PROBLEM LIST:", "history"),
        ("Patient: Alma Quist", ""),
        ("", ""),
        ("x" * 100, ""),
    ],
)
def test_headings(heading: str, section: str) -> None:
    assert section_of(heading) == section


def test_languages() -> None:
    assert language_of("The result of the blood test and the date") == "en"
    assert language_of("Fecha de la prueba y los resultados del paciente") == "es"
    assert language_of("Datum und Ergebnis der Untersuchung mit Einheit") == "de"
    assert language_of("Date et valeurs de référence des analyses du patient") == "fr"
    assert language_of("12 34") == ""
