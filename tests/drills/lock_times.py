"""How long a lock takes: until the records are covered, and until the process that held them is no more.

Run with `python tests/drills/lock_times.py [LOCKS]`. Each lock is made in a window of its own, by a key, while nothing
goes on, files are read, an answer is made, a dialog or the search is open, or words are half typed. The first time
ends when the locked window is painted, the second when the kernel has thrown the old process image away. On Linux only;
needs no display. Ends with 1 where a lock took longer than is promised.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from processes import PASSPHRASE, Shell  # noqa: E402 - as a script it has to be found first

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.window_driver import Hand

LOCKS = 20
COVERED_MS, GONE_MS = 100, 2000
CHILD = "--child-of"
LONG = 60  # files to read, so that there is always one


@dataclass(frozen=True)
class Lock:
    """Milliseconds from the press of the key, and what runs in the place of the window after it."""

    deed: str
    covered: float
    gone: float
    command_line: str


def main() -> int:
    locks = int(sys.argv[1]) if len(sys.argv) > 1 else LOCKS
    with tempfile.TemporaryDirectory() as folder:
        shell = prepared(Path(folder))
        found = [lock_once(shell, list(DEEDS)[n % len(DEEDS)]) for n in range(locks)]
    for lock in found:
        print(f"covered={lock.covered:6.1f} ms gone={lock.gone:7.1f} ms while={lock.deed}")
    covered, gone = [lock.covered for lock in found], [lock.gone for lock in found]
    print(
        f"locks={len(found)} covered: median={statistics.median(covered):.0f} worst={max(covered):.0f} ms, "
        f"gone: median={statistics.median(gone):.0f} worst={max(gone):.0f} ms"
    )
    return int(max(covered) >= COVERED_MS or max(gone) >= GONE_MS)


def prepared(folder: Path) -> Shell:
    """A vault with a person and a document, and papers outside it."""
    from healthmate_desktop.composition import create_vault
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.security.kdf import FLOOR

    shell = Shell(folder).make()
    create_vault(Paths(shell.data), PASSPHRASE, cost=FLOOR)
    for number in range(LONG):
        words = f"Dear Rosa, your potassium was {number % 9}.4 mmol/L. " * 200
        (shell.folder / f"letter-{number}.txt").write_text(words, encoding="utf-8")
    shell.run("person", "add", "Rosa Harlow")
    shell.run("import", shell.folder / "letter-0.txt")
    shell.run("library", "list")  # puts the starter topics in, which takes longest
    return shell


def lock_once(shell: Shell, deed: str) -> Lock:
    """In a process of its own, which is another one after it."""
    reading, writing = os.pipe()
    environment = shell.environment(QT_QPA_PLATFORM="offscreen")
    environment["PYTHONPATH"] += f":{ROOT / 'tests'}"
    window = subprocess.Popen(
        [sys.executable, "-m", "drills.lock_times", CHILD, str(writing), deed],
        pass_fds=(writing,),
        cwd=shell.folder,
        env=environment,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            pressed, covered = (float(word) for word in told.readline().split())
            told.read()  # ends with the process image
            gone = time.monotonic()
        command_line = Path(f"/proc/{window.pid}/cmdline").read_bytes().replace(b"\0", b" ")
    finally:
        window.terminate()
        window.wait(30)
    assert b"--because asked" in command_line, command_line
    return Lock(
        deed, (covered - pressed) * 1000, (gone - pressed) * 1000, command_line.decode().strip()
    )


# --- in the window's process ---


def rest(_: Hand) -> None:
    """Nothing else goes on."""


def read_files(hand: Hand) -> None:
    hand.shell.add_files(sorted(Path().glob("letter-*.txt"))[1:])
    hand.until(lambda: "letter-" in hand.words())


def answer(hand: Hand) -> None:
    from healthmate_desktop.ui.ask.screen import AskScreen

    hand.shell.go("ask")
    screen = hand.shell.stack.currentWidget()
    assert isinstance(screen, AskScreen)
    screen.ask("What was my potassium?")


def choose_files(hand: Hand) -> None:
    hand.shell.choose_files()


def search(hand: Hand) -> None:
    hand.find("Rosa")


def write(hand: Hand) -> None:
    from PySide6.QtTest import QTest

    from healthmate_desktop.ui.today.screen import TodayScreen

    today = hand.shell.screens["today"]
    assert isinstance(today, TodayScreen)
    QTest.keyClicks(today.question.edit, "Is my potassium too h")


DEEDS: dict[str, Callable[[Any], None]] = {
    deed.__name__: deed for deed in (rest, read_files, answer, choose_files, search, write)
}


def child(told: int, deed: str) -> None:
    """Locks once, in the middle of `deed`."""
    os.set_inheritable(told, False)
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from drills.window_driver import Hand
    from healthmate_desktop.app import make_window
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.security.process import harden
    from healthmate_desktop.ui.stylesheet import STYLE_ARGUMENTS

    harden("app")
    app = QApplication(["healthmate", *STYLE_ARGUMENTS])
    window = make_window(app, Paths(Path.cwd() / "data"))
    window.show()
    window.activateWindow()
    hand = Hand(window)
    hand.unlock(PASSPHRASE, "owner")
    DEEDS[deed](hand)
    front = QGuiApplication.focusWindow() or window.windowHandle()
    pressed = time.monotonic()
    QTest.keyClick(front, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    covered = time.monotonic()  # `lock` paints before it returns
    os.write(told, f"{pressed} {covered}\n".encode())
    app.exec()


if __name__ == "__main__":
    if CHILD in sys.argv:
        child(int(sys.argv[-2]), sys.argv[-1])
    elif sys.platform != "linux":
        sys.exit("This needs Linux.")
    else:
        sys.exit(main())
