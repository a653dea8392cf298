"""Where files are dropped: an invitation in a screen, or the whole window while files are dragged over it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from healthmate_desktop.ui.theme import Radius, Size, Space, active_theme
from healthmate_desktop.ui.widgets.layout import beside, column, fill, row
from healthmate_desktop.ui.widgets.text import Icon, Text


def _files(event: QDropEvent) -> list[Path]:
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


class DropZone(QWidget):
    """An invitation. `files_dropped` carries paths; each screen has a button that does the same."""

    files_dropped = Signal(list)

    def __init__(self, title: str, detail: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over = False
        self.setAcceptDrops(True)
        self.setAccessibleName(f"{title}. {detail}")
        self._fill(title, detail)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _files(event):
            event.acceptProposedAction()
            self._show_over(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._show_over(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._show_over(over=False)
        self.files_dropped.emit(_files(event))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, painter = active_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour("accent_soft" if self._over else "surface"))
        pen = QPen(theme.colour("accent" if self._over else "outline"), 1.5)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, Radius.CARD, Radius.CARD)

    def _fill(self, title: str, detail: str) -> None:
        words = QWidget()
        words.setLayout(
            column(
                Text(title, "label", wrap=True),
                Text(detail, "small", "text_soft", wrap=True),
                spacing=0,
            )
        )
        line = beside(Icon("add-file", "accent_text", Size.ICON), words, Space.M)
        line.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        self.setLayout(line)

    def _show_over(self, *, over: bool) -> None:
        self._over = over
        self.update()


class DropOverlay(DropZone):
    """Covers `window` while files are dragged over it; hidden otherwise."""

    _WIDTH = 520

    def __init__(self, title: str, detail: str, window: QWidget) -> None:
        super().__init__(title, detail, window)
        self._window = window
        self.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._window:
            return False
        if event.type() == QEvent.Type.Resize:
            self._cover()
            return False
        if isinstance(event, QDragEnterEvent):
            self.dragEnterEvent(event)
        elif isinstance(event, QDragLeaveEvent):  # also when the pointer moves on to this cover
            self.dragLeaveEvent(event)
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self.dropEvent(event)
        else:
            return False
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, painter = active_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour("canvas"))
        painter.setBrush(theme.colour("accent_soft"))
        pen = QPen(theme.colour("accent"), 2)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        inset = Space.L
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, Radius.PANEL, Radius.PANEL)

    def _fill(self, title: str, detail: str) -> None:
        heading = Text(title, "title", wrap=True)
        words = Text(detail, "body", "text_soft", wrap=True)
        for text in (heading, words):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            text.setFixedWidth(self._WIDTH)
        box = column(0, row(0, Icon("add-file", "accent_text", 40), 0), Space.S)
        fill(box, row(0, heading, 0), row(0, words, 0), 0)
        self.setLayout(box)

    def _cover(self) -> None:
        self.setGeometry(self._window.rect())
        self.raise_()

    def _show_over(self, *, over: bool) -> None:
        self._cover()
        self.setVisible(over)
