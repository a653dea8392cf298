"""What a person's records say, for lists, charts and answers: only what was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.services.day_records import day_records

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import DocumentId, PatientId, RecordId
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.services.access import Access

_ALL = RecordFilter()


class RecordService:
    """Lists records. Looks at a person's records are logged."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def all(self, patient_id: PatientId, wanted: RecordFilter = _ALL) -> list[Record]:
        """Oldest first, with a record for each day of the readings that come by the thousand. Raises NotFound."""
        with self._access.read(Action.VIEW, patient_id) as tx:
            found = tx.records.of_patient(patient_id, wanted)
            if days := list(day_records(tx, patient_id, wanted)):
                found = _in_order(found, days)
        self._access.note_look(patient_id)
        return found[: wanted.limit or None]

    def get(self, record_id: RecordId) -> Record:
        """Raises NotFound."""
        with self._access.read(Action.VIEW) as tx:
            record = tx.records.get(record_id)
        self._access.note_look(record.patient_id)
        return record

    def of_document(self, document_id: DocumentId) -> list[Record]:
        """Accepted ones, as they stand in it, for the way from a page to its values. Raises NotFound."""
        with self._access.read(Action.VIEW) as tx:
            patient_id = tx.documents.get(document_id).patient_id
            found = tx.records.of_patient(patient_id, RecordFilter(document_id=document_id))
        self._access.note_look(patient_id)
        return found


def _in_order(records: list[Record], days: list[Record]) -> list[Record]:
    keyed = [(record.facts.effective_from, record) for record in records]
    keyed += [(str(day.resource["effectiveDateTime"]), day) for day in days]
    return [record for _, record in sorted(keyed, key=lambda pair: pair[0])]
