"""Adding to the library: each source of what was dropped, one after the other, and how long it will take."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.documents import DocumentKind, Problem
from healthmate_desktop.domain.ids import SourceId, new_id
from healthmate_desktop.domain.library import OWN_COPY, Article, Source
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import (
    ChildDied,
    DocumentError,
    InvalidInput,
    UnreadableDocument,
    UnsupportedDocument,
)
from healthmate_desktop.interop.beir import articles_of
from healthmate_desktop.services.files import file_content
from healthmate_desktop.services.filling import Filling

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator, Sequence
    from pathlib import Path

    from healthmate_desktop.domain.library import SourceKind
    from healthmate_desktop.services.filling import Part
    from healthmate_desktop.services.gathering import Group
    from healthmate_desktop.services.library_ports import ArticleReader, SourceFiles
    from healthmate_desktop.services.ports import Embedder, Library

Status = Literal["added", "duplicate", "unreadable", "unsupported"]
_WITH_PAGES = {kind.value for kind in DocumentKind if kind.has_pictures}
_ARCHIVE = b"PK\x03\x04"
_NOTHING = "Nothing in it could be read, so nothing was added."
_NO_TEXT = "There is no text in it to look through."


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What became of one source. `source` is None where nothing was added."""

    path: str
    status: Status
    source: Source | None
    problems: tuple[Problem, ...] = ()
    twins: int = 0  # articles that were in the library already, and were left out


@dataclass(frozen=True, slots=True)
class LibraryProgress:
    """`done` articles of `total`; total is 0 while it is not known. `share` is of all that was dropped, 0 to 1."""

    title: str
    done: int
    total: int
    outcome: SourceOutcome | None = None  # set when a source is through
    share: float = 0.0
    seconds_left: int | None = None  # None while it can't be told


class Adding:
    """Adds the sources of one drop."""

    def __init__(
        self,
        library: Library,
        originals: SourceFiles,
        reader: ArticleReader,
        embedder: Embedder,
        groups: Sequence[Group],
    ) -> None:
        self._library = library
        self._originals = originals
        self._reader = reader
        self._embedder = embedder
        self._clock = Clock([group.sizes() for group in groups])

    def add(
        self, group: Group, replacing: Collection[SourceId]
    ) -> Generator[LibraryProgress, None, SourceOutcome]:
        """What is wrong with the files is told as the outcome. Ends with the step of the outcome."""
        try:
            outcome = yield from self._add(group, replacing)
        except (DocumentError, ChildDied, InvalidInput) as error:
            outcome = refused(group.path, error)
        self._clock.next_group()
        yield self._clock.told(LibraryProgress(group.title, 1, 1, outcome))
        return outcome

    def _add(
        self, group: Group, replacing: Collection[SourceId]
    ) -> Generator[LibraryProgress, None, SourceOutcome]:
        source, path = (
            new_source(group.kind, group.title, group.digest()),
            storable(str(group.path)),
        )
        for known in self._library.sources():
            if known.sha256 == source.sha256:
                return SourceOutcome(path, "duplicate", known)
        with self._library.adding(source, replacing=replacing) as draft:
            self._drop_strays()
            # a judged collection counts on every one of its ids, also where two have the same words
            there = None if group.kind == "beir" else self._library.digests(without=replacing)
            filling = Filling(draft, self._embedder, there)
            total = 0 if group.is_collection or group.kind == "beir" else len(group.files)
            for _ in filling.take(self._parts(group)):
                step = LibraryProgress(group.title, filling.done, total)
                yield self._clock.told(step, filling.mark.parts, filling.share)
            if filling.done:
                draft.source = filling.described(draft.source, is_collection=group.is_collection)
            else:
                draft.give_up()
        problems, twins = tuple(filling.problems), filling.mark.twins
        if filling.done:
            added = next(s for s in self._library.sources() if s.id == draft.source.id)
            return SourceOutcome(path, "added", added, problems, twins)
        if twins:
            return SourceOutcome(path, "duplicate", None, problems, twins)
        return SourceOutcome(path, "unreadable", None, (Problem("file", _NOTHING), *problems))

    def _parts(self, group: Group) -> list[Part]:
        if group.kind == "beir":
            return [lambda filling: _corpus(group.files[0], filling)]
        alone = len(group.files) == 1
        return [self._part(file, _shown(file, group), alone=alone) for file in group.files]

    def _part(self, file: Path, name: str, *, alone: bool) -> Part:
        def articles(filling: Filling) -> Iterator[Article]:
            before, found = len(filling.problems), 0
            try:
                for article in self._read(file, filling, label="" if alone else f"{name}, "):
                    found += 1
                    yield article
            except (DocumentError, ChildDied) as error:
                if alone and not found:
                    raise
                filling.problems.append(Problem(name, str(error)))
            if not found and len(filling.problems) == before:
                filling.problems.append(Problem(name, _NO_TEXT))

        return articles

    def _read(self, file: Path, filling: Filling, *, label: str) -> Iterator[Article]:
        """Its original is put away first where pages of it can be drawn."""
        content = file_content(file)
        for found in self._reader.articles(content, storable(file.name)):
            if isinstance(found, Problem):
                filling.problems.append(Problem(label + found.where, found.message))
            elif isinstance(found, float):
                filling.share = found
            elif found.kind in _WITH_PAGES and not content.startswith(_ARCHIVE):
                article_id = filling.next_id()
                self._originals.put(article_id, content)
                yield replace(found, id=article_id, file=article_id)
            else:
                yield found

    def _drop_strays(self) -> None:
        """Originals of sources that were begun and given up, or replaced."""
        known = {source.id for source in self._library.sources()} | self._library.unfinished()
        for name in self._originals.names():
            owner, dot, _ = name.rpartition(".")
            if dot and owner not in known:
                self._originals.remove(name)


