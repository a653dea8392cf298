"""What the pages before an open vault share: the mark, one card in the middle, and how it all looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from healthmate_desktop.ui.look import LookChoice
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.brand import Mark
from healthmate_desktop.ui.widgets.layout import column, page, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from healthmate_desktop.settings import Settings
    from healthmate_desktop.ui.widgets.layout import Item

WIDTH = 520


def brand_row() -> QHBoxLayout:
    """The mark and the name, in the middle."""
    return row(0, Mark(32), Text("HealthMate", "title"), 0, spacing=Space.M)


class DoorPage(QWidget):
    """One card at a time. `settings_changed` carries the Settings."""

    settings_changed = Signal(object)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setProperty("kind", "canvas")
        self.look = LookChoice(settings, self)
        self.look.changed.connect(self.settings_changed)
        self._cards = QStackedWidget()
        self._cards.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_settings(self, settings: Settings) -> None:
        self.look.show_settings(settings)

    def lay(self, first: QWidget, *below: Item) -> None:
        """Call once, with the first card and what stands below the card."""
        self._cards.addWidget(first)
        body = page(0, brand_row(), Space.S, row(0, self._cards, 0), *below, 0, spacing=Space.L)
        self.setLayout(column(body, self.look.foot(), margins=(0, 0, 0, Space.XL), spacing=Space.S))
        self.setFocusProxy(first)

    def show_card(self, card: QWidget) -> None:
        """The card decides how high the page is."""
        if self._cards.indexOf(card) < 0:
            self._cards.addWidget(card)
        for at in range(self._cards.count()):
            if (other := self._cards.widget(at)) is None:
                continue
            policy = QSizePolicy.Policy.Preferred if other is card else QSizePolicy.Policy.Ignored
            other.setSizePolicy(QSizePolicy.Policy.Fixed, policy)
        self._cards.setCurrentWidget(card)
        self.setFocusProxy(card)
        card.setFocus()

    def drop_card(self, card: QWidget) -> None:
        self._cards.removeWidget(card)
        card.deleteLater()
