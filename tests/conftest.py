"""What every test may rely on: windows off the screen, no network, and a runner for background work."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt makes its application
os.environ.setdefault(
    "ORT_DISABLE_TELEMETRY", "1"
)  # for tests that run the embedder in this process

import socket
import threading
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to reach an internet address fails the test."""

    def guard(name: str) -> None:
        allowed = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                raise AssertionError("a test tried to open an internet connection")
            return allowed(self, address)

        monkeypatch.setattr(socket.socket, name, connect)

    guard("connect")
    guard("connect_ex")


class ImmediateExecutor(Executor):
    """Does the work inside `submit`, so that the test of a widget needs no threads."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.fixture
def errors() -> list[Exception]:
    """What the tasks of a test reported, because nobody handled it."""
    return []


@pytest.fixture
def tasks(qapp: object, errors: list[Exception]) -> Iterator[TaskRunner]:  # noqa: ARG001
    """Work runs at once on the GUI thread; its callbacks still come later, see `settle`."""
    from healthmate_desktop.ui.tasks import TaskRunner

    runner = TaskRunner(errors.append, make_executor=lambda _lane: ImmediateExecutor())
    yield runner
    runner.shutdown()


@pytest.fixture
def threaded_tasks(qapp: object, errors: list[Exception]) -> Iterator[TaskRunner]:  # noqa: ARG001
    """The real thing; no thread may be left when the test ends."""
    from healthmate_desktop.ui.tasks import TaskRunner

    before = set(threading.enumerate())
    runner = TaskRunner(errors.append)
    yield runner
    assert runner.shutdown()
    assert set(threading.enumerate()) <= before


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[..., None]:
    """Wait until every task of a runner is done and its callbacks have run."""
    from PySide6.QtCore import QCoreApplication, QEvent

    def wait(runner: TaskRunner, timeout_ms: int = 5000) -> None:
        qtbot.waitUntil(lambda: not runner.busy, timeout=timeout_ms)
        QCoreApplication.sendPostedEvents(
            None, QEvent.Type.MetaCall
        )  # what a callback put up is shown by one

    return wait


@pytest.fixture(scope="session")
def fonts(qapp: QApplication) -> None:  # noqa: ARG001 - the application must be there first
    from healthmate_desktop.paths import resources_dir
    from healthmate_desktop.ui.fonts import load_fonts

    load_fonts(resources_dir())


@pytest.fixture
def light(qapp: QApplication, fonts: None) -> None:  # noqa: ARG001
    """The light look at normal size, as the app starts with."""
    from healthmate_desktop.ui.stylesheet import apply_theme
    from healthmate_desktop.ui.theme import make_theme

    apply_theme(qapp, make_theme("light"))


@pytest.fixture
def show(qtbot: QtBot, light: None) -> Callable[..., QWidget]:  # noqa: ARG001
    """Put widgets below each other in an active window; no widget has the focus yet."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    kept: list[QWidget] = []  # qtbot only remembers them weakly

    def show_widgets(*widgets: QWidget, size: tuple[int, int] = (800, 600)) -> QWidget:
        window = QWidget()
        kept.append(window)
        box = QVBoxLayout(window)
        for widget in widgets:
            box.addWidget(widget)
        qtbot.addWidget(window)
        window.resize(*size)
        window.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        window.setFocus()
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    return show_widgets


@pytest.fixture(scope="session")
def starter_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `library` folder of a data folder into which the starter topics were put; to be copied, not changed."""
    from processes import Shell

    shell = Shell(tmp_path_factory.mktemp("starter")).make()
    listed = shell.run("library", "list")
    assert listed.code == 0, listed
    return shell.data / "library"
