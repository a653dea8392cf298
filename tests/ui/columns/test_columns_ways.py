"""The ways to the step: from a document and from its review, and back to what was read by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QMenu

from healthmate_desktop.domain.documents import UNSURE_COLUMNS, DocumentKind, Problem
from healthmate_desktop.ui.columns.screen import ColumnsScreen
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.widgets.buttons import Button
from ui.record_fakes import measured, record
from ui.window_fakes import FakeVault, document

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from ui.window_desk import Desk

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

EARLY = "Date,Test,Result,Unit\n03/04/2024,Sodium,141,mmol/L\n"
UNSURE = Problem("the table", f"{UNSURE_COLUMNS} Is the day or the month first in these dates?")


@pytest.fixture
def desk(make_desk: Callable[[FakeVault], Desk]) -> Desk:
    """Open, over one table that is not sure and has a value to check."""
    vault = FakeVault()
    table = replace(document("labs.csv"), kind=DocumentKind.TABLE, problems=(UNSURE,))
    vault.documents.kept = [table]
    vault.records.kept = [record("r", table, measured("Sodium", "141"))]
    vault.columns.put(table.id, _=EARLY)
    desk = make_desk(vault)
    desk.unlock()
    return desk


def test_the_list_says_which_table_waits_for_a_word(desk: Desk) -> None:
    documents = screen_of(desk, "documents")
    assert isinstance(documents, DocumentsScreen)
    assert [row.detail for row in documents.list.rows()] == ["Say what its columns mean"]


def press(screen: QWidget, words: str) -> None:
    buttons = [b for b in screen.findChildren(Button) if b.text() == words and b.isVisible()]
    assert len(buttons) == 1
    buttons[0].click()


def screen_of(desk: Desk, place: str) -> QWidget:
    desk.shell.go(place)
    desk.settle()
    return desk.shell.screens[place]


def test_a_document_leads_to_the_step_and_the_step_to_the_review(desk: Desk) -> None:
    press(screen_of(desk, "documents"), "Say what they mean")
    desk.settle()
    columns = desk.shell.stack.currentWidget()
    assert isinstance(columns, ColumnsScreen)
    desk.reads("Is the day or the month first in these dates?")
    columns.asking.said.emit("order", "DMY")
    desk._qtbot.waitUntil(columns.save.isEnabled)
    columns.save.click()
    desk.settle()
    assert desk.vault.columns.saved["labs.csv"][1].order == "DMY"
    assert desk.shell.place == "review"


def test_the_review_of_such_a_document_leads_there_too(desk: Desk) -> None:
    documents = screen_of(desk, "documents")
    assert isinstance(documents, DocumentsScreen)
    documents.review_requested.emit("labs.csv")
    desk.settle()
    press(desk.shell.screens["review"], "Say what they mean")
    desk.settle()
    assert desk.shell.place == "columns"
    columns = desk.shell.screens["columns"]
    assert isinstance(columns, ColumnsScreen)
    columns.leave.click()
    assert desk.shell.place == "documents"


def test_any_table_can_be_told_of_from_its_menu(desk: Desk) -> None:
    documents = screen_of(desk, "documents")
    assert isinstance(documents, DocumentsScreen)
    documents.reader.more.click()
    menu = documents.findChildren(QMenu)[-1]
    next(a for a in menu.actions() if a.text() == "Say what the columns mean").trigger()
    menu.close()
    desk.settle()
    assert desk.shell.place == "columns"
