"""A window over a vault that is only a few lists, and the small steps that tests of it need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from healthmate_desktop.paths import Paths
from healthmate_desktop.settings import Settings
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.lock_clock import LockClock
from healthmate_desktop.ui.shell import Shell
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from healthmate_desktop.ui.widgets.text import Elided
from healthmate_desktop.ui.window import MainWindow
from ui.session_fakes import HandClock
from ui.window_fakes import PASSPHRASE, FakeVault

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner


def words_in(widget: QWidget) -> str:
    """Everything that can be read in `widget` now."""
    texts = [
        part.accessibleName() or (part.text() if isinstance(part, QLabel) else "")
        for part in widget.findChildren(QWidget)
        if isinstance(part, QLabel | Elided) and part.isVisible()
    ]
    return "\n".join(texts)


class Desk:
    """A window, what is behind it, and the few things a test does with it again and again."""

    def __init__(self, vault: FakeVault, folder: Path, tasks: TaskRunner, qtbot: QtBot) -> None:
        self.vault, self.tasks, self._qtbot = vault, tasks, qtbot
        self.clock = HandClock()
        self.changes = Changes()
        self.settings = Settings(theme="light", vault_label="Home")
        self.paths = Paths(folder)
        self.window = MainWindow(
            self.paths,
            self.settings,
            tasks,
            self.changes,
            vault.gate(),
            clock=LockClock(self.clock.passed, self.clock.awake),
        )
        qtbot.addWidget(self.window)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: not self.tasks.busy)

    def unlock(self, passphrase: str = PASSPHRASE) -> None:
        door = self.window.screen_shown
        assert isinstance(door, UnlockScreen)
        QTest.keyClicks(door.panel.field.edit, passphrase)
        door.panel.button.click()
        self.settle()

    @property
    def shell(self) -> Shell:
        shell = self.window.screen_shown
        assert isinstance(shell, Shell)
        return shell

    def words(self) -> str:
        return words_in(self.window)

    def reads(self, words: str) -> None:
        """Wait until `words` can be read."""
        self._qtbot.waitUntil(lambda: words in self.words())
