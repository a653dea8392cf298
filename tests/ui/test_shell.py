"""An open vault: whose it is, the ways between its places, and files on their way in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from healthmate_desktop.domain.answers import Thread
from healthmate_desktop.domain.ids import ThreadId
from healthmate_desktop.settings import Settings
from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.people import AddPersonScreen
from healthmate_desktop.ui.settings.screen import SettingsScreen
from healthmate_desktop.ui.today.screen import TodayScreen
from ui.window_fakes import ROSA, TOMAS, WHEN, FakeVault, document, starter

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from ui.window_desk import Desk

pytestmark = pytest.mark.ui

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def vault() -> FakeVault:
    vault = FakeVault(people=(ROSA, TOMAS))
    vault.library.kept = [starter(60)]
    return vault


def ask_screen(desk: Desk) -> AskScreen:
    ask = desk.shell.screens["ask"]
    assert isinstance(ask, AskScreen)
    return ask


def drag(desk: Desk, *names: str) -> str:
    """Files from outside are dropped on the window; what its cover said."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(Path("/") / name)) for name in names])
    action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(desk.shell, QDragEnterEvent(QPoint(9, 9), action, mime, left, none))
    said = desk.shell.cover.overlay.accessibleName()
    assert desk.shell.cover.overlay.isVisible()
    QApplication.sendEvent(desk.shell, QDropEvent(QPointF(9, 9), action, mime, left, none))
    assert not desk.shell.cover.overlay.isVisible()
    return said


def menu(desk: Desk, qtbot: QtBot) -> QMenu:
    desk.shell.rail.person.click()
    menus = desk.shell.findChildren(QMenu)
    qtbot.waitUntil(menus[-1].isVisible)
    return menus[-1]


def close(desk: Desk, shown: QMenu, qtbot: QtBot) -> None:
    shown.close()
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()


def choose(desk: Desk, qtbot: QtBot, words: str) -> None:
    shown = menu(desk, qtbot)
    next(action for action in shown.actions() if action.text() == words).trigger()
    close(desk, shown, qtbot)
    desk.settle()


def test_the_first_person_is_shown_and_the_models_are_loaded(open_desk: Desk) -> None:
    assert "Rosa Harlow" in open_desk.words()
    assert open_desk.vault.warmed == 1
    assert isinstance(open_desk.shell.stack.currentWidget(), TodayScreen)


@pytest.mark.parametrize(
    ("key", "place"),
    [("2", "ask"), ("3", "documents"), ("4", "library"), ("5", "settings"), (",", "settings")],
)
def test_each_place_has_its_keys(open_desk: Desk, key: str, place: str) -> None:
    QTest.keyClick(open_desk.window, Qt.Key(ord(key)), CONTROL)
    shell = open_desk.shell
    assert shell.stack.currentWidget() is shell.screens[place]
    QTest.keyClick(open_desk.window, Qt.Key.Key_1, CONTROL)
    assert shell.stack.currentWidget() is shell.screens["today"]


def test_dropped_files_go_to_the_person_whose_name_the_cover_says(open_desk: Desk) -> None:
    assert "They go to the records of Rosa Harlow" in drag(open_desk, "letter.txt", "bad-scan.pdf")
    open_desk.settle()
    assert open_desk.vault.importing.asked == [(["letter.txt", "bad-scan.pdf"], "rosa")]
    open_desk.reads("1 file could not be read")
    open_desk.reads("letter.txt")


def test_files_dropped_on_the_library_go_there(open_desk: Desk) -> None:
    open_desk.shell.go("library")
    assert "Drop to add to the library" in drag(open_desk, "guideline.pdf")
    open_desk.settle()
    assert open_desk.vault.library.added == ["guideline.pdf"]
    assert open_desk.vault.importing.asked == []


def test_another_person_is_chosen_and_nothing_of_the_first_stays(
    open_desk: Desk, qtbot: QtBot
) -> None:
    open_desk.vault.documents.kept = [document("rosa.pdf"), document("tomas.pdf", owner=TOMAS)]
    choose(open_desk, qtbot, "Tomas Harlow")
    open_desk.reads("tomas.pdf")
    assert "Rosa" not in open_desk.words()
    assert "rosa.pdf" not in open_desk.words()
    assert "Tomas Harlow" in drag(open_desk, "new.txt")
    open_desk.settle()
    assert open_desk.vault.importing.asked == [(["new.txt"], "tomas")]


