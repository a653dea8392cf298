"""Once more the passphrase, before something that must not be done by whoever finds the window open."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.unlock import PassphraseField

FIELD_WIDTH = 440


class ConfirmForm(QFrame):
    """`confirmed` carries the passphrase, `left` says that it was thought better of."""

    confirmed = Signal(str)
    left = Signal()

    def __init__(self, act: str, leave: str = "Leave as it is") -> None:
        """`act` is what the button says will be done."""
        super().__init__()
        self.setProperty("kind", "row")
        self.field = PassphraseField("Your passphrase")
        self.button, self.leave = Button(act, "primary"), Button(leave)
        self._act = act
        self.field.setFixedWidth(FIELD_WIDTH)
        self.field.submitted.connect(self._on_submit)
        self.button.clicked.connect(self._on_submit)
        self.leave.clicked.connect(self._on_left)
        buttons = row(self.button, self.leave, 0)
        self.setLayout(column(row(self.field, 0), buttons, spacing=Space.M))
        self.setFocusProxy(self.field)

    def show_busy(self, words: str = "") -> None:
        """`words` say what is under way; empty when nothing is."""
        for part in (self.field, self.button, self.leave):
            part.setEnabled(not words)
        self.button.setText(words or self._act)

    def show_error(self, message: str) -> None:
        """At the field; what was typed is marked, so that typing replaces it."""
        self.show_busy()
        self.field.show_error(message)
        self.field.edit.setFocus()
        self.field.edit.selectAll()

    def reset(self) -> None:
        """Forget what was typed."""
        self.field.clear()
        self.show_busy()

    def _on_submit(self) -> None:
        if self.field.text():
            self.confirmed.emit(self.field.text())
        else:
            self.field.show_error("Type your passphrase first.")
            self.field.edit.setFocus()

    def _on_left(self) -> None:
        self.reset()
        self.left.emit()
