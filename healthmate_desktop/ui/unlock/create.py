"""First start: a passphrase, the recovery key shown once and typed back, then the vault opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from healthmate_desktop.ui.look import LookChoice
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.unlock.recovery_key import RecoveryKeyStep
from healthmate_desktop.ui.unlock.unlock import brand_row
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import Card, column, row
from healthmate_desktop.ui.widgets.text import Text
from healthmate_desktop.ui.widgets.unlock import PassphraseField

if TYPE_CHECKING:
    from healthmate_desktop.settings import Settings
    from healthmate_desktop.ui.gate import Gate

WIDTH = 520


class CreateScreen(QWidget):
    """Two steps: passphrase, then recovery key. `opened` carries the OpenVault, `settings_changed` the Settings."""

    opened = Signal(object)
    settings_changed = Signal(object)

    def __init__(self, settings: Settings, tasks: TaskRunner, gate: Gate) -> None:
        super().__init__()
        self.setProperty("kind", "canvas")
        self._tasks, self._gate = tasks, gate
        self._passphrase = ""
        self.passphrase = PassphraseStep()
        self.passphrase.submitted.connect(self._on_submitted)
        self.key: RecoveryKeyStep | None = None
        self._steps = QStackedWidget()
        self._steps.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._steps.addWidget(self.passphrase)
        self.look = LookChoice(settings, self)
        self.look.changed.connect(self.settings_changed)
        parts = (
            0,
            brand_row(),
            Space.L,
            row(0, self._steps, 0),
            0,
            self.look.foot(),
        )
        self.setLayout(column(*parts, margins=(Space.XL, Space.XL, Space.XL, Space.XL)))
        self.setFocusProxy(self.passphrase)

    def show_settings(self, settings: Settings) -> None:
        self.look.show_settings(settings)

    def _on_submitted(self, passphrase: str) -> None:
        self.passphrase.show_busy(busy=True)
        self._passphrase = passphrase
        self._tasks.run(
            lambda: self._gate.create(passphrase),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_key,
            on_error=self._show_not_made,
        )

    def _show_key(self, recovery_key: str) -> None:
        self.key = RecoveryKeyStep(recovery_key, WIDTH)
        self.key.verified.connect(self._on_verified)
        self._steps.addWidget(self.key)
        self._steps.setCurrentWidget(self.key)
        self._steps.removeWidget(self.passphrase)
        self.passphrase.deleteLater()
        self.setFocusProxy(self.key)
        self.key.setFocus()

    def _show_not_made(self, error: Exception) -> None:
        self._passphrase = ""
        self.passphrase.show_busy(busy=False)
        self.passphrase.show_error(words_of(error))

    def _on_verified(self) -> None:
        passphrase = self._passphrase
        self._tasks.run(
            lambda: self._gate.unlock(passphrase),
            owner=self,
            lane=Lane.IO,
            on_success=self.opened.emit,
            on_error=self._show_not_opened,
        )

    def _show_not_opened(self, error: Exception) -> None:
        if self.key is not None:
            self.key.show_error(words_of(error))


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
                "It locks everything you keep here. Use at least 12 letters: several words that do not belong "
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
            self.second.edit.setFocus()
            self.second.edit.selectAll()
        else:
            self.submitted.emit(self.first.text())
