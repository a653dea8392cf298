"""Below a review: what was decided last, with the way back, what is left, and what can be decided at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.review.items import left_words
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.text import KeyHint, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.records import Standing


class Foot(QFrame):
    all_pressed = Signal()
    here_pressed = Signal()
    undo_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "footer")
        self._left = Text("", "small", "text_soft", wrap=True)
        self._decided = Text("", "small", wrap=True)
        self.undo, key = Button("Undo", size="small"), KeyHint("Ctrl+Z")
        self.all, self.here = Button("", "primary"), Button("")
        self.all.clicked.connect(self.all_pressed)
        self.here.clicked.connect(self.here_pressed)
        self.undo.clicked.connect(self.undo_pressed)
        self._last = QFrame()
        self._last.setProperty("kind", "clear")
        said = row(self.undo, key, spacing=Space.S)
        said.addWidget(self._decided, 1)
        self._last.setLayout(said)
        line = row(spacing=Space.M, margins=(Space.XL, Space.M, Space.XL, Space.M))
        line.addLayout(column(self._last, self._left, spacing=Space.XS), 1)
        line.addWidget(self.here)
        line.addWidget(self.all)
        self.setLayout(line)

    def say(self, counts: Mapping[Standing, int], decided: str) -> None:
        """What is left, and what was decided last; "" for nothing."""
        self._left.say(left_words(counts))
        plain, here = counts.get("plain", 0), counts.get("here", 0)
        self.all.setText(f"Accept all {plain:,} that nothing speaks against")
        self.here.setText(f"Leave out {here:,} already here")
        for button, count in ((self.all, plain), (self.here, here)):
            button.setVisible(count > 0)
            button.setEnabled(True)
        self._decided.say(decided)
        self.undo.setAccessibleName(f"Undo: {decided}")
        self._last.setVisible(bool(decided))
