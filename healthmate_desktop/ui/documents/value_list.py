"""A list of values, each whole: the name gives way, the value never does. Only what is in sight is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from healthmate_desktop.ui import icons
from healthmate_desktop.ui.theme import Radius, Role, Size, Space, Theme, Tone, active_theme
from healthmate_desktop.ui.widgets.text import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

_Index = QModelIndex | QPersistentModelIndex
_ROW = Qt.ItemDataRole.UserRole
_BATCH = 60  # rows that are measured at once
_SIDE = 0.62  # of the width that a value may take beside its name
_WRAP, _BREAK = int(Qt.TextFlag.TextWordWrap), int(Qt.TextFlag.TextWrapAnywhere)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value, or with an empty key a heading above some. `tone` is that of `detail`."""

    key: str
    name: str
    value: str = ""
    detail: str = ""
    icon: str = ""
    tone: Tone = "text_soft"


class _Rows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[ValueRow] = []

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        usable = super().flags(index)
        return usable if self.rows[index.row()].key else Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == _ROW:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.name, row.value, row.detail) if part)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return row.name
        return None

    def show_rows(self, rows: Sequence[ValueRow]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def take(self, at: int) -> None:
        self.beginRemoveRows(QModelIndex(), at, at)
        del self.rows[at]
        self.endRemoveRows()


@dataclass(frozen=True, slots=True)
class _Setting:
    """Where the parts of a row stand, from its top left."""

    name: QRect
    value: QRect
    detail: QRect
    height: int
    wrap: int = _WRAP


class _Painter(QStyledItemDelegate):
    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        return QSize(120, _set(index.data(_ROW), self._view.viewport().width()).height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme, row, box = active_theme(), index.data(_ROW), QRect(option.rect)
        setting = _set(row, box.width())
        painter.save()
        painter.translate(box.topLeft())
        if row.key:
            _paint_ground(painter, box, option.state, theme)
            _paint_row(painter, row, setting, theme)
        else:
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.colour("text_faint"))
            painter.drawText(setting.name, _LEFT, row.name)
        painter.restore()


def _paint_ground(painter: QPainter, box: QRect, states: QStyle.StateFlag, theme: Theme) -> None:
    chosen = bool(states & QStyle.StateFlag.State_Selected)
    if chosen or states & QStyle.StateFlag.State_MouseOver:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("selected" if chosen else "hover"))
        inside = QRect(0, 1, box.width(), box.height() - 2)
        painter.drawRoundedRect(inside, Radius.CONTROL, Radius.CONTROL)


