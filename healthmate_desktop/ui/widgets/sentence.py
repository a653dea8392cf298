"""A sentence of an answer with its source at its end: one control that opens the place it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from healthmate_desktop.ui.theme import Radius, Space, Theme, active_theme
from healthmate_desktop.ui.widgets.text import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHIP_PAD, _LEADING, _NARROWEST = 8, 1.6, 80


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said, and the number and short name of the source it stands on ("Metformin label")."""

    text: str
    number: int
    source: str


@dataclass(frozen=True, slots=True)
class _Setting:
    """Where the lines and the chip stand for one width."""

    lines: QTextLayout
    chip: QRectF
    chip_text: str
    height: int


class CitedSentence(QAbstractButton):
    """Chosen, it is lit in the same colour as the place on the page."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__()
        self.sentence = sentence
        self._chip = f"{sentence.number}  {sentence.source}"
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(sentence.source)  # whole, where the chip has to give way
        self.setAccessibleName(f"{sentence.text} Source {sentence.number}, {sentence.source}")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._set(width).height

    def sizeHint(self) -> QSize:
        return QSize(360, self.heightForWidth(max(self.width(), 360)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 0)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, painter, on = active_theme(), QPainter(self), self.isChecked()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        setting = self._set(self.width())
        painter.setPen(Qt.PenStyle.NoPen)
        if on:
            self._paint_marker(painter, setting.lines, theme)
        elif self.underMouse():
            painter.setBrush(theme.colour("hover"))
            painter.drawRoundedRect(QRectF(self.rect()), Radius.CONTROL, Radius.CONTROL)
        painter.setPen(theme.colour("on_lit" if on else "text"))
        setting.lines.draw(painter, QPointF(0, 0))
        painter.setPen(theme.colour("lit_line") if on else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("lit" if on else "accent_soft"))
        painter.drawRoundedRect(setting.chip.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(theme.colour("on_lit" if on else "accent_text"))
        painter.setFont(theme.font("caption"))
        painter.drawText(setting.chip, int(Qt.AlignmentFlag.AlignCenter), setting.chip_text)

    def _paint_marker(self, painter: QPainter, lines: QTextLayout, theme: Theme) -> None:
        painter.setBrush(theme.colour("lit"))
        for index in range(lines.lineCount()):
            line = lines.lineAt(index)
            box = QRectF(line.x() - 3, line.y() - 1, line.naturalTextWidth() + 6, line.height() + 2)
            painter.drawRoundedRect(box, Radius.MARK, Radius.MARK)

    def _set(self, width: int) -> _Setting:
        theme = active_theme()
        metrics = QFontMetricsF(theme.font("caption"))
        room = float(max(width - 2 * Space.S, _NARROWEST))
        widest = room / 2
        chip_width = min(metrics.horizontalAdvance(self._chip), widest) + 2 * _CHIP_PAD
        lines, last, top = self._break_lines(theme, room)
        if last + Space.S + chip_width > room:  # words go down with the chip: it never stands alone
            less = max(room - Space.S - chip_width, last * 0.7)
            lines, last, top = self._break_lines(theme, room, {lines.lineCount() - 1: less})
        left = min(widest, room - last - Space.S - 2 * _CHIP_PAD)
        chip_text = metrics.elidedText(self._chip, Qt.TextElideMode.ElideRight, left)
        chip_width = metrics.horizontalAdvance(chip_text) + 2 * _CHIP_PAD
        step, chip_height = theme.px("body") * _LEADING, theme.px("caption") * 1.85
        chip_top = top - step + (step - chip_height) / 2
        chip = QRectF(last + 2 * Space.S, chip_top, chip_width, chip_height)
        return _Setting(lines, chip, chip_text, round(top + Space.XS))

    def _break_lines(
        self, theme: Theme, room: float, narrow: Mapping[int, float] | None = None
    ) -> tuple[QTextLayout, float, float]:
        """The lines, how wide the last one is, and where they end. `narrow` gives some lines less room."""
        words = " ".join(self.sentence.text.split())  # a line end of the page is none here
        lines = QTextLayout(whole(words), theme.font("body"))
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        lines.setTextOption(option)
        step, top, last = theme.px("body") * _LEADING, float(Space.XS), 0.0
        lines.beginLayout()
        while (line := lines.createLine()).isValid():
            line.setLineWidth(max((narrow or {}).get(line.lineNumber(), room), _NARROWEST))
            line.setPosition(QPointF(Space.S, top + (step - line.height()) / 2))
            last, top = line.naturalTextWidth(), top + step
        lines.endLayout()
        return lines, last, top
