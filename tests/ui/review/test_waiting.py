"""Values that wait for a check are spoken of on Today, with the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.review.screen import ReviewScreen
from ui.record_fakes import measured, record
from ui.session_fakes import session
from ui.window_fakes import ROSA, TOMAS, FakeVault, document

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from ui.window_desk import Desk

pytestmark = pytest.mark.ui


@pytest.fixture
def vault() -> FakeVault:
    vault = FakeVault(people=(ROSA, TOMAS))
    report, letter = document("report.pdf"), document("letter.pdf")
    vault.documents.kept = [report, letter, document("tomas.pdf", owner=TOMAS)]
    vault.records.kept = [
        record("g", report, measured("Glucose", "7.2")),
        record("k", report, measured("Potassium", "4.4")),
        record("p", letter, measured("Pulse", "68", "/min")),
    ]
    return vault


def review(desk: Desk) -> ReviewScreen:
    screen = desk.shell.stack.currentWidget()
    assert isinstance(screen, ReviewScreen)
    return screen


def test_today_says_what_waits_and_leads_there(open_desk: Desk, qtbot: QtBot) -> None:
    open_desk.reads("3 values wait for your check")
    open_desk.reads("Read from report.pdf and 1 other document. Until then they count nowhere.")
    open_desk.click(open_desk.shell.waiting.note.button)
    open_desk.settle()
    assert review(open_desk).bench.name.accessibleName() == "report.pdf"
    assert not open_desk.shell.waiting.isVisible()
    review(open_desk).foot.all.click()
    open_desk.settle()
    review(open_desk).left.emit()
    assert isinstance(open_desk.shell.stack.currentWidget(), DocumentsScreen)
    open_desk.shell.go("today")
    open_desk.reads("1 value waits for your check")
    open_desk.reads("Read from letter.pdf.")
    open_desk.vault.records.kept = []
    open_desk.changes.records_changed.emit()
    qtbot.waitUntil(lambda: not open_desk.shell.waiting.isVisible())


def test_it_is_read_again_when_it_is_seen(open_desk: Desk, vault: FakeVault) -> None:
    open_desk.reads("3 values wait for your check")
    open_desk.shell.go("library")
    open_desk.settle()
    asked = vault.review.asked
    open_desk.changes.documents_changed.emit()
    open_desk.changes.documents_changed.emit()
    open_desk.settle()
    assert vault.review.asked == asked
    open_desk.shell.go("today")
    open_desk.settle()
    assert vault.review.asked == asked + 1


def test_the_documents_lead_to_the_one_that_is_open(open_desk: Desk) -> None:
    open_desk.shell.go("documents")
    open_desk.settle()
    documents = open_desk.shell.screens["documents"]
    assert isinstance(documents, DocumentsScreen)
    documents.open_at("letter.pdf", 1, 0, 0)
    open_desk.settle()
    documents.side.note.pressed.emit()
    open_desk.settle()
    assert review(open_desk).bench.name.accessibleName() == "letter.pdf"


def test_each_person_has_what_waits_of_their_own(open_desk: Desk, qtbot: QtBot) -> None:
    open_desk.reads("3 values wait for your check")
    open_desk.shell.show_person(TOMAS)
    open_desk.settle()
    qtbot.waitUntil(lambda: not open_desk.shell.waiting.isVisible())


def test_who_may_not_check_is_not_asked_to(
    vault: FakeVault, make_desk: Callable[[FakeVault], Desk]
) -> None:
    vault.who = session("auditor")
    desk = make_desk(vault)
    desk.unlock()
    assert not desk.shell.waiting.isVisible()
    assert vault.review.asked == 0
