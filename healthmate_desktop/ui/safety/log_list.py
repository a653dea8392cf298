"""The log as a list with columns: when, what, who, whose. Only what is in sight is drawn."""

from __future__ import annotations

from dataclasses import dataclass
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
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from healthmate_desktop.ui import icons
from healthmate_desktop.ui.theme import Radius, Role, Size, Space, Tone, active_theme

if TYPE_CHECKING:
    from collections.abc import Sequence

_Index = QModelIndex | QPersistentModelIndex
_ROW = Qt.ItemDataRole.UserRole
_HEADS = ("When", "What", "Who", "Whose records")
_LONGEST_DAY = "30 Sep 2026"  # as wide as any


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in words; `facts` are the ids and codes behind it."""

    seq: int
    day: str
    clock: str
    what: str
    detail: str
    who: str
    whose: str
    icon: str
    facts: str

    def sentence(self) -> str:
        """As a screen reader says it."""
        whose = f", of {self.whose}" if self.whose else ""
        detail = f", {self.detail}" if self.detail else ""
        return f"{self.day}, {self.clock}: {self.who}: {self.what}{detail}{whose}"


class Entries(QAbstractListModel):
    """`more_wanted` when the end came into sight; answer it with `add`."""

    more_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self._more = False
        self._asked = False

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role == _ROW:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.what
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return entry.sentence()
        return None

    def canFetchMore(self, parent: _Index) -> bool:  # noqa: N802
        return not parent.isValid() and self._more and not self._asked

    def fetchMore(self, parent: _Index) -> None:  # noqa: N802, ARG002
        self._asked = True
        self.more_wanted.emit()

    def show(self, entries: Sequence[Entry], *, more: bool) -> None:
        """The first page; `more`: there are older ones."""
        self.beginResetModel()
        self.entries, self._more, self._asked = list(entries), more, False
        self.endResetModel()

    def add(self, entries: Sequence[Entry], *, more: bool) -> None:
        """Older ones."""
        self._more, self._asked = more, False
        if entries:
            at = len(self.entries)
            self.beginInsertRows(QModelIndex(), at, at + len(entries) - 1)
            self.entries += entries
            self.endInsertRows()

    def give_up(self) -> None:
        """The older ones could not be read; scrolling on asks again."""
        self._asked = False


class LogList(QListView):
    """`chosen` carries the Entry a person goes to, by pointer or keys."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.entries = Entries()
        self.setModel(self.entries)
        self.setItemDelegate(_Painter(self))
        self.setAccessibleName("Log, newest first")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setMinimumHeight(3 * Size.ROW)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._on_moved)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            QTimer.singleShot(0, self, self.scheduleDelayedItemsLayout)
        super().changeEvent(event)

    def _on_moved(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.entries.entries[index.row()])


class LogHead(QWidget):
    """The names of the columns, above the list."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, _height("caption") + Space.S)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        for box, words in zip(_columns(self.rect(), scrolled=True), _HEADS, strict=True):
            _write(painter, box, words, "caption", "text_faint")


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        return QSize(120, max(Size.ROW, _height("label") + _height("small") + 2 * Space.S) + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme, entry, box = active_theme(), index.data(_ROW), QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if ground := _ground(option.state):
            painter.setBrush(theme.colour(ground))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), Radius.CONTROL, Radius.CONTROL)
        if index.row():
            painter.fillRect(box.left(), box.top(), box.width(), 1, theme.colour("line"))
        when, what, who, whose = _columns(box)
        _write_two(painter, when, entry.day, entry.clock)
        side = round(Size.ICON * theme.text_scale)
        picture = icons.pixmap(entry.icon, theme.hex("text_soft"), side)
        painter.drawPixmap(what.left(), what.center().y() - side // 2, picture)
        what.setLeft(what.left() + side + Space.M)
        _write_two(painter, what, entry.what, entry.detail)
        _write(painter, who, entry.who, "small", "text")
        _write(painter, whose, entry.whose, "small", "text")
        painter.restore()


def _columns(box: QRect, *, scrolled: bool = False) -> tuple[QRect, QRect, QRect, QRect]:
    """When, what, who, whose; `scrolled`: a scroll bar takes room at the right that `box` still has."""
    inside = box.adjusted(Space.M, 0, -Space.M - (12 if scrolled else 0), 0)
    metrics = QFontMetrics(active_theme().font("label"))
    when = metrics.horizontalAdvance(_LONGEST_DAY) + Space.L
    rest = inside.width() - when
    name = round(rest * 0.24)
    widths = (when, rest - 2 * name, name, name)
    boxes, left = [], inside.left()
    for width in widths:
        boxes.append(QRect(left, inside.top(), width - Space.M, inside.height()))
        left += width
    return boxes[0], boxes[1], boxes[2], boxes[3]


def _ground(states: QStyle.StateFlag) -> str:
    if states & QStyle.StateFlag.State_Selected:
        return "selected"
    return "hover" if states & QStyle.StateFlag.State_MouseOver else ""


def _height(role: Role) -> int:
    return QFontMetrics(active_theme().font(role)).height()


def _write_two(painter: QPainter, box: QRect, first: str, second: str) -> None:
    """A line of label and, where there is one, a softer line below."""
    if not second:
        _write(painter, box, first, "label", "text")
        return
    upper, lower = _height("label"), _height("small")
    top = box.center().y() - (upper + lower) // 2
    _write(painter, QRect(box.left(), top, box.width(), upper), first, "label", "text")
    below = QRect(box.left(), top + upper, box.width(), lower)
    _write(painter, below, second, "small", "text_soft")


def _write(painter: QPainter, box: QRect, words: str, role: Role, tone: Tone) -> None:
    theme = active_theme()
    font = theme.font(role, tabular=True)
    painter.setFont(font)
    painter.setPen(theme.colour(tone))
    shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, int(flags), shown)
