"""A person whose files are read straight, and the services that look at what was found in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from builders import finished

from healthmate_desktop.documents import child, wire
from healthmate_desktop.domain.facts import fingerprint
from healthmate_desktop.domain.ids import DocumentId, RecordId, new_id
from healthmate_desktop.domain.proposals import Spot
from healthmate_desktop.domain.records import Record, RecordFilter
from healthmate_desktop.services.importing import ImportService
from healthmate_desktop.services.records import RecordService
from healthmate_desktop.services.review import ReviewService

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from healthmate_desktop.domain.documents import Page, ReadDocument
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.proposals import Proposal, Resource
    from healthmate_desktop.interop.tables import KnownColumns, Look
    from healthmate_desktop.services.outcomes import FileOutcome
    from healthmate_desktop.services.review import Review
    from services.conftest import Room

ALL = RecordFilter()


class StraightReader:
    """What the child does, without a child."""

    def read(
        self, content: bytes, name: str, columns: KnownColumns | None = None
    ) -> Generator[tuple[int, int], None, ReadDocument]:
        proposals: list[Proposal] = []
        pages: list[Page] = []
        request: dict[str, Any] = {"do": "read", "content": content, "name": name}
        if columns is not None:
            request["columns"] = columns.as_json()
        for message in child.answer(request):
            if "proposals" in message:
                proposals += wire.unpacked_proposals(message["proposals"])
            elif "page" in message:
                pages.append(wire.unpacked_page(message["page"]))
        yield 1, 1
        return wire.unpacked_end(message["done"], pages, proposals)

    def look(self, content: bytes, name: str, columns: KnownColumns) -> list[Look]:
        request = {"do": "look", "content": content, "name": name, "columns": columns.as_json()}
        ready, found = child.answer(request)
        assert ready == {"ready": True}
        if "error" in found:
            raise wire.unpacked_error(found["error"])
        return wire.unpacked_looks(found["looks"])


def glucose(value: float = 5.4, day: str = "2024-03-01", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "15074-8"}], "text": "Glucose"},
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": "mmol/L"},
        **more,
    }


CONDITION = {
    "resourceType": "Condition",
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "38341003"}]},
    "onsetDateTime": "2019",
}
ROSA = {"resourceType": "Patient", "name": [{"family": "Harlow"}], "birthDate": "1956-02-03"}


@dataclass(frozen=True)
class Desk:
    room: Room
    patient: Patient
    folder: Path
    importing: ImportService
    review: ReviewService
    records: RecordService

    def add(self, name: str, *resources: dict[str, Any], accept_all: bool = False) -> FileOutcome:
        bundle = {"resourceType": "Bundle", "type": "collection"}
        entries = [{"resource": resource} for resource in resources]
        path = self.folder / name
        path.write_text(json.dumps(bundle | {"entry": entries}))
        work = self.importing.import_files([path], self.patient.id, accept_all=accept_all)
        (outcome,) = finished(work)
        return outcome

    def propose(self, outcome: FileOutcome, resource: Resource, doubt: str) -> None:
        """One more thing that was read from the first page of a document, not clearly."""
        record = Record(
            RecordId(new_id()),
            self.patient.id,
            DocumentId(outcome.document_id),
            "proposed",
            resource,
            Spot("", 1),
            doubts=(doubt,),
            fingerprint=fingerprint(resource),
        )
        with self.room.vault.write() as tx:
            tx.records.add([record])

    def open(self, outcome: FileOutcome, **more: int) -> Review:
        return self.review.open(DocumentId(outcome.document_id), **more)

    def states(self) -> dict[str, str]:
        """By what each record says."""
        with self.room.vault.read() as tx:
            found = tx.records.of_patient(self.patient.id, RecordFilter(state=""))
        return {record.facts.value or record.facts.display: record.state for record in found}

    def said(self, wanted: RecordFilter = ALL) -> list[str]:
        return [record.facts.value for record in self.records.all(self.patient.id, wanted)]


def make_desk(room: Room, folder: Path) -> Desk:
    """The desk of Rosa Harlow, born in February 1956."""
    patient = room.patients.add("Rosa Harlow", date(1956, 2, 3))
    reader: Any = StraightReader()
    importing = ImportService(room.access, room.originals, reader, room.embedder)
    review, records = ReviewService(room.access), RecordService(room.access)
    return Desk(room, patient, folder, importing, review, records)


def ids(records: Iterable[Record]) -> list[RecordId]:
    return [record.id for record in records]