def test_the_menu_marks_whose_records_are_open(open_desk: Desk, qtbot: QtBot) -> None:
    shown = menu(open_desk, qtbot)
    marked = [action.text() for action in shown.actions() if action.isChecked()]
    close(open_desk, shown, qtbot)
    assert marked == ["Rosa Harlow"]


def test_choosing_the_same_person_again_keeps_the_open_chat(open_desk: Desk, qtbot: QtBot) -> None:
    ask = ask_screen(open_desk)
    choose(open_desk, qtbot, "Rosa Harlow")
    assert ask_screen(open_desk) is ask


def test_a_question_is_dropped_when_another_person_is_chosen(
    open_desk: Desk, qtbot: QtBot, errors: list[Exception]
) -> None:
    open_desk.shell.go("ask")
    ask_screen(open_desk).ask("What was my HbA1c?")
    choose(open_desk, qtbot, "Tomas Harlow")
    assert errors == []
    assert "HbA1c" not in open_desk.words()


def test_adding_a_person_can_be_left_without_losing_ones_place(
    open_desk: Desk, qtbot: QtBot
) -> None:
    open_desk.shell.go("documents")
    choose(open_desk, qtbot, "Add a person")
    assert isinstance(open_desk.shell.stack.currentWidget(), AddPersonScreen)
    QTest.keyClick(open_desk.window.focusWidget(), Qt.Key.Key_Escape)
    assert isinstance(open_desk.shell.stack.currentWidget(), DocumentsScreen)
    choose(open_desk, qtbot, "Add a person")
    QTest.keyClick(open_desk.window, Qt.Key.Key_1, CONTROL)
    assert isinstance(open_desk.shell.stack.currentWidget(), TodayScreen)


def test_a_person_who_was_added_is_shown_and_stays_in_the_menu(
    open_desk: Desk, qtbot: QtBot
) -> None:
    choose(open_desk, qtbot, "Add a person")
    screen = open_desk.shell.stack.currentWidget()
    assert isinstance(screen, AddPersonScreen)
    QTest.keyClicks(screen.name, "Mia & Co")
    screen.button.click()
    open_desk.settle()
    assert "Mia & Co" in open_desk.words()
    shown = menu(open_desk, qtbot)
    texts = [action.text() for action in shown.actions() if action.text()]
    close(open_desk, shown, qtbot)
    assert texts == ["Mia && Co", "Rosa Harlow", "Tomas Harlow", "Find a person", "Add a person"]


def test_without_a_person_only_the_library_and_settings_can_be_used(
    make_desk: Callable[[FakeVault], Desk],
) -> None:
    desk = make_desk(FakeVault(people=()))
    desk.unlock()
    shell = desk.shell
    for place in ("today", "ask", "documents"):
        shell.go(place)
        assert "Whose records are these?" in desk.words()
    shell.go("library")
    assert "Library" in desk.words()
    shell.go("settings")
    assert isinstance(shell.stack.currentWidget(), SettingsScreen)
    desk.shell.rail.person.click()
    assert "Whose records are these?" in desk.words()
    drag(desk, "letter.txt")
    assert "Add a person first" in desk.words()
    assert desk.vault.importing.asked == []
    shell.choose_files()
    assert not shell.findChildren(QFileDialog)


def test_the_first_person_is_added(make_desk: Callable[[FakeVault], Desk]) -> None:
    desk = make_desk(FakeVault(people=()))
    desk.unlock()
    screen = desk.shell.screens["today"]
    assert isinstance(screen, AddPersonScreen)
    QTest.keyClicks(screen.name, "Ana")
    screen.button.click()
    desk.settle()
    assert isinstance(desk.shell.stack.currentWidget(), TodayScreen)
    assert [person.name for person in desk.vault.patients.people] == ["Ana"]


def test_sample_data_can_be_tried(make_desk: Callable[[FakeVault], Desk]) -> None:
    desk = make_desk(FakeVault(people=()))
    desk.unlock()
    screen = desk.shell.screens["today"]
    assert isinstance(screen, AddPersonScreen)
    screen.other.click()
    assert "Adding the made-up family" in desk.words()
    assert not screen.button.isEnabled()
    desk.settle()
    people = desk.vault.patients.people
    assert (len(people), people[-1].name) == (3, "Rosa Harlow")
    assert people[0].name in desk.words()
    assert isinstance(desk.shell.stack.currentWidget(), TodayScreen)


