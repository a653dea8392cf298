"""The reading pane of the library: the page, what is known about its article, its headings, and its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QMenu

from healthmate_desktop.domain.documents import Page, boxes_of
from healthmate_desktop.ui.documents.document_reader import DocumentReader
from healthmate_desktop.ui.documents.paper import rects_of
from healthmate_desktop.ui.library.bringing import copy_button
from healthmate_desktop.ui.library.source_words import age_words, fact_words
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.layout import column, part_of, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from healthmate_desktop.domain.library import Heading
    from healthmate_desktop.ui.documents.sheet import Sheet
    from healthmate_desktop.ui.library.article import Opened, Spot

_MOST_HEADINGS = 60  # in the menu: a longer one is not read, so the inner ones are left out
_INDENT = "    "


class ArticleReader(DocumentReader):
    """`step_wanted` carries -1 or 1 for the article before or after, `heading_wanted` a Heading."""

    step_wanted = Signal(int)
    heading_wanted = Signal(object)

    def __init__(self) -> None:
        self._outline: Sequence[Heading] = ()
        self._shown = Page(1, "")
        super().__init__()
        self.details.hide()  # those of a person's document
        self.more.hide()
        name = "Find in this article"
        self.finding.setAccessibleName(name)
        self.finding.field.edit.setPlaceholderText(name)
        self.finding.field.edit.setAccessibleName(name)
        self.facts, self.headings = Changing(), Button("Contents", "quiet", "log", size="small")
        self.copying = Changing()
        self.headings.setAccessibleName("Contents of this article")
        self.headings.clicked.connect(self._on_headings)
        self.earlier = Button("Previous article", "plain", "left", size="small")
        self.later = Button("Next article", "plain", "right", size="small")
        for button, step, keys in ((self.earlier, -1, "Alt+Up"), (self.later, 1, "Alt+Down")):
            button.setShortcut(QKeySequence(keys))
            button.setToolTip(keys)
            button.clicked.connect(lambda _=False, step=step: self.step_wanted.emit(step))
        self._where = Text("", "small", "text_faint")
        self._about, self._foot = self._build()
        self.show_message("")

    def show_article(self, opened: Opened, sheet: Sheet, spot: Spot, today: date) -> None:
        """A page of an article, and what is known about it."""
        article, number = opened.article, opened.number_at(spot)
        self._shown = Page(spot.page, sheet.text, *sheet.size, sheet.words)
        self._outline = opened.outline
        self._show_facts(opened, today)
        self.headings.setVisible(len(opened.outline) > 1)
        self._where.say(f"{opened.position + 1:,} of {opened.total:,}")
        self.earlier.setEnabled(opened.position > 0)
        self.later.setEnabled(0 <= opened.position < opened.total - 1)
        self._foot.setVisible(opened.total > 1)
        self._about.show()
        self.show_sheet(sheet, article.title, number, len(opened.leaves))
        start = spot.start - opened.leaves[number - 1].start
        if start and not spot.length:
            self._bring_up(start)

    def show_message(self, words: str, title: str = "") -> None:
        super().show_message(words, title)
        if hasattr(self, "_about"):
            self._about.hide()

    def say_nowhere(self) -> None:
        self.finding.say("Not in this article" if not self._hits else "On no other page")

    def _build(self) -> tuple[QFrame, QFrame]:
        about = QFrame()
        about.setProperty("kind", "toolbar")
        line = row(margins=(Space.L, Space.XS, Space.M, Space.XS))
        line.addWidget(self.facts, 1)
        for tool in (self.copying, self.headings):
            line.addWidget(tool)
            line.setAlignment(tool, Qt.AlignmentFlag.AlignTop)
        about.setLayout(line)
        foot = QFrame()
        foot.setProperty("kind", "footer")
        margins = (Space.M, Space.XS, Space.M, Space.XS)
        foot.setLayout(row(self.earlier, 0, self._where, 0, self.later, margins=margins))
        self.below.insertWidget(0, about)
        if (box := self.layout()) is not None:
            box.addWidget(foot)
        foot.hide()
        return about, foot

    def _show_facts(self, opened: Opened, today: date) -> None:
        article, source = opened.article, opened.source
        lines = column(
            Text(fact_words(article, source), "small", "text_soft", wrap=True), spacing=0
        )
        if old := age_words(source, today):
            lines.addWidget(Text(old, "small", "warn", wrap=True))
        if article.url:
            address = Text(article.url, "small", "text_faint", wrap=True)
            address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            lines.addWidget(address)
        self.facts.show_part(part_of(lines))
        copying = copy_button(article.url, article.title) if article.url else None
        self.copying.show_part(copying)

    def _bring_up(self, start: int) -> None:
        """A heading to the top; nothing is lit, for it is no evidence."""
        if not self.view.has_picture:
            self.view.passage.show_place(start)
        elif boxes := rects_of(boxes_of(self._shown, start, start + 1)):
            self.paper.bring_up(boxes[0])

    def _on_headings(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Contents of this article")
        for heading in _outer(self._outline):
            words = f"{_INDENT * (heading.level - 1)}{heading.text}".replace("&", "&&")
            action = QAction(words, menu)
            action.triggered.connect(lambda _=False, to=heading: self.heading_wanted.emit(to))
            menu.addAction(action)
        menu.popup(self.headings.mapToGlobal(self.headings.rect().bottomLeft()))
        menu.setActiveAction(menu.actions()[0])


def _outer(outline: Sequence[Heading]) -> list[Heading]:
    """As many levels as make a menu that can be read."""
    for deepest in range(max(heading.level for heading in outline), 1, -1):
        shown = [heading for heading in outline if heading.level <= deepest]
        if len(shown) <= _MOST_HEADINGS:
            return shown
    return [heading for heading in outline if heading.level == 1][:_MOST_HEADINGS]
