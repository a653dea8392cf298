"""Things that are switched, ticked or chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy

from healthmate_desktop.ui import icons
from healthmate_desktop.ui.theme import Size, Space, active_theme
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import row
from healthmate_desktop.ui.widgets.roving import Roving

if TYPE_CHECKING:
    from collections.abc import Sequence


class Switch(QAbstractButton):
    """On or off at once. The row it stands in shows the word; `name` says it to a screen reader."""

    def __init__(self, name: str, *, on: bool = False) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setChecked(on)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(44, Size.CONTROL_SMALL)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, painter, on = active_theme(), QPainter(self), self.isChecked()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, ground, knob = (
            ("accent", "accent", "on_accent") if on else ("outline", "sunken", "outline")
        )
        if not self.isEnabled():
            edge, ground, knob = ("line", "sunken", "disabled")
        painter.setPen(theme.colour(edge))
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(QRectF(1, 5, 42, 22), 11, 11)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(knob))
        painter.drawEllipse(QRectF(24 if on else 5, 8, 16, 16))


class CheckBox(QAbstractButton):
    """A box with its sentence; the sentence wraps and is pressed as well."""

    _BOX = 22

    def __init__(self, text: str, *, on: bool = False) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setChecked(on)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(active_theme().font("label")).horizontalAdvance(self.text())
        width = self._left() + words + Space.XS
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 160), Size.CONTROL_SMALL)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(Size.CONTROL_SMALL, self._words(width).height() + Space.S)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, painter, on = active_theme(), QPainter(self), self.isChecked()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(theme.colour("accent" if on else "outline"))
        pen.setWidthF(1.5)
        painter.setPen(pen)
        painter.setBrush(theme.colour("accent" if on else "surface"))
        top = (Size.CONTROL_SMALL - self._BOX) // 2
        painter.drawRoundedRect(QRectF(1, top, self._BOX - 1, self._BOX - 1), 6, 6)
        if on:
            tick = icons.pixmap("check", theme.hex("on_accent"), 16, self.devicePixelRatioF())
            painter.drawPixmap(4, top + 3, tick)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.colour("text" if self.isEnabled() else "disabled"))
        words = self._words(self.width())
        words.moveTop(max(Space.XS, (Size.CONTROL_SMALL - words.height()) // 2))
        painter.drawText(words, int(Qt.TextFlag.TextWordWrap), self.text())

    def _left(self) -> int:
        return self._BOX + Space.S

    def _words(self, width: int) -> QRect:
        room = QRect(self._left(), Space.XS, max(80, width - self._left()), 10_000)
        metrics = QFontMetrics(active_theme().font("label"))
        return metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), self.text())


class Segments(QFrame):
    """Two to five exclusive views or settings; the arrow keys choose, as in any radio group."""

    chosen = Signal(str)

    def __init__(self, name: str, options: Sequence[tuple[str, str]], current: str) -> None:
        """`options` are pairs of key and words; `chosen` carries the key."""
        super().__init__()
        self.setProperty("kind", "segments")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._buttons: dict[str, Button] = {}
        group, roving = QButtonGroup(self), Roving(self, press=True)
        line = row(spacing=2, margins=(3, 3, 3, 3))
        for key, words in options:
            button = Button(words, "segment")
            button.setAccessibleName(f"{name}: {words}")
            group.addButton(button)
            button.setChecked(key == current)
            button.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            roving.add(button)
            line.addWidget(button)
            self._buttons[key] = button
        self.setLayout(line)

    def choose(self, key: str) -> None:
        """Show `key` as chosen, without the signal."""
        self._buttons[key].setChecked(True)

    def current(self) -> str:
        return next(key for key, button in self._buttons.items() if button.isChecked())