def _paint_row(painter: QPainter, row: ValueRow, setting: _Setting, theme: Theme) -> None:
    if row.icon:
        side = round(Size.ICON * theme.text_scale)
        picture = icons.pixmap(row.icon, theme.hex(row.tone), side)
        painter.drawPixmap(Space.M, setting.name.center().y() - side // 2, picture)
    name_font = theme.font("label")
    shown = QFontMetrics(name_font).elidedText(
        row.name, Qt.TextElideMode.ElideRight, setting.name.width()
    )
    painter.setFont(name_font)
    painter.setPen(theme.colour("text"))
    painter.drawText(setting.name, _LEFT, shown)
    painter.setFont(_value_font(theme))
    painter.drawText(setting.value, setting.wrap, whole(row.value))
    if row.detail:
        font = theme.font("small")
        painter.setFont(font)
        painter.setPen(theme.colour(row.tone))
        words = QFontMetrics(font).elidedText(
            row.detail, Qt.TextElideMode.ElideRight, setting.detail.width()
        )
        painter.drawText(setting.detail, _LEFT, words)


def _set(row: ValueRow, width: int) -> _Setting:
    """A short value stands at the right of the name, a long one below it on as many lines as it needs."""
    theme = active_theme()
    left = Space.M + (round(Size.ICON * theme.text_scale) + Space.M if row.icon else 0)
    room, line = max(width - left - Space.M, 80), _metrics("label", theme.text_scale).height()
    if not row.key:
        return _Setting(QRect(Space.M, Space.M, room, line), QRect(), QRect(), line + Space.L)
    metrics, top, wrap = _value_metrics(theme.text_scale), Space.S, _WRAP
    wide = metrics.horizontalAdvance(whole(row.value)) + 2 if row.value else 0
    if wide <= room * _SIDE:
        gap = Space.M if wide else 0
        value = QRect(left + room - wide, top + (line - metrics.height()) // 2, wide, line)
        name, bottom = QRect(left, top, room - wide - gap, line), top + line
    else:
        name = QRect(left, top, room, line)
        longest = max(metrics.horizontalAdvance(word) for word in whole(row.value).split(" "))
        wrap = _WRAP if longest <= room else _BREAK
        below = QRect(left, top + line, room, 10_000)
        value = metrics.boundingRect(below, wrap, whole(row.value))
        bottom = value.bottom() + 1
    small = _metrics("small", theme.text_scale).height() if row.detail else 0
    detail = QRect(left, bottom, room, small)
    height = max(bottom + small + Space.S, Size.CONTROL) + 2
    return _Setting(name, value, detail, height, wrap)


@lru_cache(maxsize=16)
def _metrics(role: Role, scale: float) -> QFontMetrics:  # noqa: ARG001 - it stands for the theme
    return QFontMetrics(active_theme().font(role))


@lru_cache(maxsize=8)
def _value_metrics(scale: float) -> QFontMetrics:  # noqa: ARG001
    return QFontMetrics(_value_font(active_theme()))


def _value_font(theme: Theme) -> QFont:
    font = theme.font("label", tabular=True)
    font.setWeight(QFont.Weight.DemiBold)
    return font


class ValueList(QListView):
    """`chosen` carries the key of the row a person goes to, by pointer or keys; headings are passed over."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rows, self._telling = _Rows(), True
        self._moved = False  # by the press whose click is still to come
        self.setModel(self._rows)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_BATCH)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._on_moved)
        self.clicked.connect(self._on_clicked)

    def show_rows(self, rows: Sequence[ValueRow]) -> None:
        """Other rows; the chosen one stays chosen where it is still there."""
        if list(rows) == self._rows.rows:
            return
        kept, at = self.current(), self.verticalScrollBar().value()
        self._telling = False
        self._rows.show_rows(rows)
        self._telling = True
        self.choose(kept)
        self.verticalScrollBar().setValue(at)

    def take(self, key: str) -> None:
        """One row goes, and its heading with the last one below it; nothing is chosen by that."""
        at, rows = self._place(key), self._rows.rows
        if at < 0:
            return
        self._telling = False
        self._rows.take(at)
        alone = at and not rows[at - 1].key and (at == len(rows) or not rows[at].key)
        if alone:
            self._rows.take(at - 1)
        self._telling = True

    def current(self) -> str:
        """The key of the chosen row, else an empty string."""
        index = self.currentIndex()
        return self._rows.rows[index.row()].key if index.isValid() else ""

    def choose(self, key: str) -> None:
        """Show a row as chosen and bring it into sight, without the signal; an unknown key chooses none."""
        at = self._place(key)
        self._telling = False
        self.setCurrentIndex(self._rows.index(at, 0))
        self._telling = True
        if at < 0:
            self.clearSelection()
        self._show_heading(at)

    def rows(self) -> list[ValueRow]:
        return list(self._rows.rows)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            QTimer.singleShot(0, self, self.scheduleDelayedItemsLayout)
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def _place(self, key: str) -> int:
        if not key:
            return -1
        return next((n for n, row in enumerate(self._rows.rows) if row.key == key), -1)

    def _show_heading(self, at: int) -> None:
        """The first row of a group is seen with its heading."""
        if at > 0 and not self._rows.rows[at - 1].key:
            self.scrollTo(self._rows.index(at - 1, 0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._moved = False
        super().mousePressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        """Also the one that is chosen already: what it shows may have been left."""
        if not self._moved and index == self.currentIndex():
            self._on_moved()

    def _on_moved(self) -> None:
        self._moved = True
        self._show_heading(self.currentIndex().row())
        if self._telling and (key := self.current()):
            self.chosen.emit(key)
