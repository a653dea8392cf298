"""One import in the strip: how far it is, its files, Stop; and what is said when it is over."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from healthmate_desktop.domain.ids import DocumentId, PatientId
from healthmate_desktop.services.outcomes import BAD, DONE
from healthmate_desktop.ui.import_files import FileList, how_far
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import ProgressRow, words_of
from healthmate_desktop.ui.widgets.layout import column, part_of, row

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from healthmate_desktop.domain.jobs import Job
    from healthmate_desktop.services.importing import ImportService
    from healthmate_desktop.services.outcomes import FileOutcome, ImportProgress
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.jobs import ImportStrip

NAMED = 3  # files whose reason is said; the others are marked in Documents


class ImportRow(QObject):
    """Lives as long as its work."""

    def __init__(
        self,
        strip: ImportStrip,
        title: str,
        tasks: TaskRunner,
        changes: Changes,
        *,
        quiet: bool = False,
    ) -> None:
        super().__init__(strip)
        self._strip, self._quiet = strip, quiet
        self._tasks, self._changes = tasks, changes
        self._outcomes: list[FileOutcome] = []
        self._importing: ImportService | None = None
        self._job: Job | None = None
        self._task: Task | None = None
        self._seen = self._stopped = self._over = False
        self._progress, self.files = ProgressRow(title), FileList()
        self._progress.stop_pressed.connect(self._on_stop)
        self._more = Button("Each file", "quiet", size="small", flush=True)
        self._more.setAccessibleName(f"Each file: {title}")
        self._more.clicked.connect(self._on_files)
        self._more.hide()
        self._part = part_of(column(self._progress, row(self._more, 0), self.files, spacing=0))
        if not quiet:
            strip.put(self._part)

    def begin(self, importing: ImportService, begin: Callable[[], Job]) -> None:
        """Have it noted, whatever else is going on, and wait for its turn."""
        self._importing = importing
        self._progress.advance(0, 0, "Waiting for its turn")
        self._tasks.run(
            begin,
            owner=self,
            lane=Lane.DRAFT,
            on_success=self._go_on,
            on_error=self._show_not_begun,
        )

    def start(
        self,
        work: Callable[[], Generator[ImportProgress, None, object]],
        *,
        on_success: Callable[[Any], None] = lambda _: None,
        on_finished: Callable[[], None] = lambda: None,
    ) -> None:
        def finish() -> None:
            self._leave()
            self._changes.documents_changed.emit()
            on_finished()
            self.deleteLater()

        def succeed(result: object) -> None:
            self._show_end()
            on_success(result)

        self._task = self._tasks.run(
            work,
            owner=self._strip,
            lane=Lane.VAULT,
            on_update=self._show_step,
            on_success=succeed,
            on_error=self._show_error,
            on_finished=finish,
        )

    def _go_on(self, job: Job) -> None:
        self._job = job
        importing = self._importing
        if importing is None or self._stopped:
            self._drop_job()
            self.deleteLater()
            return
        self.files.left_out.connect(lambda number: importing.leave_out(job, number))
        self.files.again.connect(lambda outcome: self._try_again([outcome]))
        self.start(lambda: importing.work(job))

    def _on_stop(self) -> None:
        self._stopped = True
        if self._task is not None:
            self._task.cancel()
        if self._importing is not None and not self._seen:
            self._leave()
            self._drop_job()

    def _drop_job(self) -> None:
        """Without this it would begin by itself after the next unlock."""
        importing, job = self._importing, self._job
        if importing is not None and job is not None:
            self._tasks.run(lambda: importing.drop(job), owner=self._strip, lane=Lane.DRAFT)

    def _leave(self) -> None:
        if not self._over:
            self._over = True
            self._strip.drop(self._part)

    # --- what is shown ---

    def _show_step(self, step: ImportProgress) -> None:
        self._strip.put(self._part)
        self._seen = True
        self._more.setVisible(self._importing is not None and step.total > 1)
        self.files.show_step(step)
        far = how_far(step)
        done = f"{step.done} of {step.total} files. " if step.total > 1 else ""
        detail = f"{done}{step.name}{', ' if far else ''}{far}"
        if step.of_bytes and step.total == 1:
            self._progress.advance(step.page * 100 // max(step.pages, 1), 100, detail)
        else:
            self._progress.advance(step.done, step.total, detail)
        if step.outcome is not None:
            self._outcomes.append(step.outcome)
            self._changes.documents_changed.emit()

    def _on_files(self) -> None:
        if self.files.isVisible():
            self.files.hide()
        else:
            self.files.open()

    def _show_not_begun(self, error: Exception) -> None:
        self._leave()
        self._strip.say("error", "The files were not added", words_of(error))
        self.deleteLater()

    def _show_error(self, error: Exception) -> None:
        self._show_bad()
        self._strip.say("error", "Adding files has stopped", words_of(error))

    def _show_end(self) -> None:
        self._show_bad()
        known = [outcome for outcome in self._outcomes if outcome.status == "duplicate"]
        added = sum(outcome.status in DONE for outcome in self._outcomes)
        if known:
            count = _files(len(known), "was", "were")
            self._strip.say("info", f"{count} here already", "Nothing is kept twice.")
        if added:
            announce(self._strip, f"{_files(added, 'was', 'were')} added")
        if not self._outcomes and not self._quiet:
            self._strip.say("info", "There was no file to add", "Drop files, or a folder of them.")

    def _show_bad(self) -> None:
        bad = [outcome for outcome in self._outcomes if outcome.status in BAD]
        if not bad:
            return
        reasons = [
            f"{_name(outcome.path)}: {outcome.problems[0].message}" for outcome in bad[:NAMED]
        ]
        if len(bad) > NAMED:
            reasons.append("The others are marked in Documents.")
        actions = []
        if self._job is not None:
            actions.append(Button("Try again", size="small"))
            actions[0].clicked.connect(partial(self._try_again, bad))
        words = f"{_files(len(bad), 'could', 'could')} not be read"
        self._strip.say("warn", words, "\n".join(reasons), actions)

    def _try_again(self, bad: Sequence[FileOutcome]) -> None:
        """Those that are kept are read again, the others taken in again from where they lie."""
        importing, job = self._importing, self._job
        if importing is None or job is None:
            return
        owner = PatientId(job.payload["patient_id"])
        kept = [DocumentId(each.document_id) for each in bad if each.document_id]
        paths = [Path(each.path) for each in bad if not each.document_id]
        title = f"Reading {_name(bad[0].path) if len(bad) == 1 else _files(len(bad), '', '')} again"
        if kept:
            self._strip.add(title, importing, lambda: importing.begin_again(kept))
        if paths:
            self._strip.add(title, importing, lambda: importing.begin(paths, owner))


def _files(count: int, one: str, many: str) -> str:
    return (f"1 file {one}" if count == 1 else f"{count} files {many}").strip()


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
