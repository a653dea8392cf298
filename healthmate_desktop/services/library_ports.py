"""What the medical library needs from the rooms below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from healthmate_desktop.domain.retrieval import EVERYTHING, Filters, Understood

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Sequence
    from contextlib import AbstractContextManager

    from healthmate_desktop.domain.documents import Page, Problem
    from healthmate_desktop.domain.ids import PassageId, SourceId
    from healthmate_desktop.domain.library import Article, Source
    from healthmate_desktop.domain.passages import Passage
    from healthmate_desktop.services.ports import Vectors


class ArticleReader(Protocol):
    """Reads untrusted files of public sources in a child process."""

    def articles(
        self, content: bytes, name: str
    ) -> Generator[Article | Problem | float, None, None]:
        """Articles and problems in the order of the file; a number is how much of it was read, 0 to 1.

        Closing the generator ends the child. Raises UnreadableDocument, UnsupportedDocument or ChildDied.
        """
        ...

    def collection(self, content: bytes) -> str:
        """Which public collection an archive holds; "" for none that is known. Raises as `articles`."""
        ...

    def rest(self) -> None:
        """No more files for now."""
        ...

    def read_page(self, content: bytes, number: int) -> Page:
        """One page (from 1) with its words. Raises as `articles`."""
        ...

    def draw(self, content: bytes, page: int, width: int) -> bytes:
        """One page (from 1) as PNG, `width` pixels wide. Raises as `articles`."""
        ...


class SourceFiles(Protocol):
    """Files of public sources, kept whole."""

    def names(self) -> list[str]: ...

    def sizes(self) -> dict[str, int]:
        """Bytes of each, by name."""
        ...

    def put(self, source_id: str, content: bytes) -> None:
        """Durable when it returns. Raises DiskFull."""
        ...

    def get(self, source_id: str) -> bytes:
        """Raises NotFound."""
        ...

    def remove(self, source_id: str) -> None: ...


class SourceDraft(Protocol):
    """A source on its way into the library, invisible until its block ends without an exception.

    Batches that were added stay when the block is left otherwise, also by a crash, and the next block for the same
    `sha256` goes on with them.
    """

    source: Source  # may be replaced by one of the same id; its id is that of the first block

    @property
    def articles(self) -> int: ...

    @property
    def mark(self) -> dict[str, Any]:
        """What came with the last batch; empty before the first."""
        ...

    @property
    def digests(self) -> set[str]:
        """Of the articles in it."""
        ...

    def add(
        self,
        articles: Sequence[Article],
        passages: Sequence[Passage],
        vectors: Vectors,
        mark: dict[str, Any],
        *,
        titles: Vectors,
    ) -> None:
        """Durable when it returns, with `mark`, which is JSON. Raises DiskFull."""
        ...

    def give_up(self) -> None:
        """Nothing of it is wanted: the block's end adds nothing."""
        ...


class Library(Protocol):
    """Passages of public sources. Raises HealthMateError when its files are damaged or the disk is full."""

    def adding(
        self, source: Source, *, replacing: Collection[SourceId] = ()
    ) -> AbstractContextManager[SourceDraft]: ...

    def unfinished(self) -> set[SourceId]:
        """Sources that were begun and can be gone on with."""
        ...

    def digests(self, *, without: Collection[SourceId] = ()) -> set[str]:
        """Of all articles but those of some sources."""
        ...

    def sources(self) -> list[Source]: ...

    def size(self) -> int:
        """Bytes on the disk, without the files of `SourceFiles`."""
        ...

    def build_when_due(self) -> Generator[None, None, None]:
        """Make a library that has grown quick to search again. Nothing is lost when it is closed early."""
        ...

    def remove(self, source_id: SourceId) -> None: ...

    def article(self, article_id: str) -> Article:
        """Raises NotFound."""
        ...

    def articles(self, source_id: SourceId) -> list[Article]: ...

    def titles(
        self, source_id: SourceId, words: Sequence[str], start: int, count: int
    ) -> tuple[int, list[tuple[str, str]]]:
        """How many of a source's titles have all the words, and article id and title of `count` from `start`."""
        ...

    def position(self, article: Article) -> int:
        """Its place among those of its source, from 0; -1 where it is gone."""
        ...

    def kinds(self) -> list[tuple[SourceId, str, str, int]]:
        """Source, kind and language of articles, and how many there are of each."""
        ...

    def headings(self, article_id: str) -> list[tuple[int, int, str]]:
        """Page, start and path of headings of each passage of an article, in reading order."""
        ...

    def full_text(
        self, query: str, k: int, *, filters: Filters = EVERYTHING
    ) -> list[tuple[PassageId, float]]:
        """The best `k` by BM25, whatever their language."""
        ...

    def candidates(
        self, vector: Vectors, asked: Understood, k: int, *, filters: Filters = EVERYTHING
    ) -> tuple[tuple[list[Passage], Vectors, Vectors], dict[PassageId, float]]:
        """The `k` nearest and the best `k` by BM25: passages, their vectors, those of their titles; scores by words."""
        ...
