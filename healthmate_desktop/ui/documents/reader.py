"""The reading pane of documents and of the library: a toolbar, and a page below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QWidget

from healthmate_desktop.ui.documents.sheet import SheetView
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import column, fill, refill, row
from healthmate_desktop.ui.widgets.text import Elided

if TYPE_CHECKING:
    from healthmate_desktop.ui.documents.sheet import Sheet
    from healthmate_desktop.ui.widgets.page_view import PageView


class Reader(QFrame):
    """Says nothing by itself: `show_sheet` and `show_message` fill it. `page_wanted` carries a number from 1."""

    page_wanted = Signal(int)

    def __init__(self, page: PageView | None = None, *tools: QWidget) -> None:
        """`tools` stand at the right of the toolbar, before the buttons for the size."""
        super().__init__()
        self.setProperty("kind", "row")
        self._title, self._number, self._count = "", 1, 1
        self.title = Elided("", "label", middle=True)
        self.back = Button("Back", "plain", "left", size="small")
        self.next = Button("Next", "plain", "right", size="small")
        for button, step, keys in ((self.back, -1, "Alt+Left"), (self.next, 1, "Alt+Right")):
            button.setShortcut(QKeySequence(keys))
            button.setToolTip(keys)
            button.clicked.connect(
                lambda _=False, step=step: self.page_wanted.emit(self._number + step)
            )
        self.view = SheetView(page=page)
        self._bar = QFrame()
        self._bar.setProperty("kind", "toolbar")
        line = row(margins=(Space.L, Space.S, Space.M, Space.S), spacing=Space.XS)
        line.addWidget(self.title, 1)
        fill(line, self.back, self.next, self.view.page.smaller, self.view.page.larger, *tools)
        self._bar.setLayout(line)
        self._notes = column(spacing=Space.S)
        self.below = column(spacing=0)  # between the toolbar and the page
        box = column(self._bar, self.below, self._notes, spacing=0)
        box.addWidget(self.view, 1)
        self.setLayout(box)
        self.show_message("")

    @property
    def number(self) -> int:
        """The page that is shown, from 1."""
        return self._number

    def show_message(self, words: str, title: str = "") -> None:
        """Words in place of a page."""
        self._title = title
        self.say()
        self._number, self._count = 1, 1
        self.view.show_message(words)
        self._show_buttons()

    def show_sheet(self, sheet: Sheet, title: str, number: int, count: int) -> None:
        self._title, self._number, self._count = title, number, count
        self.view.show_sheet(sheet)
        self._show_buttons()

    def say(self, *parts: QWidget | None) -> None:
        """What has to be known or asked about the document, above its page; nothing takes it away."""
        shown = [part for part in parts if part is not None]
        margin = Space.L if shown else 0
        self._notes.setContentsMargins(margin, margin, margin, margin)
        refill(self._notes, *shown)

    def _say_title(self, *, short: bool = False) -> None:
        page = f"page {self._number} of {self._count}" if self._count > 1 else ""
        named = ", ".join(part for part in (self._title, page) if part)
        self.title.say(page.capitalize() if short and page else named)

    def _show_buttons(self) -> None:
        self._say_title()
        for button in (self.back, self.next):
            button.setVisible(self._count > 1)
        self.back.setEnabled(self._number > 1)
        self.next.setEnabled(self._number < self._count)
        for button in (self.view.page.smaller, self.view.page.larger):
            button.setVisible(self.view.has_picture)
