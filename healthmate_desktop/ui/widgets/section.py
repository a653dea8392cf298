"""Headings, search, and rows that show one thing a line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from healthmate_desktop.ui.theme import Size, Space, Tone
from healthmate_desktop.ui.widgets.layout import column, fill, row
from healthmate_desktop.ui.widgets.text import Elided, Icon, KeyHint, Text


class SectionHeader(QWidget):
    """A heading, an aside in words, and at most two actions at the right."""

    def __init__(self, title: str, aside: str = "", *actions: QWidget) -> None:
        super().__init__()
        self._aside = Elided(aside, "small", "text_faint")
        line = row(Text(title, "heading"), spacing=Space.M)
        line.addWidget(self._aside, 1)
        fill(line, *actions)
        self.setLayout(line)

    def say(self, aside: str) -> None:
        self._aside.say(aside)


class SearchField(QFrame):
    """A field with an icon inside; its edge shows the focus of the text inside it. `edit` holds the words."""

    def __init__(
        self, hint: str, name: str, icon: str = "search", key: str = "", *, tall: bool = False
    ) -> None:
        super().__init__()
        self.setProperty("kind", "field")
        self.setFixedHeight(Size.CONTROL_TALL if tall else Size.CONTROL)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.edit = QLineEdit()
        self.edit.setProperty("kind", "bare")
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(name)
        self.edit.setAcceptDrops(
            False
        )  # a dropped file is for the window, not its path for the field
        self.edit.installEventFilter(self)
        margins = (Space.M, 0, Space.S, 0)
        line = row(Icon(icon, "text_faint"), self.edit, spacing=Space.S, margins=margins)
        if key:
            line.addWidget(KeyHint(key))
        self.setLayout(line)
        self.setFocusProxy(self.edit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self.edit and kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("active", "true" if kind == QEvent.Type.FocusIn else "false")
            self.style().polish(self)
        return False


class Line(QFrame):
    """A row in a card: icon, two lines of text, and what stands at the right."""

    def __init__(
        self, icon: str, title: str, detail: str, *trailing: QWidget, tone: Tone = "text_soft"
    ) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.setAccessibleName(f"{title}, {detail}" if detail else title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.title, self.detail = Elided(title, "label"), Elided(detail, "small", "text_soft")
        line = row(spacing=Space.M, margins=(0, Space.S, 0, Space.S))
        if icon:
            line.addWidget(Icon(icon, tone))
        line.addLayout(column(self.title, self.detail, spacing=0), 1)
        fill(line, *trailing)
        self.setLayout(line)
        self.detail.setVisible(bool(detail))  # not before it has a parent: it would be a window
