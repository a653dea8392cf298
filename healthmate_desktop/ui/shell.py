"""An open vault: sidebar, screens, the drop cover over all of it, and long work at its foot."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QMenu, QStackedWidget, QWidget

from healthmate_desktop.paths import resources_dir
from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.jobs import ImportStrip
from healthmate_desktop.ui.library.screen import LibraryScreen
from healthmate_desktop.ui.people import AddPersonScreen, shown_person
from healthmate_desktop.ui.settings.screen import SettingsScreen
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.today.screen import TodayScreen
from healthmate_desktop.ui.widgets.drop_zone import DropOverlay
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.navigation import NavRail, Place

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import date

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.importing import ImportProgress
    from healthmate_desktop.settings import Settings
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import OpenVault

PLACES = (
    (Place("today", "Today", "today", "Ctrl+1"), Place("ask", "Ask", "ask", "Ctrl+2")),
    (
        Place("documents", "Documents", "document", "Ctrl+3"),
        Place("library", "Library", "library", "Ctrl+4"),
    ),
    (Place("settings", "Settings", "settings", "Ctrl+5"),),
)


class Shell(QWidget):
    """Everything behind the door. Rebuilt for each person, so that two are never mixed up."""

    lock_pressed = Signal()
    settings_changed = Signal(object)

    def __init__(
        self, vault: OpenVault, settings: Settings, tasks: TaskRunner, changes: Changes
    ) -> None:
        super().__init__()
        self.setProperty("kind", "canvas")
        self._vault, self._settings, self._tasks, self._changes = vault, settings, tasks, changes
        self._people: list[Patient] = []
        self._patient: Patient | None = None
        self.rail = NavRail(PLACES, "today")
        self.rail.chosen.connect(self.go)
        self.rail.person_pressed.connect(self._on_person_pressed)
        self.rail.lock_pressed.connect(self.lock_pressed)
        self.stack = QStackedWidget()
        self.strip = ImportStrip(tasks, changes)
        self.screens: dict[str, QWidget] = {}
        body = column(self.stack, self.strip, spacing=0)
        line = row(self.rail, spacing=0)
        line.addLayout(body, 1)
        self.setLayout(line)
        self.overlay = DropOverlay("Drop to keep these files", "They are encrypted first.", self)
        self.overlay.files_dropped.connect(self._on_files_dropped)
        QShortcut(QKeySequence.StandardKey.Open, self, self.choose_files)
        QShortcut(QKeySequence.StandardKey.New, self, self._on_new_chat)
        QShortcut(QKeySequence("Ctrl+,"), self, lambda: self.go("settings"))

    def start(self) -> None:
        """Read the people, then load the models and finish what was left, unseen."""
        self._read_people()
        self._tasks.run(self._vault.warm_up, owner=self, lane=Lane.MODEL, on_error=lambda _: None)
        self._tasks.run(
            lambda: self._vault.library.install_starter(resources_dir() / "library"),
            owner=self,
            lane=Lane.IO,
            on_finished=self._changes.library_changed.emit,
        )
        self.strip.run("Reading what was left unfinished", self._vault.importing.resume)

    def go(self, key: str) -> None:
        """Show a place."""
        if screen := self.screens.get(key):
            self.stack.setCurrentWidget(screen)
            self.rail.show_place(key)
            screen.setFocus()

    def choose_files(self) -> None:
        """Ask which files to add."""
        dialog = QFileDialog(self, "Add files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # keeps no list of recent files
        dialog.filesSelected.connect(lambda names: self.add_files(_paths(names)))
        dialog.open()

    def add_files(self, paths: list[Path]) -> None:
        """Import files for the person whose records are open."""
        patient = self._patient
        if patient is None or not paths:
            return
        title = f"Adding to the records of {patient.name}"
        self.strip.run(title, lambda: self._vault.importing.import_files(paths, patient.id))

    def show_person(self, patient: Patient) -> None:
        """Build all screens anew for `patient`."""
        self._patient = patient
        index = next((i for i, p in enumerate(self._people) if p.id == patient.id), 0)
        self.rail.person.show_person(shown_person(patient, index, _today()))
        detail = f"They go to the records of {patient.name}, encrypted on this computer."
        self._new_overlay("Drop to keep these files", detail)
        self._clear()
        self._build(patient)
        self.go("today")

    def _build(self, patient: Patient) -> None:
        vault, tasks, changes = self._vault, self._tasks, self._changes
        today = TodayScreen(
            patient, vault.documents, vault.assistant, vault.library, tasks, changes
        )
        documents = DocumentsScreen(patient, vault.documents, tasks, changes)
        ask = AskScreen(
            patient,
            vault.assistant,
            vault.documents,
            vault.library,
            tasks,
            changes,
            self._settings.country,
        )
        library = LibraryScreen(vault.library, tasks, changes)
        settings = SettingsScreen(self._settings)
        self.screens = {
            "today": today,
            "ask": ask,
            "documents": documents,
            "library": library,
            "settings": settings,
        }
        for screen in self.screens.values():
            self.stack.addWidget(screen)
        today.ask_requested.connect(self._on_ask)
        today.open_document.connect(lambda key: self._on_open_document(key, 1, 0, 0))
        today.add_files_requested.connect(self.choose_files)
        today.open_place.connect(self.go)
        documents.add_files_requested.connect(self.choose_files)
        ask.open_document.connect(self._on_open_document)
        ask.open_article.connect(self._on_open_article)
        settings.changed.connect(self._on_settings)

    def _clear(self) -> None:
        while (screen := self.stack.currentWidget()) is not None:
            self.stack.removeWidget(screen)
            screen.deleteLater()
        self.screens = {}

    def _new_overlay(self, title: str, detail: str) -> None:
        self.removeEventFilter(self.overlay)
        self.overlay.deleteLater()
        self.overlay = DropOverlay(title, detail, self)
        self.overlay.files_dropped.connect(self._on_files_dropped)

    def _read_people(self) -> None:
        self._tasks.run(
            self._vault.patients.all, owner=self, lane=Lane.IO, on_success=self._show_people
        )

    def _show_people(self, people: list[Patient]) -> None:
        self._people = people
        if not people:
            self._show_add_person(first=True)
        elif self._patient is None:
            self.show_person(people[0])

    def _show_add_person(self, *, first: bool) -> None:
        screen = AddPersonScreen(self._vault.patients, self._tasks, first=first)
        screen.added.connect(self._on_person_added)
        screen.samples_wanted.connect(self._on_samples_wanted)
        self._clear()
        self.stack.addWidget(screen)
        screen.setFocus()

    def _on_person_added(self, patient: Patient) -> None:
        self._people.append(patient)
        self._changes.patients_changed.emit()
        self.show_person(patient)

    def _on_samples_wanted(self) -> None:
        from healthmate_desktop.services.samples import install_samples

        folder = resources_dir() / "sample"

        def work() -> Generator[ImportProgress, None, object]:
            return install_samples(folder, self._vault.patients, self._vault.importing)

        self.stack.setEnabled(False)
        self.strip.run("Adding the made-up family", work, lambda _: self._on_samples_added())

    def _on_samples_added(self) -> None:
        self.stack.setEnabled(True)
        self._read_people()

    def _on_person_pressed(self) -> None:
        menu = QMenu(self)
        for person in self._people:
            action = QAction(person.name, menu)
            action.triggered.connect(partial(self.show_person, person))
            menu.addAction(action)
        menu.addSeparator()
        add = QAction("Add a person", menu)
        add.triggered.connect(lambda: self._show_add_person(first=not self._people))
        menu.addAction(add)
        menu.popup(self.rail.person.mapToGlobal(self.rail.person.rect().bottomLeft()))

    def _on_files_dropped(self, paths: list[Path]) -> None:
        library = self.screens.get("library")
        if isinstance(library, LibraryScreen) and self.stack.currentWidget() is library:
            library.add(paths)
        else:
            self.add_files(paths)

    def _on_ask(self, question: str) -> None:
        self.go("ask")
        if isinstance(ask := self.screens["ask"], AskScreen):
            ask.ask(question)

    def _on_new_chat(self) -> None:
        if isinstance(ask := self.screens.get("ask"), AskScreen):
            self.go("ask")
            ask.new_chat()

    def _on_open_document(self, document_id: str, page: int, start: int, length: int) -> None:
        self.go("documents")
        if isinstance(documents := self.screens["documents"], DocumentsScreen):
            documents.open_at(document_id, page, start, length)

    def _on_open_article(self, article_id: str, page: int, start: int, length: int) -> None:
        self.go("library")
        if isinstance(library := self.screens["library"], LibraryScreen):
            library.open_article(article_id, page, start, length)

    def _on_settings(self, settings: Settings) -> None:
        self._settings = settings
        self.settings_changed.emit(settings)


def _paths(names: list[str]) -> list[Path]:
    return [Path(name) for name in names]


def _today() -> date:
    return datetime.now().astimezone().date()
