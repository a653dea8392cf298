"""The far end of `window.WindowProcess`: the product's own window, and a hand on its keyboard and mouse."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from healthmate_desktop.security.process import harden

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.ui.shell import Shell
    from healthmate_desktop.ui.window import MainWindow

PATIENCE_S = 80.0


class Hand:
    """One deed a method, named like the order."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the window work until something holds."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            QTest.qWait(10)
            if time.monotonic() > end:
                raise TimeoutError(self.words()[-500:])

    def idle(self) -> None:
        QTest.qWait(50)
        self.until(lambda: not self.window.busy)

    @property
    def shell(self) -> Shell:
        from healthmate_desktop.ui.shell import Shell

        shell = self.window.screen_shown
        assert isinstance(shell, Shell)
        return shell

    def words(self) -> str:
        return "\n".join(
            part.accessibleName() or (part.text() if isinstance(part, QLabel) else "")
            for part in self.window.findChildren(QWidget)
        )

    def unlock(self, passphrase: str, name: str) -> None:
        from healthmate_desktop.ui.shell import Shell
        from healthmate_desktop.ui.unlock.unlock import UnlockScreen

        door = self.window.screen_shown
        assert isinstance(door, UnlockScreen)
        door.look_again()
        self.until(lambda: bool(door.names))
        if len(door.names) > 1:
            QTest.keyClicks(door.panel.name_field.edit, name)
        QTest.keyClicks(door.panel.field.edit, passphrase)
        QTest.keyClick(door.panel.field.edit, Qt.Key.Key_Return)
        self.until(
            lambda: isinstance(self.window.screen_shown, Shell) and "today" in self.shell.screens
        )
        self.idle()

    def person(self, name: str) -> None:
        """Open the records of someone found by name."""
        self.find(name)
        finder = self.shell.people.finder
        assert finder is not None
        self.until(lambda: name in self.words())
        QTest.keyClick(finder.people.field.edit, Qt.Key.Key_Return)
        self.until(lambda: self.shell.people.finder is None)
        self.idle()

    def documents(self, *names: str) -> None:
        """Look at the list, and at each page of what is in it, at most ten documents."""
        from healthmate_desktop.ui.documents.screen import DocumentsScreen

        self.shell.go("documents")
        screen = self.shell.stack.currentWidget()
        assert isinstance(screen, DocumentsScreen)
        self.idle()
        known = [listed.document for listed in screen._entries.values()]
        for document in [d for d in known if d.name in names] if names else known[:10]:
            for page in range(1, (document.page_count or 0) + 1):
                screen.open_at(document.id, page, 0, 5)
                self.idle()

    def ask(self, question: str) -> None:
        from healthmate_desktop.ui.ask.screen import AskScreen
        from healthmate_desktop.ui.today.screen import TodayScreen

        self.shell.go("today")
        today = self.shell.stack.currentWidget()
        assert isinstance(today, TodayScreen)
        QTest.keyClicks(today.question.edit, question)
        QTest.keyClick(today.question.edit, Qt.Key.Key_Return)
        self.until(lambda: isinstance(self.shell.stack.currentWidget(), AskScreen))
        self.idle()

    def chat(self, *_: str) -> None:
        """Open the newest conversation."""
        from healthmate_desktop.ui.ask.screen import AskScreen

        ask = self.shell.screens["ask"]
        assert isinstance(ask, AskScreen)
        today: Any = self.shell.screens["today"]
        patient = self.shell._patient
        assert patient is not None
        (thread, *_others) = self.shell._vault.assistant.threads(patient.id)
        today.open_thread.emit(thread)
        self.idle()

    def copy(self, words: str) -> None:
        QGuiApplication.clipboard().setText(words)
        QTest.qWait(50)

    def find(self, words: str) -> None:
        self.shell.people.find()
        finder = self.shell.people.finder
        assert finder is not None
        self.idle()
        finder.people.field.edit.clear()
        QTest.keyClicks(finder.people.field.edit, words)
        QTest.qWait(400)
        self.idle()

    def draft(self, words: str) -> None:
        """Typed and not sent; saved by itself after three seconds."""
        from healthmate_desktop.ui.ask.screen import AskScreen

        self.shell.people.close_finder()
        self.shell.go("ask")
        ask = self.shell.stack.currentWidget()
        assert isinstance(ask, AskScreen)
        QTest.keyClicks(ask.composer.field.edit, words)
        QTest.qWait(3500)
        self.idle()

    def places(self) -> None:
        """Show every screen once."""
        for place in (*self.shell.screens, "safety"):
            self.shell.go(place)
            self.idle()

    def lock(self) -> None:
        QTest.keyClick(self.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def main() -> None:
    harden("app")
    from healthmate_desktop.app import make_window
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.ui.stylesheet import STYLE_ARGUMENTS

    app = QApplication(["healthmate", *STYLE_ARGUMENTS])
    window = make_window(app, Paths(_data_dir()))
    window.show()
    hand = Hand(window)
    _answer(pid=os.getpid())
    while line := sys.stdin.readline():
        deed, *words = json.loads(line)
        getattr(hand, deed)(*words)
        if deed == "lock":
            app.exec()  # until it is replaced
        _answer(done=deed)


def _data_dir() -> Any:
    from pathlib import Path

    return Path(sys.argv[sys.argv.index("--data-dir") + 1])


def _answer(**answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
