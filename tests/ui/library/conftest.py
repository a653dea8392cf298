"""The library screen over a library that is only a few lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.library.screen import LibraryScreen
from ui.library.library_fakes import Books, Finder

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

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
