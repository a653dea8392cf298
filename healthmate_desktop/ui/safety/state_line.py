"""One fact about the safety of the vault: what holds, in words, and the one next step."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Rule, column, row
from healthmate_desktop.ui.widgets.text import Icon, Tag, Text


class StateLine(QFrame):
    """Amber, and the word for it, only where something needs a look. `button` is the next step."""

    def __init__(self, icon: str, title: str, step: str = "", *, ruled: bool = False) -> None:
        """`ruled`: with a hairline above, since it is not the first of its card."""
        super().__init__()
        self.setProperty("kind", "row")
        self._icon = Icon(icon)
        self._title = Text(title, "label", wrap=True)
        self._detail = Text("", "small", "text_soft", wrap=True)
        self._tag = Tag("Needs a look", "warn")
        self.button = Button(step, size="small")
        line = row(self._icon, spacing=Space.M, margins=(0, Space.S, 0, Space.S))
        line.addLayout(column(self._title, self._detail, spacing=0), 1)
        line.addWidget(self._tag)
        line.addWidget(self.button)
        self.setLayout(column(*([Rule()] if ruled else []), line, spacing=0))
        self.say(title)

    @property
    def needs_look(self) -> bool:
        return not self._tag.isHidden()

    def say(self, title: str, detail: str = "", *, look: bool = False, step: bool = True) -> None:
        """`step`: whether the next step can be taken."""
        self._title.say(title)
        self._detail.say(detail)
        self._detail.setVisible(bool(detail))
        self._icon.tint("warn" if look else "text_soft")
        self._tag.setVisible(look)
        self.setAccessibleName(f"{title}. {detail}" if detail else title)
        self.button.setVisible(step and bool(self.button.text()))
        if self.button.text():
            self.button.setAccessibleName(f"{self.button.text()}: {title}")
