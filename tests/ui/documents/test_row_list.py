"""A list of rows is gone through by pointer and keys, and says which row is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.theme import make_theme
from healthmate_desktop.ui.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

ROWS = [Row(f"k{n}", f"Letter {n}", "1 page", "document") for n in range(40)]


@pytest.fixture
def rows(show: Callable[..., QWidget]) -> RowList:
    made = RowList("Letters")
    made.show_rows(ROWS)
    made.window_kept = show(made)  # type: ignore[attr-defined]
    return made


def test_a_row_reads_as_one_sentence(rows: RowList) -> None:
    index = rows.model().index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Letter 0, 1 page"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "Letter 0"


def test_a_pressed_row_is_opened_at_once(rows: RowList) -> None:
    chosen = QSignalSpy(rows.chosen)
    where = rows.visualRect(rows.model().index(3, 0)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen.at(0) == ["k3"]


def test_arrow_keys_open_the_row_they_rest_on(rows: RowList, qtbot: QtBot) -> None:
    chosen = QSignalSpy(rows.chosen)
    rows.choose("k0")
    rows.setFocus()
    for _ in range(3):
        QTest.keyClick(rows, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: chosen.count() > 0)
    assert [chosen.at(n) for n in range(chosen.count())] == [["k3"]]


def test_choosing_from_outside_says_nothing(rows: RowList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(rows.chosen, wait=300):
        rows.choose("k5")
    assert rows.current() == "k5"
    rows.choose("nobody")
    assert rows.current() == ""
    assert not rows.selectedIndexes()


def test_other_rows_keep_the_chosen_one(rows: RowList) -> None:
    rows.choose("k5")
    rows.show_rows(ROWS[4:])
    assert rows.current() == "k5"
    rows.show_rows(ROWS[10:])
    assert rows.current() == ""


def test_rows_grow_with_the_text_and_shrink_without_a_second_line(
    rows: RowList, qapp: QApplication, qtbot: QtBot
) -> None:
    first = rows.model().index(0, 0)
    before = rows.visualRect(first).height()
    apply_theme(qapp, make_theme("dark", 1.5))
    qtbot.waitUntil(lambda: rows.visualRect(first).height() > before)
    apply_theme(qapp, make_theme("light"))
    rows.show_rows([Row("a", "One line")])
    qtbot.waitUntil(lambda: rows.visualRect(rows.model().index(0, 0)).height() < before)
    assert not rows.grab().isNull()
