"""Long work in a card: what, how far, and Stop where it can be stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from healthmate_desktop.ui.widgets.feedback import ProgressRow
from healthmate_desktop.ui.widgets.layout import Card

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner


_WAITS = "It begins when other work is done."


@dataclass(frozen=True, slots=True)
class Step:
    """How far the work is; a `total` of 0 is not known. `words` say it with its unit."""

    done: int
    total: int
    words: str


@dataclass(frozen=True, slots=True)
class Ends:
    """What is done at each way the work can end."""

    success: Callable[[Any], None]
    error: Callable[[Exception], None]
    stopped: Callable[[], None] | None = None  # None: it can't be stopped


class Work(Card):
    """Hidden but while something is under way; one thing at a time."""

    def __init__(self, tasks: TaskRunner) -> None:
        super().__init__()
        self._tasks = tasks
        self._task: Task | None = None
        self._row: ProgressRow | None = None
        self.hide()

    @property
    def busy(self) -> bool:
        return self._task is not None

    def start(
        self,
        title: str,
        work: Callable[[], Any],
        lane: Lane,
        step_of: Callable[[Any], Step],
        ends: Ends,
    ) -> None:
        """Run `work`, a generator function with progress or a plain function."""
        row = ProgressRow(title, _WAITS if self._tasks.busy else "")
        row.stop.setVisible(ends.stopped is not None)
        self._row, ended = row, list[bool]()
        self.add(row)
        self.show()

        def finish(outcome: Callable[[Any], None], value: Any) -> None:
            ended.append(True)
            self._drop()
            outcome(value)

        def after() -> None:
            if not ended:
                self._drop()
                if ends.stopped is not None:
                    ends.stopped()

        task = self._tasks.run(
            work,
            owner=self,
            lane=lane,
            on_update=lambda value: _show(row, step_of(value)),
            on_success=lambda value: finish(ends.success, value),
            on_error=lambda error: finish(ends.error, error),
            on_finished=after,
        )
        self._task = task
        row.stop_pressed.connect(task.cancel)

    def _drop(self) -> None:
        row, self._row, self._task = self._row, None, None
        if row is not None:
            self.body.removeWidget(row)
            row.hide()
            row.deleteLater()
            self.hide()


def busy_words(tasks: TaskRunner, words: str) -> str:
    """For a button: "Changing", or that it comes after what is under way. To be asked before it is begun."""
    return f"{words}, after other work" if tasks.busy else words


def _show(row: ProgressRow, step: Step) -> None:
    row.advance(step.done, step.total, step.words)
    row.bar.setAccessibleName(f"{row.title.accessibleName()}, {step.words}")
