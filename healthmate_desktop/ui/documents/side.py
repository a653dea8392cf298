"""The column at the left of a reading pane that holds a list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.theme import Space, active_theme
from healthmate_desktop.ui.widgets.layout import Item, column

_WIDTH, _LARGEST_SCALE = 312, 1.125  # beyond that the page needs the room more


class ListSide(QFrame):
    """As wide as its rows need at the size of the text."""

    def __init__(self, *items: Item) -> None:
        super().__init__()
        self.setProperty("kind", "side")
        margins = (Space.M, Space.L, Space.M, Space.M)
        self.setLayout(column(*items, spacing=Space.M, margins=margins))
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            QTimer.singleShot(0, self, self._fit)  # not while the style sheet walks the tree
        super().changeEvent(event)

    def _fit(self) -> None:
        self.setFixedWidth(round(_WIDTH * min(active_theme().text_scale, _LARGEST_SCALE)))
