"""A page as a picture whose words can be selected and found, and whose values can be pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QToolTip

from healthmate_desktop.domain.documents import Box, Page, Word, boxes_of
from healthmate_desktop.ui.theme import LIGHT  # paper is light in every theme
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.page_view import Layer, PageView

if TYPE_CHECKING:
    from collections.abc import Sequence

PERCENTS = (50, 75, 100, 125, 150, 200, 300, 400)
_DOTS = 96 / 72  # pixels in a point at 100 %
_STILL = 4  # pixels that a hand may move in a click
_SELECTED, _FOUND = 70, 45  # of 255: the print stays readable below
_AIR = 1.5  # points round a value, so that its edge does not touch the print


@dataclass(frozen=True, slots=True)
class ValueBox:
    """A value that stands on the page."""

    key: str
    name: str
    boxes: tuple[Box, ...]


class Paper(PageView):
    """`value_pressed` carries the key of the value that was clicked."""

    value_pressed = Signal(str)

    def __init__(self) -> None:
        self._page = Page(1, "")
        self._selected = (0, 0)
        super().__init__(percents=PERCENTS)
        self._values: list[ValueBox] = []
        self._hits: list[tuple[int, int]] = []
        self._anchor: int | None = None
        self._pressed_at = QPoint()
        self._dragged = False
        self._sheet.setMouseTracking(True)
        self._sheet.installEventFilter(self)

    # --- what is on it ---

    def show_page(self, image: QImage, size: QSizeF, lit: Sequence[QRectF], name: str) -> None:
        self._page, self._selected, self._anchor = Page(1, ""), (0, 0), None
        self._values, self._hits = [], []
        super().show_page(image, size, lit, name)

    def show_words(self, text: str, words: tuple[Word, ...]) -> None:
        """The words of the page that is shown; without them none can be selected."""
        self._page = Page(1, text, words=words)

    def show_values(self, values: Sequence[ValueBox]) -> None:
        """Edge the places of these values, so that they are seen to be there."""
        self._values = list(values)
        boxes = tuple(_airy(box) for value in values for box in rects_of(value.boxes))
        self.mark("values", Layer(boxes, edge=_ink("outline")) if boxes else None)

    def show_hits(self, hits: Sequence[tuple[int, int]], current: int) -> None:
        """Mark what was found in the text, and bring one of it into sight; -1 brings none."""
        self._hits = list(hits)
        boxes = tuple(box for hit in hits for box in self._boxes(*hit))
        self.mark("found", Layer(boxes, _ink("accent", _FOUND)) if boxes else None)
        now = self._boxes(*self._hits[current]) if 0 <= current < len(self._hits) else []
        self.mark("current", Layer(tuple(now), edge=_ink("accent"), width=2) if now else None)
        if now:
            self.bring_up(now[0])

    @property
    def has_words(self) -> bool:
        return bool(self._page.words)

    @property
    def text(self) -> str:
        return self._page.text

    def selected_text(self) -> str:
        return self._page.text[slice(*self._selected)]

    def select(self, start: int, end: int) -> None:
        """Letters of the page's text."""
        self._selected = (start, end)
        boxes = tuple(self._boxes(start, end)) if end > start else ()
        self.mark("selected", Layer(boxes, _ink("accent", _SELECTED)) if boxes else None)

    def copy(self) -> None:
        """What is selected, line by line as it stands on the page."""
        if text := self.selected_text():
            QGuiApplication.clipboard().setText(text)
            announce(self, "Copied")

    def select_all(self) -> None:
        if words := self._page.words:
            self.select(words[0].start, words[-1].end)

    # --- hand and keys ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._sheet:
            return False
        kind = event.type()
        if isinstance(event, QHelpEvent) and kind == QEvent.Type.ToolTip:
            value = self._value_at(self.point_at(event.pos()))
            QToolTip.showText(event.globalPos(), value.name if value else "", self._sheet)
            return True
        if not isinstance(event, QMouseEvent):
            return False
        if kind == QEvent.Type.MouseButtonPress:
            self._on_press(event)
        elif kind == QEvent.Type.MouseMove:
            self._on_move(event)
        elif kind == QEvent.Type.MouseButtonRelease:
            self._on_release(event)
        elif kind == QEvent.Type.MouseButtonDblClick:
            self._on_double_click(event)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_out()
        elif event.key() == Qt.Key.Key_0:
            self.zoom_to(None)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        elif event.angleDelta().y() > 0:
            self.zoom_in()
        elif event.angleDelta().y() < 0:
            self.zoom_out()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.has_words:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy")
        copy.setEnabled(bool(self.selected_text()))
        copy.triggered.connect(self.copy)
        menu.addAction("Select all").triggered.connect(self.select_all)
        menu.popup(event.globalPos())

    def _on_press(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at, self._dragged = event.position().toPoint(), False
            self._anchor = self._word_near(self.point_at(self._pressed_at))

    def _on_move(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._show_cursor(self.point_at(at))
            return
        self._dragged = self._dragged or (at - self._pressed_at).manhattanLength() > _STILL
        head = self._word_near(self.point_at(at)) if self._dragged else None
        if self._anchor is not None and head is not None:
            first, last = sorted((self._anchor, head))
            words = self._page.words
            self.select(words[first].start, words[last].end)
            self.ensureVisible(at.x(), at.y(), 0, 24)

    def _on_release(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._dragged:
            return
        self.select(0, 0)
        if value := self._value_at(self.point_at(event.position().toPoint())):
            self.value_pressed.emit(value.key)

    def _on_double_click(self, event: QMouseEvent) -> None:
        near = self._word_near(self.point_at(event.position().toPoint()))
        if near is not None:
            word = self._page.words[near]
            self._dragged = True  # the release that follows is no click
            self.select(word.start, word.end)

    def _show_cursor(self, at: QPointF) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._value_at(at):
            shape = Qt.CursorShape.PointingHandCursor
        elif any(_inside(word.box, at) for word in self._page.words):
            shape = Qt.CursorShape.IBeamCursor
        self._sheet.setCursor(shape)

    # --- places ---

    def _hundred(self) -> float:
        return self._sheet.size_in_points.width() * _DOTS

    def _boxes(self, start: int, end: int) -> list[QRectF]:
        return rects_of(boxes_of(self._page, start, end))

    def _word_near(self, at: QPointF) -> int | None:
        """In the line at that height, else in the nearest one."""
        words = self._page.words
        return min(range(len(words)), key=lambda n: _distance(words[n].box, at), default=None)

    def _value_at(self, at: QPointF) -> ValueBox | None:
        return next((v for v in self._values if any(_inside(box, at) for box in v.boxes)), None)


def rects_of(boxes: Sequence[Box]) -> list[QRectF]:
    return [QRectF(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0) for box in boxes]


def _airy(box: QRectF) -> QRectF:
    return box.adjusted(-_AIR, -_AIR, _AIR, _AIR)


def _inside(box: Box, at: QPointF) -> bool:
    return box.x0 <= at.x() <= box.x1 and box.y0 <= at.y() <= box.y1


def _distance(box: Box, at: QPointF) -> tuple[float, float]:
    down = max(box.y0 - at.y(), at.y() - box.y1, 0.0)
    across = max(box.x0 - at.x(), at.x() - box.x1, 0.0)
    return down, across


def _ink(name: str, alpha: int = 255) -> QColor:
    colour = QColor(str(getattr(LIGHT, name)))
    colour.setAlpha(alpha)
    return colour
