"""Changing whose records are open: the short menu, the search over the window, and records opened in an emergency."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.find_person import FindPerson
from healthmate_desktop.ui.recent_people import MOST, Recent, keep_recent, read_recent
from healthmate_desktop.ui.tasks import Lane, TaskRunner

if TYPE_CHECKING:
    from datetime import date

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Grant
    from healthmate_desktop.ui.drafts import Drafts
    from healthmate_desktop.ui.gate import OpenVault


class PersonSwitch(QObject):
    """`wanted` carries the Patient to show, `read` the people used last; `add_wanted` asks for a new one."""

    wanted = Signal(object)
    read = Signal(list)
    add_wanted = Signal()
    left = Signal()  # the search, without a choice

    def __init__(
        self, vault: OpenVault, tasks: TaskRunner, drafts: Drafts, today: date, window: QWidget
    ) -> None:
        super().__init__(window)
        self._vault, self._tasks, self._drafts, self._today = vault, tasks, drafts, today
        self._window = window
        self._people: list[Patient] = []
        self._grants: dict[str, Grant] = {}
        self.finder: FindPerson | None = None

    def read_people(self) -> None:
        self._tasks.run(
            lambda: read_recent(self._vault), owner=self, lane=Lane.IO, on_success=self._show_read
        )

    def use(self, patient: Patient) -> None:
        """Someone's records are open now: first in the menu from here on."""
        others = [person for person in self._people if person.id != patient.id]
        self._people = [patient, *others][:MOST]
        self._keep()

    def grant_of(self, patient: Patient) -> Grant | None:
        """The emergency in which these records were opened, if it was one."""
        return self._grants.get(patient.id)

    def end_emergency(self, patient: Patient) -> None:
        """These records are not offered any more; the next ones are shown."""
        self._grants.pop(patient.id, None)
        self._people = [person for person in self._people if person.id != patient.id]
        self._keep()
        self.read.emit(self._people)

    def show_menu(self, current: Patient | None, at: QPoint) -> None:
        """At most nine people, and the ways to all others."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for person in self._people:
            action = QAction(person.name.replace("&", "&&"), menu, checkable=True)
            action.setChecked(current is not None and person.id == current.id)
            action.triggered.connect(partial(self.wanted.emit, person))
            menu.addAction(action)
        menu.addSeparator()
        find = QAction("Find a person", menu)
        find.setShortcut("Ctrl+P")
        find.triggered.connect(self.find)
        menu.addAction(find)
        if self._vault.session.may(Action.ADD):
            add = QAction("Add a person", menu)
            add.triggered.connect(self.add_wanted)
            menu.addAction(add)
        menu.popup(at)

    def find(self) -> None:
        """Over the window; pressed again it stays."""
        if self.finder is None:
            self.finder = FindPerson(
                self._vault, self._tasks, self._drafts, self._today, self._window
            )
            self.finder.chosen.connect(self._on_chosen)
            self.finder.opened.connect(self._on_opened)
            self.finder.add_wanted.connect(self._on_add)
            self.finder.closed.connect(self._on_closed)
        self.finder.open()

    def close_finder(self) -> None:
        finder, self.finder = self.finder, None
        if finder is not None:
            finder.hide()
            finder.deleteLater()

    def _show_read(self, recent: Recent) -> None:
        """Those used since the reading began stay in front."""
        new = {person.id: person for person in recent.people}
        used = [new.pop(person.id, person) for person in self._people]
        self._people = [*used, *new.values()][:MOST]
        self._grants |= {grant.patient_id: grant for grant in recent.grants}
        self.read.emit(self._people)

    def _keep(self) -> None:
        people = list(self._people)
        self._tasks.run(
            lambda: keep_recent(self._vault, people),
            owner=self,
            lane=Lane.DRAFT,
            on_error=lambda _: None,  # of no weight: the menu is as it was before
        )

    def _on_chosen(self, patient: Patient) -> None:
        self.close_finder()
        self.wanted.emit(patient)

    def _on_opened(self, patient: Patient, grant: Grant) -> None:
        self._grants[patient.id] = grant
        self._on_chosen(patient)

    def _on_add(self) -> None:
        self.close_finder()
        self.add_wanted.emit()

    def _on_closed(self) -> None:
        self.close_finder()
        self.left.emit()
