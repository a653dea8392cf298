"""The medical library: public sources that a person brings, and the starter set that comes with the program."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.answers import Place
from healthmate_desktop.domain.documents import Problem, boxes_of
from healthmate_desktop.domain.ids import SourceId, new_id
from healthmate_desktop.domain.library import Article, Source
from healthmate_desktop.domain.passages import passages_of
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import (
    ChildDied,
    DocumentError,
    HealthMateError,
    InvalidInput,
    UnreadableDocument,
    UnsupportedDocument,
)
from healthmate_desktop.interop.beir import CORPUS_FILE, articles_of
from healthmate_desktop.interop.topics import parse_topic
from healthmate_desktop.services.embedding import embed_passages
from healthmate_desktop.services.files import file_content, files_below
from healthmate_desktop.services.steps import finished

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from healthmate_desktop.domain.answers import Citation
    from healthmate_desktop.domain.documents import ReadDocument
    from healthmate_desktop.domain.passages import Passage
    from healthmate_desktop.interop.topics import Topic
    from healthmate_desktop.services.ports import (
        Embedder,
        Library,
        PageReader,
        SourceDraft,
        SourceFiles,
    )

BATCH = 64  # passages embedded at once, so that an answer never waits long behind a long import

Status = Literal["added", "duplicate", "unreadable", "unsupported"]


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What became of one path. `source` is None where nothing was added."""

    path: str
    status: Status
    source: Source | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class LibraryProgress:
    """`done` articles of `total`; total is 0 while it is not known."""

    title: str
    done: int
    total: int
    outcome: SourceOutcome | None = None  # set when a source is through


