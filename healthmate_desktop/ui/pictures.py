"""Pictures of the window over a vault: for `healthmate-cli demo` and for whoever looks after the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.library.screen import LibraryScreen
from healthmate_desktop.ui.shell import Shell
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.sentence import CitedSentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from healthmate_desktop.ui.window import MainWindow

PATIENCE_MS = 120_000
REST_MS = 400  # lists read again after a rest, and scrolling to the lit place happens after the first paint


def walk(window: MainWindow, passphrase: str, questions: Sequence[str], folder: Path) -> list[Path]:
    """Unlock, look at every place and ask the questions; a PNG of each step. Raises HealthMateError."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures: list[Path] = []

    def take(name: str) -> None:
        rest(window)
        path = folder / f"{len(pictures) + 1:02}-{name}.png"
        window.grab().save(str(path))
        pictures.append(path)

    window.show()
    take("unlock")
    shell = _unlock(window, passphrase)
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
        screen = shell.screens[place]
        if isinstance(screen, LibraryScreen) and (buttons := screen.card.findChildren(Button)):
            buttons[0].click()
            take("reading")
    return pictures


def rest(window: MainWindow) -> None:
    """Wait until the work is done and everything is drawn. Raises HealthMateError."""
    wait(lambda: not window.busy)
    quiet = QDeadlineTimer(REST_MS)
    wait(lambda: quiet.hasExpired() and not window.busy)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def wait(condition: Callable[[], bool]) -> None:
    """Let the window work until `condition` holds. Raises HealthMateError."""
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not condition():
        if deadline.hasExpired():
            raise HealthMateError("The window took too long to answer. Try again.")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def _unlock(window: MainWindow, passphrase: str) -> Shell:
    door = window.screen_shown
    if not isinstance(door, UnlockScreen):
        raise HealthMateError("There is no vault to unlock in this place. Make one first.")
    door.panel.submitted.emit(passphrase)
    rest(window)
    shell = window.screen_shown
    if not isinstance(shell, Shell):
        raise HealthMateError("The vault did not open. Check the passphrase and try again.")
    return shell
