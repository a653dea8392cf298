"""Stops the check of a document that says it is about someone else, and asks whose it is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from healthmate_desktop.ui.dates import day, today
from healthmate_desktop.ui.documents.giving import GiveForm
from healthmate_desktop.ui.documents.record_words import person_words
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner
from healthmate_desktop.ui.widgets.layout import centred, column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.proposals import NamedPerson
    from healthmate_desktop.ui.gate import OpenVault
    from healthmate_desktop.ui.review.loading import Loaded

_WIDTH = 560


class StrangerBanner(Banner):
    """`mine`, `give` and `leave` are its answers."""

    def __init__(self, strangers: Sequence[NamedPerson], patient: Patient) -> None:
        self.mine = Button(f"It is {patient.name}'s all the same", size="small")
        self.give = Button("Give it to someone else", size="small")
        self.leave = Button("Leave it", size="small")
        born = f", born {day(patient.birth_date)}" if patient.birth_date else ""
        super().__init__(
            "warn",
            f"This says it is about {' and about '.join(map(person_words, strangers))}",
            f"You are in the records of {patient.name}{born}. Nothing of it is taken before you say whose it is.",
            [self.mine, self.give, self.leave],
        )


class Whose(QObject):
    """`mine` when it is kept that it is this person's, `given` carries the Patient who got it, `left` to answer later.

    `giving` carries the form that asks who gets it, `kept_here` says that nobody does; `failed` carries an error.
    """

    mine = Signal()
    giving = Signal(object)
    kept_here = Signal()
    given = Signal(object)
    left = Signal()
    failed = Signal(object)

    def __init__(
        self, patient: Patient, vault: OpenVault, tasks: TaskRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._patient, self._vault, self._tasks = patient, vault, tasks

    def question(self, loaded: Loaded) -> StrangerBanner:
        """To be shown above the document."""
        banner = StrangerBanner(loaded.strangers, self._patient)
        document_id, review = loaded.document.id, self._vault.review
        banner.mine.clicked.connect(lambda: banner.setEnabled(False))
        banner.mine.clicked.connect(
            lambda: self._do(lambda: review.confirm_person(document_id), self.mine.emit)
        )
        banner.give.clicked.connect(partial(self._ask_who, loaded))
        banner.leave.clicked.connect(self.left)
        return banner

    def _ask_who(self, loaded: Loaded) -> None:
        form = GiveForm(
            loaded.document,
            self._patient,
            self._vault.patients,
            self._tasks,
            today(),
            loaded.strangers[0].name,
        )
        form.left.connect(self.kept_here)
        form.given.connect(partial(self._give, loaded))
        holder = QWidget()
        inner = centred(form, _WIDTH)
        holder.setLayout(column(Space.HUGE, inner, 0, margins=(Space.XL, 0, Space.XL, 0)))
        self.giving.emit(holder)
        form.begin()

    def _give(self, loaded: Loaded, patient: Patient) -> None:
        document_id, documents = loaded.document.id, self._vault.documents
        self._do(
            lambda: documents.assign(document_id, patient.id), lambda: self.given.emit(patient)
        )

    def _do(self, work: Callable[[], object], then: Callable[[], None]) -> None:
        self._tasks.run(
            work,
            owner=self,
            lane=Lane.IO,
            on_success=lambda _: then(),
            on_error=self.failed.emit,
        )
