"""The main window: locked or open, told apart at once, and closed without leaving anything behind."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from healthmate_desktop.errors import DiskFull
from healthmate_desktop.services.outcomes import ImportProgress
from healthmate_desktop.settings import load_settings
from healthmate_desktop.ui.notices import MOST
from healthmate_desktop.ui.shell import Shell
from healthmate_desktop.ui.theme import active_theme
from healthmate_desktop.ui.unlock.create import CreateScreen
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from ui.window_desk import Desk
from ui.window_fakes import FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.domain.jobs import Job
    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = pytest.mark.ui

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_without_a_vault_one_is_made_first(make_desk: Callable[[FakeVault], Desk]) -> None:
    assert isinstance(make_desk(FakeVault(exists=False)).window.screen_shown, CreateScreen)


def test_the_title_never_says_whose_records_are_open(open_desk: Desk) -> None:
    assert "Rosa Harlow" in open_desk.words()
    assert open_desk.window.windowTitle() == "HealthMate"


def test_lock_covers_the_records_at_once_and_closes_the_vault(open_desk: Desk) -> None:
    QTest.keyClick(open_desk.window, Qt.Key.Key_L, CONTROL)
    assert isinstance(open_desk.window.screen_shown, UnlockScreen)
    assert "Rosa" not in open_desk.words()
    open_desk.settle()
    assert open_desk.vault.closed == 1


def test_nothing_can_be_typed_before_the_vault_is_closed(open_desk: Desk) -> None:
    open_desk.window.lock()
    door = open_desk.window.screen_shown
    assert isinstance(door, UnlockScreen)
    assert not door.panel.field.isEnabled()
    open_desk.settle()
    assert door.panel.field.isEnabled()
    assert door.panel.button.text() == "Unlock"
    open_desk.unlock()
    assert isinstance(open_desk.window.screen_shown, Shell)


def test_locking_stops_an_import(
    vault: FakeVault,
    tmp_path: Path,
    threaded_tasks: TaskRunner,
    qtbot: QtBot,
    light: None,  # noqa: ARG001
) -> None:
    reading, locked = threading.Event(), threading.Event()

    def work(_job: Job) -> Generator[ImportProgress, None, None]:
        try:
            for page in range(1000):
                yield ImportProgress(0, 1, "long.pdf", page, 1000)
                reading.set()
                assert page == 0 or locked.wait(5)
        except GeneratorExit:
            vault.importing.ended.append("stopped")
            raise

    vault.importing.work = work  # type: ignore[assignment, method-assign]
    desk = Desk(vault, tmp_path, threaded_tasks, qtbot)
    desk.unlock()
    desk.shell.add_files([Path("long.pdf")])
    qtbot.waitUntil(reading.is_set)
    desk.window.lock()
    locked.set()
    desk.settle()
    assert vault.importing.ended == ["stopped"]
    assert vault.closed == 1
    desk.close()


def test_closing_the_window_closes_the_vault_and_keeps_what_was_just_chosen(
    open_desk: Desk,
) -> None:
    QTest.keyClick(open_desk.window, Qt.Key.Key_Plus, CONTROL)
    open_desk.window.close()
    assert open_desk.vault.closed
    assert load_settings(open_desk.paths.settings).text_scale == 1.125
    assert not open_desk.tasks.busy


def test_text_grows_and_shrinks_with_the_keyboard_and_is_remembered(desk: Desk) -> None:
    for _ in range(5):
        QTest.keyClick(desk.window, Qt.Key.Key_Plus, CONTROL)
    assert active_theme().text_scale == 1.5
    QTest.keyClick(desk.window, Qt.Key.Key_Minus, CONTROL)
    assert active_theme().text_scale == 1.25
    desk.settle()
    assert load_settings(desk.paths.settings).text_scale == 1.25
    door = desk.window.screen_shown
    assert isinstance(door, UnlockScreen)
    assert door.look.sizes.current() == "1.25"


def test_a_choice_that_cannot_be_saved_holds_and_is_said_once(
    desk: Desk, errors: list[Exception]
) -> None:
    desk.paths.settings.mkdir()  # a folder is in the way
    QTest.keyClick(desk.window, Qt.Key.Key_Plus, CONTROL)
    desk.settle()
    assert active_theme().text_scale == 1.125
    (error,) = errors
    assert "it holds until HealthMate is closed" in str(error)
    desk.paths.settings.rmdir()


def test_an_unexpected_error_tells_its_kind_but_not_its_text(desk: Desk) -> None:
    desk.window.show_error(ValueError("Rosa has a cough"))
    assert "Your records are safe. (ValueError)" in desk.words()
    assert "cough" not in desk.words()


def test_the_same_error_is_shown_once_and_can_be_closed(desk: Desk) -> None:
    for _ in range(3):
        desk.window.show_error(DiskFull())
    assert desk.words().count("The disk is full") == 1
    (close,) = desk.window.notices.findChildren(QPushButton)
    close.click()
    assert "The disk is full" not in desk.words()
    assert not desk.window.notices.isVisible()


def test_errors_never_fill_the_window(desk: Desk) -> None:
    for kind in (KeyError, TypeError, ValueError, IndexError, OSError):
        desk.window.show_error(kind())
    QApplication.sendPostedEvents()
    assert desk.words().count("did not expect") == MOST


def test_errors_of_an_open_vault_are_gone_when_it_is_locked(open_desk: Desk) -> None:
    open_desk.window.show_error(DiskFull())
    open_desk.window.lock()
    assert "The disk is full" not in open_desk.words()


def test_an_older_key_file_is_said_when_the_vault_opens(
    make_desk: Callable[[FakeVault], Desk],
) -> None:
    desk = make_desk(FakeVault(older_header=True))
    desk.unlock()
    assert "The newest key file of this vault is damaged" in desk.words()


def test_slow_parts_are_loaded_once_the_window_is_there(desk: Desk, qtbot: QtBot) -> None:
    loaded: list[bool] = []
    desk.window.prepare(lambda: loaded.append(desk.window.isVisible()))
    assert not loaded
    qtbot.waitUntil(lambda: loaded == [True])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_look_is_shown(desk: Desk, theme: str) -> None:
    door = desk.window.screen_shown
    assert isinstance(door, UnlockScreen)
    next(b for b in door.findChildren(QPushButton) if b.text().casefold() == theme).click()
    assert active_theme().mode == theme
