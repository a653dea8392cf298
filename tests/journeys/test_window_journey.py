"""From the locked window to a lit sentence and back, with everything real: vault, children, weights and library."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from processes import PASSPHRASE
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from healthmate_desktop.app import make_window
from healthmate_desktop.composition import create_vault
from healthmate_desktop.paths import Paths
from healthmate_desktop.security.kdf import FLOOR
from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.people import AddPersonScreen
from healthmate_desktop.ui.shell import Shell
from healthmate_desktop.ui.today.screen import TodayScreen
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from healthmate_desktop.ui.widgets.sentence import CitedSentence
from journeys.conftest import a_pdf, child_pids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.window import MainWindow

pytestmark = [pytest.mark.ui, pytest.mark.integration]

PATIENCE_MS = 60_000


class Forgotten:
    """Stands for the new start: this process is the tests' and has to go on."""

    def __init__(self) -> None:
        self.times = 0

    def new_start(self) -> None:
        self.times += 1


@pytest.fixture
def forgotten() -> Forgotten:
    return Forgotten()


@pytest.fixture
def window(
    qapp: QApplication, tmp_path: Path, starter_library: Path, forgotten: Forgotten
) -> Iterator[MainWindow]:
    """Locked, over a vault that is quick to unlock; when it closes no process is left."""
    before = set(child_pids())
    paths = Paths(tmp_path / "data")
    create_vault(paths, PASSPHRASE, cost=FLOOR)
    shutil.copytree(starter_library, paths.library)
    window = make_window(qapp, paths, forget=forgotten.new_start)
    window.show()
    yield window
    window.close()
    window.deleteLater()
    assert set(child_pids()) <= before


def test_unlock_drop_ask_see_the_place_and_lock(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, forgotten: Forgotten
) -> None:
    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def showing(kind: type) -> bool:
        shell = window.screen_shown
        return isinstance(shell, Shell) and isinstance(shell.stack.currentWidget(), kind)

    door = window.screen_shown
    assert isinstance(door, UnlockScreen)
    QTest.keyClicks(door.panel.field.edit, PASSPHRASE)
    QTest.keyClick(door.panel.field.edit, Qt.Key.Key_Return)

    until(lambda: showing(AddPersonScreen))
    shell = window.screen_shown
    assert isinstance(shell, Shell)
    adding = shell.stack.currentWidget()
    assert isinstance(adding, AddPersonScreen)
    QTest.keyClicks(adding.name, "Rosa Harlow")
    adding.button.click()
    until(lambda: showing(TodayScreen))

    letter = tmp_path / "letter.pdf"
    letter.write_bytes(a_pdf("Dear Rosa.", "Your potassium was 4.4 mmol/L on 3 June 2026."))
    drop(shell, letter)
    until(lambda: not window.busy)

    today = shell.stack.currentWidget()
    assert isinstance(today, TodayScreen)
    QTest.keyClicks(today.question.edit, "What was my potassium?")
    QTest.keyClick(today.question.edit, Qt.Key.Key_Return)
    ask = shell.stack.currentWidget()
    assert isinstance(ask, AskScreen)
    until(lambda: bool(ask.findChildren(CitedSentence)) and not window.busy)

    sentences = {one.accessibleName(): one for one in ask.findChildren(CitedSentence)}
    (sentence,) = (one for name, one in sentences.items() if "4.4 mmol/L" in name)
    QTest.mouseClick(sentence, Qt.MouseButton.LeftButton)
    until(lambda: bool(ask.panel.view.page._sheet.lit))
    assert ask.panel.title.accessibleName() == "letter.pdf"

    assert child_pids("engine")
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(window.screen_shown, UnlockScreen)
    until(lambda: not window.busy)
    assert not child_pids()
    assert forgotten.times == 1


def drop(shell: Shell, *files: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(shell, QDragEnterEvent(QPoint(99, 99), action, mime, left, none))
    QApplication.sendEvent(shell, QDropEvent(QPointF(99, 99), action, mime, left, none))
