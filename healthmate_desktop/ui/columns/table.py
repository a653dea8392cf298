"""The first rows of a table as they are, and over each column the choice of what it means."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from healthmate_desktop.services.columns import Role
from healthmate_desktop.ui.columns.words import ROLES
from healthmate_desktop.ui.theme import Size, Space, active_theme
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.choice import Choice
from healthmate_desktop.ui.widgets.layout import column, part_of, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.services.columns import Look

AT_ONCE = 12  # columns of one page; wider tables are leafed through
_WIDTH = 212  # at a text of normal size
_OPTIONS = [(role.value, words) for role, words in ROLES.items()]


class ColumnsTable(QFrame):
    """`chosen` carries the place of a column, from 0, and the Role that it was given."""

    chosen = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._look: Look | None = None
        self._roles: list[Role] = []
        self._from = 0
        self.choices: list[Choice] = []  # of the columns in sight
        self._where = Text("", "small", "text_soft")
        self.earlier = Button("Earlier columns", "plain", "left", size="small")
        self.later = Button("More columns", "plain", "right", size="small")
        self.earlier.clicked.connect(lambda: self._turn(-AT_ONCE))
        self.later.clicked.connect(lambda: self._turn(AT_ONCE))
        self._pager = part_of(row(self._where, 0, self.earlier, self.later))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(column(self._pager, self._area, spacing=Space.XS))

    def show_table(self, look: Look, roles: Sequence[Role]) -> None:
        """Another table, with what its columns are taken to mean."""
        self._look, self._roles, self._from = look, list(roles), 0
        self._lay()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self._area.ensureWidgetVisible(watched, Space.XL, 0)
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            QTimer.singleShot(0, self, self._fit)  # when the cells know their new height
        super().changeEvent(event)

    def _fit(self) -> None:
        """To the size of the text."""
        for choice in self.choices:
            choice.setFixedWidth(_width() - Space.S)
            if (holder := choice.parentWidget()) is not None:
                holder.setFixedWidth(_width())
        if (inner := self._area.widget()) is not None:
            self._area.setFixedHeight(inner.sizeHint().height() + Space.M)

    def _turn(self, by: int) -> None:
        self._from = max(0, self._from + by)
        self._lay()
        if self.choices:
            self.choices[0].setFocus()

    def _lay(self) -> None:
        if self._look is None:
            return
        until = min(self._from + AT_ONCE, len(self._roles))
        inner = QWidget()
        inner.setProperty("kind", "clear")
        line = QHBoxLayout(inner)
        line.setContentsMargins(0, 0, 0, Space.M)
        line.setSpacing(0)
        self.choices = []
        for at in range(self._from, until):
            line.addWidget(self._column(self._look, at))
        line.addStretch(1)
        self._area.setWidget(inner)
        self._fit()
        several = len(self._roles) > AT_ONCE
        self._pager.setVisible(several or self._look.width > len(self._roles))
        self._where.say(self._where_words(until))
        self.earlier.setVisible(several)
        self.later.setVisible(several)
        self.earlier.setEnabled(self._from > 0)
        self.later.setEnabled(until < len(self._roles))

    def _where_words(self, until: int) -> str:
        said = f"Columns {self._from + 1} to {until} of {len(self._roles)}"
        if self._look is not None and (beyond := self._look.width - len(self._roles)) > 0:
            return f"{said}. {beyond} more are too far to the right to be read."
        return said

    def _column(self, look: Look, at: int) -> QWidget:
        heading = look.mapping.headings[at] or "no heading"
        choice = Choice(f"{at + 1}", _OPTIONS, self._roles[at].value)
        choice.setAccessibleDescription(f"What column {at + 1}, {heading}, means")
        choice.installEventFilter(self)
        choice.chosen.connect(partial(self._on_chosen, at))
        self.choices.append(choice)
        rows = [cells[at] if at < len(cells) else "" for _, cells in look.rows]
        cells = Cells(heading, rows, has_heading=look.mapping.header_row > 0)
        return part_of(column(choice, cells, 0, spacing=Space.XS))

    def _on_chosen(self, at: int, key: str) -> None:
        self._roles[at] = Role(key)
        self.chosen.emit(at, self._roles[at])


def _width() -> int:
    return round(_WIDTH * active_theme().text_scale)


class Cells(QWidget):
    """The cells of one column, painted; all of them are in the tool tip and the accessible name."""

    def __init__(self, heading: str, cells: Sequence[str], *, has_heading: bool) -> None:
        super().__init__()
        self._cells, self._has_heading = list(cells), has_heading
        said = cells[1:] if has_heading else cells
        self.setAccessibleName(f"{heading}: {', '.join(cell or 'empty' for cell in said)}")
        self.setToolTip("\n".join(cells))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_width(), self._height() * len(self._cells) + 1)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, painter, height = active_theme(), QPainter(self), self._height()
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for at, cell in enumerate(self._cells):
            heading = at == 0 and self._has_heading
            box = QRect(0, at * height, self.width(), height)
            if heading:
                painter.fillRect(box, theme.colour("sunken"))
            painter.setPen(theme.colour("line"))
            painter.drawLine(box.bottomLeft(), box.bottomRight())
            font = theme.font("label" if heading else "small", tabular=not heading)
            painter.setFont(font)
            painter.setPen(theme.colour("text"))
            inside = box.adjusted(Space.S, 0, -Space.S, 0)
            shown = QFontMetrics(font).elidedText(cell, Qt.TextElideMode.ElideRight, inside.width())
            painter.drawText(inside, flags, shown)

    def _height(self) -> int:
        return max(Size.CONTROL_SMALL - 6, QFontMetrics(active_theme().font("small")).height() + 6)
