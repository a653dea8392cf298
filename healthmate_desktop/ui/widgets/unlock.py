"""Parts of the locked window. No name, monogram or number of a person belongs here: only the vault's own label."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import Card, column, row
from healthmate_desktop.ui.widgets.text import Elided, Text


class PassphraseField(QWidget):
    """A labelled passphrase with Show and Hide, and its error below."""

    submitted = Signal()

    def __init__(self, label: str = "Passphrase") -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setAccessibleName(label)
        self.edit.setAcceptDrops(False)
        self.edit.returnPressed.connect(self.submitted)
        self.edit.textEdited.connect(lambda _: self.show_error(""))
        self.toggle = Button("Show", "plain", "eye", size="small", flush=True)
        self.toggle.setAccessibleName(f"Show {label.lower()}")
        self.toggle.clicked.connect(self._on_toggle)
        self._label = label
        self._error = FieldError()
        head = row(Text(label, "label"), 0, self.toggle)
        self.setLayout(column(head, self.edit, self._error, spacing=Space.S))
        self.setFocusProxy(self.edit)
        self.setTabOrder(self.edit, self.toggle)

    def text(self) -> str:
        return self.edit.text()

    def clear(self) -> None:
        """Forget what was typed, also what Undo would bring back, and hide it again."""
        self.edit.clear()
        self._show_words(shown=False)
        self.show_error("")

    def show_error(self, message: str) -> None:
        """Mark the field and say why; an empty message takes the mark away."""
        if message == self._error.text():
            return
        self.edit.setProperty("state", "error" if message else "")
        self.edit.style().polish(self.edit)
        self.edit.setAccessibleDescription(message)
        self._error.say(message)

    def _on_toggle(self) -> None:
        self._show_words(shown=self.edit.echoMode() == QLineEdit.EchoMode.Password)

    def _show_words(self, *, shown: bool) -> None:
        mode = QLineEdit.EchoMode
        self.edit.setEchoMode(mode.Normal if shown else mode.Password)
        self.toggle.setText("Hide" if shown else "Show")
        self.toggle.setAccessibleName(f"{self.toggle.text()} {self._label.lower()}")


class UnlockPanel(Card):
    """One field, one button, and what to do when the passphrase does not fit. More rows go in with `add`."""

    submitted = Signal(str)

    def __init__(self, vault_label: str) -> None:
        super().__init__(padding=Space.XXL, spacing=Space.S)
        self.setFixedWidth(440)
        self.field = PassphraseField()
        self.field.submitted.connect(self._on_submit)
        self.button = Button("Unlock", "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._on_submit)
        self.add(Elided(vault_label, "heading"), Space.S, self.field, Space.S, self.button)
        self.setFocusProxy(self.field)

    def show_busy(self, *, busy: bool) -> None:
        """While the key is derived nothing can be pressed twice."""
        self.field.setEnabled(not busy)
        self.button.setEnabled(not busy)
        self.button.setText("Opening" if busy else "Unlock")

    def show_error(self, message: str) -> None:
        """Say why it stayed locked; what was typed is marked, so that typing replaces it."""
        self.show_busy(busy=False)
        self.field.show_error(message)
        self.field.edit.setFocus()
        self.field.edit.selectAll()

    def _on_submit(self) -> None:
        if self.field.text():
            self.submitted.emit(self.field.text())
        else:
            self.field.show_error("Type the passphrase of these records first.")