class Clock:
    """How far all that was dropped has come, by the size of its files, and how long the rest will take."""

    def __init__(
        self, sizes: Sequence[Sequence[int]], now: Callable[[], float] = time.monotonic
    ) -> None:
        """`sizes` are those of the files of each group."""
        self._sizes = sizes
        self._total = max(1, sum(map(sum, sizes)))
        self._now, self._began = now, now()
        self._group = 0
        self._first: float | None = None  # where work that was cut off is gone on with

    def next_group(self) -> None:
        self._group += 1

    def told(self, step: LibraryProgress, parts: int = 0, share: float = 0.0) -> LibraryProgress:
        """The step with its place in time: `parts` files of this group are through, and a share of the next."""
        done: float = sum(map(sum, self._sizes[: self._group]))
        if self._group < len(self._sizes):
            sizes = self._sizes[self._group]
            done += sum(sizes[:parts]) + (share * sizes[parts] if parts < len(sizes) else 0)
        part = min(1.0, done / self._total)
        if self._first is None:
            self._first = part
        return replace(step, share=part, seconds_left=self._left(part - self._first, 1 - part))

    def _left(self, done: float, rest: float) -> int | None:
        spent = self._now() - self._began
        return round(spent * rest / done) if spent >= 5 and done > 0.005 else None


def new_source(kind: SourceKind, title: str, sha256: str) -> Source:
    return Source(
        id=SourceId(new_id()),
        kind=kind,
        title=title,
        licence=OWN_COPY,
        published=None,
        added_at=datetime.now(UTC),
        passages=0,
        articles=0,
        sha256=sha256,
    )


def refused(path: Path, error: Exception) -> SourceOutcome:
    """Nothing was added because of an error, which is told."""
    status: Status = "unsupported" if isinstance(error, UnsupportedDocument) else "unreadable"
    return SourceOutcome(storable(str(path)), status, None, (Problem("file", str(error)),))


def _shown(file: Path, group: Group) -> str:
    """Its name, with the folders that tell it from others of the same name."""
    return storable(str(file.relative_to(group.path)) if file != group.path else file.name)


def _corpus(corpus: Path, filling: Filling) -> Iterator[Article]:
    """Of a folder in BEIR layout."""
    size = max(1, corpus.stat().st_size)

    def lines() -> Iterator[str]:
        read = 0
        with corpus.open("rb") as file:
            for line in file:
                read += len(line)
                filling.share = min(1.0, read / size)
                yield line.decode("utf-8", "replace")

    try:
        yield from articles_of(lines(), filling.problems)
    except OSError as error:
        raise UnreadableDocument(
            "The corpus of this folder could not be opened. Check that you may read it."
        ) from error
