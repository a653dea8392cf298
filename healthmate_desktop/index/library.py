"""The medical library on disk: find passages by words and by meaning, add and remove sources.

Nothing about a person or a question is ever written. Several processes may read; one at a time may write.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock, Timeout

from healthmate_desktop.domain.ids import PassageId
from healthmate_desktop.errors import DiskFull, InvalidInput, NotFound
from healthmate_desktop.index.cards import SourceCards
from healthmate_desktop.index.drafts import SourceDraft, begun, clear
from healthmate_desktop.index.errors import (
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    damaged,
    translated,
)
from healthmate_desktop.index.repair import rewrite
from healthmate_desktop.index.tables import (
    ARTICLES,
    DIMENSIONS,
    PASSAGES,
    SCHEMAS,
    added_columns,
    article_of,
    batches_of,
    full_text_config,
    one_of,
    passage_of,
    passages_schema,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from healthmate_desktop.domain.ids import SourceId
    from healthmate_desktop.domain.library import Article, Source
    from healthmate_desktop.domain.passages import Passage

    Vectors = npt.NDArray[np.float32]

LONGEST_QUERY = 4000  # characters that full-text search looks at


class LibraryIndex:
    """Tables of passages and articles, and a card for each source, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
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
            with self._writing:
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

    def remove(self, source_id: SourceId) -> None:
        """Delete a source from the disk, also from damaged files. Raises NotFound or LibraryBusy.

        Raises LibraryDamaged after the removal when other sources turned out to be unreadable; they stay listed.
        """
        with self._only_writer(), self._writing:
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

    def article(self, article_id: str) -> Article:
        """Raises NotFound."""
        found = self._articles(one_of("id", [article_id]))
        if not found:
            raise NotFound("This text is not in the library any more.")
        return found[0]

    def articles(self, source_id: SourceId) -> list[Article]:
        """In the order in which they were added."""
        return self._articles(one_of("source_id", [source_id]))

    def count(self) -> int:
        """How many passages there are."""
        with self._reading, translated():
            return int(self._table(PASSAGES).count_rows())

    def full_text(
        self, query: str, k: int, *, without: Collection[SourceId] = ()
    ) -> list[tuple[PassageId, float]]:
        """The best `k` by BM25, best first. Any text is a query; none of its characters is an operator."""
        from lancedb.query import MatchQuery

        match = MatchQuery(query[:LONGEST_QUERY], "words")
        with self._reading, translated():
            search = self._table(PASSAGES).search(match, query_type="fts")
            if without:
                search = search.where(f"NOT ({one_of('source_id', without)})", prefilter=True)
            rows = search.select(["id", "_score"]).limit(k).to_arrow().to_pylist()
        return [(PassageId(row["id"]), row["_score"]) for row in rows]

    def nearest(
        self, vector: Vectors, k: int, *, without: Collection[SourceId] = ()
    ) -> list[tuple[PassageId, float]]:
        """The `k` passages nearest in meaning, best first, exact; the score is the product with `vector`."""
        with self._reading, translated():
            search = self._table(PASSAGES).search(vector).distance_type("dot")
            if without:
                search = search.where(f"NOT ({one_of('source_id', without)})", prefilter=True)
            rows = search.select(["id", "_distance"]).limit(k).to_arrow().to_pylist()
        return [(PassageId(row["id"]), 1 - row["_distance"]) for row in rows]

    def get(self, ids: Sequence[PassageId]) -> list[Passage]:
        """In the order of `ids`; those that are gone are left out."""
        columns = [name for name in passages_schema().names if name != "vector"]
        found = {row["id"]: passage_of(row) for row in self._rows(ids, columns)}
        return [found[key] for key in ids if key in found]

    def vectors(self, ids: Sequence[PassageId]) -> Vectors:
        """Shape (len(ids), 384), in the order of `ids`. Raises NotFound when one is gone."""
        found = {row["id"]: row["vector"] for row in self._rows(ids, ["id", "vector"])}
        if not found.keys() >= set(ids):
            raise NotFound("A part of the library was removed meanwhile. Search again.")
        return np.array([found[key] for key in ids], np.float32).reshape(len(ids), DIMENSIONS)

    def _rows(self, ids: Sequence[PassageId], columns: list[str]) -> list[dict[str, Any]]:
        if not ids:
            return []
        with self._reading, translated():
            search = self._table(PASSAGES).search().where(one_of("id", ids))
            rows: list[dict[str, Any]] = (
                search.select(columns).limit(len(ids)).to_arrow().to_pylist()
            )
        return rows

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
            table.create_index("words", config=full_text_config(), replace=True)
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
            if not table.list_indices():
                table.create_index("words", config=full_text_config())
        with contextlib.suppress(LibraryError, DiskFull), translated():  # reading goes on without
            if missing := added_columns(table, name):
                table.add_columns(missing)
            self._sweep(table)
            if name == PASSAGES:
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
