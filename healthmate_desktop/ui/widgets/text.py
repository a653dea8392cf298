"""Words, and the small signs that stand beside them."""

from __future__ import annotations

import re
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from healthmate_desktop.ui import icons
from healthmate_desktop.ui.theme import NATURAL_LINE, TYPE, Role, Size, Tone, active_theme

TagTone = Literal["", "accent", "warn", "error"]
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def whole(text: str) -> str:
    """A number and the word after it stay on one line: "6.7 %", "10 mg", "21 July". Keeps the length."""
    return re.sub(r"(?<=\d) (?=[%\w])", "\u00a0", text)


class Text(QLabel):
    """A piece of text in one of the type roles; never rich text from outside, whatever it contains."""

    def __init__(
        self,
        text: str = "",
        role: Role = "body",
        tone: Tone = "text",
        *,
        wrap: bool = False,
        tabular: bool = False,
    ) -> None:
        super().__init__()
        self._role: Role = role
        self._wrap = wrap
        self.setProperty("role", role)
        self.setProperty("tone", tone)
        self.setFont(active_theme().font(role, tabular=tabular))
        self.setTextFormat(Qt.TextFormat.RichText if wrap else Qt.TextFormat.PlainText)
        if wrap:
            self.setWordWrap(True)
            self.setMinimumWidth(80)
        self.say(text)

    def say(self, text: str) -> None:
        self.setAccessibleName(text)
        if self._wrap:
            line = round(TYPE[self._role].line / NATURAL_LINE)
            body = whole(text).translate(_ESCAPED).replace("\n", "<br>")
            text = f'<div style="line-height:{line}%">{body}</div>'
        self.setText(text)

    def tint(self, tone: Tone) -> None:
        self.setProperty("tone", tone)
        self.style().polish(self)


class Elided(QWidget):
    """One line that gives way with an ellipsis; all of it is in the tool tip and the accessible name.

    Never for a value, a unit, a dose or an instruction.
    """

    def __init__(
        self, text: str, role: Role = "body", tone: Tone = "text", *, middle: bool = False
    ) -> None:
        super().__init__()
        self._text = ""
        self._role: Role = role
        self._tone: Tone = tone
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.say(text)

    def say(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self._on_room_changed()

    def tint(self, tone: Tone) -> None:
        self._tone = tone
        self.update()

    def shown_text(self) -> str:
        metrics = QFontMetrics(active_theme().font(self._role))
        return metrics.elidedText(self._text, self._mode, self.width())

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(active_theme().font(self._role))
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setToolTip(self._text if self.shown_text() != self._text else "")
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._on_room_changed()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, painter = active_theme(), QPainter(self)
        painter.setFont(theme.font(self._role))
        painter.setPen(theme.colour(self._tone))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), int(flags), self.shown_text())

    def _on_room_changed(self) -> None:
        self.setToolTip(self._text if self.shown_text() != self._text else "")
        self.updateGeometry()
        self.update()


class Icon(QWidget):
    """Decoration for the word beside it, as large as its text; skipped by screen readers."""

    def __init__(self, name: str, tone: Tone = "text_soft", size: int = Size.ICON) -> None:
        super().__init__()
        self._name = name
        self._tone: Tone = tone
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        side = round(self._size * active_theme().text_scale)
        return QSize(side, side)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def tint(self, tone: Tone) -> None:
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        colour, ratio = active_theme().hex(self._tone), self.devicePixelRatioF()
        picture = icons.pixmap(self._name, colour, self.width(), ratio)
        QPainter(self).drawPixmap(0, 0, picture)


class Tag(QLabel):
    """A short state in words. Never the only sign: the words carry it, the tint helps."""

    def __init__(self, text: str, tone: TagTone = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "tag")
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class KeyHint(QLabel):
    """The keys that do the same as the control it stands beside."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("role", "key")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class Avatar(QWidget):
    """A person's monogram; its colour goes with the person everywhere, so that records are not mixed up."""

    def __init__(self, initials: str, index: int, size: int = 36) -> None:
        super().__init__()
        self._initials, self._index = initials, index
        self.setFixedSize(size, size)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_person(self, initials: str, index: int) -> None:
        self._initials, self._index = initials, index
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, painter = active_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.person(self._index))
        painter.drawEllipse(QRectF(self.rect()))
        font = theme.font("label")
        font.setPixelSize(round(self.width() * 0.4))
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.colour("on_person"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._initials)
