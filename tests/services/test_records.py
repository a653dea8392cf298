"""From a file to records that count: proposed, looked at, accepted, corrected, undone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished

from healthmate_desktop.documents import child, wire
from healthmate_desktop.domain.ids import DocumentId, RecordId
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.errors import InvalidInput, NotAllowed, NotFound
from healthmate_desktop.services.importing import SOMEONE_ELSE, ImportService
from healthmate_desktop.services.records import RecordService
from healthmate_desktop.services.review import ReviewService

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from healthmate_desktop.domain.documents import Page, ReadDocument
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.proposals import Proposal
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.services.importing import FileOutcome
    from services.conftest import Room

ALL = RecordFilter()
pytestmark = [pytest.mark.integration, pytest.mark.health]


class StraightReader:
    """What the child does, without a child."""

    def read(self, content: bytes, name: str) -> Generator[tuple[int, int], None, ReadDocument]:
        proposals: list[Proposal] = []
        pages: list[Page] = []
        for message in child.answer({"do": "read", "content": content, "name": name}):
            if "proposals" in message:
                proposals += wire.unpacked_proposals(message["proposals"])
            elif "page" in message:
                pages.append(wire.unpacked_page(message["page"]))
        yield 1, 1
        return wire.unpacked_end(message["done"], pages, proposals)


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

    def said(self, wanted: RecordFilter = ALL) -> list[str]:
        return [record.facts.value for record in self.records.all(self.patient.id, wanted)]


@pytest.fixture
def desk(room: Room, tmp_path: Path) -> Desk:
    patient = room.patients.add("Rosa Harlow", date(1956, 2, 3))
    reader: Any = StraightReader()
    importing = ImportService(room.access, room.originals, reader, room.embedder)
    review, records = ReviewService(room.access), RecordService(room.access)
    return Desk(room, patient, tmp_path, importing, review, records)


def ids(records: list[Record]) -> list[RecordId]:
    return [record.id for record in records]


def test_nothing_counts_before_someone_has_looked(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose(), CONDITION)
    assert (outcome.status, outcome.kind) == ("proposed", "fhir")
    assert outcome.records == {"Observation": 1, "Condition": 1}
    assert desk.records.all(desk.patient.id) == []
    (waiting,) = desk.review.waiting(desk.patient.id)
    assert (waiting.document.name, waiting.proposals) == ("labs.json", 2)

    review = desk.review.open(DocumentId(outcome.document_id))
    assert [found.record.spot.where for found in review.proposals] == ["entry 1", "entry 2"]
    desk.review.accept([review.proposals[0].record.id])
    desk.review.reject([review.proposals[1].record.id])
    assert desk.said() == ["5.4 mmol/L"]
    assert desk.review.waiting(desk.patient.id) == []
    (record,) = desk.records.of_document(DocumentId(outcome.document_id))
    assert desk.records.get(record.id) == record
    assert record.facts.number == Decimal("5.4")


def test_what_was_asked_for_counts_at_once(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose(), accept_all=True)
    assert (outcome.status, desk.said()) == ("imported", ["5.4 mmol/L"])


def test_records_are_listed_by_type_code_and_day(desk: Desk) -> None:
    desk.add(
        "a.json", glucose(6, "2024-03-02"), glucose(5, "2024-03-01"), CONDITION, accept_all=True
    )
    for wanted, values in (
        (RecordFilter(type="Observation"), ["5 mmol/L", "6 mmol/L"]),
        (RecordFilter(code="15074-8", limit=1), ["5 mmol/L"]),
        (RecordFilter(code="15074"), []),
        (RecordFilter(code="%"), []),
        (RecordFilter(since=date(2024, 3, 2)), ["6 mmol/L"]),
        (RecordFilter(type="Observation", until=date(2024, 3, 1)), ["5 mmol/L"]),
        (RecordFilter(code="38341003"), [""]),
        (RecordFilter(state="proposed"), []),
    ):
        assert desk.said(wanted) == values, wanted


def test_the_same_from_another_file_is_already_here(desk: Desk) -> None:
    desk.add("old.json", glucose(), accept_all=True)
    outcome = desk.add(
        "new.json", glucose(valueQuantity={"value": 5.4, "unit": "mmol/L"}), CONDITION
    )
    review = desk.review.open(DocumentId(outcome.document_id))
    plain, twin = review.proposals if review.proposals[0].twin is None else review.proposals[::-1]
    assert (plain.record.type, twin.record.type) == ("Condition", "Observation")
    assert twin.twin is not None
    assert desk.review.accept_plain(DocumentId(outcome.document_id)) == 1
    assert desk.said(RecordFilter(type="Observation")) == ["5.4 mmol/L"]

    desk.add("third.json", glucose(), accept_all=True)
    assert desk.said(RecordFilter(type="Observation")) == ["5.4 mmol/L"]
    assert desk.add("third.json", glucose()).status == "duplicate"


def test_two_that_carry_ids_of_their_own_are_two(desk: Desk) -> None:
    desk.add("a.json", glucose(id="a"), glucose(id="b"), accept_all=True)
    desk.add("b.json", glucose(id="a"), glucose(id="c"), accept_all=True)
    assert len(desk.said()) == 3


def test_another_value_of_the_same_time_is_set_beside(desk: Desk) -> None:
    desk.add("old.json", glucose(5.4), accept_all=True)
    outcome = desk.add("new.json", glucose(9.9))
    (found,) = desk.review.open(DocumentId(outcome.document_id)).proposals
    assert [rival.facts.value for rival in found.rivals] == ["5.4 mmol/L"]
    assert not found.plain
    assert desk.review.accept_plain(DocumentId(outcome.document_id)) == 0


@pytest.mark.parametrize(
    ("patient", "stranger"),
    [
        (ROSA, False),
        ({**ROSA, "birthDate": "1956"}, False),
        ({"resourceType": "Patient", "name": [{"text": "HARLOW, Rósa M."}]}, False),
        ({"resourceType": "Patient"}, False),
        ({**ROSA, "birthDate": "1957-02-03"}, True),
        ({"resourceType": "Patient", "name": [{"family": "Webb"}]}, True),
    ],
)
def test_a_document_about_someone_else_is_noticed(
    desk: Desk, patient: dict[str, Any], stranger: bool
) -> None:
    outcome = desk.add("labs.json", patient, glucose())
    review = desk.review.open(DocumentId(outcome.document_id))
    assert bool(review.strangers) is stranger
    assert (SOMEONE_ELSE in outcome.problems) is stranger


def test_a_correction_counts_and_the_words_that_were_read_stay(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose(54))
    (found,) = desk.review.open(DocumentId(outcome.document_id)).proposals
    desk.review.correct(found.record.id, glucose(5.4))
    (record,) = desk.records.all(desk.patient.id)
    assert (record.facts.value, record.text) == ("5.4 mmol/L", found.record.text)
    assert record.fingerprint != found.record.fingerprint


def test_a_document_gets_another_name(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose())
    document_id = DocumentId(outcome.document_id)
    desk.room.documents.rename(document_id, "  Blood test  ")
    assert [d.name for d in desk.room.documents.of_patient(desk.patient.id)] == ["Blood test"]
    for bad in ("", " ", "x" * 201):
        with pytest.raises(InvalidInput):
            desk.room.documents.rename(document_id, bad)


def test_a_document_is_given_to_another_person_with_all_that_was_read(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose(), accept_all=True)
    other = desk.room.patients.add("Tomas Harlow")
    desk.room.documents.assign(DocumentId(outcome.document_id), other.id)
    assert desk.room.documents.of_patient(desk.patient.id) == []
    assert desk.records.all(desk.patient.id) == []
    assert desk.room.documents.find(desk.patient.id, "glucose") == []
    assert [r.facts.value for r in desk.records.all(other.id)] == ["5.4 mmol/L"]
    assert [d.name for d in desk.room.documents.find(other.id, "glucose")] == ["labs.json"]
    assert whole(desk)


def test_a_deleted_document_is_gone_from_the_disk(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose(), accept_all=True)
    document_id = DocumentId(outcome.document_id)
    (record,) = desk.records.all(desk.patient.id)
    desk.room.documents.remove(document_id)
    for look in (
        lambda: desk.room.documents.page(document_id, 1),
        lambda: desk.records.of_document(document_id),
        lambda: desk.records.get(record.id),
        lambda: desk.room.documents.remove(document_id),
    ):
        with pytest.raises(NotFound):
            look()
    assert list((desk.room.vault.folder / "originals").iterdir()) == []
    assert desk.room.documents.find(desk.patient.id, "glucose") == []
    assert whole(desk)
    assert desk.add("labs.json", glucose()).status == "proposed"  # as if it had never been here


def test_a_deletion_that_was_cut_off_is_carried_through(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose())
    with desk.room.vault.write() as tx:
        tx.documents.remove(DocumentId(outcome.document_id))
    assert len(list((desk.room.vault.folder / "originals").iterdir())) == 1
    desk.room.originals.remove_deleted()
    assert list((desk.room.vault.folder / "originals").iterdir()) == []
    assert whole(desk)


def test_a_whole_import_is_undone(desk: Desk) -> None:
    kept = desk.add("kept.json", CONDITION)
    for name in ("a.json", "b.json"):
        (desk.folder / name).write_text(json.dumps(glucose(note=[{"text": name}])))
    paths = [desk.folder / "a.json", desk.folder / "b.json"]
    finished(desk.importing.import_files(paths, desk.patient.id))
    newest = desk.room.documents.of_patient(desk.patient.id)[0]
    assert desk.room.documents.undo_import(newest.import_id, desk.patient.id) == 2
    (left,) = desk.room.documents.of_patient(desk.patient.id)
    assert left.id == kept.document_id


def test_roles_decide_who_may_look_and_who_may_change(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose())
    (found,) = desk.review.open(DocumentId(outcome.document_id)).proposals
    auditor = desk.room.signed_in("auditor").access
    with pytest.raises(NotAllowed):
        RecordService(auditor).all(desk.patient.id)
    with pytest.raises(NotAllowed):
        ReviewService(auditor).accept([found.record.id])
    stranger = desk.room.signed_in("clinician", "assigned").access
    ReviewService(stranger).accept([found.record.id])  # out of reach: nothing happens
    for look in (
        lambda: RecordService(stranger).all(desk.patient.id),
        lambda: RecordService(stranger).get(found.record.id),
        lambda: ReviewService(stranger).open(DocumentId(outcome.document_id)),
        lambda: ReviewService(stranger).correct(found.record.id, glucose()),
    ):
        with pytest.raises(NotFound):
            look()
    desk.room.vault.act_as(desk.room.access.session)
    assert desk.said() == []


def whole(desk: Desk) -> bool:
    return finished(desk.room.vault.verify(deep=True, anchors=())).problems == ()