class LibraryService:
    """Adds, lists, opens and removes sources."""

    def __init__(
        self, library: Library, originals: SourceFiles, reader: PageReader, embedder: Embedder
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

    def remove(self, source_id: SourceId) -> None:
        """Forget a source, also a damaged one, and delete its files. Raises NotFound."""
        try:
            files = [article.id for article in self._library.articles(source_id) if article.file]
        except HealthMateError:  # not readable any more, which is why it has to go
            files = []
        self._library.remove(source_id)
        for article_id in files:
            self._originals.remove(article_id)

    def picture(self, article_id: str, page: int, width: int) -> bytes:
        """A page of an article that came as a PDF or picture, as PNG. Raises HealthMateError."""
        return self._reader.draw(self._originals.get(article_id), page, width)

    def place(self, citation: Citation) -> Place:
        """Where a citation of the library stands. Raises NotFound."""
        article = self._library.article(citation.document_id)
        place = Place(citation, article.pages[citation.page - 1], (), page_count=len(article.pages))
        if not article.file:
            return place
        page = self._reader.read_page(self._originals.get(article.id), citation.page)
        boxes = boxes_of(page, citation.start, citation.start + len(citation.quote))
        return replace(place, boxes=boxes, width=page.width, height=page.height)

    def install_starter(self, folder: Path) -> Generator[LibraryProgress, None, None]:
        """Add the topics that came with the program, or replace them where they changed."""
        files = sorted(folder.glob("*/*.md"))
        texts = [file.read_text(encoding="utf-8") for file in files]
        sha256 = hashlib.sha256("\0".join(texts).encode()).hexdigest()
        before = [source for source in self._library.sources() if source.kind == "starter"]
        if not any(source.sha256 == sha256 for source in before):
            yield from self._add_starter(texts, sha256)
        for old in before:
            if old.sha256 != sha256:
                self._library.remove(old.id)

    def _add_starter(
        self, texts: Sequence[str], sha256: str
    ) -> Generator[LibraryProgress, None, None]:
        source = Source(
            id=SourceId(new_id()),
            kind="starter",
            title="Starter topics",
            licence="MIT",
            published=None,
            added_at=datetime.now(UTC),
            passages=0,
            articles=0,
            sha256=sha256,
            note="Not reviewed by a clinician",
        )
        topics = [parse_topic(text) for text in texts]
        source = replace(source, published=max((t.published for t in topics), default=None))
        articles = (
            Article(f"{source.id}/{t.slug}", source.id, t.title, (_topic_text(t),), t.slug, t.url)
            for t in topics
        )
        with self._library.adding(source) as draft:
            yield from self._fill(draft, articles, source.title, len(topics))

    def add(self, paths: Sequence[Path]) -> Generator[LibraryProgress, None, list[SourceOutcome]]:
        """Add each path as one source: a file, a folder of files, or a folder in BEIR layout.

        One bad path never stops the rest. Closing the generator drops the source under way and keeps the others.
        """
        outcomes: list[SourceOutcome] = []
        for path in paths:
            try:
                outcome = yield from self._add_path(path)
            except UnsupportedDocument as error:
                outcome = _refused(path, "unsupported", str(error))
            except (DocumentError, ChildDied, InvalidInput) as error:
                outcome = _refused(path, "unreadable", str(error))
            outcomes.append(outcome)
            yield LibraryProgress(storable(path.name), 1, 1, outcome)
        return outcomes

    def _add_path(self, path: Path) -> Generator[LibraryProgress, None, SourceOutcome]:
        corpus = path / CORPUS_FILE
        is_beir = os.path.isfile(corpus)  # noqa: PTH113 - never raises, whatever the name
        files = [corpus] if is_beir else list(files_below([path]))
        if not files:
            raise UnreadableDocument("This folder has no files in it. Choose another one.")
        sha256 = _digest(files)
        for known in self._library.sources():
            if known.sha256 == sha256:
                return SourceOutcome(storable(str(path)), "duplicate", known)
        source = _new_source(path, "beir" if is_beir else "file", sha256)
        problems: list[Problem] = []
        kept: list[str] = []
        try:
            with self._library.adding(source) as draft:
                if is_beir:
                    articles = _corpus(corpus, source, problems)
                    yield from self._fill(draft, articles, source.title, 0)
                else:
                    articles = self._read_files(files, source, problems, kept)
                    yield from self._fill(draft, articles, source.title, len(files))
        except BaseException:
            for article_id in kept:
                self._originals.remove(article_id)
            raise
        added = next(s for s in self._library.sources() if s.id == source.id)
        return SourceOutcome(storable(str(path)), "added", added, tuple(problems))

    def _fill(
        self, draft: SourceDraft, articles: Iterator[Article], title: str, total: int
    ) -> Generator[LibraryProgress, None, None]:
        """Hand the articles over in batches. Raises UnreadableDocument when there was none."""
        waiting: list[Article] = []
        passages: list[Passage] = []
        done = 0
        for done, article in enumerate(articles, 1):
            waiting.append(article)
            passages += passages_of(article)
            if len(passages) >= BATCH:
                draft.add(waiting, passages, embed_passages(self._embedder, passages))
                waiting, passages = [], []
                yield LibraryProgress(title, done, total)
        if not done:
            raise UnreadableDocument("Nothing in it could be read, so nothing was added.")
        if waiting:
            draft.add(waiting, passages, embed_passages(self._embedder, passages))
        yield LibraryProgress(title, done, total)

    def _read_files(
        self, files: Sequence[Path], source: Source, problems: list[Problem], kept: list[str]
    ) -> Iterator[Article]:
        """Read each file; the ids of those whose originals were put away come into `kept`."""
        for file in files:
            name = storable(file.name)
            try:
                content = file_content(file)
                read = finished(self._reader.read(content, name))
            except (DocumentError, ChildDied) as error:
                if len(files) == 1:
                    raise
                problems.append(Problem(name, str(error)))
                continue
            problems += [Problem(f"{name}, {p.where}", p.message) for p in read.problems]
            article_id = new_id()
            if read.kind.has_pictures:
                kept.append(article_id)
                self._originals.put(article_id, content)
            yield Article(
                id=article_id,
                source_id=source.id,
                title=read.title or storable(file.stem),
                pages=_texts_by_number(read),
                external_id=name,
                file=article_id if read.kind.has_pictures else "",
            )


def _new_source(path: Path, kind: Literal["beir", "file"], sha256: str) -> Source:
    is_folder = os.path.isdir(path)  # noqa: PTH112 - never raises, whatever the name
    return Source(
        id=SourceId(new_id()),
        kind=kind,
        title=storable(path.name if is_folder else path.stem),
        licence="Your copy",
        published=None,
        added_at=datetime.now(UTC),
        passages=0,
        articles=0,
        sha256=sha256,
    )


def _texts_by_number(read: ReadDocument) -> tuple[str, ...]:
    """Item i is page i + 1, and empty where that page was lost."""
    texts = {page.number: page.text for page in read.pages}
    return tuple(texts.get(number, "") for number in range(1, max(texts, default=0) + 1))


def _topic_text(topic: Topic) -> str:
    """The topic as it is read and found; people ask by the other names too."""
    if not topic.synonyms:
        return topic.body
    return f"Also called: {', '.join(topic.synonyms)}.\n\n{topic.body}"


def _corpus(corpus: Path, source: Source, problems: list[Problem]) -> Iterator[Article]:
    try:
        with corpus.open(encoding="utf-8", errors="replace") as lines:
            yield from articles_of(lines, source.id, problems)
    except OSError as error:
        raise UnreadableDocument(
            "The corpus of this folder could not be opened. Check that you may read it."
        ) from error


def _digest(files: Sequence[Path]) -> str:
    """One SHA-256 over names and contents, so that the same thing is not added twice."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(os.fsencode(file.name))
        if not os.path.isfile(file):  # noqa: PTH113 - a pipe would never end
            continue
        try:
            with file.open("rb") as content:
                whole.update(hashlib.file_digest(content, "sha256").digest())
        except OSError:  # named again, with its reason, when it is read
            continue
    return whole.hexdigest()


def _refused(path: Path, status: Status, message: str) -> SourceOutcome:
    return SourceOutcome(storable(str(path)), status, None, (Problem("file", message),))
