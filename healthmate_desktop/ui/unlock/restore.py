"""A backup put back: the file, what opens it, and what was found in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QSizePolicy

from healthmate_desktop.domain.backups import SUFFIX
from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.jobs import backup_step
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.unlock.page import WIDTH
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.controls import CheckBox
from healthmate_desktop.ui.widgets.feedback import FieldError, ProgressRow, words_of
from healthmate_desktop.ui.widgets.layout import Card, row
from healthmate_desktop.ui.widgets.text import Elided, Text
from healthmate_desktop.ui.widgets.unlock import PassphraseField

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from healthmate_desktop.domain.backups import BackupProgress, BackupReport

    Restore = Callable[[Path, str], Generator[BackupProgress, None, BackupReport]]


class RestorePanel(Card):
    """`restored` says in words which vault is in its place and can be unlocked; `left` goes back."""

    restored = Signal(str)
    left = Signal()

    def __init__(self, restore: Restore, tasks: TaskRunner, *, replaces: bool) -> None:
        """`replaces`: there is a vault here already, which is moved aside."""
        super().__init__(padding=Space.XXL, spacing=Space.S)
        self.setFixedWidth(WIDTH)
        self._restore, self._tasks = restore, tasks
        self._file: Path | None = None
        self._running: Task | None = None
        self.choose = Button("Choose the file", icon="open")
        self.choose.clicked.connect(self._on_choose)
        self._name = Elided("No file yet", "small", "text_soft", middle=True)
        self.secret = PassphraseField("Passphrase or recovery key of that backup")
        self.secret.submitted.connect(self._on_submit)
        self.agreed = CheckBox(
            "Put it in the place of the records that are here now. Those are moved aside and kept, and open again "
            "when their folder is moved back."
        )
        self._error = FieldError()
        self.agreed.toggled.connect(lambda _: self._error.say(""))
        self.button = Button("Restore", "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._on_submit)
        self.back = Button("Back", "quiet", size="small")
        self.back.clicked.connect(self._on_back)
        self.progress = ProgressRow("Restoring")
        self.progress.stop_pressed.connect(self._on_stop)
        self._lay(replaces=replaces)
        self._show_working(working=False)

    def _lay(self, *, replaces: bool) -> None:
        line = row(self.choose, spacing=Space.M)
        line.addWidget(self._name, 1)
        self._replaces = replaces
        self.add(
            Text("Restore a backup", "heading"),
            Text(
                f"A backup is one file that ends in {SUFFIX}. All of it is checked before anything here is changed.",
                "body",
                "text_soft",
                wrap=True,
            ),
            Space.S,
            line,
            Space.S,
            self.secret,
            Space.XS,
            self.agreed,
            self._error,
            Space.S,
            self.button,
            self.progress,
            row(0, self.back, 0),
        )
        self.agreed.setVisible(replaces)
        self.setFocusProxy(self.choose)

    def _show_working(self, *, working: bool) -> None:
        for part in (self.choose, self.secret, self.agreed, self.back):
            part.setEnabled(not working)
        self.button.setVisible(not working)
        self.progress.setVisible(working)

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, "Choose the backup")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"Backups (*{SUFFIX})")
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # keeps no list of recent files
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    def _on_chosen(self, name: str) -> None:
        self._file = Path(name)
        self._name.say(self._file.name)
        self._error.say("")
        self.secret.setFocus()

    def _on_submit(self) -> None:
        if self._file is None:
            self._error.say("Choose the file of the backup first.")
            self.choose.setFocus()
        elif not self.secret.text():
            self.secret.show_error("Type what opens that backup first.")
            self.secret.setFocus()
        elif self._replaces and not self.agreed.isChecked():
            self._error.say("Say first that it may take the place of what is here now.")
            self.agreed.setFocus()
        else:
            self._start(self._file, self.secret.text())

    def _start(self, file: Path, secret: str) -> None:
        self._error.say("")
        self._show_working(working=True)
        self.progress.advance(0, 0, "Opening the backup")
        self._running = self._tasks.run(
            lambda: self._restore(file, secret),
            owner=self,
            lane=Lane.VAULT,
            on_update=self._show_step,
            on_success=self._show_restored,
            on_error=self._show_error,
            on_finished=self._show_ended,
        )

    def _show_step(self, step: BackupProgress) -> None:
        self.progress.advance(*backup_step(step))

    def _show_ended(self) -> None:
        if self._running is not None and self._running.cancelled:
            self._show_working(working=False)
            self._error.say("Stopped. Nothing was changed.")
        self._running = None
        self.progress.stop.setText("Stop")
        self.progress.stop.setEnabled(True)

    def _show_error(self, error: Exception) -> None:
        self._show_working(working=False)
        self._error.say(words_of(error))
        self.secret.setFocus()
        self.secret.edit.selectAll()

    def _show_restored(self, report: BackupReport) -> None:
        self.secret.clear()
        self.restored.emit(restored_words(report))

    def _on_stop(self) -> None:
        if self._running is not None:
            self._running.cancel()

    def _on_back(self) -> None:
        self.secret.clear()
        self.left.emit()


def restored_words(report: BackupReport) -> str:
    """What is there now, as of when."""
    people = "1 person" if report.people == 1 else f"{report.people:,} people"
    documents = "1 document" if report.documents == 1 else f"{report.documents:,} documents"
    return (
        f"The backup is restored. {people} and {documents}, as they were on {day(report.made_at)}. "
        "Unlock with the passphrase that held on that day."
    )
