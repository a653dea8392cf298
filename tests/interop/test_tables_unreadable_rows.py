"""Rows of tables that say too little or too much are named, and no more of them than a person can read."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from table_builders import KNOWN, LONG, read, rows_of

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.interop.tables import column_guess, read_table, reading

if TYPE_CHECKING:
    from healthmate_desktop.interop.tables.mapping import Row

pytestmark = pytest.mark.unit


def test_rows_that_say_too_little_are_named_and_headings_of_groups_are_not() -> None:
    text = (
        "Test,Result,Unit,Date\nCHEMISTRY,,,\nSodium,pending,mmol/L,2024-03-05\n,5,,2024-03-05\n"
        "Potassium,4.4,mmol/L,2024-03-05\n"
    )
    found = read(text)
    assert [each.where for each in found if isinstance(each, Problem)] == ["row 3", "row 4"]
    assert len([each for each in found if isinstance(each, Proposal)]) == 1
    (nameless,) = read("Test,Unit,2024-03-05\n,mmol/L,141\n")
    assert isinstance(nameless, Problem)


def test_no_more_problems_are_named_than_a_person_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PROBLEMS", 3)
    found = read("Date,Test,Result\n" + "2024-03-05,,5\n" * 9)
    assert [each.where for each in found if isinstance(each, Problem)] == [
        "row 2",
        "row 3",
        "row 4",
        "the table",
    ]


def test_cells_longer_than_results_are_left_out() -> None:
    (problem,) = read("Date,Test,Result\n2024-03-05,Sodium," + "x" * 3000 + "\n")
    assert isinstance(problem, Problem)


def test_headings_that_are_not_found_are_told() -> None:
    rows = rows_of(LONG)
    mapping = dataclasses.replace(column_guess(rows, KNOWN), key="other")
    (problem,) = read_table(rows, mapping, KNOWN)
    assert isinstance(problem, Problem)
    many: list[Row] = [(n, ("2024-03-05", "Sodium", "141", "mmol/L")) for n in range(1, 150)]
    found = list(read_table(many, mapping, KNOWN))
    assert len(found) == 1 + 49
