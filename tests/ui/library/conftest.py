"""The library screen over a library that is only a few lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.library.screen import LibraryScreen
from ui.library.library_fakes import Books, Finder, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner
    from ui.library.library_fakes import Make


@pytest.fixture
def finder() -> Finder:
    return Finder()


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def make(
    books: Books,
    finder: Finder,
    changes: Changes,
    show: Callable[..., QWidget],
    settle: Callable[..., None],
) -> Make:
    def build(runner: TaskRunner) -> LibraryScreen:
        screen = LibraryScreen(books, finder, runner, changes)
        assert books.reads == 0  # nothing is read before it is shown
        screen.window_kept = show(screen, size=(1134, 768))  # type: ignore[attr-defined]
        settle(runner)
        return screen

    return build


@pytest.fixture
def screen(make: Make, tasks: TaskRunner) -> LibraryScreen:
    return make(tasks)


@pytest.fixture
def wait(tasks: TaskRunner, settle: Callable[..., None]) -> Callable[[], None]:
    return lambda: settle(tasks)


@pytest.fixture
def adding(make: Make, books: Books, threaded_tasks: TaskRunner, qtbot: QtBot) -> LibraryScreen:
    """The screen while a source is being added, until `books.gate` is set."""
    screen = make(threaded_tasks)
    books.gate.clear()
    screen.add([Path("a/PMC")])
    qtbot.waitUntil(lambda: "7 articles so far" in words(screen))
    return screen
