"""Work that the window hands to another thread belongs to one wish, from its first step to its last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from log_lines import Lines
from PySide6.QtCore import QObject

from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.logs.actions import action
from healthmate_desktop.logs.writing import Log, current_action, the_log
from healthmate_desktop.ui.tasks import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = pytest.mark.ui
NAME = "Wilhelmina Vandenberg"


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Lines]:
    yield Lines(tmp_path)
    Log.__init__(the_log)


def test_every_step_of_a_task_has_the_id_of_its_wish(
    threaded_tasks: TaskRunner, settle: Callable[..., None]
) -> None:
    seen: list[str] = []

    def steps() -> Generator[str, None, str]:
        yield current_action.get()
        yield current_action.get()
        return current_action.get()

    def start() -> None:
        threaded_tasks.run(
            steps, owner=owner, lane=Lane.IO, on_update=seen.append, on_success=seen.append
        )
        settle(threaded_tasks)

    owner = QObject()
    with action("import") as wish:
        start()
    assert seen == [wish] * 3
    start()
    start()
    assert len(set(seen)) == 3  # each without a wish has one of its own
    assert "" not in seen


@pytest.mark.parametrize(
    ("error", "event", "name"),
    [
        (InvalidInput(NAME), "action.failed", "InvalidInput"),
        (ValueError(NAME), "program.bug", "ValueError"),
    ],
)
def test_how_a_task_failed_is_told_by_class_only(
    lines: Lines,
    threaded_tasks: TaskRunner,
    settle: Callable[..., None],
    errors: list[Exception],
    error: Exception,
    event: str,
    name: str,
) -> None:
    def work() -> None:
        raise error

    owner = QObject()
    with action("ask") as wish:
        threaded_tasks.run(work, owner=owner, lane=Lane.VAULT)
        settle(threaded_tasks)
    assert errors == [error]
    line = next(line for line in lines.all() if line["event"] == event)
    assert (line["action"], line["fields"]["error"], line["fields"]["what"]) == (wish, name, "task")
    assert NAME not in lines.path.read_text()
