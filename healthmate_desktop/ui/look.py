"""How the window looks: light or dark, and the size of the text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.layout import row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout

    from healthmate_desktop.settings import Settings, ThemeChoice

LOOKS: dict[ThemeChoice, str] = {"system": "As the system", "light": "Light", "dark": "Dark"}
SCALES = {1.0: "Normal", 1.125: "Large", 1.25: "Larger", 1.5: "Largest"}


class LookChoice(QObject):
    """Both choices; the screen puts `looks` and `sizes` where they belong. `changed` carries the new Settings."""

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self.looks = Segments("Light or dark", list(LOOKS.items()), settings.theme)
        sizes = [(str(scale), words) for scale, words in SCALES.items()]
        self.sizes = Segments("Text size", sizes, str(settings.text_scale))
        self.looks.chosen.connect(self._on_look)
        self.sizes.chosen.connect(self._on_size)

    def foot(self) -> QHBoxLayout:
        """Both in a row, for a screen without a vault."""
        words = Text("Text size", "small", "text_soft")
        return row(0, self.looks, Space.L, words, self.sizes, 0, spacing=Space.S)

    def show_settings(self, settings: Settings) -> None:
        """Show what was chosen elsewhere, without the signal."""
        self._settings = settings
        self.looks.choose(settings.theme)
        self.sizes.choose(str(settings.text_scale))

    def _on_look(self, key: str) -> None:
        self._change(replace(self._settings, theme=next(look for look in LOOKS if look == key)))

    def _on_size(self, key: str) -> None:
        self._change(replace(self._settings, text_scale=float(key)))

    def _change(self, settings: Settings) -> None:
        self._settings = settings
        self.changed.emit(settings)
