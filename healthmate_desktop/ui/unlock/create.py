"""First start: a passphrase, the recovery key shown once and typed back, then the vault opens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QSizePolicy, QStackedWidget, QWidget

from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.brand import Mark
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import Card, column, row
from healthmate_desktop.ui.widgets.text import Text
from healthmate_desktop.ui.widgets.unlock import PassphraseField

if TYPE_CHECKING:
    from healthmate_desktop.ui.gate import Gate, OpenVault

WIDTH, GROUP, CHECKED = 520, 6, 6  # letters of a group, letters to type back


class CreateScreen(QWidget):
    """Two steps: passphrase, then recovery key. `opened` carries the OpenVault."""

    opened = Signal(object)

    def __init__(self, tasks: TaskRunner, gate: Gate) -> None:
        super().__init__()
        self.setProperty("kind", "canvas")
        self._tasks, self._gate = tasks, gate
        self._passphrase = ""
        self._stack = QStackedWidget()
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.passphrase = PassphraseStep()
        self.passphrase.submitted.connect(self._on_submitted)
        self._stack.addWidget(self.passphrase)
        head = row(0, Mark(40), Text("HealthMate", "title"), 0, spacing=Space.M)
        self.setLayout(column(0, head, Space.L, row(0, self._stack, 0), 0, spacing=Space.S))
        self.setFocusProxy(self.passphrase)

    def _on_submitted(self, passphrase: str) -> None:
        self.passphrase.show_busy(busy=True)
        self._passphrase = passphrase
        self._tasks.run(
            lambda: self._gate.create(passphrase),
            owner=self,
            lane=Lane.VAULT,
            on_success=self._show_key,
            on_error=self._show_error,
        )

    def _show_key(self, recovery_key: str) -> None:
        self.key = RecoveryKeyStep(recovery_key)
        self.key.verified.connect(self._on_verified)
        self._stack.addWidget(self.key)
        self._stack.setCurrentWidget(self.key)
        self.key.setFocus()

    def _show_error(self, error: Exception) -> None:
        self.passphrase.show_busy(busy=False)
        if not isinstance(error, HealthMateError):
            raise error
        self.passphrase.show_error(str(error))

    def _on_verified(self) -> None:
        passphrase, self._passphrase = self._passphrase, ""
        self._tasks.run(
            lambda: self._gate.unlock(passphrase),
            owner=self,
            lane=Lane.VAULT,
            on_success=self._show_open,
        )

    def _show_open(self, vault: OpenVault) -> None:
        self.opened.emit(vault)


class PassphraseStep(Card):
    """The passphrase, twice."""

    submitted = Signal(str)

    def __init__(self) -> None:
        super().__init__(padding=Space.XXL, spacing=Space.S)
        self.setFixedWidth(WIDTH)
        self.first, self.second = PassphraseField("Passphrase"), PassphraseField("The same again")
        self.button = Button("Make my vault", "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._on_submit)
        self.first.submitted.connect(self.second.setFocus)
        self.second.submitted.connect(self._on_submit)
        self.add(
            Text("Choose a passphrase", "heading"),
            Text(
                "It locks everything you keep here. Use at least 12 letters; several words that do not belong "
                "together are good. Nobody can reset it for you.",
                "body",
                "text_soft",
                wrap=True,
            ),
            Space.S,
            self.first,
            self.second,
            Space.S,
            self.button,
        )
        self.setFocusProxy(self.first)

    def show_busy(self, *, busy: bool) -> None:
        for part in (self.first, self.second, self.button):
            part.setEnabled(not busy)
        self.button.setText("Making your vault" if busy else "Make my vault")

    def show_error(self, message: str) -> None:
        self.first.show_error(message)
        self.first.edit.setFocus()

    def _on_submit(self) -> None:
        if not self.first.text():
            self.show_error("Choose a passphrase first.")
        elif self.first.text() != self.second.text():
            self.second.show_error("The two differ. Type the same passphrase again.")
        else:
            self.submitted.emit(self.first.text())


class RecoveryKeyStep(Card):
    """The recovery key, shown once; its last letters typed back before anything else can be done."""

    verified = Signal()

    def __init__(self, recovery_key: str) -> None:
        super().__init__(padding=Space.XXL, spacing=Space.S)
        self.setFixedWidth(WIDTH)
        self._key = recovery_key
        groups = [recovery_key[at : at + GROUP] for at in range(0, len(recovery_key), GROUP)]
        shown = Text(" ".join(groups), "strong", tabular=True, wrap=True)
        shown.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        shown.setAccessibleName(f"Recovery key: {recovery_key}")
        copy, save = Button("Copy", icon="copy"), Button("Save to a file", icon="export")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(recovery_key))
        save.clicked.connect(self._on_save)
        self.edit, self._error = QLineEdit(), FieldError()
        self.edit.setAccessibleName(f"Last {CHECKED} letters of the recovery key")
        self.edit.setMaxLength(CHECKED)
        self.edit.textEdited.connect(lambda _: self._error.say(""))
        self.edit.returnPressed.connect(self._on_submit)
        self.button = Button("I have it, open my records", "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._on_submit)
        self.add(
            Text("Your recovery key", "heading"),
            Text(
                "It opens your records if the passphrase is lost. It is shown only now and kept nowhere. "
                "Write it down, or save it on a stick, away from this computer.",
                "body",
                "text_soft",
                wrap=True,
            ),
            Space.S,
            shown,
            row(copy, save, 0),
            Space.S,
            Text(
                f"Type its last {CHECKED} letters, to be sure that you have it", "label", wrap=True
            ),
            self.edit,
            self._error,
            Space.S,
            self.button,
        )
        self.setFocusProxy(self.edit)

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the recovery key", "recovery-key.txt")
        if not name:
            return
        try:
            Path(name).write_text(self._key + "\n", encoding="utf-8")
        except OSError:
            self._error.say("The key could not be saved there. Choose another place.")

    def _on_submit(self) -> None:
        if self.edit.text().strip().upper() != self._key[-CHECKED:].upper():
            self._error.say(
                f"Those are not the last {CHECKED} letters of the key. Look at its end and type them again."
            )
            return
        self.button.setEnabled(False)
        self.button.setText("Opening")
        self.verified.emit()
