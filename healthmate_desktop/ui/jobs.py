"""Long work shown at the foot of every screen: what, how far, Stop; and in the end what could not be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFrame, QVBoxLayout

from healthmate_desktop.ui.import_row import ImportRow
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, BannerKind, ProgressRow

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from healthmate_desktop.domain.backups import BackupProgress
    from healthmate_desktop.domain.jobs import Job
    from healthmate_desktop.services.importing import ImportService
    from healthmate_desktop.services.outcomes import ImportProgress
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.tasks import Lane, TaskRunner


class ImportStrip(QFrame):
    """Runs imports one after the other and shows those under way."""

    def __init__(self, tasks: TaskRunner, changes: Changes) -> None:
        super().__init__()
        self.setProperty("kind", "footer")
        self._tasks, self._changes = tasks, changes
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(Space.XXL, Space.M, Space.XXL, Space.M)
        self._box.setSpacing(Space.S)
        self.hide()

    def add(self, title: str, importing: ImportService, begin: Callable[[], Job]) -> None:
        """Note at once what `begin` makes, then do it when its turn comes; each of its files can be left out."""
        ImportRow(self, title, self._tasks, self._changes).begin(importing, begin)

    def run(
        self,
        title: str,
        work: Callable[[], Generator[ImportProgress, None, object]],
        *,
        quiet: bool = False,
        on_success: Callable[[Any], None] = lambda _: None,
        on_finished: Callable[[], None] = lambda: None,
    ) -> None:
        """Start the import that `work` makes; screens read again after each file.

        A `quiet` one is not seen before there is a file to read, and says nothing where there was none.
        """
        row = ImportRow(self, title, self._tasks, self._changes, quiet=quiet)
        row.start(work, on_success=on_success, on_finished=on_finished)

    def run_unseen(  # noqa: PLR0913 - by keyword
        self,
        title: str,
        work: Callable[[], Generator[Any, None, object]],
        *,
        lane: Lane,
        step_of: Callable[[Any], tuple[int, int, str]],
        on_error: Callable[[Exception], None],
        on_finished: Callable[[], None] = lambda: None,
        stops: bool = True,
    ) -> None:
        """Work that nobody asked for: seen only from its first step on.

        `step_of` says of a step how much is done, of how much, and in words.
        """
        progress = ProgressRow(title)
        progress.stop.setVisible(stops)

        def show_step(step: Any) -> None:
            self.put(progress)
            progress.advance(*step_of(step))

        def finish() -> None:
            self.drop(progress)
            on_finished()

        task = self._tasks.run(
            work,
            owner=self,
            lane=lane,
            on_update=show_step,
            on_error=on_error,
            on_finished=finish,
        )
        progress.stop_pressed.connect(task.cancel)

    def say(
        self, kind: BannerKind, title: str, detail: str = "", actions: Sequence[Button] = ()
    ) -> None:
        """One message until it is closed, or answered by one of its actions."""
        close = Button("Close", "plain", "close", size="small")
        close.setAccessibleName(f"Close: {title}")
        banner = Banner(kind, title, detail, [*actions, close])
        for button in (*actions, close):
            button.clicked.connect(lambda: self.drop(banner))
        self.put(banner)

    def put(self, part: QFrame) -> None:
        """Show a part that is not there yet."""
        if self._box.indexOf(part) < 0:
            self._box.addWidget(part)
            part.show()
            self.show()

    def drop(self, part: QFrame) -> None:
        self._box.removeWidget(part)
        part.hide()
        part.deleteLater()
        self.setVisible(self._box.count() > 0)


def backup_step(step: BackupProgress) -> tuple[int, int, str]:
    """In kB, since a bar counts to two thousand million."""
    share = f", {step.done * 100 // step.total} %" if step.total else ""
    return step.done // 1000, step.total // 1000, f"{step.words}{share}"
