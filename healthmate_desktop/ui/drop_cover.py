"""The cover over the window while files are dragged over it: it says where they would go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.widgets.drop_zone import DropOverlay

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Session


class DropCover(QObject):
    """`dropped` carries the paths."""

    dropped = Signal(list)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._words = window, ("", "")
        self.overlay = DropOverlay(*self._words, window)

    def say(self, words: tuple[str, str]) -> None:
        """What it says from now on."""
        if words == self._words:
            return
        self._words = words
        self._window.removeEventFilter(self.overlay)
        self.overlay.deleteLater()
        self.overlay = DropOverlay(*words, self._window)
        self.overlay.files_dropped.connect(self.dropped)


def drop_words(place: str, session: Session, patient: Patient | None) -> tuple[str, str]:
    """A title and a line, for the place that is shown."""
    if place == "library" and session.may(Action.LIBRARY):
        detail = "The library is not encrypted, so add nothing that is about a person."
        return "Drop to add to the library", detail
    if place == "library" or not session.may(Action.ADD):
        return "Your role does not include adding here", "Ask an owner of this vault."
    if patient is None:
        return "Add a person first", "Then drop the files again."
    whose = f"They go to the records of {patient.name}, encrypted on this computer."
    return "Drop to keep these files", whose
