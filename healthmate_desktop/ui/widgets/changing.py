"""A part of a screen that is made anew when what it shows has changed."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from healthmate_desktop.ui.widgets.layout import column, refill


class Changing(QFrame):
    """Holds one part, at first none."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.part: QWidget | None = None
        self._box = column(spacing=0)
        self.setLayout(self._box)

    def show_part(self, part: QWidget | None) -> None:
        """In the place of the one before."""
        self.part = part
        refill(self._box, *([part] if part else []))
