"""A page of a document with the places lit that a value or a sentence came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
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

_OF_THE_WIDTH = (100, 125, 150, 200, 300)
_NARROWEST = 240
_REST_MS = 250  # between the last change of size and the wish for a sharper picture
_REDUCED = 0.75  # of its pixels: smaller than that print is smooth only where all of it is scaled
_BLURRED = 1.2  # how far a picture may be stretched before a sharper one is wanted


@dataclass(frozen=True, slots=True)
class Layer:
    """Places on the page that are marked, but not as evidence. In page points."""

    boxes: tuple[QRectF, ...]
    fill: QColor | None = None
    edge: QColor | None = None
    width: int = 1


class _Sheet(QWidget):
    """The paper. Keeps the image scaled to its own size, since smooth scaling at each paint is slow."""

    def __init__(self) -> None:
        super().__init__()
        self._image, self._sharp = QImage(), QImage()
        self._scaled = QPixmap()
        self._message = ""
        self.size_in_points = QSizeF(595, 842)
        self.lit: list[QRectF] = []
        self.layers: dict[str, Layer] = {}

    def show_message(self, message: str) -> None:
        self._image, self._sharp, self._scaled = QImage(), QImage(), QPixmap()
        self.lit, self._message = [], message
        self.layers.clear()
        self.update()

    def show_image(self, image: QImage, size: QSizeF, lit: Sequence[QRectF]) -> None:
        self._image, self._sharp, self._scaled = image, QImage(), QPixmap()
        self.size_in_points, self._message = size, ""
        self.lit = list(lit)
        self.layers.clear()
        self.update()

    def sharpen(self, image: QImage) -> None:
        self._sharp = image
        self.update()

    @property
    def scale(self) -> float:
        """Pixels in a page point."""
        return self.width() / self.size_in_points.width()

    def missing_width(self) -> int:
        """Pixels that a picture needs to be sharp at this size; 0 = this one is."""
        drawn = max(self._image.width(), self._sharp.width())
        needed = round(self.width() * self.devicePixelRatioF())
        return needed if drawn and needed > drawn * _BLURRED else 0

    def fit(self, width: int) -> None:
        size = self.size_in_points
        self.setFixedSize(width, round(width * size.height() / size.width()))

    def on_screen(self, box: QRectF) -> QRectF:
        scale = self.scale
        return QRectF(box.topLeft() * scale, box.size() * scale)

    def paintEvent(self, event: QPaintEvent) -> None:
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
            self._paint_page(painter, event.rect())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.colour("line"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_page(self, painter: QPainter, exposed: QRect) -> None:
        multiply = QPainter.CompositionMode.CompositionMode_Multiply
        over = QPainter.CompositionMode.CompositionMode_SourceOver
        painter.setCompositionMode(
            multiply
        )  # onto the paper: white takes its tint, print stays dark
        self._paint_picture(painter, exposed)
        self._paint_boxes(painter, Layer(tuple(self.lit), QColor(LIT_ON_PAPER)))
        painter.setCompositionMode(over)
        for layer in self.layers.values():
            self._paint_boxes(painter, layer)
        self._paint_boxes(painter, Layer(tuple(self.lit), edge=QColor(LIT_LINE_ON_PAPER), width=2))

    def _paint_boxes(self, painter: QPainter, layer: Layer) -> None:
        none = Qt.PenStyle.NoPen
        painter.setPen(QPen(layer.edge, layer.width) if layer.edge else QPen(none))
        painter.setBrush(layer.fill or Qt.BrushStyle.NoBrush)
        for box in layer.boxes:
            painter.drawRoundedRect(self.on_screen(box), Radius.MARK, Radius.MARK)

    def _paint_picture(self, painter: QPainter, exposed: QRect) -> None:
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if size.width() <= self._image.width() * _REDUCED:
            painter.drawPixmap(0, 0, self._picture(size, ratio))
            return
        image = self._image if self._sharp.isNull() else self._sharp
        across, down = image.width() / self.width(), image.height() / self.height()
        part = QRectF(
            exposed.x() * across,
            exposed.y() * down,
            exposed.width() * across,
            exposed.height() * down,
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(exposed), image, part)  # all of it at once would take long

    def _picture(self, size: QSize, ratio: float) -> QPixmap:
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

    zoomed = Signal()
    sharper_wanted = Signal(int)  # the pixels across that a picture would need

    def __init__(self, widest: int = 760, percents: Sequence[int] = _OF_THE_WIDTH) -> None:
        super().__init__()
        self._widest, self._percents = widest, percents
        self._percent: int | None = None  # None: as wide as there is room
        self._name = "Page"
        self._sheet = _Sheet()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._on_rest)
        self.smaller = Button("Smaller", "plain", "zoom-out", size="small")
        self.larger = Button("Larger", "plain", "zoom-in", size="small")
        self.smaller.clicked.connect(self.zoom_out)
        self.larger.clicked.connect(self.zoom_in)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setViewportMargins(0, Space.L, 0, 0)
        self.setWidget(self._sheet)
        self.show_message("Opening page…")

    @property
    def percent(self) -> int | None:
        """The size that was chosen; None while the page fits the width."""
        return self._percent

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
        if not lit:
            self.verticalScrollBar().setValue(0)
        self.show_lit()
        if lit:
            announce(self, f"{name}, the place it came from is marked")

    def light(self, lit: Sequence[QRectF]) -> None:
        """Move the marker to other places of the same page."""
        self._sheet.lit = list(lit)
        self._sheet.update()
        self.show_lit()

    def mark(self, key: str, layer: Layer | None) -> None:
        """Mark places beside the lit ones, in place of those marked under the same key before."""
        self._sheet.layers.pop(key, None)
        if layer is not None:
            self._sheet.layers[key] = layer
        self._sheet.update()

    def sharpen(self, image: QImage) -> None:
        """The same page with more pixels, for as long as it is shown large."""
        self._sheet.sharpen(image)

    def zoom_in(self) -> None:
        now = self._shown_percent()
        self.zoom_to(min((p for p in self._percents if p > now), default=self._percents[-1]))

    def zoom_out(self) -> None:
        now = self._shown_percent()
        self.zoom_to(max((p for p in self._percents if p < now), default=self._percents[0]))

    def zoom_to(self, percent: int | None) -> None:
        """One of the sizes, or None to fit the width. What is in the middle stays there."""
        self._percent = percent
        middle = QPointF(
            self.horizontalScrollBar().value() + self.viewport().width() / 2,
            self.verticalScrollBar().value() + self.viewport().height() / 2,
        )
        before = self._sheet.scale
        self._fit()
        middle *= self._sheet.scale / before
        self.horizontalScrollBar().setValue(round(middle.x() - self.viewport().width() / 2))
        self.verticalScrollBar().setValue(round(middle.y() - self.viewport().height() / 2))
        self.zoomed.emit()

    def show_lit(self) -> None:
        if self._sheet.lit:
            self.bring_up(self._sheet.lit[0])

    def bring_up(self, place: QRectF) -> None:
        """Scroll a place, in page points, to a third from the top."""
        box = self._sheet.on_screen(place)
        across = box.center().x() - self.viewport().width() / 2
        self.verticalScrollBar().setValue(round(box.y() - self.viewport().height() / 3))
        self.horizontalScrollBar().setValue(round(min(across, box.x() - Space.L)))

    def point_at(self, pixel: QPoint) -> QPointF:
        """A pixel of the paper in page points."""
        return QPointF(pixel) / self._sheet.scale

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.show_lit)  # the first layout comes after the show

    def _hundred(self) -> float:
        """How many pixels across are 100 %."""
        return self._room()

    def _room(self) -> int:
        bar = self.verticalScrollBar().sizeHint().width()
        return max(_NARROWEST, min(self._widest, self.width() - 2 * Space.L - bar))

    def _shown_percent(self) -> int:
        if self._percent is not None:
            return self._percent
        return round(self._room() * 100 / self._hundred())

    def _fit(self) -> None:
        across = self._room() if self._percent is None else self._hundred() * self._percent / 100
        self._sheet.fit(round(across))
        self.setAlignment(self.alignment())  # shown after a resize, Qt leaves it where it was
        now = self._shown_percent()
        self.smaller.setEnabled(now > self._percents[0])
        self.larger.setEnabled(now < self._percents[-1])
        self._rest.start()

    def _on_rest(self) -> None:
        if self.isVisible() and (width := self._sheet.missing_width()):
            self.sharper_wanted.emit(width)
