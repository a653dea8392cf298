"""One Tab stop for a group of buttons, and arrow keys inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton, QWidget

_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
}


class Roving(QObject):
    """Tab lands on the checked button, else on the one that had the focus last, else on the first.

    With `press` an arrow also presses the button it goes to, as in a radio group.
    """

    def __init__(self, parent: QWidget, *, press: bool = False) -> None:
        super().__init__(parent)
        self._buttons: list[QAbstractButton] = []
        self._press = press

    def add(self, button: QAbstractButton) -> None:
        self._buttons.append(button)
        button.installEventFilter(self)
        button.toggled.connect(lambda on: self._land_on(button) if on else None)
        self._land_on(next((b for b in self._buttons if b.isChecked()), self._buttons[0]))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched in self._buttons:
            if event.type() == QEvent.Type.FocusIn:
                self._land_on(watched)
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._on_key(self._buttons.index(watched), event.key())
        return False

    def _on_key(self, at: int, key: int) -> bool:
        usable = [n for n, button in enumerate(self._buttons) if button.isEnabled()]
        if key in _STEPS:
            step = _STEPS[Qt.Key(key)]
            ahead = [n for n in usable if (n - at) * step > 0]
            target = min(ahead, key=lambda n: abs(n - at), default=at)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            target = usable[0 if key == Qt.Key.Key_Home else -1]
        else:
            return False
        self._buttons[target].setFocus(Qt.FocusReason.TabFocusReason)
        if self._press and target != at:
            self._buttons[target].click()
        return True

    def _land_on(self, chosen: QObject) -> None:
        for button in self._buttons:
            here = button is chosen
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if here else Qt.FocusPolicy.ClickFocus)
