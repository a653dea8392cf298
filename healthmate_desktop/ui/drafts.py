"""Words being typed are kept in the vault, so that a lock asks nothing and loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from healthmate_desktop.ui.tasks import Lane, TaskRunner

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.services.drafts import DraftService

SAVE_MS = 3000
Field = QLineEdit | QPlainTextEdit


@dataclass(frozen=True, slots=True)
class Spot:
    """One field that takes words: "ask" of one person, "person.name" of none."""

    place: str
    patient_id: PatientId | None = None


Unsaved = dict[Spot, str]  # "" = the draft goes


class Drafts(QObject):
    """Watches fields, saves what changed every 3 seconds, and brings it back into a field made anew.

    `failed` carries the first error of saving; it is tried again with the next words.
    """

    failed = Signal(object)

    def __init__(
        self, service: DraftService, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._service, self._tasks = service, tasks
        self._unsaved: Unsaved = {}
        self._being_saved: Unsaved = {}
        self._told = False
        self._pause = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._pause.timeout.connect(self._save)

    def keep(self, spot: Spot, field: Field) -> None:
        """Fill an empty `field` with what was written in it before, and keep what is written from now on."""
        field.textChanged.connect(lambda: self._note(spot, _words(field)))
        self._tasks.run(
            lambda: self._service.get(spot.place, spot.patient_id),
            owner=field,
            lane=Lane.DRAFT,
            on_success=lambda text: self._bring_back(spot, field, text),
            on_error=lambda _: None,  # an old draft that can't be read is no reason to stop
        )

    def put(self, spot: Spot, text: str) -> None:
        """Keep words that are in no field just now."""
        self._note(spot, text)

    def forget(self, *spots: Spot) -> None:
        """It was sent, or given up."""
        for spot in spots:
            self._note(spot, "")
        self._save()

    def take(self) -> Callable[[], None]:
        """Work that saves everything that is not saved for sure, for whoever closes the vault."""
        self._pause.stop()
        unsaved = self._being_saved | self._unsaved
        self._unsaved, self._being_saved = {}, {}
        return _saving(self._service, unsaved)

    def _bring_back(self, spot: Spot, field: Field, text: str) -> None:
        if text and not _words(field) and spot not in self._unsaved:
            if isinstance(field, QLineEdit):
                field.setText(text)
            else:
                field.setPlainText(text)
            self._unsaved.pop(spot, None)  # it is what the vault has

    def _note(self, spot: Spot, text: str) -> None:
        self._unsaved[spot] = text
        if not self._pause.isActive():
            self._pause.start()

    def _save(self) -> None:
        if self._being_saved:  # the next save takes what came meanwhile
            return
        self._pause.stop()
        self._being_saved, self._unsaved = self._unsaved, {}
        if self._being_saved:
            self._tasks.run(
                _saving(self._service, self._being_saved),
                owner=self,
                lane=Lane.DRAFT,
                on_success=lambda _: self._on_saved(),
                on_error=self._show_error,
            )

    def _on_saved(self) -> None:
        self._being_saved = {}
        if self._unsaved and not self._pause.isActive():
            self._pause.start()

    def _show_error(self, error: Exception) -> None:
        self._unsaved = self._being_saved | self._unsaved
        self._being_saved = {}
        if not self._told:
            self._told = True
            self.failed.emit(error)


def _saving(service: DraftService, unsaved: Unsaved) -> Callable[[], None]:
    def save() -> None:
        for spot, text in unsaved.items():
            service.save(spot.place, spot.patient_id, text)

    return save


def _words(field: Field) -> str:
    if not shiboken6.isValid(field):
        return ""
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()
