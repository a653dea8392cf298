"""Says that values wait for a check, and leads there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.documents.record_words import values_counted
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import centred, column, row
from healthmate_desktop.ui.widgets.text import Icon, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.review import ReviewService, Waiting
    from healthmate_desktop.ui.changes import Changes

_REST_MS = 200  # an import reports each file


class WaitingNote(QFrame):
    """How many values wait, in how many documents, and one button. Hidden while there are none."""

    pressed = Signal()

    def __init__(self, *, narrow: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "banner-info")
        self._title = Text("", "label" if narrow else "strong", wrap=True)
        self._detail = Text("", "small", "text_soft", wrap=True)
        self.button = Button("Check them", "primary", size="small")
        self.button.clicked.connect(self.pressed)
        words = column(self._title, self._detail, spacing=Space.XXS)
        if narrow:
            margins = (Space.M, Space.M, Space.M, Space.M)
            self.setLayout(column(words, row(self.button, 0), margins=margins))
            self._detail.hide()
        else:
            line = row(
                Icon("info", "accent_text"),
                spacing=Space.M,
                margins=(Space.L, Space.M, Space.L, Space.M),
            )
            line.addLayout(words, 1)
            line.addWidget(self.button)
            self.setLayout(line)
        self.hide()

    def say(self, waiting: Sequence[Waiting]) -> None:
        """Newest document first."""
        values = sum(each.proposals for each in waiting)
        wait = "waits" if values == 1 else "wait"
        title = f"{values_counted(values)} {wait} for your check"
        self._title.say(title)
        self._detail.say(_detail(waiting))
        self.button.setToolTip(self._detail.accessibleName())
        self.button.setText("Check it" if values == 1 else "Check them")
        self.button.setAccessibleName(f"Check {values_counted(values)}")
        self.setAccessibleName(title)
        self.setVisible(values > 0)


def _detail(waiting: Sequence[Waiting]) -> str:
    if not waiting:
        return ""
    others = counted(len(waiting) - 1, "other document", "other documents")
    more = f" and {others}" if len(waiting) > 1 else ""
    return f"Read from {waiting[0].document.name}{more}. Until then they count nowhere."


class WaitingBar(QFrame):
    """The same above the screen of a place. `pressed` carries the id of the newest document."""

    pressed = Signal(str)

    def __init__(self, review: ReviewService, tasks: TaskRunner, changes: Changes) -> None:
        super().__init__()
        self.setProperty("kind", "canvas")
        self._review, self._tasks = review, tasks
        self._patient: Patient | None = None
        self._wanted = False  # whether this place shows it
        self._known = False
        self._waiting: Sequence[Waiting] = ()
        self._task: Task | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read)
        self.note = WaitingNote()
        self.note.pressed.connect(self._on_pressed)
        line = centred(self.note, Size.PAGE_WIDTH - 2 * Space.XXL)
        line.setContentsMargins(Space.XXL, Space.L, Space.XXL, 0)
        self.setLayout(line)
        self.hide()
        changes.documents_changed.connect(self._on_changed)
        changes.records_changed.connect(self._on_changed)

    def use(self, patient: Patient | None) -> None:
        """Of whose documents it speaks; of nobody's for someone who may not check them."""
        self._patient, self._known, self._waiting = patient, False, ()
        self.hide()

    def show_here(self, *, here: bool) -> None:
        """Whether the place that is shown now has it."""
        self._wanted = here
        self.setVisible(here and bool(self._waiting))
        if here and not self._known:
            self._read()

    def _on_changed(self) -> None:
        self._known = False
        if self._wanted and not self._rest.isActive():
            self._rest.start()

    def _read(self) -> None:
        if self._patient is None or not self._wanted:
            return
        patient_id, self._known = self._patient.id, True
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            lambda: self._review.waiting(patient_id),
            owner=self,
            lane=Lane.IO,
            on_success=self._show,
        )

    def _show(self, waiting: Sequence[Waiting]) -> None:
        self._waiting = waiting
        self.note.say(waiting)
        self.setVisible(self._wanted and bool(waiting))

    def _on_pressed(self) -> None:
        if self._waiting:
            self.pressed.emit(self._waiting[0].document.id)
