"""Backups: where they go, making one now, which there are, and checking that one opens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from healthmate_desktop.domain.backups import SUFFIX, BackupFile, BackupPlan
from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.safety import states
from healthmate_desktop.ui.safety.backup_cards import DrillCard, FilesCard, FolderCard, RestoreCard
from healthmate_desktop.ui.safety.banner_spot import BannerSpot
from healthmate_desktop.ui.safety.figures import moment, size
from healthmate_desktop.ui.safety.work import Ends, Step, Work
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.widgets.layout import page

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QShowEvent

    from healthmate_desktop.domain.backups import BackupProgress, BackupReport
    from healthmate_desktop.services.backup import BackupService


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the backups, and when the next one is due."""

    plan: BackupPlan
    due: datetime | None
    files: list[BackupFile]


class BackupTab(QWidget):
    """Long work goes on while another tab is shown. `lock_pressed` leads to where a backup is put back."""

    lock_pressed = Signal()

    def __init__(
        self, backup: BackupService, tasks: TaskRunner, now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self._backup, self._tasks, self._now = backup, tasks, now
        self._said, self.work = BannerSpot(), Work(tasks)
        self.folder, self.files, self.drill = FolderCard(), FilesCard(), DrillCard()
        self.folder.choose_pressed.connect(self._on_choose_folder)
        self.folder.back_up_pressed.connect(self._on_back_up)
        self.files.check_pressed.connect(self._on_check)
        self.files.again_pressed.connect(self._read)
        self.drill.check_pressed.connect(self._on_check)
        self.drill.choose_pressed.connect(self._on_choose_file)
        restore = RestoreCard()
        restore.lock_pressed.connect(self.lock_pressed)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._page = page(self._said, self.work, self.folder, self.files, self.drill, restore, 0)
        box.addWidget(self._page)
        for card in (self.folder, self.files, self.drill):
            card.hide()  # until it is known what they say

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    # --- what is shown ---

    def _read(self) -> None:
        self._tasks.run(
            self._find,
            owner=self,
            lane=Lane.IO,
            on_success=self._show,
            on_error=partial(self._said.say_failed, "The backups could not be looked up"),
        )

    def _find(self) -> Found:
        """Off the GUI thread."""
        plan = self._backup.plan()
        if not plan.folder:
            return Found(plan, None, [])
        due = states.next_due(self._backup.due, self._now())
        return Found(plan, due, self._backup.existing())

    def _show(self, found: Found) -> None:
        now = self._now()
        self.folder.show_plan(found.plan, found.due, now)
        self.drill.show_plan(found.plan, found.files, now)
        if found.plan.last_backup is not None and not found.files:
            self.files.show_missing()
        else:
            self.files.show_files(found.files, now)
        self.folder.show()
        for card in (self.files, self.drill):
            card.setVisible(bool(found.plan.folder))

    def _show_busy(self, *, busy: bool) -> None:
        for card in (self.folder, self.files, self.drill):
            card.show_busy(busy=busy)
        self._page.verticalScrollBar().setValue(0)

    # --- what is done ---

    def _on_choose_folder(self) -> None:
        dialog = _dialog(self, "Choose a folder for backups", QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._on_folder_chosen)
        dialog.open()

    def _on_folder_chosen(self, folder: str) -> None:
        self._said.clear()
        self._tasks.run(
            lambda: self._backup.choose_folder(folder),
            owner=self,
            lane=Lane.IO,
            on_success=lambda _: self._read(),
            on_error=partial(self._said.say_failed, "That folder was not taken"),
        )

    def _on_choose_file(self) -> None:
        dialog = _dialog(self, "Choose a backup to check", QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"Backups (*{SUFFIX})")
        dialog.fileSelected.connect(self._on_check)
        dialog.open()

    def _on_back_up(self) -> None:
        ends = Ends(
            self._show_made,
            partial(self._show_failed, "No backup was made"),
            partial(
                self._show_stopped, "No backup was made. The backups before it are as they were."
            ),
        )
        self._start("Making a backup", self._backup.make, Lane.VAULT, ends)

    def _on_check(self, file: str) -> None:
        ends = Ends(
            self._show_checked,
            partial(self._show_failed, f"{PurePath(file).name} does not open"),
            partial(self._show_stopped, "It is not known whether this backup opens."),
        )
        title = f"Checking {PurePath(file).name}"
        self._start(title, lambda: self._backup.drill(Path(file)), Lane.IO, ends)

    def _start(self, title: str, work: Callable[[], Any], lane: Lane, ends: Ends) -> None:
        if not self.work.busy:
            self._said.clear()
            self.work.start(title, work, lane, _step, ends)
            self._show_busy(busy=True)

    # --- how it ended ---

    def _show_made(self, report: BackupReport) -> None:
        self._end()
        name = PurePath(report.file).name
        self._said.say(
            "info",
            "The backup is made, and it opens",
            f"{name}, {size(report.size)}: {_contents(report)}. All of it was decrypted and compared.",
        )

    def _show_checked(self, report: BackupReport) -> None:
        self._end()
        self._said.say(
            "info",
            "This backup opens",
            f"Made on {moment(report.made_at)}: {_contents(report)}. All of it was decrypted and compared.",
        )

    def _show_failed(self, title: str, error: Exception) -> None:
        self._end()
        self._said.say_failed(title, error)

    def _show_stopped(self, detail: str) -> None:
        self._end()
        self._said.say("info", "Stopped", detail)

    def _end(self) -> None:
        self._show_busy(busy=False)
        self._read()


def _dialog(parent: QWidget, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(mode)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # keeps no list of recent files
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _step(progress: BackupProgress) -> Step:
    """In kB, since the bar counts to two thousand million."""
    words = f"{progress.words}. You can go on working."
    if progress.total:
        how_far = f"{size(progress.done)} of {size(progress.total)}"
        words = f"{progress.words}: {how_far}. You can go on working."
    return Step(progress.done // 1000, progress.total // 1000, words)


def _contents(report: BackupReport) -> str:
    people = counted(report.people, "person", "people")
    documents = counted(report.documents, "document", "documents")
    return f"{people}, {documents} and {counted(report.events, 'entry', 'entries')} of the log"
