"""Results of tables as they are printed: numbers, units, words, marks, ranges and codes, and what is doubted."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from table_builders import KNOWN

from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.interop.tables import column_guess, read_table
from healthmate_desktop.interop.tables.mapping import Row, cell_text
from healthmate_desktop.interop.tables.results import loinc_of

pytestmark = pytest.mark.unit


def values(cell: str, unit: str = "mmol/L", test: str = "Sodium", more: str = "") -> Proposal:
    heads = "Date,Test,Result,Unit" + (
        ",Reference Range,Flag,Low,High,Code,Specimen,Comment,Lab" if more else ""
    )
    line = (
        ["2024-03-05", test, cell, unit, *more.split("|")]
        if more
        else ["2024-03-05", test, cell, unit]
    )
    rows: list[Row] = [(1, tuple(heads.split(","))), (2, tuple(line))]
    mapping = dataclasses.replace(column_guess([(1, rows[0][1])], KNOWN), order="DMY")
    (found,) = read_table(rows, mapping, KNOWN)
    assert isinstance(found, Proposal)
    return found


def test_limits_and_digits_stay_as_printed() -> None:
    assert values("<0.41").resource["valueQuantity"] == {
        "value": Decimal("0.41"), "comparator": "<", "unit": "mmol/L",
        "system": "http://unitsofmeasure.org", "code": "mmol/L",
    }  # fmt: skip
    assert str(values("141.0").resource["valueQuantity"]["value"]) == "141.0"
    assert values("13.2 g/dL", "", "Hb").resource["valueQuantity"]["unit"] == "g/dL"
    assert values("'-5").resource["valueQuantity"]["value"] == Decimal(-5)


@pytest.mark.parametrize(("cell", "code"), [("150 H", "H"), ("* 150", "A"), ("150 (HH)", "HH")])
def test_marks_beside_the_number(cell: str, code: str) -> None:
    found = values(cell).resource
    assert found["valueQuantity"]["value"] == Decimal(150)
    assert found["interpretation"][0]["coding"][0]["code"] == code


def test_results_in_words() -> None:
    found = values("Negative", "", "Urine glucose").resource
    assert found["valueCodeableConcept"]["coding"][0]["code"] == "260385009"
    assert found["code"]["coding"][0]["code"] == "25428-4"
    assert values("yellow", "").resource["valueCodeableConcept"] == {"text": "yellow"}
    free = values("Growth of E. coli after 24 h", "")
    assert free.resource["valueString"] == "Growth of E. coli after 24 h"
    assert free.doubts == ("This result is no number and no word that is known for results.",)


def test_blood_pressure_has_two_parts() -> None:
    found = values("128/82", "", "BP").resource
    parts = [
        (p["code"]["coding"][0]["code"], p["valueQuantity"]["value"]) for p in found["component"]
    ]
    assert parts == [("8480-6", Decimal(128)), ("8462-4", Decimal(82))]
    assert found["category"][0]["coding"][0]["code"] == "vital-signs"
    assert values("128/82 mmHg", "", "BP").resource["component"] == found["component"]
    assert values("128/82 bpm", "", "BP").resource["valueString"] == "128/82 bpm"


@pytest.mark.parametrize(
    ("cell", "unit", "test", "doubt"),
    [
        ("141", "", "Sodium", "No unit"),
        ("1410", "mmol/L", "Sodium", "far from"),
        ("141", "mg/dL", "pH", "not measured in this unit"),
        ("1,234", "mmol/L", "Unknown test", "a thousand times"),
        ("1.234", "mmol/L", "Unknown test", "a thousand times"),
        ("6.5", "", "pH", ""),
        ("66", "", "Pulse", ""),
        ("128", "", "Systolic", ""),
        ("1.5", "mmol/L", "Unknown test", ""),
    ],
)  # fmt: skip
def test_doubts(cell: str, unit: str, test: str, doubt: str) -> None:
    found = values(cell, unit, test).doubts
    assert any(doubt in each for each in found) if doubt else found == ()


def test_a_vital_sign_without_a_unit_gets_the_only_one_it_can_have() -> None:
    assert values("128", "", "Systolic").resource["valueQuantity"]["code"] == "mm[Hg]"
    assert values("40", "", "Systolic").resource["valueQuantity"] == {"value": Decimal(40)}


def test_what_stands_beside_the_value() -> None:
    more = "135-145|H|||2951-2|serum|after rest|North Lab"
    found = values("150", more=more).resource
    assert found["code"]["coding"] == [{"system": "http://loinc.org", "code": "2951-2"}]
    assert found["specimen"] == {"display": "serum"}
    assert found["note"] == [{"text": "after rest"}]
    assert found["performer"] == [{"display": "North Lab"}]
    assert found["interpretation"][0]["text"] == "H"
    own = values("150", more="||135|145|GLU-1|||").resource
    assert own["code"]["coding"][1] == {"code": "GLU-1", "display": "Sodium"}
    assert own["referenceRange"][0]["text"] == "135 - 145"
    assert own["referenceRange"][0]["high"]["value"] == Decimal(145)


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ("||135||||||", "≥ 135"),
        ("|||145|||||", "≤ 145"),
        ("< 145|||||||", "< 145"),
        ("see below|||||||", "see below"),
    ],
)
def test_one_sided_and_other_ranges(more: str, text: str) -> None:
    assert values("140", more=more).resource["referenceRange"][0]["text"] == text


def test_ranges_for_sexes_and_ages_stay_apart() -> None:
    both = values("13", "g/dL", "Hb", "M: 13-17 F: 12-15|||||||").resource["referenceRange"]
    assert [each["appliesTo"][0]["text"] for each in both] == ["male", "female"]
    aged = values("13", "g/dL", "Hb", "18-60 years: 12-16|||||||").resource["referenceRange"]
    assert aged[0]["age"]["low"] == {
        "value": Decimal(18),
        "unit": "years",
        "system": "http://unitsofmeasure.org",
        "code": "a",
    }


def test_marks_and_ranges_that_contradict_are_doubted() -> None:
    assert "different things" in values("140", more="135-145|H||||||").doubts[0]
    assert values("150", more="135-145|H||||||").doubts == ()
    assert values("130", more="135-145|L||||||").doubts == ()
    assert (
        values("150", more="135-145|+||||||").resource["interpretation"][0]["coding"][0]["code"]
        == "H"
    )
    assert values("150", more="135-145|see note||||||").resource["interpretation"] == [
        {"text": "see note"}
    ]


def test_numbers_of_workbooks_are_taken_as_they_are() -> None:
    rows: list[Row] = [
        (1, ("Date", "Test", "Result", "Unit")),
        (2, ("2024-03-05", "Sodium", Decimal("141.5"), "mmol/L")),
    ]
    (found,) = read_table(
        rows, column_guess(rows, KNOWN), KNOWN, "Results of the whole long year of 2024, North"
    )
    assert isinstance(found, Proposal)
    assert found.resource["valueQuantity"]["value"] == Decimal("141.5")
    assert found.spot.where == "Results of the whole long year of, row 2"
    assert len(found.spot.where) <= 40
    assert cell_text(Decimal("1E+50")) == "1E+50"


@pytest.mark.parametrize(
    ("text", "code"), [("2951-2", "2951-2"), ("2951-3", ""), ("GLU", ""), ("14749-6", "14749-6")]
)
def test_loinc_codes_check_themselves(text: str, code: str) -> None:
    assert loinc_of(text) == code
