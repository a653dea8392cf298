"""Locking: warned of before, covered at once, nothing of it left, and the process starts anew."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton

from healthmate_desktop.domain.sessions import LockPolicy
from healthmate_desktop.errors import DiskFull, HealthMateError
from healthmate_desktop.ui import window as window_module
from healthmate_desktop.ui.lock import LockGuard
from healthmate_desktop.ui.lock_clock import LockClock
from healthmate_desktop.ui.lock_warning import LockWarning
from healthmate_desktop.ui.shell import Shell
from healthmate_desktop.ui.today.screen import TodayScreen
from ui.session_fakes import HandClock
from ui.window_desk import Desk
from ui.window_fakes import PASSPHRASE, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.security]

IDLE, WARNED = 15 * 60, 30
CONTROL = Qt.KeyboardModifier.ControlModifier


def warning(desk: Desk) -> LockWarning:
    shown = desk.window.findChild(LockWarning)
    assert isinstance(shown, LockWarning)
    return shown


# --- the last half minute ---


def test_half_a_minute_before_it_says_so(open_desk: Desk) -> None:
    open_desk.let_pass(IDLE - WARNED - 1)
    assert "Locks in" not in open_desk.words()
    open_desk.let_pass(1)
    assert "Locks in 30 seconds" in open_desk.words()
    open_desk.let_pass(28.5)
    assert "Locks in 2 seconds" in open_desk.words()
    open_desk.let_pass(1)
    assert "Locks in 1 second\n" in open_desk.words()
    assert "What you are writing is kept" in open_desk.words()
    assert warning(open_desk).stay.isVisible()


def test_any_key_keeps_it_open(open_desk: Desk) -> None:
    open_desk.let_pass(IDLE - 5)
    open_desk.press(Qt.Key.Key_A)
    QApplication.processEvents()
    assert "Locks in" not in open_desk.words()
    open_desk.let_pass(IDLE - WARNED - 1)
    assert not open_desk.locked


def test_stay_keeps_it_open_and_presses_nothing_below(open_desk: Desk) -> None:
    """The banner floats over buttons."""
    open_desk.let_pass(IDLE - 5)
    shown = warning(open_desk)
    below = Shell.mousePressEvent
    pressed: list[object] = []
    Shell.mousePressEvent = lambda _self, event: pressed.append(event)  # type: ignore[method-assign]
    try:
        open_desk.click(shown.stay)
        QApplication.processEvents()
    finally:
        Shell.mousePressEvent = below  # type: ignore[method-assign]
    assert pressed == []
    assert not shown.isVisible()
    assert not open_desk.locked


def test_before_the_longest_time_is_over_one_can_only_lock(open_desk: Desk) -> None:
    guard = open_desk.window.findChild(LockGuard)
    assert isinstance(guard, LockGuard)
    guard.hold_to(LockPolicy(idle_minutes=60, session_hours=1))
    open_desk.let_pass(1800)
    open_desk.press(Qt.Key.Key_Shift)
    open_desk.let_pass(1780)
    open_desk.press(Qt.Key.Key_Shift)
    assert "Locks in 20 seconds" in open_desk.words()
    assert "The longest time unlocked is nearly over" in open_desk.words()
    assert not warning(open_desk).stay.isVisible()
    open_desk.click(warning(open_desk).lock)
    assert open_desk.locked


def test_the_warning_takes_no_focus_and_moves_with_the_window(open_desk: Desk) -> None:
    before = open_desk.window.focusWidget()
    open_desk.let_pass(IDLE - 5)
    assert open_desk.window.focusWidget() is before
    shown = warning(open_desk)
    open_desk.window.resize(1600, 900)
    QApplication.processEvents()
    assert shown.geometry().center().x() == pytest.approx(800, abs=1)


def test_a_vault_keeps_its_own_times(make_desk: Callable[[FakeVault], Desk]) -> None:
    desk = make_desk(FakeVault(policy=LockPolicy(idle_minutes=5)))
    desk.unlock()
    desk.let_pass(4 * 60)
    assert not desk.locked
    desk.let_pass(60)
    assert desk.locked
    assert "Locked because nothing was pressed for a while." in desk.words()


def test_times_that_are_changed_hold_at_once(open_desk: Desk) -> None:
    open_desk.let_pass(6 * 60)
    open_desk.shell.policy_changed.emit(LockPolicy(idle_minutes=5))
    assert open_desk.locked


# --- on demand ---


def test_control_l_locks_also_over_a_dialog(open_desk: Desk) -> None:
    open_desk.press(Qt.Key.Key_O, CONTROL)
    (dialog,) = open_desk.shell.findChildren(QFileDialog)
    assert QApplication.activeModalWidget() is dialog
    open_desk.press(Qt.Key.Key_L, CONTROL)
    assert open_desk.locked
    assert QApplication.activeModalWidget() is None


def test_control_l_locks_also_over_a_menu(open_desk: Desk) -> None:
    open_desk.shell.rail.person.click()
    assert isinstance(QApplication.activePopupWidget(), QMenu)
    open_desk.press(Qt.Key.Key_L, CONTROL)
    assert open_desk.locked
    assert QApplication.activePopupWidget() is None


def test_the_lock_in_the_sidebar(open_desk: Desk) -> None:
    buttons = open_desk.shell.rail.findChildren(QPushButton)
    open_desk.click(next(button for button in buttons if button.text() == "Lock"))
    assert open_desk.locked
    assert "Locked because" not in open_desk.words()


def test_a_press_after_hours_away_does_not_keep_it_open(open_desk: Desk) -> None:
    open_desk.clock.now += 3 * 3600  # nothing looked at the clock meanwhile
    open_desk.press(Qt.Key.Key_A)
    assert open_desk.locked
    open_desk.settle()
    assert ("today", "rosa") not in open_desk.vault.drafts.kept  # it was not typed anywhere


# --- what a lock does ---


def test_locking_starts_the_process_anew_once_the_vault_is_closed(open_desk: Desk) -> None:
    order: list[str] = []
    open_desk.vault.before_close = lambda: order.append(f"closed, anew {open_desk.vault.forgotten}")
    open_desk.window.lock()
    assert open_desk.vault.forgotten == 0
    open_desk.settle()
    assert order == ["closed, anew 0"]
    assert open_desk.vault.forgotten == 1


def test_a_process_that_cannot_start_anew_says_so_and_stays_locked(open_desk: Desk) -> None:
    open_desk.vault.not_forgotten = HealthMateError("HealthMate is locked. Close the window.")
    open_desk.window.lock()
    open_desk.settle()
    assert open_desk.locked
    assert "Close the window." in open_desk.words()
    open_desk.unlock()
    assert not open_desk.locked


def test_work_that_does_not_end_is_ended_with_the_process(
    tmp_path: Path,
    threaded_tasks: TaskRunner,
    qtbot: QtBot,
    light: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(window_module, "GONE_MS", 20)
    go_on, vault = threading.Event(), FakeVault()
    desk = Desk(vault, tmp_path, threaded_tasks, qtbot)
    desk.unlock()

    def hang() -> None:
        assert go_on.wait(30)

    vault.before_close = hang
    desk.window.lock()
    qtbot.waitUntil(lambda: vault.forgotten == 1)
    assert vault.closed == 0
    go_on.set()
    desk.settle()
    assert (vault.closed, vault.forgotten) == (1, 1)
    desk.close()


def test_what_was_copied_here_is_gone(open_desk: Desk) -> None:
    today = open_desk.shell.screens["today"]
    assert isinstance(today, TodayScreen)
    QTest.keyClicks(today.question.edit, "sodium")
    today.question.edit.selectAll()
    open_desk.press(Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "sodium"
    open_desk.window.lock()
    assert QGuiApplication.clipboard().text() == ""


def test_nothing_is_read_any_more(open_desk: Desk) -> None:
    """Screens that are on their way out would reach into a vault that is being closed."""
    heard = QSignalSpy(open_desk.changes.documents_changed)
    open_desk.window.lock()
    open_desk.changes.documents_changed.emit()
    assert heard.count() == 0
    open_desk.settle()
    open_desk.unlock()
    before = heard.count()
    open_desk.changes.documents_changed.emit()
    assert heard.count() == before + 1


def test_locking_twice_closes_once(open_desk: Desk) -> None:
    open_desk.window.lock()
    open_desk.window.lock()
    open_desk.settle()
    assert (open_desk.vault.closed, open_desk.vault.forgotten) == (1, 1)


def test_a_locked_window_does_not_lock(desk: Desk) -> None:
    desk.window.lock()
    desk.settle()
    assert (desk.vault.closed, desk.vault.forgotten) == (0, 0)


def test_closing_the_window_in_the_middle_of_a_lock_loses_no_words(
    tmp_path: Path,
    threaded_tasks: TaskRunner,
    qtbot: QtBot,
    light: None,  # noqa: ARG001
) -> None:
    vault = FakeVault()
    desk = Desk(vault, tmp_path, threaded_tasks, qtbot)
    desk.unlock()
    today = desk.shell.screens["today"]
    assert isinstance(today, TodayScreen)
    QTest.keyClicks(today.question.edit, "Is my sod")
    desk.window.lock()
    desk.close()
    assert vault.drafts.kept["today", "rosa"] == "Is my sod"
    assert vault.closed
    assert vault.forgotten == 0  # it ends anyway


def test_a_disk_that_takes_no_words_keeps_no_vault_open(open_desk: Desk) -> None:
    today = open_desk.shell.screens["today"]
    assert isinstance(today, TodayScreen)
    QTest.keyClicks(today.question.edit, "Is my sod")
    open_desk.vault.drafts.failure = DiskFull()
    open_desk.window.lock()
    open_desk.settle()
    assert open_desk.vault.closed == 1


def test_a_choice_made_just_before_is_kept(open_desk: Desk) -> None:
    from healthmate_desktop.settings import load_settings

    QTest.keyClick(open_desk.window, Qt.Key.Key_Plus, CONTROL)
    open_desk.window.lock()
    open_desk.settle()
    assert load_settings(open_desk.paths.settings).text_scale == 1.125


@pytest.mark.parametrize(
    ("because", "words"),
    [
        ("slept", "because the computer went to sleep"),
        ("away", "because the screen was locked or someone else signed in"),
        ("limit", "because the longest time unlocked was over"),
    ],
)
def test_the_next_start_says_why_it_was_locked(open_desk: Desk, because: str, words: str) -> None:
    open_desk.window.lock(because)
    assert words in open_desk.words()
    assert open_desk.window.because == because
    open_desk.settle()
    open_desk.unlock()
    assert open_desk.window.because == ""


# --- the guard by itself ---


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def guard(clock: HandClock, qtbot: QtBot) -> LockGuard:  # noqa: ARG001
    return LockGuard(LockClock(clock.passed, clock.awake))


def test_the_guard_goes_on_asking_until_it_is_heard(guard: LockGuard, clock: HandClock) -> None:
    due = QSignalSpy(guard.due)
    clock.now += IDLE
    assert guard.check()
    assert guard.check()
    assert [due.at(0)[0], due.at(1)[0]] == ["idle", "idle"]
    guard.stop()
    guard.check()
    assert due.count() == 2


def test_clocks_that_differ_by_a_moment_are_no_sleep(guard: LockGuard, clock: HandClock) -> None:
    clock.sleep(1.5)
    assert not guard.check()
    clock.sleep(1)
    assert guard.check()


def test_a_new_window_is_watched_from_the_next_tick_on(open_desk: Desk, qtbot: QtBot) -> None:
    dialog = QFileDialog(open_desk.window)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.windowHandle() is not None)
    guard = open_desk.window.findChild(LockGuard)
    assert isinstance(guard, LockGuard)
    guard.look_around()
    open_desk.let_pass(IDLE - 100)
    handle = dialog.windowHandle()
    none = Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, none, QPoint(5, 5))
    open_desk.let_pass(IDLE - 100)
    assert not open_desk.locked
    assert PASSPHRASE not in open_desk.words()
