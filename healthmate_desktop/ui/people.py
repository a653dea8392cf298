"""Whose records are open: how a person is shown, added, and chosen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from healthmate_desktop.errors import HealthMateError, InvalidInput
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import Card, column, row
from healthmate_desktop.ui.widgets.navigation import Person
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from healthmate_desktop.domain.patients import Patient, Sex
    from healthmate_desktop.services.patients import PatientService

SEXES: dict[Sex, str] = {"": "Not said", "female": "Female", "male": "Male", "other": "Other"}


def shown_person(patient: Patient, index: int, today: date) -> Person:
    """Monogram, name and age."""
    words = patient.name.split()
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
    return Person(initials, patient.name, age(patient.birth_date, today), index)


def age(birth_date: date | None, today: date) -> str:
    if birth_date is None:
        return ""
    birthday_to_come = (today.month, today.day) < (birth_date.month, birth_date.day)
    years = today.year - birth_date.year - birthday_to_come
    return f"{years} years"


class AddPersonScreen(QWidget):
    """Name, and if wanted birth date and sex. `added` carries the Patient."""

    added = Signal(object)
    samples_wanted = Signal()

    def __init__(self, patients: PatientService, tasks: TaskRunner, *, first: bool) -> None:
        super().__init__()
        self.setProperty("kind", "canvas")
        self._patients, self._tasks = patients, tasks
        self.name, self.birth_date = QLineEdit(), QLineEdit()
        self.name.setAccessibleName("Name")
        self.birth_date.setAccessibleName("Birth date, year month day")
        self.birth_date.setPlaceholderText("1958-02-14")
        self.sex = Segments("Sex", list(SEXES.items()), "")
        self._error = FieldError()
        self.button = Button("Add this person", "primary")
        self.button.clicked.connect(self._on_add)
        self.name.returnPressed.connect(self._on_add)
        self.birth_date.returnPressed.connect(self._on_add)
        card = Card(padding=Space.XXL, spacing=Space.S)
        card.setFixedWidth(520)
        card.add(
            Text("Whose records are these?" if first else "Add a person", "heading"),
            Text(
                "Each person's records are kept apart. Name and birth date help to notice a page of somebody else.",
                "body",
                "text_soft",
                wrap=True,
            ),
            Space.S,
            Text("Name", "label"),
            self.name,
            Text("Birth date, if you like", "label"),
            self.birth_date,
            Text("Sex, if you like", "label"),
            row(self.sex, 0),
            self._error,
            Space.S,
            row(self.button, 0, *([self._samples_button()] if first else [])),
        )
        self.setLayout(column(0, row(0, card, 0), 0))
        self.setFocusProxy(self.name)

    def _samples_button(self) -> Button:
        button = Button("Try with sample data", "quiet")
        button.setToolTip("A made-up family with nine documents")
        button.clicked.connect(self.samples_wanted)
        return button

    def _on_add(self) -> None:
        try:
            birth_date = _birth_date(self.birth_date.text())
        except InvalidInput as error:
            self._error.say(str(error))
            return
        name = self.name.text()
        sex = next(key for key in SEXES if key == self.sex.current())
        self._tasks.run(
            lambda: self._patients.add(name, birth_date, sex),
            owner=self,
            lane=Lane.VAULT,
            on_success=self.added.emit,
            on_error=self._show_error,
        )

    def _show_error(self, error: Exception) -> None:
        if not isinstance(error, HealthMateError):
            raise error
        self._error.say(str(error))


def _birth_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise InvalidInput("Write the birth date as year, month, day: 1958-02-14.") from error
