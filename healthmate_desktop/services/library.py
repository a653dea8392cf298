"""The medical library: public sources that a person brings, and the starter set that comes with the program."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.answers import Place
from healthmate_desktop.domain.documents import Page, boxes_of
from healthmate_desktop.domain.library import Article
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import (
    ChildDied,
    DocumentError,
    HealthMateError,
    InvalidInput,
    NotFound,
    UnreadableDocument,
)
from healthmate_desktop.interop.topics import parse_topic
from healthmate_desktop.services.adding import (
    Adding,
    LibraryProgress,
    SourceOutcome,
    new_source,
    refused,
)
from healthmate_desktop.services.filling import Filling
from healthmate_desktop.services.gathering import groups_of
from healthmate_desktop.services.shelf import (
    PAGE,
    Described,
    Title,
    Titles,
    described,
    outline_of,
    sizes_of,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from healthmate_desktop.domain.answers import Citation
    from healthmate_desktop.domain.ids import SourceId
    from healthmate_desktop.domain.library import Heading, Source
    from healthmate_desktop.interop.topics import Topic
    from healthmate_desktop.services.gathering import Group
    from healthmate_desktop.services.library_ports import ArticleReader, SourceFiles
    from healthmate_desktop.services.ports import Embedder, Library

__all__ = ["LibraryProgress", "LibraryService", "SourceOutcome"]

_ALSO = {"en": "Also called", "es": "Otros nombres", "fr": "Autres noms"}


class LibraryService:
    """Adds, lists, opens and removes sources."""

    def __init__(
        self, library: Library, originals: SourceFiles, reader: ArticleReader, embedder: Embedder
    ) -> None:
        self._library = library
        self._originals = originals
        self._reader = reader
        self._embedder = embedder

    def sources(self) -> list[Source]:
        return self._library.sources()

    def articles(self, source_id: SourceId) -> list[Article]:
        return self._library.articles(source_id)

    def article(self, article_id: str) -> Article:
        """Raises NotFound."""
        return self._library.article(article_id)

    def described(self) -> list[Described]:
        """The sources with what they are about; without that where the articles can't be read."""
        sources = self._library.sources()
        try:
            counts = self._library.kinds() if sources else []
        except HealthMateError:  # a damaged library is still listed, so that it can be removed
            counts = []
        return described(sources, counts, self._sizes(sources))

    def sizes(self) -> dict[SourceId, int]:
        """About how many bytes each source takes on the disk: its files, and its part of the index."""
        return self._sizes(self._library.sources())

    def titles(
        self, source_id: SourceId, words: str = "", start: int = 0, count: int = PAGE
    ) -> Titles:
        """Some of a source's titles that have all the words, in their order."""
        total, found = self._library.titles(source_id, words.split(), start, count)
        return Titles(total, start, tuple(Title(*each) for each in found))

    def position(self, article: Article) -> int:
        """Its place among those of its source, from 0; -1 where it is gone."""
        return self._library.position(article)

    def outline(self, article: Article) -> list[Heading]:
        """Its table of contents."""
        return outline_of(self._library.headings(article.id))

    def index(self) -> Generator[None, None, None]:
        """Make a library that has grown quick to search again, a step each second; no step where it is so.

        Search goes on meanwhile. What goes wrong is not told: nothing is missing but speed, and it is due again.
        """
        with contextlib.suppress(HealthMateError):
            yield from self._library.build_when_due()

    def remove(self, source_id: SourceId) -> None:
        """Forget a source, also a damaged one, and delete its files. Raises NotFound."""
        files = self._files_of(source_id)
        self._library.remove(source_id)
        for name in files:
            self._originals.remove(name)

    def picture(self, article_id: str, page: int, width: int) -> bytes:
        """A page of an article that came as a PDF or picture, as PNG. Raises HealthMateError."""
        return self._reader.draw(self._originals.get(article_id), page, width)

    def page(self, article: Article, number: int) -> Page:
        """A page (from 1), with its words and their places where its file was kept. Raises HealthMateError."""
        if article.file:
            return self._reader.read_page(self._originals.get(article.id), number)
        return Page(number, article.pages[number - 1])

    def place(self, citation: Citation) -> Place:
        """Where a citation of the library stands. Raises NotFound."""
        article = self._library.article(citation.document_id)
        place = Place(citation, article.pages[citation.page - 1], (), page_count=len(article.pages))
        if not article.file:
            return place
        page = self.page(article, citation.page)
        boxes = boxes_of(page, citation.start, citation.start + len(citation.quote))
        return replace(place, boxes=boxes, width=page.width, height=page.height)

    def install_starter(self, folder: Path) -> Generator[LibraryProgress, None, None]:
        """Add the topics that came with the program, or put them in the place of older ones where they changed."""
        files = sorted(folder.glob("*/*.md"))
        texts = [file.read_text(encoding="utf-8") for file in files]
        sha256 = hashlib.sha256("\0".join(texts).encode()).hexdigest()
        before = [source for source in self._library.sources() if source.kind == "starter"]
        if any(source.sha256 == sha256 for source in before):
            for old in before:
                if old.sha256 != sha256:
                    self._library.remove(old.id)
        else:
            yield from self._add_starter(texts, sha256, [source.id for source in before])

    def _add_starter(
        self, texts: Sequence[str], sha256: str, before: Sequence[SourceId]
    ) -> Generator[LibraryProgress, None, None]:
        topics = [parse_topic(text) for text in texts]
        if not topics:
            raise UnreadableDocument("Nothing in it could be read, so nothing was added.")
        source = replace(
            new_source("starter", "Starter topics", sha256),
            licence="MIT",
            published=max(topic.published for topic in topics),
            note="Not reviewed by a clinician",
        )
        with self._library.adding(source, replacing=before) as draft:
            source_id = draft.source.id
            filling = Filling(draft, self._embedder)
            articles = [_article_of_topic(topic, source_id) for topic in topics]
            for _ in filling.take([lambda _: iter(articles)]):
                yield LibraryProgress(source.title, filling.done, len(topics))

    def add(
        self, paths: Sequence[Path], *, replacing: SourceId | None = None
    ) -> Generator[LibraryProgress, None, list[SourceOutcome]]:
        """Add what is in each path, see `gathering`; in the place of a source where `replacing` names one.

        One bad path never stops the rest. What was begun and cut off, by closing the generator or by a crash, is
        gone on with when the same path is added again. Raises NotFound and InvalidInput for `replacing`.
        """
        outcomes: list[SourceOutcome] = []
        groups: list[Group] = []
        try:
            for path in paths:
                try:
                    groups += groups_of(path, self._reader)
                except (DocumentError, ChildDied) as error:
                    outcomes.append(refused(path, error))
                    yield LibraryProgress(storable(path.name), 1, 1, outcomes[-1])
            replaced = [self._checked(replacing, groups)] if replacing else []
            old_files = [name for source in replaced for name in self._files_of(source)]
            adding = Adding(self._library, self._originals, self._reader, self._embedder, groups)
            for group in groups:
                outcomes.append((yield from adding.add(group, replaced)))
                if outcomes[-1].status == "added":
                    for name in old_files:
                        self._originals.remove(name)
        finally:
            self._reader.rest()
        return outcomes

    def _checked(self, replacing: SourceId, groups: Sequence[Group]) -> SourceId:
        if not any(source.id == replacing for source in self._library.sources()):
            raise NotFound("This source is not in the library any more.")
        if len(groups) != 1:
            raise InvalidInput(
                "A source can be replaced by one newer copy of it, and this is more than one source, or none. "
                "Nothing was changed. Choose the one file or folder of the newer copy."
            )
        return replacing

    def _sizes(self, sources: Sequence[Source]) -> dict[SourceId, int]:
        return sizes_of(sources, self._originals.sizes(), self._library.size())

    def _files_of(self, source_id: SourceId) -> list[str]:
        """The names of its originals."""
        own = {name for name in self._originals.names() if name.rpartition(".")[0] == source_id}
        with contextlib.suppress(HealthMateError):  # not readable, which is why it has to go
            own |= {article.file for article in self._library.articles(source_id) if article.file}
        return sorted(own)


def _article_of_topic(topic: Topic, source_id: SourceId) -> Article:
    return Article(
        f"{source_id}/{topic.slug}",
        source_id,
        topic.title,
        (_topic_text(topic),),
        topic.slug,
        topic.url,
        licence=topic.licence,
        published=topic.published.isoformat(),
        language=topic.language,
        kind="topic",
    )


def _topic_text(topic: Topic) -> str:
    """The topic as it is read and found; people ask by the other names too."""
    if not topic.synonyms:
        return topic.body
    return f"{_ALSO[topic.language]}: {', '.join(topic.synonyms)}.\n\n{topic.body}"
