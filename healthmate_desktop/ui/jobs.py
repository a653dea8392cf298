"""Long work shown at the foot of every screen: what, how far, Stop; and in the end what could not be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFrame, QVBoxLayout

from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, BannerKind, ProgressRow, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from healthmate_desktop.domain.backups import BackupProgress
    from healthmate_desktop.services.importing import FileOutcome, ImportProgress
    from healthmate_desktop.ui.changes import Changes

NAMED = 3  # files whose reason is said; the others are marked in Documents


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

    def run(
        self,
        title: str,
        work: Callable[[], Generator[ImportProgress, None, object]],
        *,
        quiet: bool = False,
        on_finished: Callable[[], None] = lambda: None,
    ) -> None:
        """Start the import that `work` makes; screens read again after each file.

        A `quiet` one is not seen before there is a file to read, and says nothing where there was none.
        """
        _Import(self, title, quiet=quiet).start(self._tasks, self._changes, work, on_finished)

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

    def say(self, kind: BannerKind, title: str, detail: str = "") -> None:
        """One message until it is closed."""
        close = Button("Close", "plain", "close", size="small")
        close.setAccessibleName(f"Close: {title}")
        banner = Banner(kind, title, detail, [close])
        close.clicked.connect(lambda: self.drop(banner))
        self.put(banner)

    def put(self, part: QFrame) -> None:
        """Show a part that is not there yet."""
        if self._box.indexOf(part) < 0:
            self._box.addWidget(part)
            self.show()

    def drop(self, part: QFrame) -> None:
        self._box.removeWidget(part)
        part.hide()
        part.deleteLater()
        self.setVisible(self._box.count() > 0)


class _Import:
    """One import in the strip."""

    def __init__(self, strip: ImportStrip, title: str, *, quiet: bool) -> None:
        self._strip, self._quiet = strip, quiet
        self._progress = ProgressRow(title)
        self._outcomes: list[FileOutcome] = []
        self._changes: Changes | None = None
        if not quiet:
            self._strip.put(self._progress)

    def start(
        self,
        tasks: TaskRunner,
        changes: Changes,
        work: Callable[[], Generator[ImportProgress, None, object]],
        on_finished: Callable[[], None],
    ) -> None:
        self._changes = changes

        def finish() -> None:
            self._strip.drop(self._progress)
            changes.documents_changed.emit()
            on_finished()

        task = tasks.run(
            work,
            owner=self._strip,
            lane=Lane.VAULT,
            on_update=self._show_step,
            on_success=lambda _: self._show_end(),
            on_error=self._show_error,
            on_finished=finish,
        )
        self._progress.stop_pressed.connect(task.cancel)

    def _show_step(self, step: ImportProgress) -> None:
        self._strip.put(self._progress)
        pages = f", page {step.page} of {step.pages}" if step.pages > 1 else ""
        done = f"{step.done} of {step.total} files. " if step.total > 1 else ""
        self._progress.advance(step.done, step.total, f"{done}{step.name}{pages}")
        if step.outcome is not None and self._changes is not None:
            self._outcomes.append(step.outcome)
            self._changes.documents_changed.emit()

    def _show_error(self, error: Exception) -> None:
        self._show_bad()
        self._strip.say("error", "Adding files has stopped", words_of(error))

    def _show_end(self) -> None:
        self._show_bad()
        known = [outcome for outcome in self._outcomes if outcome.status == "duplicate"]
        added = sum(outcome.status in {"imported", "proposed"} for outcome in self._outcomes)
        if known:
            count = _files(len(known), "was", "were")
            self._strip.say("info", f"{count} here already", "Nothing is kept twice.")
        if added:
            announce(self._strip, f"{_files(added, 'was', 'were')} added")
        if not self._outcomes and not self._quiet:
            self._strip.say("info", "There was no file to add", "Drop files, or a folder of them.")

    def _show_bad(self) -> None:
        bad = [o for o in self._outcomes if o.status in {"unreadable", "unsupported"}]
        if not bad:
            return
        reasons = [
            f"{_name(outcome.path)}: {outcome.problems[0].message}" for outcome in bad[:NAMED]
        ]
        if len(bad) > NAMED:
            reasons.append("The others are marked in Documents.")
        self._strip.say(
            "warn", f"{_files(len(bad), 'could', 'could')} not be read", "\n".join(reasons)
        )


def _files(count: int, one: str, many: str) -> str:
    return f"1 file {one}" if count == 1 else f"{count} files {many}"


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def backup_step(step: BackupProgress) -> tuple[int, int, str]:
    """In kB, since a bar counts to two thousand million."""
    share = f", {step.done * 100 // step.total} %" if step.total else ""
    return step.done // 1000, step.total // 1000, f"{step.words}{share}"
