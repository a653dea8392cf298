"""The way in when the passphrase is lost."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import Card, row
from healthmate_desktop.ui.widgets.text import Text
from healthmate_desktop.ui.widgets.unlock import mark, waiting_words

_RESULT = "Open with this key"


class RecoveryPanel(Card):
    """One field for the recovery key; `left` goes back to the passphrase."""

    submitted = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__(padding=Space.XXL, spacing=Space.S)
        self.setFixedWidth(440)
        self._seconds = 0
        self._busy = False
        self.edit, self._error = QLineEdit(), FieldError()
        self.edit.setAccessibleName("Recovery key")
        self.edit.setAcceptDrops(False)
        self.edit.textEdited.connect(lambda _: self._say(""))
        self.edit.returnPressed.connect(self._on_submit)
        self.button = Button(_RESULT, "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._on_submit)
        self.back = Button("Use the passphrase", "quiet", size="small")
        self.back.clicked.connect(self._on_back)
        note = (
            "It starts with AGE-SECRET-KEY-1. Spaces and small letters do not matter. "
            "After it you choose a new passphrase."
        )
        self.add(
            Text("Recovery key", "heading"),
            Text(note, "body", "text_soft", wrap=True),
            Space.S,
            self.edit,
            self._error,
            Space.S,
            self.button,
            row(0, self.back, 0),
        )
        self.setFocusProxy(self.edit)

    def clear(self) -> None:
        self.edit.clear()
        self._say("")

    def show_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._show_state()

    def show_wait(self, seconds: int) -> None:
        """After wrong keys or passphrases: how long the next one has to wait; 0 = no longer."""
        self._seconds = seconds
        self._show_state()

    def show_error(self, message: str) -> None:
        self._say(message)
        self.edit.setFocus()

    def _show_state(self) -> None:
        for part in (self.edit, self.back):
            part.setEnabled(not self._busy)
        self.button.setEnabled(not self._busy and not self._seconds)
        words = waiting_words(self._seconds) if self._seconds else _RESULT
        self.button.setText("Opening" if self._busy else words)

    def _say(self, message: str) -> None:
        mark(self.edit, message)
        self._error.say(message)

    def _on_back(self) -> None:
        self.clear()
        self.left.emit()

    def _on_submit(self) -> None:
        if not self.button.isEnabled():
            return
        if self.edit.text().strip():
            self.submitted.emit(self.edit.text())
        else:
            self._say("Type the recovery key of these records first.")
