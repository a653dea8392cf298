"""A review over a vault that is only a few lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ui.review.review_check import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner


@pytest.fixture
def check(
    tasks: TaskRunner,
    show: Callable[..., QWidget],
    settle: Callable[..., None],
    qtbot: QtBot,
) -> Check:
    return Check(tasks, show, settle, qtbot)
