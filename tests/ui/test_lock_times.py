"""An open vault locks 15 minutes after the last press, whatever else goes on, and at once when its person is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from healthmate_desktop.services.assistant import Searched
from healthmate_desktop.services.outcomes import ImportProgress
from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.desktop import LOGIN_PATH, Buses, Desktop
from ui.window_desk import Desk
from ui.window_fakes import FakeVault

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.security]

IDLE, SLACK = 15 * 60, 5
ALL, SOME = 10, 2  # rounds of each case
LIMIT = 12 * 3600
CONTROL = Qt.KeyboardModifier.ControlModifier

Case = Callable[["Bench"], None]


class HeldWork:
    """Work of which one step is seen and that then goes on for as long as it is not released."""

    def __init__(self) -> None:
        self.begun, self.released = threading.Event(), threading.Event()

    def steps(self, step: object) -> Generator[Any, None, None]:
        for _ in range(10_000):
            yield step
            self.begun.set()
            assert self.released.wait(30)


class Bench:
    """One round: an open window in which someone pressed a key just now."""

    def __init__(self, desk: Desk, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk, self.number, self.monkeypatch = desk, number, monkeypatch
        self.held = HeldWork()

    def locks_after(self, seconds: float) -> None:
        """Not five seconds before, and no later than five seconds after."""
        self.desk.let_pass(seconds - SLACK)
        assert not self.desk.locked
        self.desk.let_pass(2 * SLACK)
        assert self.desk.locked

    def locks_at_once(self) -> None:
        assert self.desk.locked


def nothing_is_pressed(bench: Bench) -> None:
    bench.locks_after(IDLE)


def the_pointer_passes(bench: Bench) -> None:
    for step in range(14):
        bench.desk.let_pass(60)
        bench.desk.hover(100 + 20 * step, 200 + bench.number)
    bench.locks_after(IDLE - 14 * 60)


def a_dialog_is_open(bench: Bench) -> None:
    bench.desk.press(Qt.Key.Key_O, CONTROL)
    assert bench.desk.shell.findChildren(QFileDialog)
    bench.locks_after(IDLE)
    assert not any(isinstance(one, QFileDialog) and one.isVisible() for one in others())


def a_menu_is_open(bench: Bench) -> None:
    bench.desk.shell.rail.person.click()
    assert QApplication.activePopupWidget() is not None
    bench.locks_after(IDLE)
    assert not any(isinstance(one, QMenu) and one.isVisible() for one in others())


def an_answer_is_written(bench: Bench) -> None:
    def ask(*_: object, **__: object) -> Generator[Any, None, None]:
        return bench.held.steps(Searched(3, 1))

    bench.desk.vault.assistant.ask = ask  # type: ignore[assignment, method-assign]
    screen = bench.desk.shell.screens["ask"]
    assert isinstance(screen, AskScreen)
    screen.ask("What was my sodium?")
    under_way(bench)


def files_are_read(bench: Bench) -> None:
    def read(*_: object) -> Generator[Any, None, None]:
        return bench.held.steps(ImportProgress(0, 1, "long.pdf", 1, 900))

    bench.desk.vault.importing.work = read  # type: ignore[assignment, method-assign]
    bench.desk.shell.add_files([bench.desk.paths.data / "long.pdf"])
    under_way(bench)


def under_way(bench: Bench) -> None:
    """Its steps come in for the whole time."""
    patience = QDeadlineTimer(30_000)
    while not bench.held.begun.is_set() and not patience.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    assert bench.held.begun.is_set()
    bench.desk.let_pass(400)
    QApplication.processEvents()
    bench.locks_after(IDLE - 400)


def the_clock_is_set(bench: Bench) -> None:
    """By a person or the network, by hours, to and fro."""
    hours = 3600 * (bench.number - 5)
    real = time.time
    bench.monkeypatch.setattr(time, "time", lambda: real() + hours)
    bench.locks_after(IDLE)
    bench.monkeypatch.undo()


def the_computer_sleeps(bench: Bench) -> None:
    """Nobody told; it is noticed before anything is painted again."""
    bench.desk.clock.sleep(3600 if bench.number % 2 else 20)
    bench.desk.window.update()
    QApplication.processEvents()
    bench.locks_at_once()


def the_lid_is_closed(bench: Bench) -> None:
    buses(bench).on_sleep(True)
    bench.locks_at_once()


def the_screen_is_locked(bench: Bench) -> None:
    buses(bench).on_saver(True)
    bench.locks_at_once()


def another_user_takes_over(bench: Bench) -> None:
    from PySide6.QtDBus import QDBusMessage

    signal = QDBusMessage.createSignal(f"{LOGIN_PATH}/session/_32", "x.y", "PropertiesChanged")
    buses(bench).on_changed("", {"Active": False}, [], signal)
    bench.locks_at_once()


def it_was_open_all_day(bench: Bench) -> None:
    """However much it is used."""
    for _ in range(12 * 6 - 1):
        bench.desk.let_pass(600)
        bench.desk.press(Qt.Key.Key_Shift)
        assert not bench.desk.locked
    bench.locks_after(600)


CASES: tuple[Case, ...] = (
    nothing_is_pressed,
    the_pointer_passes,
    a_dialog_is_open,
    a_menu_is_open,
    an_answer_is_written,
    files_are_read,
    the_clock_is_set,
    the_computer_sleeps,
    the_lid_is_closed,
    the_screen_is_locked,
    another_user_takes_over,
    it_was_open_all_day,
)


def others() -> list[Any]:
    return QApplication.topLevelWidgets()


def buses(bench: Bench) -> Buses:
    """What hears the desktop, whether there is one here or not."""
    heard = bench.desk.window.findChild(Desktop)
    assert isinstance(heard, Buses)
    return heard


@pytest.fixture
def desk(
    tmp_path: Path,
    threaded_tasks: TaskRunner,
    qtbot: QtBot,
    light: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    monkeypatch.setenv("XDG_SESSION_ID", "2")
    desk = Desk(FakeVault(), tmp_path, threaded_tasks, qtbot)
    yield desk
    desk.close()


@pytest.mark.parametrize("rounds", [SOME, pytest.param(ALL, marks=pytest.mark.slow)])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_l1_it_locks_in_time(
    desk: Desk, case: Case, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(rounds):
        with monkeypatch.context() as patches:
            desk.unlock()
            bench = Bench(desk, number, patches)
            begun = case is not it_was_open_all_day
            if begun:
                desk.let_pass(37 * number)  # not always right after it was opened
                desk.press(Qt.Key.Key_Shift)
            case(bench)
            assert "Rosa" not in desk.words()
            bench.held.released.set()
            desk.settle()
            assert (desk.vault.closed, desk.vault.forgotten) == (number + 1, number + 1)
