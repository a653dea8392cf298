"""A long list of rows of one or two lines, of which one is open. Only what is in sight is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter
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

if TYPE_CHECKING:
    from collections.abc import Sequence

_Index = QModelIndex | QPersistentModelIndex
_ROW = Qt.ItemDataRole.UserRole
_MOST_AT_ONCE = 4  # pages that are asked for while the list flies past
_PAUSE_MS = 150  # arrow keys may run past rows without opening each


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of the list; `tone` is that of its second line."""

    key: str
    title: str
    detail: str = ""
    icon: str = ""
    tone: Tone = "text_soft"


_TO_COME = Row("", "")


class _Rows(QAbstractListModel):
    missed = Signal()  # a row was looked at that has yet to come

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.two_lines = False

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if row is _TO_COME:
            self.missed.emit()
        if role == _ROW:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.title}, {row.detail}" if row.detail else row.title
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return row.title
        return None

    def show_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.two_lines = any(row.detail for row in rows)
        self.endResetModel()

    def put_rows(self, start: int, rows: Sequence[Row]) -> None:
        self.rows[start : start + len(rows)] = rows
        self.dataChanged.emit(self.index(start, 0), self.index(start + len(rows) - 1, 0))


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        model = index.model()
        if isinstance(model, _Rows) and not model.two_lines:
            return QSize(120, max(Size.CONTROL, _height("label") + 2 * Space.S) + 4)
        lines = _height("label") + _height("small")
        return QSize(120, max(Size.ROW, lines + 2 * Space.S) + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme, row = active_theme(), index.data(_ROW)
        box, states = QRect(option.rect), option.state
        box.adjust(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = _ground(states)
        if ground:
            painter.setBrush(theme.colour(ground))
            painter.drawRoundedRect(box, Radius.CONTROL, Radius.CONTROL)
        inside = box.adjusted(Space.M, 0, -Space.M, 0)
        if row.icon:
            side = round(Size.ICON * theme.text_scale)
            picture = icons.pixmap(row.icon, theme.hex(row.tone), side)
            painter.drawPixmap(inside.left(), inside.center().y() - side // 2, picture)
            inside.setLeft(inside.left() + side + Space.M)
        _paint_words(painter, inside, row, theme)
        painter.restore()


def _ground(states: QStyle.StateFlag) -> str:
    if states & QStyle.StateFlag.State_Selected:
        return "selected"
    return "hover" if states & QStyle.StateFlag.State_MouseOver else ""


def _height(role: Role) -> int:
    return QFontMetrics(active_theme().font(role)).height()


def _paint_words(painter: QPainter, box: QRect, row: Row, theme: Theme) -> None:
    lines: list[tuple[str, Role, Tone]] = [(row.title, "label", "text")]
    if row.detail:
        lines.append((row.detail, "small", row.tone))
    top = box.center().y() - sum(_height(role) for _, role, _ in lines) // 2
    middle = Qt.TextElideMode.ElideMiddle  # names of files differ at both ends
    for words, role, tone in lines:
        font, height = theme.font(role), _height(role)
        painter.setFont(font)
        painter.setPen(theme.colour(tone))
        shown = QFontMetrics(font).elidedText(words, middle, box.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(box.left(), top, box.width(), height), int(flags), shown)
        top += height


class RowList(QListView):
    """`chosen` carries the key of the row a person goes to, by pointer or keys.

    `wanted` carries the number of the first row of a page that is in sight and has yet to come, see `show_count`.
    """

    chosen = Signal(str)
    wanted = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rows = _Rows()
        self.setModel(self._rows)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._open)
        self._page, self._asked = 0, set[int]()
        self._look = QTimer(self, singleShot=True, interval=0)
        self._look.timeout.connect(self._ask)
        self._rows.missed.connect(self._look.start)
        self.selectionModel().currentChanged.connect(self._on_moved)
        self.clicked.connect(self._open)
        self.activated.connect(self._open)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Other rows; the chosen one stays chosen where it is still there."""
        if list(rows) == self._rows.rows:
            return
        kept, at = self.current(), self.verticalScrollBar().value()
        self._rows.show_rows(rows)
        self.verticalScrollBar().setValue(at)
        self.choose(kept)

    def show_count(self, count: int, page: int) -> None:
        """That many rows, all yet to come: those in sight are asked for by pages of this size."""
        self._page, self._asked = page, set()
        self._rows.show_rows([_TO_COME] * count)
        self.scrollToTop()

    def put_rows(self, start: int, rows: Sequence[Row]) -> None:
        """Some of those that were yet to come."""
        self._asked.add(start)
        if rows:
            self._rows.put_rows(start, rows)

    def choose_at(self, at: int) -> None:
        """As `choose`, by the place in the list."""
        blocked = self.blockSignals(True)
        self.setCurrentIndex(self._rows.index(at, 0))
        self.blockSignals(blocked)
        self._pause.stop()

    def current(self) -> str:
        """The key of the chosen row, else an empty string."""
        index = self.currentIndex()
        return self._rows.rows[index.row()].key if index.isValid() else ""

    def choose(self, key: str) -> None:
        """Show a row as chosen and bring it into sight, without the signal; an unknown key chooses none."""
        at = next((n for n, row in enumerate(self._rows.rows) if key and row.key == key), -1)
        self.choose_at(at)
        if at < 0:
            self.clearSelection()

    def rows(self) -> list[Row]:
        return list(self._rows.rows)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            QTimer.singleShot(0, self, self.scheduleDelayedItemsLayout)
        super().changeEvent(event)

    def _ask(self) -> None:
        """For the pages in sight."""
        rows, height = self._rows.rows, self.viewport().height()
        first, last = self.indexAt(QPoint(1, 1)).row(), self.indexAt(QPoint(1, height - 1)).row()
        in_sight = range(max(first, 0), (last if last >= 0 else len(rows) - 1) + 1)
        pages = {at - at % self._page for at in in_sight if rows[at] is _TO_COME} - self._asked
        for start in sorted(pages)[:_MOST_AT_ONCE]:
            self._asked.add(start)
            self.wanted.emit(start)

    def _on_moved(self) -> None:
        self._pause.start()

    def _open(self) -> None:
        self._pause.stop()
        if key := self.current():
            self.chosen.emit(key)
