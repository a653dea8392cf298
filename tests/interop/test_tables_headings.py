"""Headings of tables in several languages, and the mappings that are kept by them for the next table."""

from __future__ import annotations

import json
from typing import Any

import pytest
from table_builders import KNOWN, LONG, guess, roles, rows_of

from healthmate_desktop.domain.proposals import NamedPerson, Proposal
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.interop.tables import (
    Role,
    TableMapping,
    column_guess,
    header_key,
    read_table,
)
from healthmate_desktop.interop.tables.headings import role_of, split_unit

pytestmark = pytest.mark.unit


def test_the_next_table_of_this_shape_needs_no_question() -> None:
    first = rows_of("Test,Unit,2024-02-01\nSodium,mmol/L,141\n")
    mapping = column_guess(first, KNOWN)
    second = rows_of("Patient: Jane Roe\nTEST,Unit,2024-03-01,2024-04-01\nSodium,mmol/L,139,140\n")
    assert header_key(second[1][1]) == mapping.key
    kept = TableMapping.from_json(json.loads(json.dumps(mapping.as_json())))
    person, *found = read_table(second, kept, KNOWN)
    assert person == NamedPerson("Jane Roe")
    assert [each.resource["effectiveDateTime"] for each in found if isinstance(each, Proposal)] == [
        "2024-03-01",
        "2024-04-01",
    ]
    assert header_key(("Test", "Unit", "2024-02-01", "Note")) != mapping.key


@pytest.mark.parametrize(
    "change",
    [
        {"key": 5},
        {"shape": "round"},
        {"roles": ["date", "mood"]},
        {"header_row": -1},
        {"header_row": "x"},
        {"mark": ";"},
        {"order": "YMD"},
        {"roles": [""] * 2000},
        {"headings": [5]},
        {"confidence": None},
    ],
)
def test_a_kept_mapping_that_is_none_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        TableMapping.from_json(guess(LONG).as_json() | change)
    with pytest.raises(InvalidInput):
        TableMapping.from_json({})


def test_keys_do_not_hang_on_capitals_marks_and_dates() -> None:
    assert header_key(("Test Name", "Result:", "")) == header_key(("test_name", "RESULT"))
    assert header_key(("TestName", "Result")) == header_key(("Test name", "Result"))
    assert header_key(("Test", "2024-01-01", "2024-02-01")) == header_key(("Test", "2025-01-01"))
    assert header_key(("Test", "Result")) != header_key(("Result", "Test"))


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Test date", Role.DATE),
        ("Result Value", Role.VALUE),
        ("Ref. Low", Role.LOW),
        ("Normal range high", Role.HIGH),
        ("Valores de referencia", Role.RANGE),
        ("Einheit", Role.UNIT),
        ("date_of_birth", Role.BIRTH_DATE),
        ("ID", Role.IGNORED),
        ("Patient name", Role.PERSON),
        ("Test ID", Role.CODE),
        ("Order status", Role.IGNORED),
        ("Messwert [mg/dl]", Role.VALUE),
        ("Valeurs de référence", Role.RANGE),
        ("Collected at", Role.DATE),
        ("Blood pressure", Role.IGNORED),
        ("", Role.IGNORED),
        ("a heading that is far too long to say anything", Role.IGNORED),
        ("Result ID", Role.IGNORED),
        ("Notes/Comments", Role.NOTE),
    ],
)
def test_headings_in_several_languages(heading: str, role: Role) -> None:
    assert role_of(heading).role is role


@pytest.mark.parametrize(
    ("heading", "parts"),
    [
        ("Glucose (mmol/L)", ("Glucose", "mmol/L")),
        ("Weight, kg", ("Weight", "kg")),
        ("HbA1c %", ("HbA1c", "%")),
        ("Hemoglobin g/dL", ("Hemoglobin", "g/dL")),
        ("Pulse", ("Pulse", "")),
        ("Cells (blood)", ("Cells (blood)", "")),
        ("Temp in °C", ("Temp", "°C")),
    ],
)
def test_units_in_headings(heading: str, parts: tuple[str, str]) -> None:
    assert split_unit(heading) == parts


def test_names_of_tests_are_not_taken_for_other_words() -> None:
    assert roles("Date,Low density lipoprotein (mg/dL)\n2024-03-05,95\n") == ["date", "analyte"]
