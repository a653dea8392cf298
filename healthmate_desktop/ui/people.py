"""Whose records are open: how a person is shown, and added."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.ui.drafts import Spot
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.feedback import FieldError, words_of
from healthmate_desktop.ui.widgets.layout import Card, page, row
from healthmate_desktop.ui.widgets.navigation import Person
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from healthmate_desktop.domain.patients import Patient, Sex
    from healthmate_desktop.services.patients import PatientService
    from healthmate_desktop.ui.drafts import Drafts

SEXES: dict[Sex, str] = {"": "Not said", "female": "Female", "male": "Male", "other": "Other"}
WIDTH = 520


NAME, BIRTH_DATE = Spot("person.name"), Spot("person.birth_date")


def shown_person(patient: Patient, today: date) -> Person:
    """Monogram, name and age; the colour goes with the person, whoever else there is."""
    words = patient.name.split()
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
    return Person(initials, patient.name, age(patient.birth_date, today), sum(patient.id.encode()))


def age(birth_date: date | None, today: date) -> str:
    """In years, of a small child in months; "" where the birth date is not known."""
    if birth_date is None:
        return ""
    months = (today.year - birth_date.year) * 12 + today.month - birth_date.month
    months -= today.day < birth_date.day
    if months < 24:
        return "1 month" if months == 1 else f"{max(months, 0)} months"
    return f"{months // 12} years"


class AddPersonScreen(QWidget):
    """Name, and if wanted birth date and sex. `added` carries the Patient; `left` goes back where there is a way."""

    added = Signal(object)
    samples_wanted = Signal()
    left = Signal()

    def __init__(
        self,
        patients: PatientService,
        tasks: TaskRunner,
        today: date,
        *,
        first: bool,
        drafts: Drafts | None = None,
    ) -> None:
        super().__init__()
        self._drafts = drafts
        self._patients, self._tasks, self._today, self._first = patients, tasks, today, first
        self.name, self.birth_date = QLineEdit(), QLineEdit()
        self.name.setAccessibleName("Name")
        self.birth_date.setAccessibleName("Birth date: year, month, day")
        self.birth_date.setPlaceholderText("Year-month-day, as in 1958-02-14")
        self.sex = Segments("Sex", list(SEXES.items()), "")
        self._error = FieldError()
        self.button = Button("Add this person", "primary")
        self.other = Button("Try with sample data" if first else "Back", "quiet")
        self.button.clicked.connect(self._on_add)
        for edit in (self.name, self.birth_date):
            edit.setAcceptDrops(False)
            edit.returnPressed.connect(self._on_add)
            edit.textEdited.connect(lambda _: self._error.say(""))
        if first:
            self.other.setToolTip("A made-up family with nine documents")
            self.other.clicked.connect(self.samples_wanted)
        else:
            self.other.clicked.connect(self._on_left)
            context = Qt.ShortcutContext.WidgetWithChildrenShortcut
            QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._on_left, context=context)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(page(0, row(0, self._card(), 0), 0))
        self.setFocusProxy(self.name)
        if drafts is not None:
            drafts.keep(NAME, self.name)
            drafts.keep(BIRTH_DATE, self.birth_date)

    def show_busy(self, *, busy: bool) -> None:
        """Nothing can be pressed twice."""
        for part in (self.name, self.birth_date, self.sex, self.button, self.other):
            part.setEnabled(not busy)

    def _card(self) -> Card:
        card = Card(padding=Space.XXL, spacing=Space.S)
        card.setFixedWidth(WIDTH)
        card.add(
            Text("Whose records are these?" if self._first else "Add a person", "heading"),
            Text(
                "Each person's records are kept apart. The name says at every place whose records are open.",
                "body",
                "text_soft",
                wrap=True,
            ),
            Space.S,
            Text("Name", "label"),
            self.name,
            Space.XS,
            _optional("Birth date"),
            self.birth_date,
            Space.XS,
            _optional("Sex"),
            row(self.sex, 0),
            self._error,
            Space.M,
            row(self.button, self.other, 0),
        )
        return card

    def _on_add(self) -> None:
        try:
            birth_date = _birth_date(self.birth_date.text(), self._today)
        except InvalidInput as error:
            self._error.say(str(error))
            self.birth_date.setFocus()
            return
        name = self.name.text()
        sex = next(key for key in SEXES if key == self.sex.current())
        self.show_busy(busy=True)
        self._tasks.run(
            lambda: self._patients.add(name, birth_date, sex),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_added,
            on_error=self._show_error,
        )

    def _show_added(self, patient: Patient) -> None:
        self._forget_drafts()
        self.added.emit(patient)

    def _on_left(self) -> None:
        self._forget_drafts()
        self.left.emit()

    def _forget_drafts(self) -> None:
        if self._drafts is not None:
            self._drafts.forget(NAME, BIRTH_DATE)

    def _show_error(self, error: Exception) -> None:
        self.show_busy(busy=False)
        self._error.say(words_of(error))
        self.name.setFocus()


def _optional(label: str) -> QHBoxLayout:
    return row(Text(label, "label"), Text("not needed", "small", "text_faint"), 0)


def _birth_date(text: str, today: date) -> date | None:
    if not text.strip():
        return None
    try:
        birth_date = date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInput("Write the birth date as year, month, day: 1958-02-14.") from error
    if birth_date > today:
        raise InvalidInput("That day is still to come. Write the birth date as 1958-02-14.")
    return birth_date
