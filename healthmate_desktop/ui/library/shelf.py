"""One source opened: its titles at the left, the article at the right."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.domain.answers import Citation
from healthmate_desktop.ui.dates import month
from healthmate_desktop.ui.documents.reader import Reader
from healthmate_desktop.ui.documents.sheet import PICTURE_WIDTH, Sheet, sheet_of, with_picture
from healthmate_desktop.ui.documents.side import ListSide
from healthmate_desktop.ui.library.sources import counted
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.row_list import Row, RowList
from healthmate_desktop.ui.widgets.section import SearchField
from healthmate_desktop.ui.widgets.text import Elided, Tag, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.ids import SourceId
    from healthmate_desktop.domain.library import Article, Source
    from healthmate_desktop.services.library import LibraryService


@dataclass(frozen=True, slots=True)
class _Spot:
    article_id: str
    page: int = 1
    start: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True)
class _Contents:
    source: Source
    articles: list[Article]


class Shelf(QFrame):
    """`left` asks for the list of sources."""

    left = Signal()

    def __init__(self, library: LibraryService, tasks: TaskRunner) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._library, self._tasks = library, tasks
        self._articles: dict[str, Article] = {}
        self._task: Task | None = None
        self._open: _Spot | None = None
        self.source: Source | None = None
        self.list, self.reader = RowList("Articles"), Reader()
        self.search = SearchField("Find a title", "Find articles by title")
        self.back = Button("All sources", "plain", "left", size="small")
        self._title, self._detail = Elided("", "heading"), Elided("", "small", "text_soft")
        self._note = Tag("")
        self._count = Text("", "caption", "text_faint", wrap=True)
        line = row(self._build_side(), spacing=0)
        line.addWidget(self.reader, 1)
        self.setLayout(line)
        self.back.clicked.connect(self.left)
        self.list.chosen.connect(lambda key: self._show(_Spot(key)))
        self.search.edit.textChanged.connect(self._show_rows)
        self.reader.page_wanted.connect(self._on_page_wanted)
        self.setFocusProxy(self.list)

    def open_source(self, source: Source) -> None:
        """Its titles, and the first article."""
        self._begin()
        self._show_source(source)
        self._run(lambda: _Contents(source, self._library.articles(source.id)), None)

    def open_article(self, spot: tuple[str, int, int, int]) -> None:
        """An article's page with some letters lit, among the titles of its source."""
        wanted = _Spot(*spot)
        if wanted.article_id in self._articles:
            self.search.edit.clear()
            self._show(wanted)
            return
        self._begin()
        self._run(partial(_contents_with, self._library, wanted.article_id), wanted)

    def _build_side(self) -> ListSide:
        head = column(
            row(self.back, 0),
            column(self._title, self._detail, spacing=0, margins=(Space.S, 0, Space.S, 0)),
            row(self._note, 0, margins=(Space.S, 0, Space.S, 0)),
            spacing=Space.XS,
        )
        foot = column(self._count, margins=(Space.S, 0, Space.S, 0))
        self._note.hide()
        return ListSide(head, self.search, self.list, foot)

    def _begin(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._articles, self._open, self.source = {}, None, None
        self.search.edit.clear()
        self.list.show_rows([])
        for words in (self._title, self._detail, self._count):
            words.say("")
        self._note.hide()
        self.reader.show_message("")

    def _run(self, work: Callable[[], _Contents], spot: _Spot | None) -> None:
        self._task = self._tasks.run(
            work,
            owner=self,
            lane=Lane.IO,
            on_success=partial(self._show_contents, spot),
            on_error=self._show_error,
        )

    def _show_contents(self, spot: _Spot | None, contents: _Contents) -> None:
        self._show_source(contents.source)
        self._articles = {article.id: article for article in contents.articles}
        self._count.say(counted(len(self._articles)))
        self._show_rows()
        if spot is None and contents.articles:
            spot = _Spot(contents.articles[0].id)
        if spot is not None:
            self._show(spot)

    def _show_source(self, source: Source) -> None:
        self.source = source
        self._title.say(source.title)
        dated = f", {month(source.published)}" if source.published else ""
        self._detail.say(f"{source.licence}{dated}")
        self._note.setText(source.note)
        self._note.setVisible(bool(source.note))

    def _show_rows(self) -> None:
        words = self.search.edit.text().casefold().split()
        self.list.show_rows(
            [
                Row(article.id, article.title)
                for article in self._articles.values()
                if all(word in article.title.casefold() for word in words)
            ]
        )
        if self._open is not None:
            self.list.choose(self._open.article_id)

    def _show(self, spot: _Spot) -> None:
        article = self._articles[spot.article_id]
        self._open = spot
        self.list.choose(article.id)
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            partial(_load, self._library, article, spot),
            owner=self,
            lane=Lane.IO,
            on_success=partial(self._show_sheet, article, spot),
            on_error=self._show_error,
        )

    def _show_sheet(self, article: Article, spot: _Spot, sheet: Sheet) -> None:
        self.reader.show_sheet(sheet, article.title, spot.page, len(article.pages))

    def _show_error(self, error: Exception) -> None:
        self.reader.show_message(words_of(error))

    def _on_page_wanted(self, number: int) -> None:
        if self._open is not None:
            self._show(_Spot(self._open.article_id, number))


def _contents_with(library: LibraryService, article_id: str) -> _Contents:
    """Off the GUI thread: the source of an article, and what else is in it."""
    source_id: SourceId = library.article(article_id).source_id
    source = next(source for source in library.sources() if source.id == source_id)
    return _Contents(source, library.articles(source_id))


def _load(library: LibraryService, article: Article, spot: _Spot) -> Sheet:
    """Off the GUI thread."""
    text = article.pages[spot.page - 1]
    quote = text[spot.start : spot.start + spot.length]
    place = library.place(
        Citation("", article.id, "library", article.title, quote, spot.page, spot.start)
    )
    name = f"Page {spot.page} of {article.title}"
    sheet = sheet_of(place, name, markdown=not article.file)
    return with_picture(sheet, lambda: library.picture(article.id, spot.page, PICTURE_WIDTH))
