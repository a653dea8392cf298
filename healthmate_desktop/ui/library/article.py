"""An article of the library made ready to be read, off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import boxes_of
from healthmate_desktop.errors import NotFound
from healthmate_desktop.ui.documents.searching import hits_in
from healthmate_desktop.ui.documents.sheet import PICTURE_WIDTH, Sheet, cut, with_picture

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.library import Article, Heading, Source
    from healthmate_desktop.services.library import LibraryService


LEAF = 12_000  # letters that are shown at once: more would hold up the window


@dataclass(frozen=True, slots=True)
class Spot:
    """The place to open: `length` letters from `start` of a page are lit; where it is 0 the page begins there."""

    article_id: str
    page: int = 1
    start: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is shown at once: a page, or from `start` to `end` of the text of a long one."""

    page: int  # from 1
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Opened:
    """An article among those of its source: the one at `position`, from 0, of `total`."""

    article: Article
    source: Source
    outline: tuple[Heading, ...]
    position: int
    total: int
    leaves: tuple[Leaf, ...]

    def number_at(self, spot: Spot) -> int:
        """The number of the leaf that a place stands on, from 1."""
        before = [n for n, leaf in enumerate(self.leaves, 1) if _reaches(leaf, spot)]
        return before[-1] if before else 1


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
        leaves_of(article),
    )


def leaves_of(article: Article) -> tuple[Leaf, ...]:
    """In their order; a page that is drawn is one, however much stands on it."""
    return tuple(
        Leaf(number, start, end)
        for number, text in enumerate(article.pages, 1)
        for start, end in ([(0, len(text))] if article.file else cuts_of(text))
    )


def cuts_of(text: str) -> list[tuple[int, int]]:
    """Start and end of the parts of a text that are shown at once, cut between paragraphs, lines or words."""
    cuts, start = [], 0
    while len(text) - start > LEAF:
        least, most = start + LEAF // 2, start + LEAF
        found = ((text.rfind(mark, least, most), len(mark)) for mark in ("\n\n", "\n", " "))
        end = next((at + length for at, length in found if at >= 0), most)
        cuts.append((start, end))
        start = end
    return [*cuts, (start, len(text))]


def beside(library: LibraryService, of: Opened, step: int) -> str:
    """The id of the article before or after. Raises NotFound."""
    found = library.titles(of.source.id, start=of.position + step, count=1).titles
    if not found:
        raise NotFound("That article is not in the library any more.")
    return found[0].article_id


def sheet_at(library: LibraryService, of: Opened, spot: Spot) -> Sheet:
    """The leaf with the place. Raises HealthMateError."""
    article, number = of.article, of.number_at(spot)
    page, leaf = library.page(article, spot.page), of.leaves[number - 1]
    lit = (spot.start, min(spot.start + spot.length, len(page.text))) if spot.length else None
    sheet = Sheet(
        name=f"Page {number} of {article.title}",
        text=page.text,
        lit=lit,
        boxes=boxes_of(page, *lit) if lit else (),
        size=(page.width, page.height),
        markdown=not article.file,
        words=page.words,
    )
    if not article.file:
        sheet = cut(sheet, leaf.start, leaf.end)
    return with_picture(sheet, lambda: library.picture(article.id, spot.page, PICTURE_WIDTH))


def leaf_with(of: Opened, words: str, start: int, step: int) -> Generator[None, None, int]:
    """The number of the next leaf after `start` that has the words, all round; 0 where no other has."""
    count = len(of.leaves)
    for turn in range(1, count):
        number = (start - 1 + turn * step) % count + 1
        leaf = of.leaves[number - 1]
        if hits_in(of.article.pages[leaf.page - 1][leaf.start : leaf.end], words):
            return number
        yield
    return 0


def _reaches(leaf: Leaf, spot: Spot) -> bool:
    """Whether it begins with the place, or before."""
    return (leaf.page, leaf.start) <= (spot.page, spot.start)
