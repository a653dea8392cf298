"""A lock in the middle of a check loses no word of a correction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from healthmate_desktop.ui.review.screen import ReviewScreen
from ui.record_fakes import measured, record
from ui.window_fakes import ROSA, FakeVault, document

if TYPE_CHECKING:
    from ui.window_desk import Desk

pytestmark = [pytest.mark.ui, pytest.mark.security]


@pytest.fixture
def vault() -> FakeVault:
    vault = FakeVault(people=(ROSA,))
    report = document("report.pdf")
    vault.documents.kept = [report]
    vault.records.kept = [record("g", report, measured("Glucose", "72"))]
    return vault


def review(desk: Desk) -> ReviewScreen:
    desk.reads("1 value waits for your check")
    desk.click(desk.shell.waiting.note.button)
    desk.settle()
    screen = desk.shell.stack.currentWidget()
    assert isinstance(screen, ReviewScreen)
    return screen


def test_what_was_typed_is_there_after_the_unlock(open_desk: Desk) -> None:
    bench = review(open_desk).bench
    QTest.keyClick(bench.list, Qt.Key.Key_E)
    QTest.keyClicks(bench.form.edits["value"], "7,2")
    open_desk.window.lock()
    open_desk.settle()
    assert open_desk.vault.records.states() == {"g": "proposed"}
    open_desk.unlock()
    bench = review(open_desk).bench
    assert bench.form.isVisible()
    assert bench.form.edits["value"].text() == "7,2"
    QTest.keyClick(bench.form.edits["value"], Qt.Key.Key_Return)
    open_desk.settle()
    assert open_desk.vault.records.get(open_desk.vault.records.kept[0].id).facts.value == (
        "7.2 mmol/L"
    )
    open_desk.window.lock()
    open_desk.settle()
    assert not [place for place, _ in open_desk.vault.drafts.kept if place.startswith("review")]
