"""A window over a vault that is only a few lists, and the small steps that tests of it need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from healthmate_desktop.paths import Paths
from healthmate_desktop.settings import Settings
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.lock import LockGuard
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


def _window_in_front() -> QWindow:
    popup = QApplication.activePopupWidget()
    window = popup.windowHandle() if popup is not None else QGuiApplication.focusWindow()
    assert window is not None
    return window


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
        self.window.show()
        self.come_to_front()

    def come_to_front(self) -> None:
        """Off the screen nobody brings a window back to the front when a dialog over it is closed."""
        with self._qtbot.waitActive(self.window):
            self.window.activateWindow()

    def close(self) -> None:
        """With all that the event loop of a program would still take down."""
        self.window.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: not self.tasks.busy)

    def unlock(self, passphrase: str = PASSPHRASE) -> None:
        self.come_to_front()
        QTest.keyClicks(self.door.panel.field.edit, passphrase)
        self.door.panel.button.click()
        self.settle()

    @property
    def shell(self) -> Shell:
        shell = self.window.screen_shown
        assert isinstance(shell, Shell)
        return shell

    @property
    def door(self) -> UnlockScreen:
        door = self.window.screen_shown
        assert isinstance(door, UnlockScreen)
        return door

    @property
    def locked(self) -> bool:
        """Whether nothing of the records is shown."""
        return isinstance(self.window.screen_shown, UnlockScreen)

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """As the system brings a key to the window in front."""
        QTest.keyClick(_window_in_front(), key, modifier)

    def click(self, widget: QWidget) -> None:
        """As the system brings a click to the window."""
        handle = widget.window().windowHandle()
        assert handle is not None
        at = widget.mapTo(widget.window(), widget.rect().center())
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)

    def hover(self, x: int, y: int) -> None:
        handle = self.window.windowHandle()
        assert handle is not None
        QTest.mouseMove(handle, QPoint(x, y))
        QApplication.processEvents()

    def let_pass(self, seconds: float) -> None:
        """Time goes on, with the look at the clock that the window takes every second."""
        self.clock.now += seconds
        guard = self.window.findChild(LockGuard)
        if guard is not None and not self.locked:
            guard.check()

    def words(self) -> str:
        return words_in(self.window)

    def reads(self, words: str) -> None:
        """Wait until `words` can be read."""
        self._qtbot.waitUntil(lambda: words in self.words())
