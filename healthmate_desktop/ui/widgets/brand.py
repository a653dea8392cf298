"""The mark: three lines of a page, one of them lit."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from healthmate_desktop.ui.theme import LIGHT, LIT_ON_PAPER

_LINES = ((8.5, 16, LIGHT.on_accent), (14.5, 16, LIT_ON_PAPER), (20.5, 10, LIGHT.on_accent))


def _draw_mark(painter: QPainter, size: float) -> None:
    unit = size / 32
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(LIGHT.accent))
    painter.drawRoundedRect(QRectF(0, 0, size, size), 9 * unit, 9 * unit)
    for top, width, colour in _LINES:
        painter.setBrush(QColor(colour))
        box = QRectF(8 * unit, top * unit, width * unit, 3 * unit)
        painter.drawRoundedRect(box, 1.5 * unit, 1.5 * unit)


def window_icon() -> QIcon:
    icon = QIcon()
    for size in (16, 32, 64, 128):
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        _draw_mark(painter, size)
        painter.end()
        icon.addPixmap(picture)
    return icon


class Mark(QWidget):
    """The mark as decoration beside the name."""

    def __init__(self, size: int = 32) -> None:
        super().__init__()
        self.setFixedSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        _draw_mark(QPainter(self), self.width())
