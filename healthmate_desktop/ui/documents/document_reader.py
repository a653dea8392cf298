"""The reading pane of a person's document: beside the page it finds words, fits the size, and says what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTextEdit

from healthmate_desktop.ui.documents.find_bar import FindBar
from healthmate_desktop.ui.documents.paper import PERCENTS, Paper
from healthmate_desktop.ui.documents.reader import Reader
from healthmate_desktop.ui.documents.searching import hits_in
from healthmate_desktop.ui.theme import Space, active_theme
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.choice import Choice

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from healthmate_desktop.ui.documents.sheet import Sheet

FIT = "fit"
_TITLE, _LEAST = 150, 320


class DocumentReader(Reader):
    """`elsewhere_wanted` carries words that this page has no more of, the page, and 1 or -1 for the way to look."""

    elsewhere_wanted = Signal(str, int, int)
    details_pressed = Signal()
    menu_pressed = Signal(QPoint)

    def __init__(self) -> None:
        self.paper = Paper()
        sizes = [(FIT, "Fit width"), *((str(p), f"{p} %") for p in PERCENTS)]
        self.zoom = Choice("Size", sizes, FIT)
        self.find_button = Button("Find", "plain", "search", size="small")
        self.details = Button("Details", "plain", "info", size="small")
        self.more = Button("More", "plain", "down", size="small")
        super().__init__(self.paper, self.zoom, self.find_button, self.details, self.more)
        self.setMinimumWidth(_LEAST)
        self._hits: list[tuple[int, int]] = []
        self._at = -1
        self.finding = FindBar()
        self.below.addWidget(self.finding)
        self.find_button.setToolTip("Ctrl F")
        self.details.setToolTip("What was read from this document")
        self.more.setAccessibleName("More to do with this document")
        self.zoom.setToolTip("Ctrl and the wheel, or + and - on the page")
        self.zoom.chosen.connect(lambda key: self.paper.zoom_to(None if key == FIT else int(key)))
        self.paper.zoomed.connect(self._show_size)
        self.find_button.clicked.connect(self._on_find)
        self.details.clicked.connect(self.details_pressed)
        self.more.clicked.connect(self._on_more)
        self.finding.wanted.connect(lambda words: self._look_for(words, bring=True))
        self.finding.stepped.connect(self._on_step)
        self.finding.left.connect(self.close_find)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_F3), self, lambda: self._on_step(1), context=here)

    def show_sheet(self, sheet: Sheet, title: str, number: int, count: int) -> None:
        super().show_sheet(sheet, title, number, count)
        self._hits, self._at = [], -1
        if self.finding.isVisible():
            self._look_for(self.finding.words(), bring=not sheet.lit and not sheet.boxes)

    def show_message(self, words: str, title: str = "") -> None:
        super().show_message(words, title)
        self._hits, self._at = [], -1

    def look_for(self, words: str) -> None:
        """Open the search with these words."""
        self.finding.open(words)

    def close_find(self) -> None:
        self._look_for("", bring=False)
        self.finding.hide()
        self.view.setFocus()

    def say_nowhere(self) -> None:
        """No other page has the words."""
        self.finding.say("Not in this document" if not self._hits else "On no other page")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_buttons()

    def _show_buttons(self) -> None:
        """Where there is little room, the list says the name, and Ctrl F finds."""
        super()._show_buttons()
        self.view.page.smaller.hide()
        self.view.page.larger.hide()
        self.zoom.setVisible(self.view.has_picture)
        self.find_button.setVisible(self._may_find)
        narrow = self._room_for_title() < _TITLE
        self.find_button.setVisible(self._may_find and not narrow)
        self._say_title(short=narrow)

    def _room_for_title(self) -> int:
        tools = (self.back, self.next, self.zoom, self.find_button, self.details, self.more)
        shown = [tool.sizeHint().width() + Space.XS for tool in tools if not tool.isHidden()]
        return self.width() - sum(shown) - Space.L - Space.M

    @property
    def _may_find(self) -> bool:
        return self.view.has_page and (not self.view.has_picture or bool(self._text()))

    def _show_size(self) -> None:
        self.zoom.choose(FIT if self.paper.percent is None else str(self.paper.percent))

    def _on_find(self) -> None:
        if self._may_find:
            self.finding.open()

    def _on_more(self) -> None:
        self.menu_pressed.emit(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    # --- finding ---

    def _text(self) -> str:
        return self.paper.text if self.view.has_picture else self.view.passage.toPlainText()

    def _look_for(self, words: str, *, bring: bool) -> None:
        self._hits = hits_in(self._text(), words)
        self._at = 0 if self._hits else -1
        self._show_hits(bring=bring)
        if not words or self._hits:
            return
        if self._count > 1:
            self.finding.say("Not on this page. Looking at the others")
            self.elsewhere_wanted.emit(words, self._number, 1)
        else:
            self.finding.say("Not in this document")

    def _on_step(self, step: int) -> None:
        if not (words := self.finding.words()):
            return
        at = self._at + step
        if self._hits and (0 <= at < len(self._hits) or self._count == 1):
            self._at = at % len(self._hits)
            self._show_hits(bring=True)
        else:
            self.elsewhere_wanted.emit(words, self._number, step)

    def _show_hits(self, *, bring: bool) -> None:
        if self.view.has_picture:
            self.paper.show_hits(self._hits, self._at if bring else -1)
        else:
            self._mark_text(bring=bring)
        where = f" on page {self._number}" if self._count > 1 else ""
        self.finding.say(f"{self._at + 1} of {len(self._hits)}{where}" if self._hits else "")

    def _mark_text(self, *, bring: bool) -> None:
        passage = self.view.passage
        places = _in_units(passage.toPlainText(), self._hits)
        marks = []
        for number, (start, end) in enumerate(places):
            cursor = passage.textCursor()
            cursor.setPosition(start)
            cursor.setPosition(end, cursor.MoveMode.KeepAnchor)
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format.setBackground(active_theme().colour("accent_soft"))
            mark.format.setFontUnderline(number == self._at)
            marks.append(mark)
        passage.setExtraSelections(marks)
        if bring and 0 <= self._at < len(places):
            there = passage.textCursor()
            there.setPosition(places[self._at][0])
            passage.setTextCursor(there)
            passage.ensureCursorVisible()


def _in_units(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """As Qt counts letters: those beyond the first 65,536 twice."""
    if text.isascii():
        return places
    counted, at, units = [], 0, 0
    for start, end in places:
        units += len(text[at:start].encode("utf-16-le")) // 2
        long = len(text[start:end].encode("utf-16-le")) // 2
        counted.append((units, units + long))
        units, at = units + long, end
    return counted
