"""Whose document it is, when it came to the wrong person: found by name, then asked once more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from healthmate_desktop.ui.person_list import PersonList
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner
from healthmate_desktop.ui.widgets.layout import Card, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.patients import PatientService

_LIST = 172


class GiveForm(QFrame):
    """`given` carries the Patient who gets it, `left` says that it stays."""

    given = Signal(object)
    left = Signal()

    def __init__(  # noqa: PLR0913, PLR0917 - what it gives, to whom, and where they are found
        self,
        document: Document,
        owner: Patient,
        patients: PatientService,
        tasks: TaskRunner,
        today: date,
        name: str = "",
    ) -> None:
        """`name` is whom the document names, where that may be the one."""
        super().__init__()
        self.setProperty("kind", "row")
        self._document, self._owner, self._patients = document, owner, patients
        self._tasks = tasks
        self.people = PersonList(self._find, tasks, today, nobody=_nobody)
        self.people.list.setFixedHeight(_LIST)
        self._name = name
        self.people.chosen.connect(self._ask)
        self.leave = Button("Keep it here", size="small")
        self.leave.clicked.connect(self.left)
        self._card = Card(padding=Space.L, spacing=Space.S)
        self._card.add(
            Text(f"Who gets {document.name}?", "heading", wrap=True),
            Text(
                f"It leaves the records of {owner.name}, with everything that was read from it.",
                "small",
                "text_soft",
                wrap=True,
            ),
            self.people,
            row(self.leave, 0),
        )
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(self._card)
        self._question: Banner | None = None
        self.setFocusProxy(self.people)

    def begin(self) -> None:
        """Find the one it names, or else everyone, and wait for a name."""
        self.people.setFocus()
        if not self._name:
            self.people.look()
            return
        self._tasks.run(
            lambda: self._find(self._name, 1),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_first,
            on_error=lambda _: self.people.look(),
        )

    def step_back(self) -> None:
        """As Esc does: from the question to the people, from there out."""
        if self._question is None:
            self.left.emit()
            return
        self._box.removeWidget(self._question)
        self._question.hide()
        self._question.deleteLater()
        self._question = None
        self._card.show()
        self.people.setFocus()

    def _show_first(self, found: Sequence[Patient]) -> None:
        if found and not self.people.field.edit.text():
            self.people.field.edit.setText(self._name)
        self.people.look()

    def _find(self, text: str, limit: int) -> Sequence[Patient]:
        """Off the GUI thread."""
        return [p for p in self._patients.find(text, limit) if p.id != self._owner.id]

    def _ask(self, patient: Patient) -> None:
        keep = Button("Keep it here", size="small")
        give = Button(f"Give it to {patient.name}", "primary", size="small")
        keep.clicked.connect(self.left)
        give.clicked.connect(lambda: give.setEnabled(False))
        give.clicked.connect(partial(self._on_given, patient))
        self._question = Banner(
            "warn",
            f"Give {self._document.name} to {patient.name}?",
            f"It is then found in the records of {patient.name} only, and so is what was read from it.",
            [keep, give],
        )
        self._card.hide()
        self._box.addWidget(self._question)
        give.setFocus()

    def _on_given(self, patient: Patient) -> None:
        self.given.emit(patient)


def _nobody(text: str) -> str:
    if not text:
        return "There is nobody else here yet. Add the person first, at the top of the window."
    return f"Nobody else is called \u201c{text}\u201d. Try fewer letters, or add the person first."
