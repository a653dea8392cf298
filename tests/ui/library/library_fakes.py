"""A small library that is only a few lists, and the small steps of a test on its screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLabel, QWidget

from healthmate_desktop.domain.documents import Box, Page, Word
from healthmate_desktop.domain.ids import PassageId, SourceId
from healthmate_desktop.domain.library import Article, Heading, Source, SourceKind
from healthmate_desktop.domain.passages import Hit, Passage
from healthmate_desktop.domain.retrieval import EVERYTHING, Filters
from healthmate_desktop.errors import NotFound
from healthmate_desktop.services.library import LibraryProgress, LibraryService, SourceOutcome
from healthmate_desktop.services.search import SearchService
from healthmate_desktop.services.shelf import PAGE, Described, Title, Titles
from healthmate_desktop.ui.library.screen import LibraryScreen
from healthmate_desktop.ui.tasks import TaskRunner
from healthmate_desktop.ui.widgets.buttons import Button
from ui.page_png import png

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

Make = Callable[[TaskRunner], LibraryScreen]

OUTLINE = [Heading(1, 10, 1, "Signs"), Heading(1, 40, 1, "Care")]
TOPIC = "# Asthma\n\n## Signs\n\nWheezing is a sign of asthma."
QUOTE = "Wheezing is a sign of asthma."


def source(key: str, kind: SourceKind, published: date | None, note: str = "") -> Source:
    added = datetime(2026, 6, 3, 12, tzinfo=UTC)
    licence = "MIT" if kind == "starter" else "Your copy"
    count = 2 if kind == "starter" else 1
    title = f"The {key}"
    return Source(SourceId(key), kind, title, licence, published, added, 4, count, key, note)


STARTER = source("topics", "starter", date(2026, 3, 1), "Not reviewed by a clinician")
BOOK = source("guideline", "file", date(2019, 3, 1))
ARTICLES = [
    Article("asthma", STARTER.id, "Asthma", (TOPIC,)),
    Article("burns", STARTER.id, "Burns", ("Cool a burn with water.",)),
    Article("book", BOOK.id, "Guideline", ("First page.", "Second page."), file="book"),
]


class Books(LibraryService):
    def __init__(self) -> None:
        self.kept = [STARTER, BOOK]
        self.texts = list(ARTICLES)
        self.added: list[Path] = []
        self.steps: list[LibraryProgress] = []
        self.outcomes: list[SourceOutcome] = []
        self.gate = threading.Event()  # sources that are being added wait while it is not set
        self.gate.set()
        self.error: Exception | None = None
        self.reads = 0
        self.replaced: SourceId | None = None

    def sources(self) -> list[Source]:
        self.reads += 1
        return list(self.kept)

    def described(self) -> list[Described]:
        kinds = {STARTER.id: ("topic",), BOOK.id: ("pdf",)}
        sizes = {STARTER.id: 11_000_000, BOOK.id: 2_310_000_000}
        return [
            Described(kept, kinds.get(kept.id, ()), ("en",), sizes.get(kept.id, 0))
            for kept in self.kept
        ]

    def titles(
        self, source_id: SourceId, words: str = "", start: int = 0, count: int = PAGE
    ) -> Titles:
        found = [
            Title(article.id, article.title)
            for article in self.texts
            if article.source_id == source_id and words.casefold() in article.title.casefold()
        ]
        return Titles(len(found), start, tuple(found[start : start + count]))

    def position(self, article: Article) -> int:
        return [a for a in self.texts if a.source_id == article.source_id].index(article)

    def outline(self, article: Article) -> list[Heading]:
        return OUTLINE if article.id == "asthma" else []

    def page(self, article: Article, number: int) -> Page:
        text = article.pages[number - 1]
        if not article.file:
            return Page(number, text)
        return Page(number, text, 595, 842, (Word(0, 6, Box(40, 60, 200, 72)),))

    def article(self, article_id: str) -> Article:
        for article in self.texts:
            if article.id == article_id:
                return article
        raise NotFound("This article is not in the library any more.")

    def picture(self, article_id: str, page: int, width: int) -> bytes:  # noqa: ARG002
        return png()

    def remove(self, source_id: SourceId) -> None:
        if self.error is not None:
            raise self.error
        self.kept = [kept for kept in self.kept if kept.id != source_id]

    def add(
        self,
        paths: Sequence[Path],
        *,
        replacing: SourceId | None = None,
    ) -> Generator[LibraryProgress, None, list[SourceOutcome]]:
        self.added += paths
        self.replaced = replacing
        yield LibraryProgress("PMC", 1204, 3800)
        yield LibraryProgress("Unknown", 7, 0)
        yield from self.steps
        self.gate.wait(5)
        if self.error is not None:
            raise self.error
        for outcome in self.outcomes:
            yield LibraryProgress("PMC", 1, 1, outcome)
        return self.outcomes


class Finder(SearchService):
    """Finds the same passage whatever is asked, where `nothing` is not."""

    def __init__(self) -> None:
        self.filters: list[Filters] = []
        self.nothing = False

    def search(self, *_args: Any, filters: Filters = EVERYTHING, **_more: Any) -> list[Hit]:
        self.filters.append(filters)
        start = TOPIC.index(QUOTE)
        passage = Passage(PassageId("x"), "library", "asthma", "Asthma", QUOTE, 1, start, "Signs")
        return [] if self.nothing else [Hit(passage, 1.0)]


def words(screen: QWidget) -> str:
    labels = (w for w in screen.findChildren(QLabel) if w.isVisible())
    return "\n".join(w.accessibleName() or w.text() for w in labels)


def button(screen: QWidget, said: str) -> Button:
    """By its words, or what a screen reader says of it."""
    buttons = (b for b in screen.findChildren(Button) if b.isVisible())
    return next(b for b in buttons if said in (b.text(), b.accessibleName()))


def has_button(screen: QWidget, said: str) -> bool:
    buttons = (b for b in screen.findChildren(Button) if b.isVisible())
    return any(said in (b.text(), b.accessibleName()) for b in buttons)
