"""People on their way in: the first one, another one, or the made-up family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.paths import resources_dir
from healthmate_desktop.ui.people import AddPersonScreen
from healthmate_desktop.ui.places import nobody_yet
from healthmate_desktop.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from collections.abc import Generator

    from PySide6.QtWidgets import QStackedWidget, QWidget

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.outcomes import ImportProgress
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import OpenVault
    from healthmate_desktop.ui.jobs import ImportStrip
    from healthmate_desktop.ui.person_switch import PersonSwitch
    from healthmate_desktop.ui.screens import Screens


class Arrivals(QObject):
    """Shows in `stack` where a person is added. `added` carries the Patient, `left` that none was."""

    added = Signal(object)
    left = Signal()
    find_wanted = Signal()

    def __init__(  # noqa: PLR0913, PLR0917 - what it joins
        self,
        vault: OpenVault,
        make: Screens,
        changes: Changes,
        strip: ImportStrip,
        people: PersonSwitch,
        stack: QStackedWidget,
    ) -> None:
        super().__init__(stack)
        self._vault, self._make, self._changes = vault, make, changes
        self._strip, self._people, self._stack = strip, people, stack
        self._adding: AddPersonScreen | None = None

    def make_first(self) -> QWidget:
        """What is seen while there is nobody yet."""
        session = self._vault.session
        if session.sees == "all" and session.may(Action.ADD):
            return self._make_adding(first=True)
        find = Button("Open in an emergency", "secondary")
        find.clicked.connect(self.find_wanted)
        add = Button("Add a person", "primary", "plus")
        add.clicked.connect(self.show)
        return nobody_yet(session, find, add)

    def show(self) -> None:
        """Ask who is to be added."""
        self.drop()
        self._adding = self._make_adding(first=False)
        self._stack.addWidget(self._adding)
        self._stack.setCurrentWidget(self._adding)
        self._adding.setFocus()

    def drop(self) -> None:
        """Another place is shown."""
        if self._adding is not None:
            self._stack.removeWidget(self._adding)
            self._adding.deleteLater()
            self._adding = None

    def _make_adding(self, *, first: bool) -> AddPersonScreen:
        screen = self._make.adding(first=first)
        screen.added.connect(self._on_added)
        screen.samples_wanted.connect(self._on_samples_wanted)
        screen.left.connect(self.left)
        return screen

    def _on_added(self, patient: Patient) -> None:
        self.added.emit(patient)
        self._changes.patients_changed.emit()

    def _on_samples_wanted(self) -> None:
        from healthmate_desktop.services.samples import install_samples

        folder, vault = resources_dir() / "sample", self._vault

        def work() -> Generator[ImportProgress, None, object]:
            return install_samples(folder, vault.patients, vault.importing)

        self._show_busy(busy=True)
        self._changes.documents_changed.connect(self._people.read_people)
        self._strip.run("Adding the made-up family", work, on_finished=self._on_samples_ended)

    def _on_samples_ended(self) -> None:
        self._changes.documents_changed.disconnect(self._people.read_people)
        self._people.read_people()
        self._show_busy(busy=False)

    def _show_busy(self, *, busy: bool) -> None:
        for screen in self._stack.findChildren(AddPersonScreen):
            screen.show_busy(busy=busy)
