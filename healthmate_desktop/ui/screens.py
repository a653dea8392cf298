"""The screens behind the door, each made of the services that it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.columns.screen import ColumnsScreen
from healthmate_desktop.ui.dates import today
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.drafts import Spot
from healthmate_desktop.ui.library.screen import LibraryScreen
from healthmate_desktop.ui.people import AddPersonScreen
from healthmate_desktop.ui.review.screen import ReviewScreen
from healthmate_desktop.ui.today.screen import TodayScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.drafts import Drafts
    from healthmate_desktop.ui.export.screen import ExportScreen
    from healthmate_desktop.ui.gate import Gate, OpenVault
    from healthmate_desktop.ui.safety.screen import SafetyScreen
    from healthmate_desktop.ui.tasks import TaskRunner


@dataclass(frozen=True, slots=True)
class Screens:
    """Makes them; whoever asks joins their signals."""

    vault: OpenVault
    tasks: TaskRunner
    changes: Changes
    drafts: Drafts
    gate: Gate

    def today(self, patient: Patient) -> TodayScreen:
        vault = self.vault
        screen = TodayScreen(
            patient,
            vault.documents,
            vault.assistant,
            vault.library,
            self.tasks,
            self.changes,
            vault.session,
        )
        self.drafts.keep(Spot("today", patient.id), screen.question.edit)
        return screen

    def ask(self, patient: Patient, country: str) -> AskScreen:
        vault = self.vault
        return AskScreen(
            patient,
            vault.assistant,
            vault.documents,
            vault.library,
            self.tasks,
            self.changes,
            country,
            self.drafts,
        )

    def documents(self, patient: Patient) -> DocumentsScreen:
        return DocumentsScreen(patient, self.vault, self.tasks, self.changes)

    def export(self, patient: Patient, country: Callable[[], str]) -> ExportScreen:
        from healthmate_desktop.ui.export.screen import ExportScreen

        return ExportScreen(patient, self.vault, self.tasks, country)

    def columns(self) -> ColumnsScreen:
        return ColumnsScreen(self.vault, self.tasks, self.changes)

    def review(self, patient: Patient) -> ReviewScreen:
        return ReviewScreen(patient, self.vault, self.tasks, self.changes, self.drafts)

    def library(self) -> LibraryScreen:
        may_change = self.vault.session.may(Action.LIBRARY)
        return LibraryScreen(
            self.vault.library,
            self.vault.search,
            self.tasks,
            self.changes,
            may_change=may_change,
        )

    def adding(self, *, first: bool) -> AddPersonScreen:
        """A person; the very first is offered sample data."""
        return AddPersonScreen(
            self.vault.patients, self.tasks, today(), first=first, drafts=self.drafts
        )

    def safety(self) -> SafetyScreen:
        from healthmate_desktop.ui.safety.new_passphrase import PassphraseAdvice
        from healthmate_desktop.ui.safety.screen import SafetyScreen

        advice = PassphraseAdvice(self.gate.suggest, self.gate.strength)
        return SafetyScreen(self.vault, self.tasks, self.changes, advice)
