"""Exports of Apple Health: files of any size, kept and read as streams, with readings that come by the thousand.

Of each kind of readings in a document one record is made. The readings count when that record is accepted, and belong
to whom it belongs to.
"""

from __future__ import annotations

import contextlib
import hashlib
import stat
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import BytesRead, Page, Problem
from healthmate_desktop.domain.facts import fingerprint
from healthmate_desktop.domain.ids import RecordId, new_id
from healthmate_desktop.domain.proposals import Spot
from healthmate_desktop.domain.records import Record
from healthmate_desktop.domain.samples import SampleChunk, time_text
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import counted
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.apple_health import is_apple_health

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from healthmate_desktop.domain.documents import Document, ReadDocument
    from healthmate_desktop.domain.ids import DocumentId
    from healthmate_desktop.domain.samples import SampleKind
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Originals, PageReader, Transaction

SERIES = "urn:healthmate:samples"  # the system of the identifier of a record that tells of readings
_HEAD = 64 * 1024  # bytes that tell what a file is
_PIECE = 1024 * 1024
_AT_ONCE = 2 * 1024 * 1024  # bytes of samples that are saved together
_MOST_AT_ONCE = 200  # chunks
_CHANGED = "This file changed while it was being read. Nothing of it was kept. Add it again when nothing writes to it."
_CAN_NOT = "This file could not be opened. Check that you may read it."
_AGAIN = "Readings that stand in the file again and were counted once: {:,}."
_HERE = (
    "Readings that are here from another file too: {:,}. Each of them counts once, and stays when one of the two "
    "files is deleted."
)


