"""One focus ring drawn over the window, for the keyboard only, so that no control needs room for its own."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from healthmate_desktop.ui.theme import Radius, active_theme

_OWN_RING = (QLineEdit, QPlainTextEdit)  # fields show focus with their edge, also for the mouse
_GAP = 4
_MOVES = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ParentChange,
)
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin)


class FocusRing(QWidget):
    """Make one for each window, after its contents. It listens to the window's own input and to what it rings."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._target: QWidget | None = None
        self._followed: list[QWidget] = []
        self._by_keyboard = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        window.installEventFilter(self)
        self._listen()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._window and kind == QEvent.Type.Show:
            self._listen()
        if not watched.isWidgetType():
            self._on_input(kind)
        elif kind in _MOVES:
            self._place()
        return False

    def _listen(self) -> None:
        """Input arrives at the native window, which is there once the window has been shown."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def _on_input(self, kind: QEvent.Type) -> None:
        if kind == QEvent.Type.KeyPress:
            self._by_keyboard = True
        elif kind in _PRESSES:
            self._by_keyboard = False
            self._follow(None)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        inside = new is not None and new.window() is self._window
        rung = inside and self._by_keyboard and not pressed and not isinstance(new, _OWN_RING)
        self._follow(new if rung else None)

    def _follow(self, target: QWidget | None) -> None:
        """Ring `target` and move with it: scrolling moves an ancestor of it, not itself."""
        for widget in self._followed:
            if shiboken6.isValid(widget):
                widget.removeEventFilter(self)
        self._target, self._followed = target, []
        while target is not None and target is not self._window:
            target.installEventFilter(self)
            self._followed.append(target)
            target = target.parentWidget()
        self._place()

    def _place(self) -> None:
        target = self._target
        if target is None or not shiboken6.isValid(target) or not target.isVisible():
            self.hide()
            return
        window = self._window
        box = QRect(target.mapTo(window, QPoint(0, 0)), target.size())
        box = box.adjusted(-_GAP, -_GAP, _GAP, _GAP)
        seen = box
        for widget in self._followed[1:]:
            area = widget.parentWidget()
            if isinstance(area, QAbstractScrollArea) and area.viewport() is widget:
                port = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
                seen = seen.intersected(port.adjusted(-_GAP, -_GAP, _GAP, _GAP))
        self.setGeometry(box)
        self.setMask(QRegion(seen.translated(-box.topLeft())))
        self.setVisible(not seen.isEmpty())
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(active_theme().colour("focus"), 2))
        radius = Radius.CONTROL + _GAP - 1
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
