"""What was said of earlier tables, and a way to have it asked again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.columns.words import detail_of, title_of
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Card, column, refill
from healthmate_desktop.ui.widgets.section import Line
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.services.columns import TableMapping


class Remembered(QFrame):
    """`forget` carries the key of a mapping. Hidden while nothing is remembered."""

    forget = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.buttons: list[Button] = []
        self._card = Card(padding=Space.L, spacing=0)
        words = Text(
            "The next table with the same headings is read like this, without asking.",
            "small",
            "text_soft",
            wrap=True,
        )
        self.setLayout(
            column(Text("Remembered tables", "heading"), words, self._card, spacing=Space.XS)
        )
        self.hide()

    def show_kept(self, mappings: Sequence[TableMapping]) -> None:
        self.buttons, lines = [], list[Line]()
        for mapping in mappings:
            name = title_of(mapping)
            button = Button("Forget", "plain", "delete", size="small")
            button.setAccessibleName(f"Forget the table {name}")
            button.clicked.connect(partial(self._on_forget, mapping.key))
            self.buttons.append(button)
            lines.append(Line("log", name, detail_of(mapping), button))
        refill(self._card.body, *lines)
        self.setVisible(bool(mappings))

    def _on_forget(self, key: str) -> None:
        for button in self.buttons:
            button.setEnabled(False)
        self.forget.emit(key)
