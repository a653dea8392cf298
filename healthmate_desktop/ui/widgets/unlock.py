"""Parts of the locked window. No name, monogram or number of a person belongs here: only the vault's own label."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import Card, column, row
from healthmate_desktop.ui.widgets.text import Elided, Text

_SECRET = (
    Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhNoPredictiveText
    | Qt.InputMethodHint.ImhNoAutoUppercase
)


class PassphraseField(QWidget):
    """A labelled passphrase with Show and Hide, and its error below."""

    submitted = Signal()

    def __init__(self, label: str = "Passphrase") -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setInputMethodHints(_SECRET)
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
        self.show_words(shown=False)
        self.show_error("")

    def show_error(self, message: str) -> None:
        """Mark the field and say why; an empty message takes the mark away."""
        if message == self._error.text():
            return
        mark(self.edit, message)
        self._error.say(message)

    def show_words(self, *, shown: bool) -> None:
        """Make what was typed readable, or hide it."""
        mode = QLineEdit.EchoMode
        self.edit.setEchoMode(mode.Normal if shown else mode.Password)
        self.edit.setInputMethodHints(_SECRET)  # Qt takes some away with the mode
        self.toggle.setText("Hide" if shown else "Show")
        self.toggle.setAccessibleName(f"{self.toggle.text()} {self._label.lower()}")

    def _on_toggle(self) -> None:
        self.show_words(shown=self.edit.echoMode() == QLineEdit.EchoMode.Password)


class NameField(QWidget):
    """The name to sign in with, where several can."""

    submitted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.edit, self._error = QLineEdit(), FieldError()
        self.edit.setAccessibleName("Name")
        self.edit.setAcceptDrops(False)
        self.edit.setMaxLength(60)
        self.edit.returnPressed.connect(self.submitted)
        self.edit.textEdited.connect(lambda _: self.show_error(""))
        self.setLayout(column(Text("Name", "label"), self.edit, self._error, spacing=Space.S))
        self.setFocusProxy(self.edit)

    def text(self) -> str:
        return self.edit.text().strip()

    def show_error(self, message: str) -> None:
        if message != self._error.text():
            mark(self.edit, message)
            self._error.say(message)


class UnlockPanel(Card):
    """One field, one button, and what to do when the passphrase does not fit. More rows go in with `add`.

    `submitted` carries the passphrase; `name` says whose it is, "" where only one can sign in.
    """

    submitted = Signal(str)

    def __init__(self, vault_label: str, why: str = "") -> None:
        super().__init__(padding=Space.XXL, spacing=Space.S)
        self.setFixedWidth(440)
        self._label = vault_label
        self._seconds = 0
        self._busy = False
        self.name_field, self.field = NameField(), PassphraseField()
        self.name_field.submitted.connect(self.field.setFocus)
        self.field.submitted.connect(self._on_submit)
        self.button = Button("Unlock", "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._on_submit)
        reason = [Text(why, "small", "text_soft", wrap=True)] if why else []
        head = column(Elided(vault_label, "heading"), *reason, spacing=Space.XS)
        self.add(head, Space.S, self.name_field, self.field, Space.S, self.button)
        self.name_field.hide()
        self.setFocusProxy(self.field)

    @property
    def name(self) -> str:
        return "" if self.name_field.isHidden() else self.name_field.text()

    def ask_name(self, *, several: bool) -> None:
        """Only where several can sign in; what was typed meanwhile stays."""
        if several == self.name_field.isHidden():
            self.name_field.setVisible(several)
            first = self.name_field if several and not self.field.text() else self.field
            had_focus = self.field.edit.hasFocus()
            self.setFocusProxy(first)
            if had_focus:
                first.setFocus()

    def show_busy(self, *, busy: bool) -> None:
        """While the key is derived nothing can be pressed twice."""
        self._busy = busy
        self._show_state()

    def show_wait(self, seconds: int) -> None:
        """After wrong passphrases: how long the next one has to wait; 0 = no longer."""
        self._seconds = seconds
        self._show_state()

    def show_error(self, message: str) -> None:
        """Say why it stayed locked; what was typed is marked, so that typing replaces it."""
        self.show_busy(busy=False)
        self.field.show_error(message)
        self.field.edit.setFocus()
        self.field.edit.selectAll()

    def _show_state(self) -> None:
        for part in (self.name_field, self.field):
            part.setEnabled(not self._busy)
        self.button.setEnabled(not self._busy and not self._seconds)
        words = waiting_words(self._seconds) if self._seconds else "Unlock"
        self.button.setText("Opening" if self._busy else words)

    def _on_submit(self) -> None:
        if not self.button.isEnabled():
            return
        if not self.name_field.isHidden() and not self.name_field.text():
            self.name_field.show_error("Type the name you sign in with first.")
            self.name_field.setFocus()
        elif self.field.text():
            self.submitted.emit(self.field.text())
        else:
            self.field.show_error("Type the passphrase of these records first.")


def waiting_words(seconds: int) -> str:
    """As in "Wait 5 seconds", "Wait 4 minutes"."""
    if seconds == 1:
        return "Wait 1 second"
    return f"Wait {seconds} seconds" if seconds < 120 else f"Wait {-(-seconds // 60)} minutes"


def mark(edit: QLineEdit, message: str) -> None:
    """Give a field the edge of an error, or take it away; the words stand below it."""
    edit.setProperty("state", "error" if message else "")
    edit.style().polish(edit)
    edit.setAccessibleDescription(message)
