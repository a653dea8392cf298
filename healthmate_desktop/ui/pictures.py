"""Pictures of the window over a vault: for `healthmate-cli demo` and for whoever looks after the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent
from PySide6.QtTest import QTest

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from healthmate_desktop.ui.widgets.sentence import CitedSentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from healthmate_desktop.ui.shell import Shell
    from healthmate_desktop.ui.window import MainWindow

PATIENCE_MS = 120_000


def walk(window: MainWindow, passphrase: str, questions: Sequence[str], folder: Path) -> list[Path]:
    """Unlock, look at every place and ask the questions; a PNG of each step. Raises HealthMateError."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures: list[Path] = []

    def take(name: str) -> None:
        _until(lambda: not window.busy)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QTest.qWait(150)  # scrolling to the lit place happens after the first paint
        path = folder / f"{len(pictures) + 1:02}-{name}.png"
        window.grab().save(str(path))
        pictures.append(path)

    window.show()
    take("unlock")
    _unlock(window, passphrase)
    shell = _opened(window)
    _until(lambda: bool(shell.screens))
    take("today")
    ask = shell.screens["ask"]
    for question in questions:
        shell.go("ask")
        if isinstance(ask, AskScreen):
            ask.new_chat()
            ask.ask(question)
        take("ask")
        if sentences := ask.findChildren(CitedSentence):
            sentences[0].click()
            take("source")
    for place in ("documents", "library", "settings"):
        shell.go(place)
        take(place)
    return pictures


def _unlock(window: MainWindow, passphrase: str) -> None:
    door = window.findChild(UnlockScreen)
    if door is None:
        raise HealthMateError("There is no vault to unlock in this place. Make one first.")
    door.panel.submitted.emit(passphrase)


def _opened(window: MainWindow) -> Shell:
    _until(lambda: window.shell is not None)
    shell = window.shell
    if shell is None:
        raise HealthMateError("The window did not open in time. Try again.")
    return shell


def _until(condition: Callable[[], bool]) -> None:
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not condition():
        if deadline.hasExpired():
            raise HealthMateError("The window took too long to answer. Try again.")
        QTest.qWait(20)
