"""A backup is put back from the locked window: the file, what opens it, and what was found."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QProgressBar, QPushButton

from healthmate_desktop.domain.backups import BackupProgress
from healthmate_desktop.errors import DiskFull, WrongPassphrase
from healthmate_desktop.ui.unlock.create import CreateScreen
from ui.window_desk import Desk
from ui.window_fakes import PASSPHRASE, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner
    from healthmate_desktop.ui.unlock.restore import RestorePanel

pytestmark = [pytest.mark.ui, pytest.mark.security]


def opened(desk: Desk) -> RestorePanel:
    desk.door.to_restore.click()
    assert desk.door.restore is not None
    return desk.door.restore


@pytest.fixture
def panel(desk: Desk) -> RestorePanel:
    return opened(desk)


def choose(desk: Desk, panel: RestorePanel) -> None:
    desk.click(panel.choose)
    (dialog,) = panel.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(desk.paths.data / "home-2026-06-03.hmb"))
    dialog.close()
    desk.come_to_front()


def fill(desk: Desk, panel: RestorePanel, secret: str = PASSPHRASE) -> None:
    choose(desk, panel)
    QTest.keyClicks(panel.secret.edit, secret)
    panel.agreed.setChecked(True)


def test_a_backup_is_restored_and_can_be_unlocked(desk: Desk, panel: RestorePanel) -> None:
    fill(desk, panel)
    assert "home-2026-06-03.hmb" in desk.words()
    QTest.keyClick(panel.secret.edit, Qt.Key.Key_Return)
    desk.settle()
    assert desk.vault.restored == [("home-2026-06-03.hmb", PASSPHRASE)]
    assert "3 people and 1 document, as they were on 3 June 2026" in desk.words()
    desk.unlock()
    assert "Rosa Harlow" in desk.words()


def test_what_is_missing_is_asked_for_one_by_one(desk: Desk, panel: RestorePanel) -> None:
    panel.button.click()
    assert "Choose the file of the backup first." in desk.words()
    choose(desk, panel)
    assert "Choose the file of the backup first." not in desk.words()
    assert desk.window.focusWidget() is panel.secret.edit
    panel.button.click()
    assert "Type what opens that backup first." in desk.words()
    QTest.keyClicks(panel.secret.edit, PASSPHRASE)
    panel.button.click()
    assert "Say first that it may take the place of what is here now." in desk.words()
    panel.agreed.click()
    assert "Say first" not in desk.words()
    panel.button.click()
    desk.settle()
    assert len(desk.vault.restored) == 1


@pytest.mark.parametrize("failure", [WrongPassphrase(), DiskFull()])
def test_what_goes_wrong_is_said_and_it_can_be_tried_again(
    desk: Desk, panel: RestorePanel, failure: Exception
) -> None:
    fill(desk, panel)
    desk.vault.failure = failure
    panel.button.click()
    desk.settle()
    assert str(failure).partition(".")[0] in desk.words()
    assert panel.secret.edit.selectedText()
    panel.button.click()
    desk.settle()
    assert len(desk.vault.restored) == 1


def test_no_secret_stays_when_it_is_left(desk: Desk, panel: RestorePanel) -> None:
    QTest.keyClicks(panel.secret.edit, PASSPHRASE)
    desk.click(panel.back)
    assert panel.secret.text() == ""
    assert desk.door.panel.isVisible()
    assert desk.door.to_restore.isVisible()


def test_it_can_be_stopped_and_is_far_larger_than_a_bar_can_count(
    tmp_path: Path,
    threaded_tasks: TaskRunner,
    qtbot: QtBot,
    light: None,  # noqa: ARG001
) -> None:
    half, go_on = threading.Event(), threading.Event()

    def restore(_file: Path, _secret: str) -> Generator[BackupProgress, None, Any]:
        yield BackupProgress(3_000_000_000, 6_000_000_000, "Checking the copy")
        half.set()
        assert go_on.wait(30)
        yield BackupProgress(6_000_000_000, 6_000_000_000, "Checking the copy")

    vault = FakeVault()
    vault.restore_with = restore
    desk = Desk(vault, tmp_path, threaded_tasks, qtbot)
    panel = opened(desk)
    fill(desk, panel)
    panel.button.click()
    qtbot.waitUntil(lambda: "Checking the copy, 50 %" in desk.words())
    assert panel.progress.findChildren(QProgressBar)[0].value() == 3_000_000
    assert not panel.choose.isEnabled()
    assert half.wait(30)
    next(b for b in panel.progress.findChildren(QPushButton)).click()
    go_on.set()
    desk.settle()
    assert "Stopped. Nothing was changed." in desk.words()
    assert panel.button.isVisible()
    assert panel.choose.isEnabled()
    desk.close()


def test_on_a_new_computer_a_backup_comes_instead_of_a_new_vault(
    make_desk: Callable[[FakeVault], Desk],
) -> None:
    desk = make_desk(FakeVault(exists=False))
    screen = desk.window.screen_shown
    assert isinstance(screen, CreateScreen)
    QTest.keyClicks(screen.passphrase.fields.first.edit, "half a pass")
    desk.click(screen.to_restore)
    panel = screen.restore
    assert panel is not None
    assert screen.passphrase.fields.first.text() == ""
    assert not panel.agreed.isVisible()  # nothing is replaced
    desk.click(panel.back)
    assert screen.passphrase.isVisible()
    desk.click(screen.to_restore)
    fill(desk, panel)
    panel.button.click()
    desk.settle()
    assert desk.locked
    assert "The backup is restored" in desk.words()
