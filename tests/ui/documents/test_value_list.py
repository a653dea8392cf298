"""A list of values shows each whole, passes over its headings, and lets rows go one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from healthmate_desktop.ui.documents.value_list import ValueList, ValueRow
from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.theme import make_theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

ROWS = [
    ValueRow("", "Look at these"),
    ValueRow("g", "Glucose", "7.2 mmol/L", "The point is faint.", "alert", "warn"),
    ValueRow("", "Nothing speaks against these"),
    ValueRow("k", "Potassium", "4.4 mmol/L"),
    ValueRow("c", "Blood culture", "No growth after five days of incubation at 35 degrees"),
    ValueRow("x", "Sequence", "ACGT" * 40, "14 Jul 2026"),
]


@pytest.fixture
def values(show: Callable[..., QWidget]) -> ValueList:
    made = ValueList("Values")
    made.show_rows(ROWS)
    made.window_kept = show(made, size=(360, 400))  # type: ignore[attr-defined]
    return made


def height(values: ValueList, at: int) -> int:
    return values.visualRect(values.model().index(at, 0)).height()


def test_a_row_reads_as_one_sentence(values: ValueList) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    index = values.model().index(1, 0)
    assert index.data(role) == "Glucose, 7.2 mmol/L, The point is faint."
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "Glucose"
    assert index.data(Qt.ItemDataRole.SizeHintRole) is None


def test_a_long_value_grows_and_is_never_cut(values: ValueList, qtbot: QtBot) -> None:
    assert height(values, 4) > height(values, 3)
    assert height(values, 5) > height(values, 4)
    before = height(values, 4)
    values.window().resize(800, 400)
    qtbot.waitUntil(lambda: height(values, 4) < before)
    assert not values.grab().isNull()


def test_rows_grow_with_the_text(values: ValueList, qapp: QApplication, qtbot: QtBot) -> None:
    before = height(values, 1)
    apply_theme(qapp, make_theme("dark", 1.5))
    qtbot.waitUntil(lambda: height(values, 1) > before)
    apply_theme(qapp, make_theme("light"))


def test_arrow_keys_pass_over_headings(values: ValueList) -> None:
    chosen = QSignalSpy(values.chosen)
    values.choose("g")
    assert chosen.count() == 0
    values.setFocus()
    QTest.keyClick(values, Qt.Key.Key_Down)
    assert chosen.at(0) == ["k"]
    where = values.visualRect(values.model().index(0, 0)).center()
    QTest.mouseClick(values.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen.count() == 1


def test_a_pressed_row_is_chosen_also_when_it_is_already(values: ValueList) -> None:
    chosen = QSignalSpy(values.chosen)
    values.choose("k")
    where = values.visualRect(values.model().index(3, 0)).center()
    QTest.mouseClick(values.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen.at(0) == ["k"]


def test_the_last_row_of_a_group_takes_its_heading_along(values: ValueList) -> None:
    values.take("g")
    assert [row.name for row in values.rows()][:2] == ["Nothing speaks against these", "Potassium"]
    values.take("nobody")
    for key in ("k", "c", "x"):
        values.take(key)
    assert values.rows() == []
    assert values.current() == ""


def test_other_rows_keep_the_chosen_one(values: ValueList) -> None:
    values.choose("k")
    values.show_rows(ROWS[2:])
    assert values.current() == "k"
    values.show_rows(ROWS[2:])
    values.show_rows(ROWS[:2])
    assert values.current() == ""
    assert not values.selectedIndexes()
