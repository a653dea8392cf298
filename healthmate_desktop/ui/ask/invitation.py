"""What stands in the place of a conversation that has yet to begin."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import EmptyState
from healthmate_desktop.ui.widgets.layout import column, row

_EXAMPLES = ("What medicines am I taking?", "What does HbA1c mean?", "When is a fever dangerous?")


class Invitation(QWidget):
    """`asked` carries the example that was pressed."""

    asked = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        words = EmptyState(
            "ask",
            f"Ask about the records of {name}",
            "Answers are quoted word for word from the documents kept here and from the library. "
            "Press a sentence to see the place it came from.",
        )
        words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        box = column(0, words, spacing=Space.S)
        for example in _EXAMPLES:
            button = Button(example, "secondary", size="small")
            button.clicked.connect(lambda _=False, words=example: self.asked.emit(words))
            box.addLayout(row(0, button, 0))
        box.addStretch(2)
        self.setLayout(box)