def is_health_export(path: Path) -> bool:
    """By how the file begins. False for what can't be opened."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            return is_apple_health(file.read(_HEAD))
    except OSError:
        return False


def sha256_of(path: Path) -> Generator[BytesRead, None, tuple[str, int]]:
    """And the size. Raises UnreadableDocument."""
    digest = hashlib.sha256()
    size = 0
    with _opened(path) as file:
        total = path.stat().st_size
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            yield BytesRead(0, max(total, size))
    return digest.hexdigest(), size


@dataclass(slots=True)
class Series:
    """Readings of one kind in one document."""

    record_id: RecordId
    kind: SampleKind
    count: int = 0
    first: int = 0
    last: int = 0

    def take(self, chunk: SampleChunk) -> None:
        self.first = min(self.first, chunk.first) if self.count else chunk.first
        self.last = max(self.last, chunk.last)
        self.count += chunk.count

    @property
    def words(self) -> str:
        return f"{self.kind.text or self.kind.type}: {counted(self.count, 'reading', 'readings')}"

    @property
    def words_and_days(self) -> str:
        return "{}, {} to {}".format(self.words, *(time[:10] for time in self.period.values()))

    @property
    def period(self) -> dict[str, str]:
        return {"start": time_text(self.first, 0), "end": time_text(self.last, 0)}


class HealthExports:
    """What an import does differently with such a file."""

    def __init__(self, access: Access, originals: Originals, reader: PageReader) -> None:
        self._access = access
        self._originals = originals
        self._reader = reader

    def keep(self, document: Document, path: Path) -> Generator[BytesRead, None, None]:
        """Closing the generator keeps nothing. Raises UnreadableDocument, also for a file that changed meanwhile."""
        with _opened(path) as file:
            source: Any = _Same(file, document.sha256)
            for _ in self._originals.put_stream(document, source):
                yield BytesRead(0, document.size)

    def read(
        self, document: Document
    ) -> Generator[BytesRead, None, tuple[ReadDocument, list[Series]]]:
        """What it says but for the readings, which are saved as they come and count when the rest is saved too."""
        with self._access.write(Action.ADD) as tx:
            tx.samples.remove_of(document.id)  # of a reading that was cut off
        taking = _Taking(self._access, document.id)
        done = BytesRead(0, document.size)
        with (
            self._originals.open(document.id) as stream,
            contextlib.closing(self._reader.read_export(stream, document.size)) as steps,
        ):
            while True:
                try:
                    step = next(steps)
                except StopIteration as end:
                    read: ReadDocument = end.value
                    break
                if isinstance(step, SampleChunk):
                    if not taking.take(step):
                        continue
                else:
                    done = step
                yield done
        taking.save()
        series = sorted(taking.series.values(), key=lambda each: each.words)
        here = 0
        for each in series:
            yield done
            with self._access.read(Action.ADD) as tx:
                here += tx.samples.shared(each.record_id, document.patient_id)
        said = ((_AGAIN, taking.known), (_HERE, here))
        more = (Problem("the readings", text.format(count)) for text, count in said if count)
        problems = [*read.problems, *more]
        page = Page(1, _page_text(read, series))
        return replace(read, pages=(page,), problems=tuple(problems)), series


def keep_series(
    tx: Transaction, document: Document, series: Sequence[Series], *, accept_all: bool
) -> Counter[str]:
    """The records that say whether the readings count; how many records and readings those are, by FHIR type."""
    records = [_record(document, each, accept_all=accept_all) for each in series]
    tx.records.add(records)
    found = Counter(record.type for record in records)
    found["Observation"] += sum(each.count for each in series)
    return +found


class _Taking:
    """Chunks on their way into the vault, some at a time."""

    def __init__(self, access: Access, document_id: DocumentId) -> None:
        self.series: dict[tuple[str, str], Series] = {}
        self.known = 0  # came twice
        self._access = access
        self._document_id = document_id
        self._waiting: list[SampleChunk] = []
        self._size = 0

    def take(self, chunk: SampleChunk) -> bool:
        """Whether what waited was saved."""
        self._waiting.append(chunk)
        self._size += len(chunk.content)
        if self._size < _AT_ONCE and len(self._waiting) < _MOST_AT_ONCE:
            return False
        self.save()
        return True

    def save(self) -> None:
        if not self._waiting:
            return
        groups: dict[tuple[str, str], list[SampleChunk]] = {}
        for chunk in self._waiting:
            groups.setdefault((chunk.kind.type, chunk.kind.unit), []).append(chunk)
        with self._access.write(Action.ADD) as tx:
            tx.documents.get(self._document_id)  # nothing is left of one that was deleted meanwhile
            for key, chunks in groups.items():
                series = self.series.get(key)
                if series is None:
                    series = self.series[key] = Series(RecordId(new_id()), chunks[0].kind)
                for chunk in chunks:
                    series.take(chunk)
                known = tx.samples.add(self._document_id, series.record_id, chunks)
                series.count -= known
                self.known += known
        self._waiting, self._size = [], 0


class _Same:
    """A file that is read from its beginning, and must be what it was when its hash was taken."""

    def __init__(self, file: BinaryIO, sha256: str) -> None:
        self._file = file
        self._sha256 = sha256
        self._digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        piece = self._file.read(size)
        self._digest.update(piece)
        if not piece and self._digest.hexdigest() != self._sha256:
            raise UnreadableDocument(_CHANGED)
        return piece

    def seek(self, place: int) -> None:
        self._file.seek(place)
        self._digest = hashlib.sha256()


@contextlib.contextmanager
def _opened(path: Path) -> Generator[BinaryIO, None, None]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreadableDocument(_CAN_NOT) from error
    with file:
        yield file


def _record(document: Document, series: Series, *, accept_all: bool) -> Record:
    coding = [coding._asdict() for coding in series.kind.codings]
    resource: dict[str, Any] = {
        "resourceType": "List",
        "identifier": [{"system": SERIES, "value": series.record_id}],
        "status": "current",
        "mode": "snapshot",
        "title": series.words_and_days,
        "code": {"coding": coding, "text": series.words_and_days},
        "note": [{"text": "From {start} to {end}.".format(**series.period)}],
    }
    return Record(
        id=series.record_id,
        patient_id=document.patient_id,
        document_id=document.id,
        state="accepted" if accept_all else "proposed",
        resource=resource,
        spot=Spot(series.kind.text or series.kind.type),
        text=series.words,
        fingerprint=fingerprint(resource),
    )


def _page_text(read: ReadDocument, series: Sequence[Series]) -> str:
    """What there is, in words: the readings themselves are too many to be told."""
    readings = counted(sum(each.count for each in series), "reading", "readings")
    lines = ["Apple Health", "", f"Shown day by day: {readings}"]
    lines += [each.words_and_days for each in series]
    kinds = Counter(str(proposal.spot.where).split(",")[0] for proposal in read.proposals)
    lines += ["", "Kept one by one:"] if kinds else []
    lines += [f"{name}: {count:,}" for name, count in sorted(kinds.items())[:200]]
    return "\n".join(lines)
