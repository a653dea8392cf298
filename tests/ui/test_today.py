"""Home: what waits, what was recent, and how to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QPushButton

from healthmate_desktop.domain.answers import Thread
from healthmate_desktop.domain.ids import ThreadId
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.today.screen import TodayScreen
from ui.window_desk import words_in
from ui.window_fakes import (
    ROSA,
    TOMAS,
    WHEN,
    FakeAssistant,
    FakeDocuments,
    FakeLibrary,
    document,
    starter,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = pytest.mark.ui


class Home:
    """The screen over what a test puts behind it."""

    def __init__(
        self, tasks: TaskRunner, settle: Callable[..., None], show: Callable[..., QWidget]
    ) -> None:
        self.documents, self.assistant, self.library = (
            FakeDocuments(),
            FakeAssistant(),
            FakeLibrary(),
        )
        self.changes = Changes()
        self._tasks, self._settle, self._show = tasks, settle, show

    def open(self) -> TodayScreen:
        self.screen = TodayScreen(
            ROSA, self.documents, self.assistant, self.library, self._tasks, self.changes
        )
        self._show(self.screen, size=(1100, 900))
        self.settle()
        return self.screen

    def settle(self) -> None:
        self._settle(self._tasks)
        QApplication.processEvents()

    def words(self) -> str:
        return words_in(self.screen)

    def button(self, name: str) -> QPushButton:
        return next(
            b
            for b in self.screen.findChildren(QPushButton)
            if name in {b.text(), b.accessibleName()} and b.isVisible()
        )


@pytest.fixture
def home(tasks: TaskRunner, settle: Callable[..., None], show: Callable[..., QWidget]) -> Home:
    return Home(tasks, settle, show)


def test_with_nothing_here_it_says_how_to_begin(home: Home) -> None:
    screen = home.open()
    wanted = QSignalSpy(screen.add_files_requested)
    assert "Rosa" in home.words()
    assert "Start with a document" in home.words()
    assert "Nothing in it yet" in home.words()
    for button in screen.findChildren(QPushButton):
        if button.text() == "Add files":
            button.click()
    assert wanted.count() == 2


def test_recent_documents_are_listed_and_opened(home: Home) -> None:
    home.documents.kept = [document(f"report-{n}.pdf") for n in range(6)]
    home.documents.kept.append(document("private.pdf", owner=TOMAS))
    screen = home.open()
    opened = QSignalSpy(screen.open_document)
    assert "6, all encrypted" in home.words()
    assert "report-3.pdf" in home.words()
    assert "report-4.pdf" not in home.words()
    assert "private.pdf" not in home.words()
    assert "1 page, added on 3 June 2026" in home.words()
    home.button("Open report-2.pdf").click()
    assert opened.at(0) == ["report-2.pdf"]


def test_what_could_not_be_read_waits_and_nothing_else_does(home: Home) -> None:
    home.documents.kept = [document("good.pdf")]
    home.open()
    assert "Waiting for you" not in home.words()
    home.documents.kept += [document(f"bad-{n}.pdf", "unreadable") for n in range(5)]
    screen = home.open()
    opened = QSignalSpy(screen.open_document)
    assert "Waiting for you" in home.words()
    assert "and 1 more" in home.words()
    home.button("See why bad-0.pdf could not be read").click()
    assert opened.at(0) == ["bad-0.pdf"]


def test_a_document_that_is_not_finished_is_no_mistake(home: Home) -> None:
    home.documents.kept = [document("letter.pdf", "importing")]
    home.open()
    assert "Kept, not read to the end yet" in home.words()
    assert "1, encrypted" in home.words()
    assert "Waiting for you" not in home.words()


def test_a_recent_question_can_be_read_again(home: Home) -> None:
    thread = Thread(ThreadId("t"), ROSA.id, "What was my HbA1c?", WHEN)
    home.assistant.chats = [thread]
    screen = home.open()
    opened, placed = QSignalSpy(screen.open_thread), QSignalSpy(screen.open_place)
    home.button("Read again: What was my HbA1c?").click()
    home.button("Go on asking").click()
    assert opened.at(0) == [thread]
    assert placed.at(0) == ["ask"]


def test_the_library_says_how_much_it_holds(home: Home) -> None:
    home.library.kept = [starter(60)]
    screen = home.open()
    placed = QSignalSpy(screen.open_place)
    assert "60 articles from 1 source" in home.words()
    home.button("Open the library").click()
    assert placed.at(0) == ["library"]


def test_a_question_is_passed_on_and_the_field_is_empty_again(home: Home) -> None:
    screen = home.open()
    asked = QSignalSpy(screen.ask_requested)
    for question in ("  ", " what was my sodium? "):
        screen.question.edit.setText(question)
        QTest.keyClick(screen.question.edit, Qt.Key.Key_Return)
    assert [asked.at(n) for n in range(asked.count())] == [["what was my sodium?"]]
    assert screen.question.edit.text() == ""


def test_what_was_added_meanwhile_appears(home: Home, qtbot: QtBot) -> None:
    home.open()
    home.documents.kept = [document("new.pdf")]
    home.changes.documents_changed.emit()
    qtbot.waitUntil(lambda: "new.pdf" in home.words())
    assert "Start with a document" not in home.words()


def test_while_it_is_not_seen_nothing_is_read_and_then_it_is(home: Home, qtbot: QtBot) -> None:
    screen = home.open()
    screen.hide()
    home.documents.kept = [document("new.pdf")]
    home.changes.documents_changed.emit()
    home.settle()
    screen.show()
    qtbot.waitUntil(lambda: "new.pdf" in home.words())


def test_the_focus_stays_where_it_is_when_nothing_has_changed(home: Home, qtbot: QtBot) -> None:
    home.documents.kept = [document("report.pdf")]
    home.open()
    button = home.button("Open report.pdf")
    button.setFocus()
    with qtbot.waitSignal(home._tasks.idle):
        home.changes.documents_changed.emit()
    assert home.button("Open report.pdf") is button
    assert button.hasFocus()


def test_an_error_while_reading_is_reported(home: Home, errors: list[Exception]) -> None:
    home.documents.failure = OSError()
    home.open()
    assert [type(error) for error in errors] == [OSError]


@pytest.mark.parametrize(
    ("hour", "words"), [(8, "Good morning"), (12, "Good afternoon"), (18, "Good evening")]
)
def test_the_greeting_goes_with_the_hour(hour: int, words: str) -> None:
    from healthmate_desktop.ui.today.screen import _greeting

    assert _greeting(hour) == words
