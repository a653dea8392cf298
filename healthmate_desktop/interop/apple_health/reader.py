"""Reads an export of Apple Health as it streams in, `export.zip` or its main XML, however large.

Restarting is safe: chunks are merged and proposals have identities, so that a second reading adds nothing twice.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.apple_health import ecg
from healthmate_desktop.interop.apple_health.cleaning import ROOT
from healthmate_desktop.interop.apple_health.export import Export, records_apart
from healthmate_desktop.interop.apple_health.parts import ExportFile, Progress, Tally
from healthmate_desktop.interop.apple_health.times import Times
from healthmate_desktop.interop.apple_health.unzip import PIECE, Damaged, Source, entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from healthmate_desktop.domain.proposals import Proposal
    from healthmate_desktop.domain.samples import SampleChunk
    from healthmate_desktop.interop.apple_health.unzip import Entry, Readable

    Found = Proposal | NamedPerson | Problem | SampleChunk | Progress | ExportFile | Tally

_ZIP = b"PK\x03\x04"
_HEAD = 64 * 1024  # bytes that tell what a file is
_STEP = 2 * 1024 * 1024  # bytes of the file, or of what came out of it, between two Progress
_LARGEST_FILE = 10 * 1024 * 1024  # bytes of one clinical record
_FOLDER = "apple_health_export/"
_NOTHING = (
    "This ZIP holds no export of Apple Health. It is kept. "
    "On the telephone, choose your picture in Health, then Export All Health Data."
)
_EMPTY = "This file is empty, so there is nothing to read. It is kept. Export your health data again and add that."
_TOO_LARGE = (
    "This file is too large for a record from a clinic, so it was not read. It stays in the ZIP."
)
_TWICE = (
    "This ZIP holds a second export. It was not read. Unpack it and add the second one by itself."
)


def is_apple_health(head: bytes) -> bool:
    """Whether a file that begins like this (64 KB) is an export: by its root element, or by what its ZIP holds."""
    if not head.startswith(_ZIP):
        return _is_main(head)
    with suppress(UnreadableDocument):
        for entry in entries(Source([head]), lambda _: None):
            with suppress(Damaged):
                if entry.name.startswith(_FOLDER) or _is_main(next(entry.pieces, b"")):
                    return True
    return False


def read_apple_health(stream: Readable | Iterable[bytes], *, size: int = 0) -> Iterator[Found]:
    """What the export says, in the order in which it becomes clear; the last is a Tally.

    `stream` has `read(n)`, or is the chunks of the file; it is read once, from front to back. A Progress comes at
    least every 4 MB. Chunks of one key may come more than once: merge them. Raises UnreadableDocument,
    UnsupportedDocument, and what the stream raises; anything else that is wrong is a Problem.
    """
    source = Source(stream)
    reading = _Reading(source, size)
    head = source.peek(4)
    if not head:
        raise UnreadableDocument(_EMPTY)
    if head.startswith(b"PK"):
        yield from reading.zip()
    else:
        yield from reading.xml()


class _Reading:
    """One file under way."""

    def __init__(self, source: Source, size: int) -> None:
        self._source = source
        self._size = size
        self._times = Times()
        self._export: Export | None = None
        self._told = 0  # how far the last Progress was
        self._quiet = 0  # bytes of XML since
        self._named: set[NamedPerson] = set()
        self._found = 0  # files of a ZIP that are part of an export
        self._clinical = 0  # of them, clinical records
        self._damage: list[Problem] = []

    def xml(self) -> Iterator[Found]:
        yield from self._main(iter(lambda: self._source.read(PIECE), b""))
        yield from self._end()

    def zip(self) -> Iterator[Found]:
        for entry in entries(
            self._source, lambda said: self._damage.append(Problem("the ZIP", said))
        ):
            if not entry.name.endswith("/"):
                yield from self._entry(entry)
            yield from self._damaged()
        yield from self._damaged()
        if not self._found:
            raise UnsupportedDocument(_NOTHING)
        yield from self._end()

    def _entry(self, entry: Entry) -> Iterator[Found]:
        pieces = self._watched(entry)
        head = b""
        while len(head) < _HEAD and (piece := next(pieces, b"")):
            head += piece
        pieces = chain([head], pieces)
        main = _is_main(head)
        if main and self._export is None:
            self._found += 1
            yield from self._main(pieces)
            return
        kind = _kind(head)
        content, size = b"", 0
        for piece in pieces:
            size += len(piece)
            wanted = kind in ("fhir", "other") and not main and size <= _LARGEST_FILE
            content = content + piece if wanted else b""
            yield from self._progress(len(piece))
        if main:
            yield Problem(_shown(entry.name), _TWICE)
        else:
            yield from self._beside(kind, _shown(entry.name), size, content)

    def _beside(
        self, kind: Literal["fhir", "cda", "route", "other"], name: str, size: int, content: bytes
    ) -> Iterator[Found]:
        if kind == "other" and (recorded := ecg.read_ecg(content, name, self._times)):
            self._found += 1
            yield from filter(self._is_new, recorded)
            return
        self._found += kind != "other"
        self._clinical += kind == "fhir"
        if kind == "fhir" and not content:
            yield Problem(name, _TOO_LARGE)
        yield ExportFile(kind, name, size, content if kind == "fhir" else b"")

    def _main(self, pieces: Iterator[bytes]) -> Iterator[Found]:
        export = self._export = Export(self._times)
        for piece in pieces:
            for found in export.feed(piece):
                if self._is_new(found):
                    yield found
            yield from self._progress(len(piece))
        yield from filter(self._is_new, export.finish())

    def _end(self) -> Iterator[Found]:
        export = self._export or Export(self._times)
        if export.clinical and not self._clinical:
            yield records_apart(export.clinical)
        yield Progress(self._source.done, max(self._size, self._source.done))
        yield export.tally()

    def _watched(self, entry: Entry) -> Iterator[bytes]:
        """Its pieces, to where it is damaged."""
        try:
            yield from entry.pieces
        except Damaged as error:
            self._damage.append(Problem(_shown(entry.name), str(error)))

    def _damaged(self) -> Iterator[Problem]:
        damage, self._damage = self._damage, []
        yield from damage

    def _progress(self, taken: int) -> Iterator[Progress]:
        self._quiet += taken
        if self._source.done - self._told >= _STEP or self._quiet >= _STEP:
            self._told, self._quiet = self._source.done, 0
            yield Progress(self._told, max(self._size, self._told))

    def _is_new(self, found: object) -> bool:
        """Each person is named once."""
        if not isinstance(found, NamedPerson):
            return True
        known = found in self._named
        self._named.add(found)
        return not known


def _is_main(head: bytes) -> bool:
    head = head.replace(b"\0", b"")  # of UTF-16
    return bool(ROOT.search(head)) or b"<!DOCTYPE HealthData" in head


def _kind(head: bytes) -> Literal["fhir", "cda", "route", "other"]:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "fhir" if b'"resourceType"' in head else "other"
    if b"<ClinicalDocument" in head:
        return "cda"
    return "route" if b"<gpx" in head else "other"


def _shown(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter if letter.isprintable() else "?" for letter in last)[:120] or "a file"
