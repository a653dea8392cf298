"""One of many, picked from a menu: where a row of segments would be too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu

from healthmate_desktop.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 28  # letters of the chosen words that the button shows


class Choice(Button):
    """The button says what is chosen, "Who: Anyone"; pressed, or with the arrow down, it offers the others."""

    chosen = Signal(str)

    def __init__(self, name: str, options: Sequence[tuple[str, str]], current: str = "") -> None:
        """`options` are pairs of key and words; `chosen` carries the key."""
        super().__init__("", "secondary", "choose", size="small")
        self._name, self._current = name, current
        self._options = dict(options)
        self.clicked.connect(self._on_pressed)
        self.choose(current)

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Other options; the chosen one stays, or else the first is."""
        self._options = dict(options)
        self.choose(self._current if self._current in self._options else next(iter(self._options)))

    def choose(self, key: str) -> None:
        """Show `key` as chosen, without the signal."""
        self._current = key
        words = self._options[key]
        shown = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}\u2026"
        self.setText(f"{self._name}: {shown}".replace("&", "&&"))
        self.setToolTip("" if shown == words else words)
        self.setAccessibleName(f"{self._name}: {words}")

    def current(self) -> str:
        return self._current

    def words(self) -> str:
        """Of what is chosen."""
        return self._options[self._current]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self._on_pressed()
        else:
            super().keyPressEvent(event)

    def _on_pressed(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(self._name)
        for key, words in self._options.items():
            action = QAction(words.replace("&", "&&"), menu, checkable=True)
            action.setChecked(key == self._current)
            action.triggered.connect(lambda _=False, key=key: self._on_picked(key))
            menu.addAction(action)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        chosen = next((a for a in menu.actions() if a.isChecked()), None)
        if chosen is not None:
            menu.setActiveAction(chosen)

    def _on_picked(self, key: str) -> None:
        if key != self._current:
            self.choose(key)
            self.chosen.emit(key)
