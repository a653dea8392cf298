"""The sources of the library in one card: what each is, how old, and what may be done with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from healthmate_desktop.ui.dates import day, month
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Card, Rule, column, fill, row
from healthmate_desktop.ui.widgets.section import SectionHeader
from healthmate_desktop.ui.widgets.text import Elided, Icon, Tag, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.library import Source, SourceKind

_ORIGINS: dict[SourceKind, str] = {
    "starter": "Came with HealthMate",
    "file": "Added by you",
    "beir": "A collection of articles added by you",
}
_OLD_YEARS = 5  # guidelines are as a rule looked through again within five years


class SourcesCard(Card):
    """`read_pressed` and `remove_pressed` carry the Source."""

    read_pressed = Signal(object)
    remove_pressed = Signal(object)

    def __init__(self, *, may_change: bool = True) -> None:
        super().__init__(spacing=Space.S)
        self._may_change = may_change
        self._head = SectionHeader("Sources")
        self._table = QWidget()
        self.add(self._head, self._table)

    def show_sources(self, sources: Sequence[Source], today: date) -> None:
        """One row for each."""
        articles = sum(source.articles for source in sources)
        count = "1 source" if len(sources) == 1 else f"{len(sources)} sources"
        self._head.say(f"{count}, {counted(articles)}")
        rows = column(spacing=Space.S)
        for source in sources:
            fill(rows, Rule(), self._row(source, today))
        table = QWidget()
        table.setLayout(rows)
        self.body.replaceWidget(self._table, table)
        self._table.hide()
        self._table.deleteLater()
        self._table = table

    def _row(self, source: Source, today: date) -> QHBoxLayout:
        read = Button("Read", "quiet", size="small")
        read.setAccessibleName(f"Read {source.title}")
        read.clicked.connect(lambda: self.read_pressed.emit(source))
        remove = Button("Remove", "plain", "delete", size="small")
        remove.setAccessibleName(f"Remove {source.title}")
        remove.clicked.connect(lambda: self.remove_pressed.emit(source))
        name = Elided(source.title, "label")
        name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        title = row(name)
        if source.note:
            title.addWidget(Tag(source.note))
        if old := _age(source, today):
            title.addWidget(Tag(old, "warn"))
        title.addStretch(1)
        words = column(title, Text(_details(source), "small", "text_soft", wrap=True), spacing=0)
        line = row(Icon("library"), spacing=Space.M)
        line.addLayout(words, 1)
        line.addWidget(read)
        if self._may_change and source.kind != "starter":  # what came with HealthMate stays
            line.addWidget(remove)
        return line


def counted(articles: int) -> str:
    """As in "1,204 articles"."""
    return "1 article" if articles == 1 else f"{articles:,} articles"


def _details(source: Source) -> str:
    """Size, date, licence, and where it comes from."""
    licence = "your copy" if source.licence == "Your copy" else f"licence {source.licence}"
    dated = month(source.published) if source.published else "date not known"
    origin = f"{_ORIGINS[source.kind]} on {day(source.added_at)}"
    return f"{counted(source.articles)}, {dated}, {licence}. {origin}."


def _age(source: Source, today: date) -> str:
    if source.published is None:
        return ""
    published = source.published
    not_yet = (today.month, today.day) < (published.month, published.day)
    years = today.year - published.year - not_yet
    return f"{years} years old" if years >= _OLD_YEARS else ""


def today() -> date:
    """Where the person is."""
    return datetime.now().astimezone().date()
