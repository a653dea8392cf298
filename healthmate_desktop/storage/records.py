"""Rows of records. What stands in columns beside the resource is derived from it, each time it is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import sqlalchemy as sa

from healthmate_desktop.domain.documents import Box
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.json_text import json_text, value_at
from healthmate_desktop.domain.proposals import Spot
from healthmate_desktop.domain.records import Record, RecordFilter, Standing
from healthmate_desktop.errors import NotFound
from healthmate_desktop.storage.patients import check_reach
from healthmate_desktop.storage.rows import change_stamps, live, new_stamps
from healthmate_desktop.storage.tables import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from healthmate_desktop.domain.ids import DocumentId, PatientId, RecordId
    from healthmate_desktop.domain.proposals import Resource
    from healthmate_desktop.domain.records import RecordState
    from healthmate_desktop.storage.context import Context

_MOST_AT_ONCE = 500  # ids in one query


class Records:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def add(self, records: Sequence[Record]) -> None:
        """In the order of their documents. Raises NotFound for a person out of reach."""
        for patient_id in {record.patient_id for record in records}:
            check_reach(self._context, patient_id)
        stamps = new_stamps(self._context)
        rows = [_row(record, position) | stamps for position, record in enumerate(records)]
        if rows:
            self._connection.execute(sa.insert(RECORD), rows)
        for record in records:
            self._context.audit.touch("record", record.id, "added", record.patient_id)

    def get(self, record_id: RecordId) -> Record:
        """Raises NotFound."""
        query = sa.select(RECORD).where(RECORD.c.id == record_id, self._reachable())
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("That record is not here any more. Choose another one.")
        return _record(row)

    def of_patient(self, patient_id: PatientId, wanted: RecordFilter) -> list[Record]:
        """Oldest first, those without a date before all others; those of one document as they stand in it."""
        order = (
            (RECORD.c.position, RECORD.c.id)
            if wanted.document_id
            else (RECORD.c.effective_from, RECORD.c.document_id, RECORD.c.position, RECORD.c.id)
        )
        query = (
            sa.select(RECORD)
            .where(RECORD.c.patient_id == patient_id, self._reachable(), *_conditions(wanted))
            .order_by(*order)
        )
        if wanted.limit:
            query = query.limit(wanted.limit)
        return [_record(row) for row in self._connection.execute(query)]

    def some(self, record_ids: Sequence[RecordId]) -> list[Record]:
        """In the order of their ids here, without those out of reach."""
        found: dict[str, Record] = {}
        for start in range(0, len(record_ids), _MOST_AT_ONCE):
            ids = record_ids[start : start + _MOST_AT_ONCE]
            query = sa.select(RECORD).where(RECORD.c.id.in_(ids), self._reachable())
            found |= {row.id: _record(row) for row in self._connection.execute(query)}
        return [found[record_id] for record_id in record_ids if record_id in found]

    def standings(self, document_id: DocumentId) -> dict[RecordId, Standing]:
        """How each proposal of a document stands: first "look", last "here", each kind as on the page."""
        query = (
            sa.select(RECORD.c.id, _standing())
            .where(
                RECORD.c.document_id == document_id,
                RECORD.c.state == "proposed",
                self._reachable(),
            )
            .order_by(RECORD.c.position, RECORD.c.id)
        )
        order: tuple[Standing, ...] = get_args(Standing)
        rows = sorted(self._connection.execute(query), key=lambda row: order.index(row.standing))
        return {row.id: row.standing for row in rows}

    def counts(self, patient_id: PatientId) -> dict[tuple[DocumentId, RecordState], int]:
        """How many records each document of a person has, by state."""
        query = (
            sa.select(RECORD.c.document_id, RECORD.c.state, sa.func.count())
            .where(RECORD.c.patient_id == patient_id, self._reachable())
            .group_by(RECORD.c.document_id, RECORD.c.state)
        )
        return {
            (document_id, state): count
            for document_id, state, count in self._connection.execute(query)
        }

    def twins(self, patient_id: PatientId, fingerprints: Sequence[str]) -> dict[str, Record]:
        """Accepted records of the person that say the same, by fingerprint."""
        found: dict[str, Record] = {}
        for start in range(0, len(fingerprints), _MOST_AT_ONCE):
            some = fingerprints[start : start + _MOST_AT_ONCE]
            query = sa.select(RECORD).where(
                RECORD.c.patient_id == patient_id,
                RECORD.c.fingerprint.in_(some),
                RECORD.c.state == "accepted",
                self._reachable(),
            )
            for row in self._connection.execute(query):
                found.setdefault(row.fingerprint, _record(row))
        return found

    def rivals(self, record: Record) -> list[Record]:
        """Accepted records of the person that tell of the same thing at the same time, and say something else."""
        facts = record.facts
        if not facts.codings or not facts.effective_from:
            return []
        query = sa.select(RECORD).where(
            RECORD.c.patient_id == record.patient_id,
            RECORD.c.type == record.type,
            RECORD.c.code == facts.codings[0].code,
            RECORD.c.effective_from == facts.effective_from,
            RECORD.c.fingerprint != record.fingerprint,
            RECORD.c.state == "accepted",
            self._reachable(),
        )
        return [_record(row) for row in self._connection.execute(query)]

    def set_state(self, record_ids: Sequence[RecordId], state: RecordState) -> None:
        """Those out of reach are left as they are."""
        stamps = change_stamps(self._context, RECORD)
        known = self._known(RECORD.c.id, record_ids)
        for start in range(0, len(known), _MOST_AT_ONCE):
            ids = [record_id for record_id, _ in known[start : start + _MOST_AT_ONCE]]
            self._connection.execute(
                sa.update(RECORD).where(RECORD.c.id.in_(ids)).values(state=state, **stamps)
            )
        for record_id, patient_id in known:
            self._context.audit.touch("record", record_id, "changed", patient_id)

    def change(self, record_id: RecordId, resource: Resource, fingerprint: str) -> None:
        """What the person corrected; the words it was read from stay. Raises NotFound."""
        patient_id = self.get(record_id).patient_id
        values = _derived(resource) | {"fingerprint": fingerprint}
        values |= change_stamps(self._context, RECORD)
        self._connection.execute(sa.update(RECORD).where(RECORD.c.id == record_id).values(values))
        self._context.audit.touch("record", record_id, "changed", patient_id)

    def remove_of(self, document_id: DocumentId) -> None:
        """Leave a tombstone of each record that was read from a document, and nothing of what it said."""
        self._remove(self._known(RECORD.c.document_id, [document_id]))

    def remove_proposed(self, document_id: DocumentId) -> None:
        """The same for those that nobody has decided on, as when it is read anew."""
        query = sa.select(RECORD.c.id).where(
            RECORD.c.document_id == document_id, RECORD.c.state == "proposed"
        )
        self._remove(self._known(RECORD.c.id, self._connection.scalars(query).all()))

    def _remove(self, known: Sequence[tuple[RecordId, PatientId]]) -> None:
        stamps = change_stamps(self._context, RECORD) | {"deleted_at": self._context.now()}
        for record_id, patient_id in known:
            self._connection.execute(
                sa.update(RECORD).where(RECORD.c.id == record_id).values(_EMPTY | stamps)
            )
            self._context.audit.touch("record", record_id, "removed", patient_id)

    def move_of(self, document_id: DocumentId, patient_id: PatientId) -> None:
        """Give the records that were read from a document to another person. Raises NotFound."""
        check_reach(self._context, patient_id)
        stamps = change_stamps(self._context, RECORD)
        for record_id, _ in self._known(RECORD.c.document_id, [document_id]):
            self._connection.execute(
                sa.update(RECORD)
                .where(RECORD.c.id == record_id)
                .values(patient_id=patient_id, **stamps)
            )
            self._context.audit.touch("record", record_id, "changed", patient_id)

    def _known(
        self, column: sa.ColumnElement[Any], ids: Sequence[str]
    ) -> list[tuple[RecordId, PatientId]]:
        found: list[tuple[RecordId, PatientId]] = []
        for start in range(0, len(ids), _MOST_AT_ONCE):
            some = ids[start : start + _MOST_AT_ONCE]
            query = sa.select(RECORD.c.id, RECORD.c.patient_id).where(
                column.in_(some), self._reachable()
            )
            found += [(row.id, row.patient_id) for row in self._connection.execute(query)]
        return found

    def _reachable(self) -> sa.ColumnElement[bool]:
        return sa.and_(live(RECORD), self._context.scope.includes(RECORD.c.patient_id))


def _standing() -> sa.ColumnElement[Any]:
    known = RECORD.alias("known")
    accepted = sa.and_(
        known.c.patient_id == RECORD.c.patient_id,
        known.c.state == "accepted",
        known.c.deleted_at.is_(None),
    )
    twin = sa.exists().where(accepted, known.c.fingerprint == RECORD.c.fingerprint)
    rival = sa.exists().where(
        accepted,
        *(RECORD.c.code != "", RECORD.c.effective_from != ""),
        known.c.type == RECORD.c.type,
        known.c.code == RECORD.c.code,
        known.c.effective_from == RECORD.c.effective_from,
    )
    doubtful = sa.or_(RECORD.c.doubts != "[]", rival)
    return sa.case((twin, "here"), (doubtful, "look"), else_="plain").label("standing")


def _conditions(wanted: RecordFilter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.type:
        yield RECORD.c.type == wanted.type
    if wanted.code:
        yield RECORD.c.codes.contains(f"|{wanted.code}|", autoescape=True)
    if wanted.since is not None:
        yield RECORD.c.effective_from >= wanted.since.isoformat()
    if wanted.until is not None:
        yield RECORD.c.effective_from != ""
        yield RECORD.c.effective_from < _day_after(wanted.until)
    if wanted.state:
        yield RECORD.c.state == wanted.state
    if wanted.document_id is not None:
        yield RECORD.c.document_id == wanted.document_id


def _day_after(day: date) -> str:
    """As text that sorts behind each moment of the day."""
    return day.isoformat() + "T99"


def _row(record: Record, position: int) -> dict[str, Any]:
    return {
        "id": record.id,
        "patient_id": record.patient_id,
        "document_id": record.document_id,
        "position": position,
        "state": record.state,
        "fingerprint": record.fingerprint,
        "place": record.spot.where,
        "page": record.spot.page,
        "boxes": json.dumps([[b.x0, b.y0, b.x1, b.y1] for b in record.spot.boxes]),
        "text": record.text,
        "doubts": json.dumps(record.doubts),
    } | _derived(record.resource)


def _derived(resource: Resource) -> dict[str, Any]:
    facts = facts_of(resource)
    codes = [coding.code for coding in facts.codings]
    return {
        "type": facts.type,
        "code": codes[0] if codes else "",
        "codes": "|".join(("", *codes, "")) if codes else "",
        "display": facts.display,
        "number": None if facts.number is None else float(facts.number),
        "unit": facts.unit,
        "effective_from": facts.effective_from,
        "status": facts.status,
        "resource": json_text(resource),
    }


_EMPTY = {
    **dict.fromkeys(("code", "codes", "display", "unit", "effective_from", "status"), ""),
    **dict.fromkeys(("fingerprint", "place", "text", "resource"), ""),
    **dict.fromkeys(("boxes", "doubts"), "[]"),
    "number": None,
    "page": 0,
}


def _record(row: sa.Row[Any]) -> Record:
    return Record(
        id=row.id,
        patient_id=row.patient_id,
        document_id=row.document_id,
        state=row.state,
        resource=value_at(row.resource, 0)[0],
        spot=Spot(row.place, row.page, tuple(Box(*box) for box in json.loads(row.boxes))),
        text=row.text,
        doubts=tuple(json.loads(row.doubts)),
        fingerprint=row.fingerprint,
    )
