"""Files on their way in: chosen, dropped, or tried once more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.sessions import Action

if TYPE_CHECKING:
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.ui.gate import OpenVault
    from healthmate_desktop.ui.jobs import ImportStrip


class Intake(QObject):
    """Takes files in for the person whose records are open, and for no one else."""

    def __init__(self, vault: OpenVault, strip: ImportStrip, over: QWidget) -> None:
        super().__init__(over)
        self._vault, self._strip, self._over = vault, strip, over
        self._patient: Patient | None = None

    def use(self, patient: Patient | None) -> None:
        self._patient = patient

    def choose(self) -> None:
        """Ask which files to add."""
        if self._patient is None or not self._vault.session.may(Action.ADD):
            return
        dialog = QFileDialog(self._over, f"Add files to the records of {self._patient.name}")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # keeps no list of recent files
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.add([Path(name) for name in names]))
        dialog.open()

    def add(self, paths: list[Path]) -> None:
        patient, importing = self._patient, self._vault.importing
        if not self._vault.session.may(Action.ADD):
            self._strip.say("info", "Your role does not include adding files", "Nothing was added.")
        elif patient is None:
            self._strip.say("info", "Add a person first", "Then drop the files again.")
        elif paths:
            title = f"Adding to the records of {patient.name}"
            self._strip.add(title, importing, lambda: importing.begin(paths, patient.id))

    def try_again(self, document_id: str, name: str) -> None:
        """Read a file that is kept once more."""
        importing, wanted = self._vault.importing, [DocumentId(document_id)]
        title = f"Reading {name} again"
        self._strip.add(title, importing, lambda: importing.begin_again(wanted))
