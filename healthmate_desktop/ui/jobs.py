"""Long work shown at the foot of every screen: what, how far, Stop; and in the end what could not be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout

from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, ProgressRow

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from healthmate_desktop.services.importing import FileOutcome, ImportProgress
    from healthmate_desktop.ui.changes import Changes


class ImportStrip(QFrame):
    """Runs imports one after the other and shows the one under way."""

    def __init__(self, tasks: TaskRunner, changes: Changes) -> None:
        super().__init__()
        self.setProperty("kind", "footer")
        self._tasks, self._changes = tasks, changes
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(Space.XXL, Space.M, Space.XXL, Space.M)
        self._box.setSpacing(Space.S)
        self.hide()

    def run(
        self,
        title: str,
        work: Callable[[], Generator[ImportProgress, None, object]],
        on_success: Callable[[object], None] = lambda _: None,
    ) -> None:
        """Start the import that `work` makes; screens read again after each file."""
        progress = ProgressRow(title)
        bad: list[FileOutcome] = []
        self._box.addWidget(progress)
        self.show()
        task = self._tasks.run(
            work,
            owner=self,
            lane=Lane.VAULT,
            on_update=lambda step: self._show_step(progress, step, bad),
            on_success=on_success,
            on_finished=lambda: self._finish(progress, bad),
        )
        progress.stop_pressed.connect(task.cancel)

    def _show_step(
        self, progress: ProgressRow, step: ImportProgress, bad: list[FileOutcome]
    ) -> None:
        pages = f", page {step.page} of {step.pages}" if step.pages > 1 else ""
        done = f"{step.done} of {step.total} files. " if step.total > 1 else ""
        progress.advance(step.done, step.total, f"{done}{step.name}{pages}")
        if step.outcome is not None:
            if step.outcome.status in {"unreadable", "unsupported"}:
                bad.append(step.outcome)
            self._changes.documents_changed.emit()

    def _finish(self, progress: ProgressRow, bad: list[FileOutcome]) -> None:
        self._drop(progress)
        self._changes.documents_changed.emit()
        if bad:
            self._show_bad(bad)

    def _show_bad(self, bad: list[FileOutcome]) -> None:
        count = "1 file" if len(bad) == 1 else f"{len(bad)} files"
        reasons = [f"{_name(outcome.path)}: {outcome.problems[0].message}" for outcome in bad[:3]]
        if len(bad) > 3:
            reasons.append("The others are marked in Documents.")
        close = Button("Close", "plain", size="small")
        banner = Banner("warn", f"{count} could not be read", "\n".join(reasons), [close])
        close.clicked.connect(lambda: self._drop(banner))
        self._box.addWidget(banner)
        self.show()

    def _drop(self, part: QFrame) -> None:
        self._box.removeWidget(part)
        part.hide()
        part.deleteLater()
        self.setVisible(self._box.count() > 0)


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
