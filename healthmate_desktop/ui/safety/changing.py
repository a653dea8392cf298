"""A part of a screen that is made anew when what it shows has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QWidget

from healthmate_desktop.ui.widgets.layout import column

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLayout


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
        before, self.part = self.part, part
        if before is not None:
            self._box.removeWidget(before)
            before.hide()
            before.deleteLater()
        if part is not None:
            self._box.addWidget(part)


def part_of(layout: QLayout) -> QFrame:
    """A layout as a widget without a ground of its own."""
    frame = QFrame()
    frame.setProperty("kind", "row")
    frame.setLayout(layout)
    return frame
