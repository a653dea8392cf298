"""In the reader child: a file for the library to its articles, one message each."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.archives import Archive, Entry, Inside, inside, is_zip, shown
from healthmate_desktop.documents.article_wire import packed_article, packed_problem
from healthmate_desktop.documents.detect import kind_of
from healthmate_desktop.documents.single import article_of_file, refuse_personal
from healthmate_desktop.domain.documents import DocumentKind, Problem
from healthmate_desktop.domain.library import Article
from healthmate_desktop.errors import DocumentError, UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.sources import collection_of, read_collection
from healthmate_desktop.interop.sources.detecting import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from healthmate_desktop.children import Message
    from healthmate_desktop.interop.sources import Collection

LARGEST_UNPACKED = (
    1024 * 1024 * 1024
)  # bytes of an archive, but of JSON, which is read as it is unpacked
DEEPEST = 2  # an archive in an archive
MOST_PROBLEMS = 100  # that are named of an archive
_PIECE, _SMALL_PIECE = 1024 * 1024, 16 * 1024  # bytes read at once; small ones show how far it is
_KEPT = re.compile(r"\b(?:It|The file) is kept(?: as it is)?\.\s*")
_PICTURE = "A picture in an archive is not read. Add it as a file."
_TOO_DEEP = "This archive lies too deep inside other archives, so it was left out. Unpack it yourself and add that."
_TOO_LARGE = "The archive grows to more than 1 GB, so its rest was left out. Unpack it yourself and add that."
_MORE = "were left out for the same reasons. Unpack it yourself and add what you need."

Found = Article | Problem | float  # a number is how much of the file was read, 0 to 1


def read_articles(content: bytes, name: str) -> Iterator[Message]:
    """Raises UnreadableDocument or UnsupportedDocument."""
    share = 0.0
    try:
        for found in _found(content, name):
            limits.allow_another_page()
            if isinstance(found, Article):
                yield packed_article(found, share)
            elif isinstance(found, Problem):
                yield packed_problem(replace(found, message=_not_kept(found.message)))
            else:
                share = found
                yield {"share": share}
    except DocumentError as error:
        raise type(error)(_not_kept(str(error))) from error
    yield {"done": True}


def _not_kept(message: str) -> str:
    """What can't be read is kept for a person, and not in the library."""
    return _KEPT.sub("", message).strip()


def collection_within(content: bytes) -> Collection | None:
    """Of a file, or of the first file with one inside an archive."""
    if not is_zip(content):
        return collection_of(content[:HEAD])
    try:
        archive = Archive(content)
        if inside(archive) is not Inside.FILES:
            return None
        for entry in archive.entries[:20]:
            head = next(archive.pieces(entry, HEAD), b"")
            whole = archive.read(entry) if is_zip(head) else head
            if found := collection_within(whole):
                return found
    except UnreadableDocument:
        pass
    return None


def _found(content: bytes, name: str) -> Iterator[Found]:
    if is_zip(content):
        archive = Archive(content)
        if inside(archive) is Inside.FILES:
            yield from _Unpacking().found(archive, "", 1)
            return
        if inside(archive) is Inside.BOOK:
            from healthmate_desktop.documents.books import read_book

            yield read_book(archive, name)
            return
    if collection := collection_of(content[:HEAD]):
        yield from _records(collection, _Pieces(content))
    else:
        yield from article_of_file(content, kind_of(content, name), name)


class _Pieces:
    """The bytes of a file, and how much of them was taken."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.share = 0.0

    def __iter__(self) -> Iterator[bytes]:
        size = min(_PIECE, max(_SMALL_PIECE, len(self._content) // 200))
        for start in range(0, len(self._content), size):
            self.share = start / len(self._content)
            yield self._content[start : start + size]


def _records(collection: Collection, pieces: _Pieces) -> Iterator[Found]:
    is_xml = b"<" in next(iter(pieces))[:8]
    told = 0.0
    for found in read_collection(collection, pieces, is_xml=is_xml):
        if pieces.share > told and not is_xml:
            told = pieces.share
            yield told
        yield found


class _Unpacking:
    """What an archive may still grow to, and what was left out of it."""

    def __init__(self) -> None:
        self._left = LARGEST_UNPACKED
        self._problems = 0

    def found(self, archive: Archive, above: str, depth: int) -> Iterator[Found]:
        total = len(archive.entries)
        for number, entry in enumerate(archive.entries):
            name = shown(above + entry.name)
            try:
                yield from self._entry(archive, entry, above + entry.name, depth)
            except DocumentError as error:
                yield from self._problem(name, str(error))
            if depth == 1:
                yield (number + 1) / total
        if depth == 1 and self._problems > MOST_PROBLEMS:
            more = self._problems - MOST_PROBLEMS
            yield Problem("the archive", f"{more} more of its parts {_MORE}")

    def _entry(self, archive: Archive, entry: Entry, name: str, depth: int) -> Iterator[Found]:
        pieces = archive.pieces(entry)
        head = next(pieces, b"")
        collection = collection_of(head[:HEAD])
        if collection and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            yield from read_collection(collection, chain([head], pieces), is_xml=False)
            return
        self._left -= entry.size
        if self._left < 0:
            raise UnreadableDocument(_TOO_LARGE)
        content = archive.read(entry)
        if is_zip(content) and inside(within := Archive(content)) is Inside.FILES:
            if depth >= DEEPEST:
                raise UnreadableDocument(_TOO_DEEP)
            yield from self.found(within, name + "/", depth + 1)
            return
        yield from self._file(content, name)

    def _file(self, content: bytes, name: str) -> Iterator[Found]:
        if not collection_of(content[:HEAD]) and not is_zip(content):
            kind = kind_of(content, name)
            refuse_personal(kind)
            if kind is DocumentKind.IMAGE:
                raise UnsupportedDocument(_PICTURE)
        yield from _without_shares(_found(content, name.rpartition("/")[2]))

    def _problem(self, name: str, message: str) -> Iterator[Problem]:
        self._problems += 1
        if self._problems <= MOST_PROBLEMS:
            yield Problem(name, message)


def _without_shares(found: Iterable[Found]) -> Iterator[Found]:
    """Of a part alone they would say nothing about the whole."""
    return (each for each in found if not isinstance(each, float))
