"""A person of the vault, found by name or birth date among however many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import RowButton
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import column, part_of
from healthmate_desktop.ui.widgets.roving import Roving
from healthmate_desktop.ui.widgets.section import SearchField
from healthmate_desktop.ui.widgets.text import Elided, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from PySide6.QtGui import QShowEvent

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.patients import PatientService

SHOWN = 6
_REST_MS = 200  # between the last letter and the search


class PersonFinder(QFrame):
    """`found` carries the Patient; `verb` is what pressing one does."""

    found = Signal(object)

    def __init__(self, patients: PatientService, tasks: TaskRunner, verb: str) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._patients, self._tasks, self._verb = patients, tasks, verb
        self._without: Collection[str] = ()
        self._task: Task | None = None
        self.search = SearchField("Name or birth date", "Find a person by name or birth date")
        self._list, self._note = Changing(), Text("", "small", "text_soft", wrap=True)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._look)
        self.search.edit.textChanged.connect(lambda _: self._rest.start())
        self.search.edit.returnPressed.connect(self._look)
        self.setLayout(column(self.search, self._list, self._note, spacing=Space.S))
        self.setFocusProxy(self.search)

    def leave_out(self, ids: Collection[str]) -> None:
        """Do not offer these people."""
        self._without = ids
        if self.isVisible():
            self._look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def _look(self) -> None:
        self._rest.stop()
        if self._task is not None:
            self._task.cancel()
        text, limit = self.search.edit.text(), SHOWN + 1 + len(self._without)
        self._task = self._tasks.run(
            lambda: self._patients.find(text, limit),
            owner=self,
            lane=Lane.IO,
            on_success=partial(self._show, text),
            on_error=lambda error: self._note.say(words_of(error)),
        )

    def _show(self, text: str, people: Sequence[Patient]) -> None:
        offered = [patient for patient in people if patient.id not in self._without]
        lines = column(spacing=0)
        roving = Roving(self)
        for patient in offered[:SHOWN]:
            button = self._row(patient)
            roving.add(button)
            lines.addWidget(button)
        self._list.show_part(part_of(lines) if offered else None)
        self._note.say(self._words(text, len(people), len(offered)))
        self._note.setVisible(bool(self._note.accessibleName()))

    def _words(self, text: str, found: int, offered: int) -> str:
        if offered > SHOWN:
            return "There are more. Type more of the name."
        if offered:
            return ""
        if found:
            return "Nobody else."
        return (
            f"Nobody is called \u201c{text}\u201d." if text.strip() else "There is no person yet."
        )

    def _row(self, patient: Patient) -> RowButton:
        born = f"Born {day(patient.birth_date)}" if patient.birth_date else "Birth date not known"
        button = RowButton(f"{self._verb} {patient.name}, {born}")
        words = column(
            0, Elided(patient.name, "label"), Elided(born, "small", "text_soft"), 0, spacing=0
        )
        button.line.addLayout(words, 1)
        button.line.addWidget(Text(self._verb, "label", "accent_text"))
        button.let_through()
        button.clicked.connect(lambda: self.found.emit(patient))
        return button
