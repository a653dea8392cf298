"""The sources of the library in one card: what each is good for, whose, how old, and what may be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.library.source_words import (
    age_words,
    dated_words,
    disk_words,
    good_for,
    licence_words,
    origin_words,
    size_words,
)
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.layout import Card, Rule, beside, column, fill, part_of, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Elided, Icon, Tag, Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from PySide6.QtWidgets import QVBoxLayout

    from healthmate_desktop.domain.library import Source
    from healthmate_desktop.services.shelf import Described


_READ = "Read"


class SourcesCard(Card):
    """The three signals carry the Source."""

    read_pressed = Signal(object)
    refresh_pressed = Signal(object)
    remove_pressed = Signal(object)

    def __init__(self, *, may_change: bool = True) -> None:
        super().__init__(spacing=Space.S)
        self._may_change = may_change
        self._shown: tuple[Sequence[Described], date] | None = None
        self._head, self._table = SectionHeader("Sources"), Changing()
        self._made: dict[tuple[str, str], Button] = {}  # by the id of the source, and the words
        self.add(self._head, self._table)

    def show_sources(self, sources: Sequence[Described], today: date) -> None:
        """One row for each; nothing moves where nothing has changed."""
        if self._shown == (sources, today):
            return
        self._shown = sources, today
        articles = sum(each.source.articles for each in sources)
        said = (
            counted(len(sources), "source", "sources"),
            counted(articles, "article", "articles"),
        )
        self._head.say(", ".join(said))
        held = next((key for key, button in self._made.items() if button.hasFocus()), None)
        self._made = {}
        rows = column(spacing=Space.M)
        for each in sources:
            fill(rows, Rule(), self._row(each, today))
        self._table.show_part(part_of(rows))
        if held:
            self._focus(*held)

    def go_to(self, source: Source) -> None:
        """Give the keyboard to a source; nothing where it is gone."""
        self._focus(source.id, _READ)

    def _focus(self, source_id: str, words: str) -> None:
        button = self._made.get((source_id, words)) or self._made.get((source_id, _READ))
        if button is not None:
            button.setFocus()

    def _row(self, described: Described, today: date) -> QHBoxLayout:
        sign = Icon("library")
        line = row(sign, spacing=Space.M)
        line.addLayout(_words(described, today), 1)
        buttons = row(*self._buttons(described.source), spacing=Space.XS)
        line.addLayout(buttons)
        line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        line.setAlignment(buttons, Qt.AlignmentFlag.AlignTop)
        return line

    def _buttons(self, source: Source) -> list[Button]:
        read = Button(_READ, "quiet", size="small")
        read.clicked.connect(lambda: self.read_pressed.emit(source))
        buttons = [read]
        if self._may_change and source.kind != "starter":  # what came with HealthMate stays
            refresh = Button("Refresh", "plain", size="small")
            refresh.setToolTip("Put a newer copy in its place")
            refresh.clicked.connect(lambda: self.refresh_pressed.emit(source))
            remove = Button("Remove", "plain", "delete", size="small")
            remove.clicked.connect(lambda: self.remove_pressed.emit(source))
            buttons += [refresh, remove]
        for button in buttons:
            button.setAccessibleName(f"{button.text()} {source.title}")
            self._made[source.id, button.text()] = button
        return buttons


def _words(described: Described, today: date) -> QVBoxLayout:
    source = described.source
    name = Elided(source.title, "label")
    name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    title = row(name)
    if source.note:
        title.addWidget(Tag(source.note))
    title.addStretch(1)
    words = column(title, spacing=Space.XXS)
    if use := good_for(described):
        words.addWidget(Text(use, "small", "text", wrap=True))
    facts = f"{licence_words(source.licence)}, {dated_words(source)}. {size_words(described)}."
    words.addWidget(Text(facts, "small", "text_soft", wrap=True))
    origin = f"{origin_words(source)} {disk_words(described)}".rstrip()
    words.addWidget(Text(origin, "small", "text_soft", wrap=True))
    if old := age_words(source, today):
        warning = Text(old, "small", "warn", wrap=True)
        words.addLayout(beside(Icon("alert", "warn", Size.ICON_SMALL), warning, Space.XS))
    return words
