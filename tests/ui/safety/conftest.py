"""The safety screens over services that are only a few lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ui.safety.safety_fakes import Behind, SafetyDesk

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def show_safety(
    tasks: TaskRunner,
    qtbot: QtBot,
    light: None,  # noqa: ARG001
) -> Callable[[Behind], SafetyDesk]:
    return lambda behind: SafetyDesk(behind, tasks, qtbot)


@pytest.fixture
def safety(behind: Behind, show_safety: Callable[[Behind], SafetyDesk]) -> SafetyDesk:
    """For an owner, at the overview."""
    return show_safety(behind)
