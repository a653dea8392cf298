"""The field a question is written in, and what has to be said below it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from healthmate_desktop.domain.answers import DISCLAIMER
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.section import SearchField
from healthmate_desktop.ui.widgets.text import Text


class Composer(QWidget):
    """One question at a time: while it is worked on the button stops it."""

    asked = Signal(str)
    stop_pressed = Signal()

    def __init__(self, sources: Button) -> None:
        """`sources` stands beside the field and chooses where is looked."""
        super().__init__()
        self.field = SearchField("Ask a question", "Your question", "ask", tall=True)
        self.field.edit.returnPressed.connect(self._on_ask)
        self.send = Button("Ask", "primary", "arrow-up", size="tall")
        self.calm = Button("Ask", "secondary", "arrow-up", size="tall")  # beside an emergency
        self.stop = Button("Stop", "secondary", "stop", size="tall")
        self.send.clicked.connect(self._on_ask)
        self.calm.clicked.connect(self._on_ask)
        self.stop.clicked.connect(self.stop_pressed)
        self._note = Text(DISCLAIMER, "caption", "text_faint", wrap=True)
        line = row(self.field, sources, self.send, self.calm, self.stop, spacing=Space.M)
        self.setLayout(column(line, self._note, spacing=Space.S))
        self.setFocusProxy(self.field)
        self.show_state(working=False)

    def show_state(self, *, working: bool, first: bool = True, emergency: bool = False) -> None:
        """`first` of the conversation; in an emergency nothing is louder than the number to call."""
        hint = "Ask a question" if first else "Ask a follow-up"
        self.field.edit.setPlaceholderText("Write here while you wait" if emergency else hint)
        self.stop.setVisible(working)
        self.send.setVisible(not working and not emergency)
        self.calm.setVisible(not working and emergency)

    def show_number(self, number: str) -> None:
        """The number to call in an emergency."""
        self._note.say(f"{DISCLAIMER} In an emergency call {number}.")

    def write(self, question: str) -> None:
        """Put a question into the field, to be changed or sent."""
        self.field.edit.setText(question)
        self.field.edit.setFocus()

    def clear(self) -> None:
        self.field.edit.clear()

    def _on_ask(self) -> None:
        if question := self.field.edit.text().strip():
            self.asked.emit(question)
