"""The conversation: a scrolling column that keeps the question being answered in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.layout import centred

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent

    from healthmate_desktop.ui.ask.turn import TurnView

TALK_WIDTH = Size.READING_WIDTH + 2 * Space.XXL
EMERGENCY_WIDTH = 1080


class Transcript(QScrollArea):
    """Turns below each other."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[TurnView] = []
        self._followed: TurnView | None = None
        self._column = QWidget()
        self._column.setProperty("kind", "clear")
        self._box = QVBoxLayout(self._column)
        self._box.setContentsMargins(0, Space.S, 0, Space.XL)
        self._box.setSpacing(Space.XXL)
        self._box.addStretch(1)
        holder = QWidget()
        holder.setProperty("kind", "clear")
        self._middle = centred(self._column, TALK_WIDTH)
        holder.setLayout(self._middle)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(holder)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._on_range)
        self._on_range(0, 0)
        bar.actionTriggered.connect(self._leave)

    @property
    def emergency(self) -> bool:
        return any(turn.emergency for turn in self.turns)

    def add(self, turn: TurnView) -> None:
        """Add a turn at the end."""
        self.turns.append(turn)
        self._box.insertWidget(self._box.count() - 1, turn)

    def follow(self, turn: TurnView) -> None:
        """Keep a question in sight while its answer grows, until the person scrolls."""
        self._followed = turn

    def show_end(self) -> None:
        """Begin with the last question of a chat."""
        if self.turns:
            self.follow(self.turns[-1])

    def set_widest(self, width: int) -> None:
        self._column.setMaximumWidth(width)

    def clear(self) -> None:
        self._followed = None
        for turn in self.turns:
            self._box.removeWidget(turn)
            turn.hide()
            turn.deleteLater()
        self.turns = []

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._leave()
        super().wheelEvent(event)

    def _leave(self) -> None:
        self._followed = None

    def _on_range(self, _least: int, most: int) -> None:
        """The column stays where it is, in line with the field below, when the scroll bar comes."""
        bar = self.verticalScrollBar().sizeHint().width() if most else 0
        self._middle.setContentsMargins(Space.XL, 0, Space.XL - bar, 0)
        self._follow()

    def _follow(self) -> None:
        if self._followed is not None:
            top = self._followed.mapTo(self._column, QPoint(0, 0)).y()
            self.verticalScrollBar().setValue(top - Space.S)
