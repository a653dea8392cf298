"""A field to type a name in, and the people it finds, for however many there are. Only the field has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.people import SEXES, age
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import column
from healthmate_desktop.ui.widgets.row_list import Row, RowList
from healthmate_desktop.ui.widgets.section import SearchField
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from healthmate_desktop.domain.patients import Patient

    Find = Callable[[str, int], Sequence[Patient]]

LIMIT = 50
REST_MS = 150  # between the last letter and the search
_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -6,
    Qt.Key.Key_PageDown: 6,
}


class PersonList(QFrame):
    """`chosen` carries the Patient. Arrows move in the list while one types; Enter takes the marked one."""

    chosen = Signal(object)

    def __init__(  # noqa: PLR0913 - what it finds in, and how it speaks of it
        self,
        find: Find,
        tasks: TaskRunner,
        today: date,
        *,
        nobody: Callable[[str], str],
        hint: str = "Name or birth date",
        shortest: int = 0,
    ) -> None:
        """`nobody` says what it means that a text finds no one; shorter texts than `shortest` find nothing."""
        super().__init__()
        self.setProperty("kind", "row")
        self._find, self._tasks, self._today, self._nobody = find, tasks, today, nobody
        self._shortest = shortest
        self._found: dict[str, Patient] = {}
        self._task: Task | None = None
        self._answered = ""  # the text whose people are shown
        self._enter_waits = False
        self.field = SearchField(hint, "Find a person by name or birth date")
        self.list, self.note = RowList("People"), Text("", "small", "text_soft", wrap=True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.list.chosen.connect(self._on_chosen)
        self.field.edit.installEventFilter(self)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self.field.edit.textChanged.connect(lambda _: self._rest.start())
        self.field.edit.returnPressed.connect(self._on_enter)
        self._rest.timeout.connect(self.look)
        box = column(self.field, self.note, spacing=Space.S)
        box.addWidget(self.list, 1)
        self.setLayout(box)
        self.setFocusProxy(self.field)

    def look(self) -> None:
        """Find what is typed, off the GUI thread; an older search no longer counts."""
        self._rest.stop()
        if self._task is not None:
            self._task.cancel()
        text = self.field.edit.text().strip()
        if len(text) < self._shortest:
            self._show_people(text, [])
            return
        self._task = self._tasks.run(
            lambda: self._find(text, LIMIT),
            owner=self,
            lane=Lane.IO,
            on_success=lambda people: self._show_people(text, people),
            on_error=lambda error: self._say(words_of(error)),
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = watched is self.field.edit and event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in _STEPS:
            self._move(_STEPS[Qt.Key(event.key())])
            return True
        return False

    def _show_people(self, text: str, people: Sequence[Patient]) -> None:
        self._answered = text
        self._found = {patient.id: patient for patient in people}
        self.list.show_rows([self._row(patient) for patient in people])
        self.list.choose(people[0].id if people else "")
        self.list.setVisible(bool(people))
        if not people:
            self._say(self._nobody(text))
        elif len(people) >= LIMIT:
            self._say(f"The first {LIMIT}. Type more of the name to find others.")
        else:
            self._say("")
        if self._enter_waits:
            self._on_enter()

    def _row(self, patient: Patient) -> Row:
        born = f"born {day(patient.birth_date)}" if patient.birth_date else "birth date not known"
        sex = SEXES[patient.sex].lower() if patient.sex in ("female", "male") else ""
        facts = [part for part in (age(patient.birth_date, self._today), born, sex) if part]
        words = ", ".join(facts)
        return Row(patient.id, patient.name, words[:1].upper() + words[1:], "person")

    def _say(self, words: str) -> None:
        self.note.say(words)
        self.note.setVisible(bool(words))

    def _move(self, step: int) -> None:
        keys = list(self._found)
        if keys:
            current = self.list.current()
            at = keys.index(current) if current in keys else 0
            self.list.choose(keys[min(max(at + step, 0), len(keys) - 1)])

    def _on_enter(self) -> None:
        """Whoever types a name and Enter at once means the one that is found, not the one shown before."""
        self._enter_waits = self._answered != self.field.edit.text().strip()
        if self._enter_waits:
            self.look()
        elif key := self.list.current():
            self._on_chosen(key)

    def _on_chosen(self, key: str) -> None:
        self.chosen.emit(self._found[key])
