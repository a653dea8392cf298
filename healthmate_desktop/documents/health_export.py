"""An export of Apple Health in the reader child: it comes in pieces, and goes back as chunks of samples and proposals.

The child asks for each piece, so that neither side runs ahead of the other and none of them ever holds the file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from healthmate_desktop.documents import limits, wire
from healthmate_desktop.domain.documents import BytesRead, DocumentKind, Problem, ReadDocument
from healthmate_desktop.domain.proposals import NamedPerson, Proposal, Spot
from healthmate_desktop.domain.samples import SampleChunk, chunk_from, fields_of
from healthmate_desktop.errors import DocumentError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.children import Ask, Message
    from healthmate_desktop.interop.apple_health import ExportFile, Tally

PIECE = 256 * 1024  # bytes
_AT_ONCE = 100  # proposals of a message
_FARTHEST = 1 << 50  # bytes
_FREE = 16 * 1024 * 1024  # bytes
_MOST_TOLD = 500  # problems one by one
_BESIDE = {
    "cda": "export_cda.xml, Apple's own summary of the same readings, was not read; it stays in the file.",
    "route": "Routes of workouts on the map were not read; they stay in the file. There are {:,}.",
    "other": "Files of other kinds were not read; they stay in the file. There are {:,}.",
}
_CLINICAL = "Record from a clinic, {}"
_MORE = "More problems of this kind than are told one by one: {:,}."


def read_export(request: Message, ask: Ask) -> Iterator[Message]:
    """`ready` first, as `child.answer`."""
    yield {"ready": True}
    try:
        yield from _Reading(int(request["size"]), ask).messages()
    except DocumentError as error:
        yield wire.packed_error(error)


def most_content(size: int) -> int:
    """Bytes of samples that a file can hold; they are packed as tightly as any ZIP."""
    return _FREE + 2 * size


def unpacked_chunk(value: Any) -> SampleChunk:
    """Raises BrokenPromise."""
    try:
        return chunk_from(value)
    except InvalidInput as error:
        raise wire.BrokenPromise from error


def unpacked_progress(value: Any) -> BytesRead:
    """Raises BrokenPromise."""
    if type(value) is not list or [type(number) for number in value] != [int, int]:
        raise wire.BrokenPromise
    done, total = value
    if not 0 <= done <= total <= _FARTHEST:
        raise wire.BrokenPromise
    return BytesRead(done, total)


def _from_file(
    found: Proposal | NamedPerson | Problem, name: str
) -> Proposal | NamedPerson | Problem:
    """With the name of the file beside the export that it stands in."""
    where = _CLINICAL.format(name)
    if isinstance(found, Problem):
        return replace(found, where=where)
    return replace(found, spot=Spot(where)) if isinstance(found, Proposal) else found


class _Reading:
    def __init__(self, size: int, ask: Ask) -> None:
        self._size = size
        self._ask = ask
        self._people: list[NamedPerson] = []
        self._problems: list[Problem] = []
        self._untold = 0
        self._beside: dict[str, int] = {}
        self._waiting: list[Proposal] = []

    def read(self, size: int, /) -> bytes:
        """The next piece of the file, as a stream has it."""
        limits.allow_another_page()
        return bytes(self._ask({"want": min(size, PIECE)})["piece"])

    def messages(self) -> Iterator[Message]:
        from healthmate_desktop.interop.apple_health import (
            ExportFile,
            Progress,
            Tally,
            read_apple_health,
        )

        for found in read_apple_health(self, size=self._size):
            limits.allow_another_page()
            if isinstance(found, SampleChunk):
                yield {"samples": fields_of(found)}
            elif isinstance(found, Progress):
                yield {"progress": [found.done, found.size]}
            elif isinstance(found, ExportFile):
                self._take_file(found)
            elif isinstance(found, Tally):
                self._take_tally(found)
            else:
                self._take(found)
            if len(self._waiting) >= _AT_ONCE:
                yield from self._flushed()
        yield from self._flushed()
        yield wire.packed_end(self._document())

    def _take(self, found: Proposal | NamedPerson | Problem) -> None:
        if isinstance(found, Proposal):
            self._waiting.append(found)
        elif isinstance(found, NamedPerson):
            self._people.append(found)
        elif len(self._problems) < _MOST_TOLD:
            self._problems.append(found)
        else:
            self._untold += 1

    def _take_file(self, file: ExportFile) -> None:
        if file.kind != "fhir":
            self._beside[file.kind] = self._beside.get(file.kind, 0) + 1
            return
        from healthmate_desktop.interop.fhir import read_fhir

        try:
            for found in read_fhir(file.content) if file.content else ():
                self._take(_from_file(found, file.name))
        except DocumentError as error:
            self._take(Problem(_CLINICAL.format(file.name), str(error)))

    def _take_tally(self, tally: Tally) -> None:
        self._problems += [Problem("the readings", said) for said in tally.sentences()]

    def _flushed(self) -> Iterator[Message]:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), _AT_ONCE):
            yield wire.packed_proposals(waiting[start : start + _AT_ONCE])

    def _document(self) -> ReadDocument:
        problems = list(self._problems)
        if self._untold:
            problems.append(Problem("the file", _MORE.format(self._untold)))
        for kind, count in self._beside.items():
            problems.append(Problem("beside the readings", _BESIDE[kind].format(count)))
        people = tuple(dict.fromkeys(self._people))
        return ReadDocument(DocumentKind.APPLE_HEALTH, "", (), tuple(problems), people=people)
