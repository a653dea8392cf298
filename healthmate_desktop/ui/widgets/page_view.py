"""A page of a document with the places lit that a value or a sentence came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from healthmate_desktop.ui.theme import (
    LIT_LINE_ON_PAPER,
    LIT_ON_PAPER,
    Radius,
    Space,
    active_theme,
)
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from collections.abc import Sequence

_ZOOMS = (1.0, 1.25, 1.5, 2.0, 3.0)
_NARROWEST = 240


class _Sheet(QWidget):
    """The paper. Keeps the image scaled to its own size, since smooth scaling at each paint is slow."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._scaled = QPixmap()
        self._message = ""
        self._size = QSizeF(595, 842)
        self.lit: list[QRectF] = []

    def show_message(self, message: str) -> None:
        self._image, self._scaled, self.lit, self._message = QImage(), QPixmap(), [], message
        self.update()

    def show_image(self, image: QImage, size: QSizeF, lit: Sequence[QRectF]) -> None:
        self._image, self._scaled, self._size, self._message = image, QPixmap(), size, ""
        self.lit = list(lit)
        self.update()

    @property
    def scale(self) -> float:
        """Pixels in a page point."""
        return self.width() / self._size.width()

    def fit(self, width: int) -> None:
        self.setFixedSize(width, round(width * self._size.height() / self._size.width()))

    def lit_box(self, box: QRectF) -> QRectF:
        scale = self.scale
        return QRectF(box.topLeft() * scale, box.size() * scale)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, painter = active_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour("paper"))
        if self._message:
            painter.setFont(theme.font("body"))
            painter.setPen(theme.colour("ink_soft"))
            top = self.rect().adjusted(Space.XL, Space.HUGE, -Space.XL, 0)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(top, int(flags), self._message)
        else:
            self._paint_page(painter)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.colour("line"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_page(self, painter: QPainter) -> None:
        multiply = QPainter.CompositionMode.CompositionMode_Multiply
        over = QPainter.CompositionMode.CompositionMode_SourceOver
        painter.setCompositionMode(
            multiply
        )  # onto the paper: white takes its tint, print stays dark
        painter.drawPixmap(0, 0, self._picture())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(LIT_ON_PAPER))
        for box in self.lit:
            painter.drawRoundedRect(self.lit_box(box), Radius.MARK, Radius.MARK)
        painter.setCompositionMode(over)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(LIT_LINE_ON_PAPER), 2))
        for box in self.lit:
            painter.drawRoundedRect(self.lit_box(box), Radius.MARK, Radius.MARK)

    def _picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._scaled.size() != size:
            smooth = Qt.TransformationMode.SmoothTransformation
            fitted = self._image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled = QPixmap.fromImage(fitted)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled


class PageView(QScrollArea):
    """Fits the width, up to `widest`; `smaller` and `larger` are its buttons, for the toolbar of the screen.

    Shows words until `show_page` is given the image, then scrolls the first lit box to a third from the top.
    """

    def __init__(self, widest: int = 760) -> None:
        super().__init__()
        self._widest, self._zoom = widest, 0
        self._name = "Page"
        self._sheet = _Sheet()
        self.smaller = Button("Smaller", "plain", "zoom-out", size="small")
        self.larger = Button("Larger", "plain", "zoom-in", size="small")
        self.smaller.clicked.connect(self.zoom_out)
        self.larger.clicked.connect(self.zoom_in)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setViewportMargins(0, Space.L, 0, 0)
        self.setWidget(self._sheet)
        self.show_message("Opening page…")

    def show_message(self, message: str) -> None:
        """Words in place of the page: it is being opened, or why it can't be."""
        self._sheet.show_message(message)
        self.setAccessibleName(message)
        self._fit()

    def show_page(self, image: QImage, size: QSizeF, lit: Sequence[QRectF], name: str) -> None:
        """`size` and the boxes of `lit` are in page points, from the top left; `name` is read out."""
        self._name = name
        self._sheet.show_image(image, size, lit)
        self.setAccessibleName(name)
        self._fit()
        self.show_lit()
        if lit:
            announce(self, f"{name}, the place it came from is marked")

    def light(self, lit: Sequence[QRectF]) -> None:
        """Move the marker to other places of the same page."""
        self._sheet.lit = list(lit)
        self._sheet.update()
        self.show_lit()

    def zoom_in(self) -> None:
        self._zoom_to(self._zoom + 1)

    def zoom_out(self) -> None:
        self._zoom_to(self._zoom - 1)

    def show_lit(self) -> None:
        if not self._sheet.lit:
            return
        box = self._sheet.lit_box(self._sheet.lit[0])
        across = box.center().x() - self.viewport().width() / 2
        self.verticalScrollBar().setValue(round(box.y() - self.viewport().height() / 3))
        self.horizontalScrollBar().setValue(round(min(across, box.x() - Space.L)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.show_lit)  # the first layout comes after the show

    def _zoom_to(self, zoom: int) -> None:
        self._zoom = max(0, min(zoom, len(_ZOOMS) - 1))
        middle = QPointF(
            self.horizontalScrollBar().value() + self.viewport().width() / 2,
            self.verticalScrollBar().value() + self.viewport().height() / 2,
        )
        before = self._sheet.scale
        self._fit()
        middle *= self._sheet.scale / before
        self.horizontalScrollBar().setValue(round(middle.x() - self.viewport().width() / 2))
        self.verticalScrollBar().setValue(round(middle.y() - self.viewport().height() / 2))

    def _fit(self) -> None:
        bar = self.verticalScrollBar().sizeHint().width()
        room = max(_NARROWEST, min(self._widest, self.width() - 2 * Space.L - bar))
        self._sheet.fit(round(room * _ZOOMS[self._zoom]))
        self.smaller.setEnabled(self._zoom > 0)
        self.larger.setEnabled(self._zoom < len(_ZOOMS) - 1)
