"""An open vault: sidebar, screens, the drop cover over all of it, and long work at its foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.arrivals import Arrivals
from healthmate_desktop.ui.dates import today
from healthmate_desktop.ui.drop_cover import DropCover, drop_words
from healthmate_desktop.ui.emergency_access import EmergencyBar
from healthmate_desktop.ui.intake import Intake
from healthmate_desktop.ui.jobs import ImportStrip
from healthmate_desktop.ui.library.screen import LibraryScreen
from healthmate_desktop.ui.people import shown_person
from healthmate_desktop.ui.person_switch import PersonSwitch
from healthmate_desktop.ui.places import OF_A_PERSON, first_place, places_for
from healthmate_desktop.ui.review.waiting import WaitingBar
from healthmate_desktop.ui.screens import Screens
from healthmate_desktop.ui.settings.screen import SettingsScreen
from healthmate_desktop.ui.upkeep import begin_upkeep
from healthmate_desktop.ui.ways import Ways
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.navigation import NavRail

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.settings import Settings
    from healthmate_desktop.ui.ask.screen import AskScreen
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.columns.screen import ColumnsScreen
    from healthmate_desktop.ui.drafts import Drafts
    from healthmate_desktop.ui.export.screen import ExportScreen
    from healthmate_desktop.ui.gate import Gate, OpenVault
    from healthmate_desktop.ui.review.screen import ReviewScreen
    from healthmate_desktop.ui.safety.screen import SafetyScreen
    from healthmate_desktop.ui.tasks import TaskRunner


class Shell(QWidget):
    """Everything behind the door. The screens are built anew for each person, so that two are never mixed up."""

    lock_pressed = Signal()
    switch_pressed = Signal()
    settings_changed = Signal(object)
    policy_changed = Signal(object)  # the LockPolicy

    def __init__(  # noqa: PLR0913, PLR0917 - what its screens take, each once
        self,
        vault: OpenVault,
        settings: Settings,
        data: Path,
        tasks: TaskRunner,
        changes: Changes,
        drafts: Drafts,
        *,
        gate: Gate,
        several: bool = False,
    ) -> None:
        """`several`: more than one can sign in, so it is said who did."""
        super().__init__()
        self.setProperty("kind", "canvas")
        self._vault, self._settings, self._data = vault, settings, data
        self._tasks, self._changes = tasks, changes
        self._make = Screens(vault, tasks, changes, drafts, gate)
        self._may = vault.session.may
        self._patient: Patient | None = None
        self._left = False  # an emergency is over: its screens may not stay
        self._safety: SafetyScreen | None = None
        self.place, self.screens = first_place(vault.session), dict[str, QWidget]()
        self.people = PersonSwitch(vault, tasks, drafts, today(), self)
        self.rail = NavRail(places_for(vault.session), self.place)
        self.stack, self.strip = QStackedWidget(), ImportStrip(tasks, changes)
        self.emergency = EmergencyBar()
        self.waiting = WaitingBar(vault.review, tasks, changes)
        line = row(self.rail, spacing=0)
        line.addLayout(column(self.emergency, self.waiting, self.stack, self.strip, spacing=0), 1)
        self.setLayout(line)
        self.cover = DropCover(self)
        self.ways = Ways(lambda: self.screens, self.go, self)
        self.intake = Intake(vault, self.strip, self)
        self.arrivals = Arrivals(vault, self._make, changes, self.strip, self.people, self.stack)
        self._connect()
        if several:
            self.rail.show_user(vault.session.user_name, vault.session.role)
        self.rail.person.setVisible(self._may(Action.VIEW))

    def _connect(self) -> None:
        self.rail.chosen.connect(self.go)
        self.rail.person_pressed.connect(self._on_person_pressed)
        self.rail.lock_pressed.connect(self.lock_pressed)
        self.rail.switch_pressed.connect(self.switch_pressed)
        if self._may(Action.VIEW):
            self.rail.find_pressed.connect(self._on_find)
            self._changes.patients_changed.connect(self.people.read_people)
        self.people.wanted.connect(self.show_person)
        self.arrivals.added.connect(self.show_person)
        self.arrivals.left.connect(lambda: self.go(self.place))
        self.arrivals.find_wanted.connect(self._on_find)
        self.people.add_wanted.connect(self.arrivals.show)
        self.people.read.connect(self._show_people)
        self.people.left.connect(self._on_finder_left)
        self.waiting.pressed.connect(self.ways.review)
        self.emergency.close_pressed.connect(self._on_emergency_over)
        self.emergency.over.connect(self._on_emergency_over)
        self.cover.dropped.connect(self._on_files_dropped)
        QShortcut(QKeySequence.StandardKey.Open, self, self.choose_files)
        QShortcut(QKeySequence.StandardKey.New, self, self.ways.new_chat)
        QShortcut(QKeySequence("Ctrl+,"), self, lambda: self.go("settings"))

    def _on_finder_left(self) -> None:
        if (screen := self.stack.currentWidget()) is not None:
            screen.setFocus()

    def start(self) -> None:
        """Read the people, and let the vault do what it does by itself."""
        if self._may(Action.VIEW):
            self.people.read_people()
        else:
            self._fill({})
            self.go(self.place)
        begin_upkeep(self._vault, self.strip, self._tasks, self._changes)

    def go(self, key: str) -> None:
        """Show a place."""
        self.people.close_finder()
        if key == "safety" and self.screens:
            self.screens[key] = self._make_safety()
        if (screen := self.screens.get(key)) is None:
            return
        self.place = key
        self.stack.setCurrentWidget(screen)
        self.arrivals.drop()
        self.rail.show_place("documents" if key in {"review", "columns", "export"} else key)
        self.waiting.show_here(here=key == "today")
        self.cover.say(drop_words(key, self._vault.session, self._patient))
        screen.setFocus()

    def show_settings(self, settings: Settings) -> None:
        """Hold to a choice that was made anywhere in the window."""
        country_changed = settings.country != self._settings.country
        self._settings = settings
        if isinstance(screen := self.screens.get("settings"), SettingsScreen):
            screen.show_settings(settings)
        if country_changed and self._patient is not None:
            self._replace_ask(self._patient)

    def choose_files(self) -> None:
        """Ask which files to add to the person's records."""
        self.intake.choose()

    def add_files(self, paths: list[Path]) -> None:
        """Import files for the person whose records are open."""
        self.intake.add(paths)

    def show_person(self, patient: Patient) -> None:
        """Build all screens anew for `patient`."""
        if self._patient is None or self._patient.id != patient.id:
            self._patient = patient
            self.intake.use(patient)
            self.rail.person.show_person(shown_person(patient, today()))
            self.emergency.show_grant(self.people.grant_of(patient))
            self.people.use(patient)
            self.waiting.use(patient if self._may(Action.ADD) else None)
            self._build(patient)
        self.go("today")

    # --- how it is made ---

    def _build(self, patient: Patient) -> None:
        home, review = self._make.today(patient), self._make_review(patient)
        documents = self._make.documents(patient)
        home.ask_requested.connect(self.ways.ask)
        home.open_thread.connect(self.ways.open_thread)
        home.open_document.connect(self.ways.open_document)
        home.add_files_requested.connect(self.choose_files)
        home.open_place.connect(self.go)
        documents.add_files_requested.connect(self.choose_files)
        documents.retry_requested.connect(self.intake.try_again)
        documents.review_requested.connect(self.ways.review)
        documents.columns_requested.connect(self.ways.columns)
        of_person: dict[str, QWidget] = {"today": home, "documents": documents, "review": review}
        if self._may(Action.ADD):
            of_person["columns"] = self._make_columns()
        if self._may(Action.ASK):
            of_person["ask"] = self._make_ask(patient)
        if self._may(Action.EXPORT):
            documents.export_requested.connect(lambda: self.go("export"))
            of_person["export"] = self._make_export(patient)
        self._fill(of_person)

    def _make_review(self, patient: Patient) -> ReviewScreen:
        review = self._make.review(patient)
        review.left.connect(lambda: self.go("documents"))
        review.columns_requested.connect(self.ways.columns)
        return review

    def _make_columns(self) -> ColumnsScreen:
        columns = self._make.columns()
        columns.left.connect(lambda: self.go("documents"))
        columns.done.connect(self.ways.review)
        return columns

    def _make_export(self, patient: Patient) -> ExportScreen:
        export = self._make.export(patient, lambda: self._settings.country)
        export.left.connect(lambda: self.go("documents"))
        return export

    def _make_ask(self, patient: Patient) -> AskScreen:
        ask = self._make.ask(patient, self._settings.country)
        ask.open_document.connect(self.ways.open_document)
        ask.open_article.connect(self.ways.open_article)
        return ask

    def _replace_ask(self, patient: Patient) -> None:
        """With the emergency number of the country now chosen; its chats are kept and can be opened again."""
        if (before := self.screens.get("ask")) is None:
            return
        self.screens["ask"] = self._make_ask(patient)
        self.stack.addWidget(self.screens["ask"])
        if self.stack.currentWidget() is before:
            self.stack.setCurrentWidget(self.screens["ask"])
        self.stack.removeWidget(before)
        before.deleteLater()

    def _fill(self, of_person: dict[str, QWidget]) -> None:
        """These screens, and those that need no person."""
        before = set(self.screens.values()) - {self._safety}
        settings = SettingsScreen(self._settings, self._data, self._vault.weights)
        settings.changed.connect(self.settings_changed)
        self.screens = of_person | {"settings": settings}
        if self._may(Action.VIEW):
            self.screens["library"] = self._make.library()
        for screen in dict.fromkeys(self.screens.values()):
            self.stack.addWidget(screen)
        self.stack.setCurrentWidget(next(iter(self.screens.values())))
        for screen in before:
            self.stack.removeWidget(screen)
            screen.deleteLater()

    def _make_safety(self) -> SafetyScreen:
        """Kept while the vault is open: a backup goes on while another place is shown."""
        if self._safety is None:
            self._safety = self._make.safety()
            self._safety.lock_pressed.connect(self.lock_pressed)
            self._safety.policy_changed.connect(self.policy_changed)
            self.stack.addWidget(self._safety)
        return self._safety

    # --- people ---

    def _show_people(self, people: list[Patient]) -> None:
        if self._patient is not None:
            return
        if people:
            self.show_person(people[0])
        elif not self.screens or self._left:
            self._left = False
            places = [place for place in OF_A_PERSON if place != "ask" or self._may(Action.ASK)]
            self._fill(dict.fromkeys(places, self.arrivals.make_first()))
            self.go("today")

    def _on_person_pressed(self) -> None:
        if self._patient is None:
            self.go("today")
            return
        at = self.rail.person.mapToGlobal(self.rail.person.rect().bottomLeft())
        self.people.show_menu(self._patient, at)

    def _on_find(self) -> None:
        if self._patient is None and self._vault.session.sees == "all":
            self.go("today")  # nobody is here yet: that is where the first one is added
        else:
            self.people.find()

    def _on_emergency_over(self) -> None:
        """The hour is over, or what had to be read was read."""
        patient, self._patient = self._patient, None
        if patient is None:
            return
        self._left = True
        self.intake.use(None)
        self.emergency.show_grant(None)
        self.rail.person.show_person(None)
        self.waiting.use(None)
        self.strip.say("info", "The records opened in an emergency are closed again")
        self.people.end_emergency(patient)

    def _on_files_dropped(self, paths: list[Path]) -> None:
        if self.place == "library" and isinstance(self.screens["library"], LibraryScreen):
            self.screens["library"].add(paths)
        else:
            self.add_files(paths)
