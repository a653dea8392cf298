"""An article of the library made ready to be read, off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import boxes_of
from healthmate_desktop.errors import NotFound
from healthmate_desktop.ui.documents.searching import hits_in
from healthmate_desktop.ui.documents.sheet import PICTURE_WIDTH, Sheet, with_picture

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.library import Article, Heading, Source
    from healthmate_desktop.services.library import LibraryService


@dataclass(frozen=True, slots=True)
class Spot:
    """The place to open: `length` letters from `start` of a page are lit; where it is 0 the page begins there."""

    article_id: str
    page: int = 1
    start: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """An article among those of its source: the one at `position`, from 0, of `total`."""

    article: Article
    source: Source
    outline: tuple[Heading, ...]
    position: int
    total: int


def opened(library: LibraryService, article_id: str) -> Opened:
    """Raises HealthMateError."""
    article = library.article(article_id)
    source = next((s for s in library.sources() if s.id == article.source_id), None)
    if source is None:
        raise NotFound("The source of this article is not in the library any more.")
    return Opened(
        article,
        source,
        tuple(library.outline(article)),
        library.position(article),
        library.titles(source.id, count=1).total,
    )


def beside(library: LibraryService, of: Opened, step: int) -> str:
    """The id of the article before or after. Raises NotFound."""
    found = library.titles(of.source.id, start=of.position + step, count=1).titles
    if not found:
        raise NotFound("That article is not in the library any more.")
    return found[0].article_id


def sheet_at(library: LibraryService, article: Article, spot: Spot) -> Sheet:
    """Raises HealthMateError."""
    page = library.page(article, spot.page)
    lit = (spot.start, spot.start + spot.length) if spot.length else None
    sheet = Sheet(
        name=f"Page {spot.page} of {article.title}",
        text=page.text,
        lit=lit,
        boxes=boxes_of(page, *lit) if lit else (),
        size=(page.width, page.height),
        markdown=not article.file,
        words=page.words,
    )
    return with_picture(sheet, lambda: library.picture(article.id, spot.page, PICTURE_WIDTH))


def page_with(article: Article, words: str, start: int, step: int) -> Generator[None, None, int]:
    """The next page after `start` that has the words, all round; 0 where no other has."""
    count = len(article.pages)
    for turn in range(1, count):
        number = (start - 1 + turn * step) % count + 1
        if hits_in(article.pages[number - 1], words):
            return number
        yield
    return 0
