"""A main window over a vault that is only a few lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ui.window_desk import Desk
from ui.window_fakes import FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner


@pytest.fixture
def vault() -> FakeVault:
    return FakeVault()


@pytest.fixture
def make_desk(
    tmp_path: Path,
    tasks: TaskRunner,
    qtbot: QtBot,
    light: None,  # noqa: ARG001
) -> Iterator[Callable[[FakeVault], Desk]]:
    desks: list[Desk] = []

    def make(vault: FakeVault) -> Desk:
        desks.append(Desk(vault, tmp_path, tasks, qtbot))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(vault: FakeVault, make_desk: Callable[[FakeVault], Desk]) -> Desk:
    """Locked."""
    return make_desk(vault)


@pytest.fixture
def open_desk(desk: Desk) -> Desk:
    desk.unlock()
    return desk
