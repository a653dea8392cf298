"""Readings that come by the thousand, as records of their days: made when asked for, from those that count."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from healthmate_desktop.domain.ids import RecordId
from healthmate_desktop.domain.proposals import Spot
from healthmate_desktop.domain.records import Record
from healthmate_desktop.domain.samples import merged
from healthmate_desktop.interop.apple_health import day_observation, days_in_turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from healthmate_desktop.domain.ids import DocumentId, PatientId
    from healthmate_desktop.domain.records import RecordFilter
    from healthmate_desktop.domain.samples import SampleChunk, SampleKind
    from healthmate_desktop.interop.apple_health import DayTotal
    from healthmate_desktop.services.ports import Transaction

    Found = tuple[DocumentId, SampleChunk]


def day_records(tx: Transaction, patient_id: PatientId, wanted: RecordFilter) -> Iterator[Record]:
    """Kind by kind, each in order of time. None where other records than observations that count are wanted."""
    if (
        wanted.type not in {"", "Observation"}
        or wanted.state not in {"", "accepted"}
        or wanted.document_id is not None
    ):
        return
    found = tx.samples.of_patient(patient_id, wanted)
    for _, some in groupby(found, key=lambda entry: (entry[1].kind.type, entry[1].kind.unit)):
        yield from _of_kind(some, patient_id, wanted)


def each_once(found: Iterable[Found]) -> Iterator[Found]:
    """Chunks as they are kept, by kind and month; what several documents have comes once, with the newest of them."""
    for _, some in groupby(found, key=lambda entry: (entry[1].kind.type, entry[1].month)):
        month = list(some)
        if len({document_id for document_id, _ in month}) == 1:
            yield from month
            continue
        month.sort(key=_place)  # stable
        for _, group in groupby(month, key=_place):
            yield from _merged(list(group))


def _merged(group: list[Found]) -> Iterator[Found]:
    chunks: tuple[SampleChunk, ...] = ()
    for _, of_document in groupby(group, key=lambda entry: entry[0]):
        chunks = merged(chunks, [chunk for _, chunk in of_document]).chunks
    for chunk in chunks:
        yield group[-1][0], chunk


def _place(entry: Found) -> tuple[str, str, str]:
    chunk = entry[1]
    return chunk.kind.unit, chunk.source, chunk.device


def _of_kind(
    some: Iterable[Found], patient_id: PatientId, wanted: RecordFilter
) -> Iterator[Record]:
    documents: dict[str, DocumentId] = {}  # by month
    kinds: list[SampleKind] = []

    def chunks() -> Iterator[SampleChunk]:
        for document_id, chunk in each_once(some):
            documents[chunk.month] = document_id
            kinds[:] = [chunk.kind]
            yield chunk

    for day in days_in_turn(chunks()):
        too_early = wanted.since is not None and day.day < wanted.since
        if too_early or (wanted.until is not None and day.day > wanted.until):
            continue
        month = day.day.isoformat()[:7]
        document_id = documents.get(month) or next(reversed(documents.values()))
        yield _record(kinds[0], day, patient_id, document_id)


def _record(
    kind: SampleKind, day: DayTotal, patient_id: PatientId, document_id: DocumentId
) -> Record:
    resource = day_observation(kind, day)
    return Record(
        id=RecordId(f"day-{resource['identifier'][0]['value']}"),
        patient_id=patient_id,
        document_id=document_id,
        state="accepted",
        resource=resource,
        spot=Spot(f"{kind.text or kind.type}, {day.day.isoformat()}"),
        text=resource["method"]["text"],
    )
