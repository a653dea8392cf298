"""From a file to records that count: proposed, looked at, listed, undone."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from builders import finished

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.errors import InvalidInput, NotFound
from services.review_desk import CONDITION, glucose, make_desk

if TYPE_CHECKING:
    from pathlib import Path

    from services.conftest import Room
    from services.review_desk import Desk

pytestmark = [pytest.mark.integration, pytest.mark.health]


@pytest.fixture
def desk(room: Room, tmp_path: Path) -> Desk:
    return make_desk(room, tmp_path)


def test_nothing_counts_before_someone_has_looked(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose(), CONDITION)
    assert (outcome.status, outcome.kind) == ("proposed", "fhir")
    assert outcome.records == {"Observation": 1, "Condition": 1}
    assert desk.records.all(desk.patient.id) == []
    (waiting,) = desk.review.waiting(desk.patient.id)
    assert (waiting.document.name, waiting.proposals) == ("labs.json", 2)

    review = desk.open(outcome)
    assert [found.record.spot.where for found in review.proposals] == ["entry 1", "entry 2"]
    desk.review.accept(review.proposals[0].record.id)
    desk.review.reject(review.proposals[1].record.id)
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


def test_two_that_carry_ids_of_their_own_are_two(desk: Desk) -> None:
    desk.add("a.json", glucose(id="a"), glucose(id="b"), accept_all=True)
    desk.add("b.json", glucose(id="a"), glucose(id="c"), accept_all=True)
    assert len(desk.said()) == 3


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


def whole(desk: Desk) -> bool:
    return finished(desk.room.vault.verify(deep=True, anchors=())).problems == ()
