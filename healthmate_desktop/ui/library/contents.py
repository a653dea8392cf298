"""The titles of one source at the left of the shelf, brought in as they come into sight, and the search in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from healthmate_desktop.domain.retrieval import Filters
from healthmate_desktop.domain.text import counted
from healthmate_desktop.services.shelf import PAGE
from healthmate_desktop.ui.documents.side import ListSide
from healthmate_desktop.ui.library.article import Spot
from healthmate_desktop.ui.library.source_words import dated_words, licence_words
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import column, part_of, row
from healthmate_desktop.ui.widgets.markdown import without_marks
from healthmate_desktop.ui.widgets.row_list import Row, RowList
from healthmate_desktop.ui.widgets.section import SearchField
from healthmate_desktop.ui.widgets.text import Elided, Tag, Text

if TYPE_CHECKING:
    from healthmate_desktop.domain.library import Source
    from healthmate_desktop.domain.passages import Hit
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.services.search import SearchService
    from healthmate_desktop.services.shelf import Titles

_REST_MS = {"titles": 150, "text": 400}  # after the last letter
_SHORTEST = 2  # letters that are looked for in texts
_MOST_PLACES = 20
_SNIPPET = 34  # letters


class ContentsSide(ListSide):
    """`chosen` carries the Spot to open, `left` asks for the list of sources."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, library: LibraryService, search: SearchService, tasks: TaskRunner) -> None:
        self._library, self._search, self._tasks = library, search, tasks
        self._task: Task | None = None
        self._total = 0  # articles of the source
        self._at = ("", -1)  # the article that is open, and its place
        self._places: dict[str, Spot] = {}  # found in the text
        self.source: Source | None = None
        self.list = RowList("Articles")
        self.search = SearchField("Find in this source", "Find in this source")
        self.where = Segments("Look in", [("titles", "Titles"), ("text", "Whole text")], "titles")
        self.back = Button("All sources", "plain", "left", size="small")
        self._title, self._detail = Elided("", "heading"), Elided("", "small", "text_soft")
        self._note, self._count = Tag(""), Text("", "caption", "text_faint", wrap=True)
        self._none = Text("", "small", "text_soft", wrap=True)
        self.deeper = Button("Look in the whole text", "quiet", size="small", flush=True)
        self.clear = Button("Show all titles", "quiet", size="small", flush=True)
        sides = (Space.S, 0, Space.S, 0)
        self._nothing = part_of(
            column(self._none, row(self.deeper, 0), row(self.clear, 0), 0, margins=sides)
        )
        head = column(
            row(self.back, 0),
            column(self._title, self._detail, spacing=0, margins=sides),
            row(self._note, 0, margins=sides),
            spacing=Space.XS,
        )
        foot = column(self._count, margins=sides)
        choice = row(self.where, 0)
        super().__init__(head, self.search, choice, self._nothing, self.list, foot)
        self._nothing.hide()
        self._note.hide()
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._look)
        self._connect()
        self.setFocusProxy(self.list)

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.search.edit.textChanged.connect(self._on_typed)
        self.search.edit.returnPressed.connect(self._look)
        self.where.chosen.connect(lambda _: self._look())
        self.list.wanted.connect(self._bring)
        self.list.chosen.connect(self._on_chosen)
        self.deeper.clicked.connect(self._on_deeper)
        self.clear.clicked.connect(self.show_all)

    def open(self, source: Source) -> None:
        """Another source, from its first title."""
        self.source, self._at = source, ("", -1)
        self._title.say(source.title)
        self._detail.say(f"{licence_words(source.licence)}, {dated_words(source)}")
        self._detail.setToolTip(licence_words(source.licence))
        self._note.setText(source.note)
        self._note.setVisible(bool(source.note))
        self._total = source.articles
        self.show_all()

    def choose(self, article_id: str, position: int) -> None:
        """Show an article as the one that is open."""
        self._at = (article_id, position)
        if self.where.current() == "text" and self.words():
            return
        if self.words():
            self.list.choose(article_id)
        elif 0 <= position < self.list.model().rowCount():
            self.list.choose_at(position)

    def words(self) -> str:
        return self.search.edit.text().strip()

    def show_all(self) -> None:
        """Without words."""
        blocked = self.search.edit.blockSignals(True)
        self.search.edit.clear()
        self.search.edit.blockSignals(blocked)
        self._look()

    # --- looking ---

    def _on_typed(self) -> None:
        self._rest.start(_REST_MS[self.where.current()])

    def _look(self) -> None:
        """For what the field and the choice say now."""
        self._rest.stop()
        if self._task is not None:
            self._task.cancel()
        if (source := self.source) is None:
            return
        words = self.words()
        if self.where.current() == "text" and len(words) >= _SHORTEST:
            self._task = self._tasks.run(
                lambda: self._search.search(
                    words,
                    None,
                    scope="library",
                    k=_MOST_PLACES,
                    filters=Filters(only=frozenset([source.id])),
                ),
                owner=self,
                lane=Lane.MODEL,
                on_success=self._show_places,
                on_error=self._show_error,
            )
        else:
            position = max(self._at[1], 0) if not words else 0
            self._task = self._tasks.run(
                lambda: self._library.titles(source.id, words, position - position % PAGE),
                owner=self,
                lane=Lane.IO,
                on_success=self._show_titles,
                on_error=self._show_error,
            )

    def _bring(self, start: int) -> None:
        """A page of titles that has come into sight."""
        source, words = self.source, self.words()
        if source is None:
            return
        self._tasks.run(
            lambda: self._library.titles(source.id, words, start),
            owner=self,
            lane=Lane.IO,
            on_success=partial(self._put_titles, source, words),
            on_error=self._show_error,
        )

    # --- what is found ---

    def _show_titles(self, titles: Titles) -> None:
        words = self.words()
        self._places = {}
        self.list.show_count(titles.total, PAGE)
        self.list.put_rows(titles.start, _rows(titles))
        self.choose(*self._at)
        if not words:
            self._total = titles.total
        found = counted(titles.total, "article", "articles")
        self._count.say(f"{found} of {self._total:,} by title" if words else found)
        self._say_none(nothing=bool(words) and not titles.total)

    def _put_titles(self, source: Source, words: str, titles: Titles) -> None:
        if source is self.source and words == self.words() and not self._places:
            self.list.put_rows(titles.start, _rows(titles))

    def _show_places(self, hits: list[Hit]) -> None:
        self._places = {hit.passage.id: _spot(hit) for hit in hits}
        self.list.show_rows([_found_row(hit) for hit in hits])
        self.list.choose("")
        places = counted(len(hits), "place", "places")
        self._count.say(f"{places}, the nearest first" if hits else "")
        self._say_none(nothing=not hits)

    def _show_error(self, error: Exception) -> None:
        self.list.show_rows([])
        self._count.say("")
        self._none.say(words_of(error))
        self._nothing.show()
        self.list.hide()

    def _say_none(self, *, nothing: bool) -> None:
        by_title = self.where.current() == "titles"
        where = "No title in this source has" if by_title else "Nothing in this source is about"
        self._none.say(f"{where} \u201c{self.words()}\u201d.")
        self.deeper.setVisible(by_title)
        self._nothing.setVisible(nothing)
        self.list.setVisible(not nothing)

    # --- what is done ---

    def _on_deeper(self) -> None:
        self.where.choose("text")
        self.search.edit.setFocus()
        self._look()

    def _on_chosen(self, key: str) -> None:
        self.chosen.emit(self._places.get(key) or Spot(key))


def _rows(titles: Titles) -> list[Row]:
    return [Row(title.article_id, title.words) for title in titles.titles]


def _spot(hit: Hit) -> Spot:
    passage = hit.passage
    return Spot(passage.document_id, passage.page, passage.start, len(passage.text))


def _found_row(hit: Hit) -> Row:
    """Where it stands, or how it begins."""
    begins = " ".join(without_marks(hit.passage.text).replace("#", " ").split()).lstrip("-* ")
    short = begins if len(begins) <= _SNIPPET else f"{begins[:_SNIPPET]}\u2026"
    return Row(hit.passage.id, hit.passage.title, hit.passage.heading or short)