def test_sample_data_that_fails_leaves_a_way_on(make_desk: Callable[[FakeVault], Desk]) -> None:
    desk = make_desk(FakeVault(people=()))
    desk.unlock()
    desk.vault.patients.add = lambda *_: 1 / 0  # type: ignore[method-assign, assignment]
    screen = desk.shell.screens["today"]
    assert isinstance(screen, AddPersonScreen)
    screen.other.click()
    desk.settle()
    assert "Adding files has stopped" in desk.words()
    assert screen.button.isEnabled()


def test_the_emergency_number_follows_the_chosen_country(open_desk: Desk) -> None:
    open_desk.shell.go("ask")
    open_desk.reads("In an emergency call 112.")
    open_desk.shell.settings_changed.emit(Settings(theme="light", country="US"))
    open_desk.settle()
    open_desk.reads("In an emergency call 911.")
    ask_screen(open_desk).ask("My chest hurts")
    open_desk.settle()
    assert open_desk.vault.assistant.asked == [("My chest hurts", "rosa", "US")]


def test_text_size_chosen_by_key_is_shown_in_settings(open_desk: Desk) -> None:
    settings = open_desk.shell.screens["settings"]
    assert isinstance(settings, SettingsScreen)
    QTest.keyClick(open_desk.window, Qt.Key.Key_Plus, CONTROL)
    assert settings.look.sizes.current() == "1.125"


def test_a_question_asked_at_home_is_asked(open_desk: Desk) -> None:
    today = open_desk.shell.screens["today"]
    assert isinstance(today, TodayScreen)
    QTest.keyClicks(today.question.edit, "What was my sodium?")
    QTest.keyClick(today.question.edit, Qt.Key.Key_Return)
    open_desk.settle()
    assert isinstance(open_desk.shell.stack.currentWidget(), AskScreen)
    assert [asked[0] for asked in open_desk.vault.assistant.asked] == ["What was my sodium?"]


def test_a_chat_is_opened_from_home_and_a_new_one_begun(open_desk: Desk) -> None:
    thread = Thread(ThreadId("t"), ROSA.id, "What was my HbA1c?", WHEN)
    today = open_desk.shell.screens["today"]
    assert isinstance(today, TodayScreen)
    today.open_thread.emit(thread)
    open_desk.settle()
    assert ask_screen(open_desk).title.accessibleName() == "What was my HbA1c?"
    open_desk.shell.go("library")
    QTest.keyClick(open_desk.window, Qt.Key.Key_N, CONTROL)
    assert open_desk.shell.stack.currentWidget() is ask_screen(open_desk)
    assert ask_screen(open_desk).title.accessibleName() == "Ask"


def test_a_document_is_opened_from_home(open_desk: Desk) -> None:
    open_desk.vault.documents.kept = [document("a.txt"), document("b.txt")]
    today = open_desk.shell.screens["today"]
    assert isinstance(today, TodayScreen)
    today.open_document.emit("b.txt")
    assert isinstance(open_desk.shell.stack.currentWidget(), DocumentsScreen)
    open_desk.reads("b.txt")
    assert "a.txt" not in open_desk.words()


def test_the_dialog_for_files_says_whose_records_they_go_to(open_desk: Desk) -> None:
    QTest.keyClick(open_desk.window, Qt.Key.Key_O, CONTROL)
    (dialog,) = open_desk.shell.findChildren(QFileDialog)
    assert dialog.windowTitle() == "Add files to the records of Rosa Harlow"
    dialog.filesSelected.emit(["/letter.txt"])
    dialog.close()
    open_desk.settle()
    assert open_desk.vault.importing.asked == [(["letter.txt"], "rosa")]


def test_a_file_that_could_not_be_read_is_read_again_from_its_page(open_desk: Desk) -> None:
    open_desk.vault.documents.kept = [document("bad.pdf", "unreadable")]
    documents = open_desk.shell.screens["documents"]
    assert isinstance(documents, DocumentsScreen)
    documents.retry_requested.emit("bad.pdf", "bad.pdf")
    open_desk.settle()
    assert open_desk.vault.importing.again == [["bad.pdf"]]
