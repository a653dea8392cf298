"""One source opened like a book: its titles at the left, the article at the right."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.dates import today
from healthmate_desktop.ui.documents.sharpening import sharpen
from healthmate_desktop.ui.documents.sheet import OPENING, Sheet
from healthmate_desktop.ui.library.article import (
    Opened,
    Spot,
    beside,
    leaf_with,
    opened,
    sheet_at,
)
from healthmate_desktop.ui.library.article_reader import ArticleReader
from healthmate_desktop.ui.library.contents import ContentsSide
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import row

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.library import Heading, Source
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.services.search import SearchService

_Loaded = tuple[Opened, Spot, Sheet]


class Shelf(QFrame):
    """`left` asks for the list of sources."""

    left = Signal()

    def __init__(self, library: LibraryService, search: SearchService, tasks: TaskRunner) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._library, self._tasks = library, tasks
        self._task: Task | None = None
        self._finding: Task | None = None
        self._open: Opened | None = None
        self._spot: Spot | None = None
        self.side, self.reader = ContentsSide(library, search, tasks), ArticleReader()
        self.list, self.search = self.side.list, self.side.search
        line = row(self.side, spacing=0)
        line.addWidget(self.reader, 1)
        self.setLayout(line)
        self.side.left.connect(self.left)
        self.side.chosen.connect(self._show)
        self.reader.page_wanted.connect(self._on_page_wanted)
        self.reader.heading_wanted.connect(self._on_heading)
        self.reader.step_wanted.connect(self._on_step)
        self.reader.elsewhere_wanted.connect(self._look_elsewhere)
        self.reader.paper.sharper_wanted.connect(self._sharpen)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        find = QKeySequence(QKeySequence.StandardKey.Find)
        QShortcut(find, self, self.reader.find_button.click, context=here)
        self.setFocusProxy(self.list)

    @property
    def source(self) -> Source | None:
        return self.side.source

    def open_source(self, source: Source) -> None:
        """Its titles, and the first article."""
        self._begin()
        self.side.open(source)
        self._load(lambda: self._first(source))

    def open_article(self, spot: Spot) -> None:
        """An article's page with some letters lit, among the titles of its source."""
        if self.side.words():
            self.side.show_all()
        self._show(spot)

    def step_back(self) -> bool:
        """Take back what was looked for in the source; whether there was anything."""
        looked = bool(self.side.words())
        if looked:
            self.side.show_all()
        return looked

    # --- what is open ---

    def _begin(self) -> None:
        self._open = self._spot = None
        self.reader.show_message("")

    def _show(self, spot: Spot) -> None:
        kept = self._open
        if kept is None or kept.article.id != spot.article_id:
            self.reader.show_message(OPENING)
        self._load(lambda: self._read(spot, kept))

    def _load(self, work: Callable[[], _Loaded | None]) -> None:
        for task in (self._task, self._finding):
            if task is not None:
                task.cancel()
        self._task = self._tasks.run(
            work,
            owner=self,
            lane=Lane.IO,
            on_success=self._show_loaded,
            on_error=lambda error: self.reader.show_message(words_of(error)),
        )

    def _first(self, source: Source) -> _Loaded | None:
        """Off the GUI thread, as those that follow."""
        titles = self._library.titles(source.id, count=1).titles
        return self._read(Spot(titles[0].article_id), None) if titles else None

    def _read(self, spot: Spot, kept: Opened | None) -> _Loaded:
        if kept is None or kept.article.id != spot.article_id:
            kept = opened(self._library, spot.article_id)
        return kept, spot, sheet_at(self._library, kept, spot)

    def _read_beside(self, of: Opened, step: int) -> _Loaded:
        return self._read(Spot(beside(self._library, of, step)), None)

    def _show_loaded(self, loaded: _Loaded | None) -> None:
        if loaded is None:
            return
        now, self._spot, sheet = loaded
        self._open = now
        if self.side.source != now.source:
            self.side.open(now.source)
        self.side.choose(now.article.id, now.position)
        self.reader.show_article(now, sheet, self._spot, today())

    # --- what is done ---

    def _on_page_wanted(self, number: int) -> None:
        if (now := self._open) is not None:
            leaf = now.leaves[number - 1]
            self._show(Spot(now.article.id, leaf.page, leaf.start))

    def _on_heading(self, heading: Heading) -> None:
        if self._open is not None:
            self._show(Spot(self._open.article.id, heading.page, heading.start))

    def _on_step(self, step: int) -> None:
        if (now := self._open) is not None:
            self._load(partial(self._read_beside, now, step))

    def _look_elsewhere(self, words: str, page: int, step: int) -> None:
        if (now := self._open) is None:
            return
        if self._finding is not None:
            self._finding.cancel()
        self._finding = self._tasks.run(
            lambda: leaf_with(now, words, page, step),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_elsewhere,
        )

    def _show_elsewhere(self, page: int) -> None:
        if page:
            self._on_page_wanted(page)
        else:
            self.reader.say_nowhere()

    def _sharpen(self, width: int) -> None:
        now, spot = self._open, self._spot
        if now is None or spot is None or not self.reader.view.has_picture:
            return

        def draw(pixels: int) -> bytes:
            return self._library.picture(now.article.id, spot.page, pixels)

        sharpen(self.reader.paper, width, draw, lambda: self._spot == spot, self._tasks)
