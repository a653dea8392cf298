"""Rows of samples: chunks as they were read, each of one document.

Nothing is shared between documents, so that one can go or come to another person with all of its own. Where several
have the same sample, who reads them counts it once. Whose they are and whether they count is for their record to say.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.samples import DAY, EPOCH, chunk_kept, fields_of, merged
from healthmate_desktop.storage.rows import live
from healthmate_desktop.storage.tables import RECORD, SAMPLE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from healthmate_desktop.domain.ids import PatientId, RecordId
    from healthmate_desktop.domain.records import RecordFilter
    from healthmate_desktop.domain.samples import SampleChunk
    from healthmate_desktop.storage.context import Context

_SPARE = 2  # days, since a day on the wrist may begin in another one of UTC


class Samples:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def add(
        self, document_id: DocumentId, record_id: RecordId, chunks: Sequence[SampleChunk]
    ) -> int:
        """Chunks of one kind and document, merged with what is there; say how many samples were there already.

        Raises InvalidInput for a damaged one.
        """
        known = 0
        ordered = sorted(chunks, key=lambda chunk: (*_place(chunk), chunk.first))
        for _, group in groupby(ordered, key=_place):
            known += self._merge(document_id, record_id, list(group))
        return known

    def remove_of(self, document_id: DocumentId) -> None:
        """To be called for a document that is not read yet; a document that goes takes its own away itself."""
        self._connection.execute(sa.delete(SAMPLE).where(SAMPLE.c.document_id == document_id))

    def of_patient(
        self, patient_id: PatientId, wanted: RecordFilter
    ) -> Iterator[tuple[DocumentId, SampleChunk]]:
        """Those that count, by kind and month, in order of time; at least all of the days that are wanted.

        Of several documents the older comes first. To be read to its end within the transaction.
        """
        query = (
            sa.select(SAMPLE.c.number)
            .join(RECORD, RECORD.c.id == SAMPLE.c.record_id)
            .where(self._counting(patient_id), *_conditions(wanted))
            .order_by(SAMPLE.c.type, SAMPLE.c.unit, SAMPLE.c.month, SAMPLE.c.number)
        )
        for number in self._connection.execute(query).scalars().all():
            of_number = sa.select(SAMPLE).where(SAMPLE.c.number == number)
            row = self._connection.execute(of_number).one()
            yield DocumentId(row.document_id), _chunk(row)

    def shared(self, record_id: RecordId, patient_id: PatientId) -> int:
        """How many samples of a record other ones of the person that count have too."""
        known = 0
        own = sa.select(SAMPLE).where(SAMPLE.c.record_id == record_id)
        for row in self._connection.execute(own.execution_options(yield_per=20)):
            others = (
                sa.select(SAMPLE)
                .join(RECORD, RECORD.c.id == SAMPLE.c.record_id)
                .where(
                    self._counting(patient_id),
                    RECORD.c.id != record_id,
                    SAMPLE.c.type == row.type,
                    SAMPLE.c.unit == row.unit,
                    SAMPLE.c.month == row.month,
                    SAMPLE.c.last >= row.first,
                    SAMPLE.c.first <= row.last,
                )
            )
            there = self._connection.execute(others).all()
            if not there:
                continue
            if any(other.content == row.content and other.about == row.about for other in there):
                known += json.loads(row.about)["count"]
                continue
            chunk = _chunk(row)
            alike = [_chunk(other) for other in there if _is_of(other, chunk)]
            known += merged(alike, [chunk]).known if alike else 0
        return known

    def _counting(self, patient_id: PatientId) -> sa.ColumnElement[bool]:
        return sa.and_(
            RECORD.c.patient_id == patient_id,
            RECORD.c.state == "accepted",
            live(RECORD),
            self._context.scope.includes(RECORD.c.patient_id),
        )

    def _merge(self, document_id: DocumentId, record_id: RecordId, new: list[SampleChunk]) -> int:
        """All of one key."""
        of_month = sa.select(SAMPLE).where(
            SAMPLE.c.record_id == record_id, SAMPLE.c.month == new[0].month
        )
        rows = [
            (row.number, _chunk(row))
            for row in self._connection.execute(of_month)
            if _is_of(row, new[0])
        ]
        found = merged([chunk for _, chunk in rows], new)
        gone = [number for number, chunk in rows if chunk not in found.chunks]
        there = [chunk for _, chunk in rows if chunk in found.chunks]
        if gone:
            self._connection.execute(sa.delete(SAMPLE).where(SAMPLE.c.number.in_(gone)))
        values = [
            _values(document_id, record_id, chunk) for chunk in found.chunks if chunk not in there
        ]
        if values:
            self._connection.execute(sa.insert(SAMPLE), values)
        return found.known


def _place(chunk: SampleChunk) -> tuple[str, str, str]:
    return chunk.month, chunk.source, chunk.device


def _is_of(row: sa.Row[Any], chunk: SampleChunk) -> bool:
    """Whether it has the same source and device; the rest is in the query."""
    about = json.loads(row.about)
    return bool((about["source"], about["device"]) == (chunk.source, chunk.device))


def _conditions(wanted: RecordFilter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.code:
        yield RECORD.c.codes.contains(f"|{wanted.code}|", autoescape=True)
    if wanted.since is not None:
        yield SAMPLE.c.last >= _moment(wanted.since) - _SPARE * DAY
    if wanted.until is not None:
        yield SAMPLE.c.first < _moment(wanted.until) + (_SPARE + 1) * DAY


def _moment(day: dt.date) -> int:
    return (day - EPOCH.date()).days * DAY


def _values(document_id: str, record_id: str, chunk: SampleChunk) -> dict[str, Any]:
    about = fields_of(chunk)
    content = about.pop("content")
    return {
        "document_id": document_id,
        "record_id": record_id,
        "type": chunk.kind.type,
        "unit": chunk.kind.unit,
        "month": chunk.month,
        "first": chunk.first,
        "last": chunk.last,
        "about": json.dumps(about, separators=(",", ":")),
        "content": content,
    }


def _chunk(row: sa.Row[Any]) -> SampleChunk:
    return chunk_kept(json.loads(row.about) | {"content": row.content})
