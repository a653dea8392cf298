"""The medical library on disk: find passages by words and by meaning, add and remove sources.

Nothing about a person or a question is ever written. Several processes may read; one at a time may write.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from healthmate_desktop.domain.ids import PassageId
from healthmate_desktop.domain.retrieval import EVERYTHING, Filters, Understood
from healthmate_desktop.errors import DiskFull, InvalidInput, NotFound
from healthmate_desktop.index.candidates import both, by_meaning, by_words
from healthmate_desktop.index.cards import SourceCards
from healthmate_desktop.index.contents import headings_of, kinds_of, position_of, titles_of
from healthmate_desktop.index.drafts import SourceDraft, begun, clear
from healthmate_desktop.index.errors import (
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    damaged,
    translated,
)
from healthmate_desktop.index.files import sizes_in
from healthmate_desktop.index.repair import rewrite
from healthmate_desktop.index.tables import (
    ARTICLES,
    PASSAGES,
    SCHEMAS,
    add_missing,
    article_of,
    batches_of,
    condition,
    index_words,
    one_of,
)
from healthmate_desktop.index.vector_index import EXACT, Build, is_due

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Sequence
    from pathlib import Path

    from healthmate_desktop.domain.ids import SourceId
    from healthmate_desktop.domain.library import Article, Source
    from healthmate_desktop.index.candidates import Candidates, Vectors


TRIES = 10  # of a search that a change of the library came across
STEP_SECONDS = 1.0  # between two steps of a build
STOP_SECONDS = 60.0  # in which a build that was stopped ends


class LibraryIndex:
    """Tables of passages and articles, and a card for each source, in one folder."""

    def __init__(self, folder: Path, *, exact: int = EXACT) -> None:
        """Up to `exact` passages there is no index of vectors."""
        self._folder = folder
        self._exact = exact
        self._build: Build | None = None  # under way; who sets it holds `_writing`
        self._cards = SourceCards(folder / "sources")
        self._drafts = folder / "drafts"
        self._tables: dict[str, Any] = {}
        self._opening = threading.RLock()
        self._writing = threading.Lock()
        self._other_processes = FileLock(folder / ".lock", timeout=0, thread_local=False)
        self._reading = threading.Lock()  # held as well while files that nothing needs are deleted

    @contextlib.contextmanager
    def adding(
        self, source: Source, *, replacing: Collection[SourceId] = ()
    ) -> Iterator[SourceDraft]:
        """Add a source in batches. It becomes visible, with its counts, when the block ends, and never in part.

        In the same step those that it replaces are gone. Batches stay when the block is left by an exception, or the
        process is killed, and the next block for the same `sha256` goes on with them. Raises InvalidInput when it
        has no text, LibraryBusy when another process is at it, DiskFull or LibraryError.
        """
        with self._only_writer():
            for name in (PASSAGES, ARTICLES):
                self._table(name)
            draft = SourceDraft(self._drafts / source.sha256, source)
            yield draft
            if draft.given_up:
                draft.discard()
                return
            if not draft.passages:
                draft.discard()
                raise InvalidInput("There is no text in it to look through. Nothing was added.")
            with self._alone():
                self._publish(draft, replacing)
            draft.discard()

    def unfinished(self) -> set[SourceId]:
        """Sources that were begun and can be gone on with."""
        return begun(self._drafts)

    def digests(self, *, without: Collection[SourceId] = ()) -> set[str]:
        """Of all articles but those of some sources; those added by older versions have none."""
        found: set[str] = set()
        with self._reading, translated():
            search = self._table(ARTICLES).search().select(["digest"])
            if without:
                search = search.where(f"NOT ({one_of('source_id', without)})")
            for batch in search.to_batches():
                found.update(batch.column("digest").to_pylist())
        return found - {""}

    def sources(self) -> list[Source]:
        """Oldest first."""
        with translated():
            return self._cards.all()

    def size(self) -> int:
        """Bytes of the tables on the disk."""
        tables = (self._folder / f"{name}.lance" for name in (PASSAGES, ARTICLES))
        return sum(size for table in tables for _, size in sizes_in(table))

    def remove(self, source_id: SourceId) -> None:
        """Delete a source from the disk, also from damaged files. Raises NotFound or LibraryBusy.

        Raises LibraryDamaged after the removal when other sources turned out to be unreadable; they stay listed.
        """
        with self._only_writer(), self._alone():
            with translated():
                others = self._cards.ids()
            if source_id not in others:
                raise NotFound("This source is not in the library any more.")
            others.remove(source_id)
            lost: set[SourceId] = set()
            for name in (PASSAGES, ARTICLES):
                lost |= self._without(name, source_id, others)
            with translated():
                self._cards.remove(source_id)
            if lost:
                raise self._damaged_too(lost)

    def build_when_due(self) -> Generator[None, None, None]:
        """Build the index of vectors where the library has outgrown it; a step each second, and none where not.

        Searching goes on. Adding and removing put an end to it, as does closing the generator: it is due again then.
        Raises LibraryBusy, LibraryError or DiskFull.
        """
        if sum(source.passages for source in self.sources()) <= self._exact:
            return  # known without LanceDB, which takes a second to import
        with self._only_writer():
            with self._reading, translated():
                due = is_due(self._table(PASSAGES), exact=self._exact)
            if not due or not self._writing.acquire(blocking=False):
                return
            self._build = build = Build(self._folder)
            try:
                while not build.wait(STEP_SECONDS):
                    yield
            finally:
                build.stop()
                build.wait(STOP_SECONDS)
                self._build = None
                self._writing.release()
        with contextlib.suppress(LibraryBusy), self._only_writer(), self._alone(), translated():
            self._tidy(PASSAGES)

    def article(self, article_id: str) -> Article:
        """Raises NotFound."""
        found = self._articles(one_of("id", [article_id]))
        if not found:
            raise NotFound("This text is not in the library any more.")
        return found[0]

    def articles(self, source_id: SourceId) -> list[Article]:
        """In the order in which they were added."""
        return self._articles(one_of("source_id", [source_id]))

    def titles(
        self, source_id: SourceId, words: Sequence[str], start: int, count: int
    ) -> tuple[int, list[tuple[str, str]]]:
        """How many of a source's titles have all the words, and article id and title of `count` from `start`."""
        with self._reading, translated():
            return titles_of(self._table(ARTICLES), source_id, words, start, count)

    def position(self, article: Article) -> int:
        """Its place among those of its source, from 0; -1 where it is gone."""
        with self._reading, translated():
            return position_of(self._table(ARTICLES), article.source_id, article.id)

    def kinds(self) -> list[tuple[SourceId, str, str, int]]:
        """Source, kind and language of articles, and how many there are of each."""
        with self._reading, translated():
            return kinds_of(self._table(ARTICLES))

    def headings(self, article_id: str) -> list[tuple[int, int, str]]:
        """Page, start and path of headings of each passage of an article, in reading order."""
        with self._reading, translated():
            return headings_of(self._table(PASSAGES), article_id)

    def count(self) -> int:
        """How many passages there are."""
        with self._reading, translated():
            return int(self._table(PASSAGES).count_rows())

    def full_text(
        self, query: str, k: int, *, filters: Filters = EVERYTHING
    ) -> list[tuple[PassageId, float]]:
        """The best `k` by BM25, best first. Any text is a query; none of its characters is an operator."""
        table, where = self._table(PASSAGES), self._condition(filters)
        with self._reading, translated():
            search = by_words(table, Understood("", query), k, where)
            rows = search.select(["id", "_score"]).to_arrow().to_pylist()
        return [(PassageId(row["id"]), row["_score"]) for row in rows]

    def candidates(
        self, vector: Vectors, asked: Understood, k: int, *, filters: Filters = EVERYTHING
    ) -> Candidates:
        """The `k` passages nearest in meaning, then the best `k` by BM25 that are not among them.

        Passages, their vectors and those of their titles, a row each; and the scores by words. Raises LibraryBusy
        when other processes change the library too often for a search to end.
        """
        table, where = self._table(PASSAGES), self._condition(filters)
        for _ in range(TRIES):
            with self._reading, translated():
                version = table.version
            try:
                with self._reading, translated():
                    near = by_meaning(table, vector, k, where)
                    found = both(table, near, by_words(table, asked, k, where))
                    unchanged = table.version == version
            except LibraryError:
                if table.version == version:
                    raise
            else:
                if unchanged:
                    return found
        raise LibraryBusy

    def _condition(self, filters: Filters) -> str:
        """A table of an older version that could not be written to tells no languages."""
        known = "language" in self._table(PASSAGES).schema.names
        return condition(filters if known else replace(filters, languages=()))

    def _articles(self, condition: str) -> list[Article]:
        with self._reading, translated():
            rows = self._table(ARTICLES).search().where(condition).to_arrow().to_pylist()
        return [article_of(row) for row in rows]

    def _publish(self, draft: SourceDraft, replacing: Collection[SourceId]) -> None:
        """What fails leaves nothing but the draft."""
        source = replace(draft.source, passages=draft.passages, articles=draft.articles)
        try:
            with translated():
                for name in (ARTICLES, PASSAGES):
                    self._table(name).add(batches_of(draft.batches(name), SCHEMAS[name]()))
                    self._tidy(name)
                self._cards.put(source, replacing=replacing)
        except BaseException as error:
            with contextlib.suppress(LibraryError, DiskFull), translated():
                for name in (ARTICLES, PASSAGES):
                    self._table(name).delete(one_of("source_id", [source.id]))
            if draft.damaged:  # LanceDB wraps what its reader raised
                raise damaged() from error
            raise
        if replacing:
            with (
                contextlib.suppress(LibraryError, DiskFull),
                translated(),
            ):  # else at the next start
                self._drop_replaced(replacing)

    def _drop_replaced(self, replaced: Collection[SourceId]) -> None:
        for name in (ARTICLES, PASSAGES):
            self._table(name).delete(one_of("source_id", replaced))
            self._tidy(name, reindex=True)
        self._cards.remove_replaced()

    def _without(self, name: str, source_id: SourceId, others: set[SourceId]) -> set[SourceId]:
        """Delete a source's rows; return the other sources that could not be saved from a damaged table."""
        try:
            with translated():
                self._table(name).delete(one_of("source_id", [source_id]))
                self._tidy(name, reindex=True)
        except LibraryDamaged:
            with self._reading, self._opening, translated():
                spare = self._drafts / f"repair-{source_id}"
                self._tables[name], lost = rewrite(
                    self._database(), name, SCHEMAS[name](), others, spare
                )
            with translated():
                self._tidy(name, reindex=True)
            return lost
        return set()

    def _damaged_too(self, lost: set[SourceId]) -> LibraryDamaged:
        titles = ", ".join(source.title for source in self._cards.all() if source.id in lost)
        return LibraryDamaged(
            f"The source was removed, but files of these were damaged too: {titles}. "
            "Your records are safe. Remove them and add them again."
        )

    def _tidy(self, name: str, *, reindex: bool = False) -> None:
        """Bring the indexes up to date, join small files, and delete what no version needs any more."""
        table = self._table(name)
        if reindex and name == PASSAGES:
            index_words(table, replace=True)
        table.optimize()
        with self._reading:
            table.optimize(cleanup_older_than=timedelta(milliseconds=1), delete_unverified=True)

    def _table(self, name: str) -> Any:
        with self._opening:
            if name not in self._tables:
                with translated():
                    self._tables[name] = self._opened(name)
            return self._tables[name]

    def _opened(self, name: str) -> Any:
        database = self._database()
        try:
            with self._only_writer():
                return self._opened_alone(database, name)
        except LibraryBusy:
            return database.open_table(name)

    def _opened_alone(self, database: Any, name: str) -> Any:
        """Open a table, and clear away what a crash left. No other process writes meanwhile."""
        if self._cards.ids():
            table = database.open_table(name)
        else:  # whatever is there belongs to no source
            database.drop_table(name, ignore_missing=True)
            table = database.create_table(name, schema=SCHEMAS[name]())
        if name == PASSAGES:
            clear(self._drafts, self._cards.ids())
        with contextlib.suppress(LibraryError, DiskFull), translated():  # reading goes on without
            add_missing(table, name)
            self._sweep(table)
            if name == PASSAGES:
                index_words(table)
                self._cards.remove_replaced()
        return table

    def _sweep(self, table: Any) -> None:
        """Delete rows that came before a crash and whose source was not listed yet."""
        found: set[SourceId] = set()
        for batch in table.search().select(["source_id"]).to_batches():
            found.update(batch.column("source_id").unique().to_pylist())
        if unlisted := found - self._cards.ids():
            table.delete(one_of("source_id", unlisted))

    def _database(self) -> Any:
        import lancedb

        return lancedb.connect(self._folder, read_consistency_interval=timedelta(0))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer of this process at a time. A build gives way."""
        while not self._writing.acquire(timeout=0.1):
            if build := self._build:
                build.stop()
        try:
            yield
        finally:
            self._writing.release()

    @contextlib.contextmanager
    def _only_writer(self) -> Iterator[None]:
        """Keep other processes from writing. Several threads of this one may hold it at once."""
        with self._opening, translated():
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                self._other_processes.acquire()
            except Timeout as error:
                raise LibraryBusy from error
        try:
            yield
        finally:
            with self._opening:
                self._other_processes.release()
