"""A look at a table by what a person said of it, or of an earlier one: what holds, what is asked once more."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import Any

import pytest

from healthmate_desktop.documents.grids import load_vocabulary
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.interop.tables import (
    MOST_KEPT,
    KnownColumns,
    Look,
    Role,
    Shape,
    TableMapping,
    asking,
    look_at,
    shape_of,
)
from healthmate_desktop.interop.tables.looking import MOST_RESULTS
from healthmate_desktop.interop.tables.mapping import LONGEST_HEADING, MOST_COLUMNS, Row

pytestmark = pytest.mark.unit

EARLY = "Date,Test,Result,Unit\n03/04/2024,Sodium,141,mmol/L\n04/04/2024,Potassium,4.2,mmol/L\n"


def rows(text: str) -> list[Row]:
    return list(enumerate(map(tuple, csv.reader(text.splitlines())), 1))


def look(text: str, known: KnownColumns | None = None) -> Look:
    return look_at(1, "", rows(text), known or KnownColumns(), load_vocabulary())


def days(found: Look) -> list[str]:
    return [facts_of(each.resource).effective for each in found.preview]


def said(text: str, **changes: Any) -> TableMapping:
    return replace(look(text).mapping, **changes)


def test_a_table_that_does_not_tell_is_asked_about() -> None:
    found = look(EARLY)
    assert (found.origin, found.is_sure, found.asks) == ("guessed", False, ("order",))
    assert found.mapping.questions == (asking.WHICH_ORDER,)
    assert found.rows[0] == (1, ("Date", "Test", "Result", "Unit"))
    assert (found.width, found.results, found.doubtful) == (4, 2, 1)


def test_what_is_said_of_a_table_holds_and_shows_at_once() -> None:
    found = look(EARLY, KnownColumns({1: said(EARLY, order="DMY")}))
    assert (found.origin, found.is_sure, found.doubtful) == ("said", True, 0)
    assert days(found) == ["2024-04-03", "2024-04-04"]
    assert found.asks == ("order",)  # so that it can be said otherwise


def test_what_was_said_of_another_table_is_not_taken_for_this_one() -> None:
    assert look(EARLY, KnownColumns({2: said(EARLY, order="DMY")})).origin == "guessed"


def test_the_next_table_with_the_same_headings_is_read_as_was_said() -> None:
    kept = KnownColumns(kept=[said(EARLY, order="DMY")])
    following = "Lab of the town\n\nDATE,test,Result:,Unit\n05/06/2024,Sodium,139,mmol/L\n"
    found = look(following, kept)
    assert (found.origin, found.is_sure, days(found)) == ("kept", True, ["2024-06-05"])
    assert (found.mapping.header_row, found.rows[0][0]) == (3, 3)


def test_a_table_that_tells_otherwise_than_was_said_is_asked_about() -> None:
    kept = KnownColumns(kept=[said(EARLY, order="DMY", mark=",")])
    months_first = (
        "Date,Test,Result,Unit\n05/25/2024,Sodium,139,mmol/L\n05/06/2024,Sodium,139,mmol/L\n"
    )
    assert look(months_first, kept).mapping.questions == (asking.WHICH_ORDER,)
    points = (
        "Date,Test,Result,Unit\n2024-05-25,Sodium,139,mmol/L\n2024-05-25,Potassium,4.2,mmol/L\n"
    )
    assert look(points, kept).mapping.questions == (asking.WHICH_MARK,)


def test_what_the_table_tells_by_itself_needs_no_word() -> None:
    kept = KnownColumns(kept=[said(EARLY, order="", mark="")])
    told = "Date,Test,Result,Unit\n25/05/2024,Sodium,139,mmol/L\n05/06/2024,Sodium,139,mmol/L\n"
    assert look(told, kept).mapping.order == "DMY"
    commas = 'Date,Test,Result,Unit\n05/06/2024,Potassium,"4,2",mmol/L\n'
    assert look(commas, kept).mapping.order == "DMY"
    assert look(EARLY, kept).mapping.questions == (asking.WHICH_ORDER,)


def test_a_date_for_all_is_asked_for_each_time_and_may_be_unknown() -> None:
    text = "Test,Result,Unit\nSodium,141,mmol/L\n"
    found = look(text)
    assert (found.mapping.questions, found.asks) == ((asking.NO_DATE,), ("date",))
    dated = look(text, KnownColumns({1: said(text, date="2024-03-01")}))
    assert days(dated) == ["2024-03-01"]
    unknown = look(text, KnownColumns({1: said(text)}))
    assert (unknown.is_sure, unknown.doubtful) == (True, 1)
    assert look(text, KnownColumns(kept=[said(text)])).mapping.questions == (asking.NO_DATE,)
    above = "Date:,2024-03-02\nTest,Result,Unit\nSodium,141,mmol/L\n"
    assert days(look(above, KnownColumns(kept=[said(text)]))) == ["2024-03-02"]


def test_times_without_a_zone_may_be_given_one() -> None:
    text = "Date,Time,Pulse (bpm)\n2024-03-01,07:30,64\n"
    found = look(text)
    assert (found.is_sure, found.asks) == (True, ("zone",))
    berlin = look(text, KnownColumns({1: said(text, zone="Europe/Berlin")}))
    assert days(berlin) == ["2024-03-01T07:30:00+01:00"]
    assert look("Date,Pulse (bpm)\n2024-03-01T07:30:00Z,64\n").asks == ()


def test_a_mark_that_no_number_tells_is_asked_for() -> None:
    text = 'Date,Test,Result,Unit\n2024-03-04,Ferritin,"1,234",ng/mL\n'
    assert (look(text).asks, look(text).mapping.questions) == (("mark",), (asking.WHICH_MARK,))
    found = look(text, KnownColumns({1: said(text, mark=",")}))
    assert facts_of(found.preview[0].resource).value == "1.234 ng/mL"


def test_what_can_not_be_read_like_this_is_said() -> None:
    value, name, date = Role.VALUE, Role.NAME, Role.DATE
    for roles, question in (
        ((date, Role.IGNORED, value, Role.UNIT), asking.NO_NAME),
        ((date, name, Role.IGNORED, Role.UNIT), asking.NO_VALUE),
        ((date, name, value, value), asking.TWICE),
        ((date, name, Role.ANALYTE, Role.UNIT), asking.MIXED),
    ):
        mapping = said(EARLY, roles=roles, order="DMY", shape=shape_of(roles, ("",) * 4))
        assert question in look(EARLY, KnownColumns({1: mapping})).mapping.questions


def test_a_table_may_hold_no_results_at_all() -> None:
    nothing = said(EARLY, roles=(Role.IGNORED,) * 4)
    for known in (KnownColumns({1: nothing}), KnownColumns(kept=[nothing])):
        found = look(EARLY, known)
        assert (found.mapping.questions, found.is_sure, found.results) == ((), True, 0)


def test_the_layout_follows_from_what_the_columns_mean() -> None:
    name, value = Role.NAME, Role.VALUE
    dates = ("Test", "2024-03-01", "2024-03-08")
    assert shape_of((name, value, value), dates) is Shape.ACROSS
    assert shape_of((name, value, Role.DATE), dates) is Shape.LONG
    assert shape_of((Role.DATE, Role.ANALYTE, Role.ANALYTE), ("", "", "")) is Shape.WIDE
    assert shape_of((name, Role.IGNORED, Role.IGNORED), dates) is Shape.LONG


def test_headings_in_a_language_that_is_not_known_are_headings() -> None:
    found = look("תאריך,בדיקה,תוצאה,יחידות\n2024-04-25,Sodium,141,mmol/L\n")
    assert (found.mapping.header_row, found.can_be_kept, found.is_sure) == (1, True, False)
    assert found.results == 1


@pytest.mark.parametrize(
    "text",
    [
        "2024-04-25,Sodium,141,mmol/L\n2024-04-26,Sodium,142,mmol/L\n",
        "Lab report\n2024-04-25,Sodium,141,mmol/L\n",
        "first,second\nthird,fourth\n",
        "alone\n",
    ],
)
def test_without_headings_nothing_is_kept(text: str) -> None:
    assert not look(text).can_be_kept


def test_long_cells_and_wide_tables_are_shown_in_part() -> None:
    text = ",".join(f"c{n}" for n in range(10_000)) + "\n" + ",".join(["x" * 500] * 400) + "\n"
    found = look(text)
    assert (found.width, len(found.mapping.roles)) == (10_000, MOST_COLUMNS)
    assert max(len(cell) for _, cells in found.rows for cell in cells) == 80
    assert max(len(cells) for _, cells in found.rows) == MOST_COLUMNS


def test_no_more_is_read_for_a_look_than_a_look_needs() -> None:
    head = ",".join(f"Sodium {n} (mmol/L)" for n in range(200))
    lines = "".join(f"2024-03-04,{','.join(['141'] * 200)}\n" for _ in range(20))
    assert look(f"Date,{head}\n{lines}").results == MOST_RESULTS


def test_what_was_said_goes_to_the_reader_whole() -> None:
    known = KnownColumns({3: said(EARLY, date="2024-03", zone="+01:00")}, [said(EARLY)])
    assert KnownColumns.from_json(known.as_json()) == known


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["date"] * (MOST_COLUMNS + 1), "headings": ["x"] * (MOST_COLUMNS + 1)},
        {"roles": ["date"]},
        {"headings": ["x" * (LONGEST_HEADING + 1)] * 4},
        {"zone": "Mars/Olympus"},
        {"date": "yesterday"},
        {"date": "2024-02-31"},
        {"order": "YMD"},
        {"mark": ";"},
        {"key": "k" * 100},
        {"header_row": -1},
        {"shape": "round"},
        {"confidence": None},
    ],
)
def test_nonsense_is_refused(change: dict[str, Any]) -> None:
    kept = said(EARLY).as_json() | change
    for given in ({"said": [[1, kept]], "kept": []}, {"said": [], "kept": [kept]}):
        with pytest.raises(InvalidInput):
            KnownColumns.from_json(given)


@pytest.mark.parametrize("given", [{}, {"said": 1, "kept": []}, {"said": [["x", {}]], "kept": []}])
def test_more_nonsense_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        KnownColumns.from_json(given)


def test_too_much_is_refused() -> None:
    with pytest.raises(InvalidInput):
        KnownColumns.from_json({"said": [], "kept": [said(EARLY).as_json()] * (MOST_KEPT + 1)})
