"""What the list of documents says beside their names, what an undo would take, and what was read of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from builders import finished, put

from healthmate_desktop.domain.documents import Origin
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.errors import NotFound
from services.review_desk import CONDITION, glucose, make_desk

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from healthmate_desktop.domain.patients import Patient
    from services.conftest import Room
    from services.review_desk import Desk

pytestmark = [pytest.mark.integration, pytest.mark.health]


@pytest.fixture
def desk(room: Room, tmp_path: Path) -> Desk:
    return make_desk(room, tmp_path)


def origin(desk: Desk, name: str) -> Origin:
    found = desk.room.documents.listed(desk.patient.id)
    return next(each.origin for each in found if each.document.name == name)


def by(sender: str, **more: Any) -> dict[str, Any]:
    return glucose(performer=[{"display": sender}], **more)


def test_a_document_is_from_the_newest_day_it_tells_of(desk: Desk) -> None:
    desk.add("labs.json", glucose(day="2024-03-01"), glucose(6, "2024-03-02"), CONDITION)
    assert origin(desk, "labs.json") == Origin("2024-03-02", "")


def test_a_plan_for_a_day_to_come_does_not_make_it_newer(desk: Desk) -> None:
    desk.add("labs.json", glucose(day="2024-03-01"), glucose(6, "2999-01-01"))
    desk.add("plan.json", glucose(day="2999-01-01"))
    assert origin(desk, "labs.json").dated == "2024-03-01"
    assert origin(desk, "plan.json") == Origin()


def test_a_day_is_as_exact_as_it_was_given(desk: Desk) -> None:
    desk.add("old.json", glucose(day="2019-03"))
    assert origin(desk, "old.json").dated == "2019-03"


def test_since_when_someone_has_a_condition_is_not_the_day_of_the_letter(desk: Desk) -> None:
    desk.add("letter.json", CONDITION)
    assert origin(desk, "letter.json").dated == ""


def test_it_comes_from_whom_most_of_it_names(desk: Desk) -> None:
    lakeside = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "serviceProvider": {"display": "Lakeside Clinic"},
        "period": {"start": "2024-03-01"},
    }
    desk.add("a.json", lakeside, by("Northgate"), by("Northgate", day="2024-01-01"))
    desk.add("b.json", lakeside)
    desk.add("c.json", {"resourceType": "Organization", "name": "Eye Centre"}, glucose())
    assert origin(desk, "a.json").sender == "Northgate"
    assert origin(desk, "b.json").sender == "Lakeside Clinic"
    assert origin(desk, "c.json").sender == "Eye Centre"


def test_what_says_nothing_of_itself_and_what_is_someone_elses_says_nothing(
    desk: Desk, ann: Patient
) -> None:
    finished(desk.room.importing.import_files(put(desk.folder, note="Some words."), ann.id))
    desk.add("labs.json", by("Northgate"))
    (note,) = desk.room.documents.listed(ann.id)
    assert (note.document.name, note.origin) == ("note.txt", Origin())


def test_a_deleted_document_tells_nothing(desk: Desk) -> None:
    outcome = desk.add("labs.json", by("Northgate"))
    desk.room.documents.remove(DocumentId(outcome.document_id))
    assert desk.room.documents.listed(desk.patient.id) == []
    with desk.room.vault.read() as tx:
        assert tx.documents.origins(desk.patient.id) == {}


def test_what_an_undo_takes_away_is_counted_before(desk: Desk, ann: Patient) -> None:
    outcome = desk.add("a.json", glucose(), CONDITION)
    desk.add("b.json", glucose(), accept_all=True)
    (document,) = [
        d for d in desk.room.documents.of_patient(desk.patient.id) if d.id == outcome.document_id
    ]
    first = desk.review.open(document.id).proposals[0].record.id
    desk.review.accept(first)
    count = desk.room.documents.count_of_import(document.import_id, desk.patient.id)
    assert (count.documents, count.records, count.accepted) == (1, 2, 1)
    assert desk.room.documents.undo_import(document.import_id, desk.patient.id) == count.documents
    gone = desk.room.documents.count_of_import(document.import_id, desk.patient.id)
    assert (gone.documents, gone.records) == (0, 0)
    other = desk.room.documents.count_of_import(document.import_id, ann.id)
    assert other.documents == 0


def test_what_was_read_is_what_is_kept(room: Room, ann: Patient, desk: Desk) -> None:
    text = "Ferritin was 9 ug/L.\fLOST\fIron tablets."
    (outcome,) = finished(
        room.importing.import_files(put(desk.folder, letter=f"%PDF-{text}"), ann.id)
    )
    reading = finished(room.documents.reading(DocumentId(outcome.document_id)))
    assert (reading.pages, reading.lost, reading.by_ocr) == (2, 1, 0)
    assert reading.passages == 2
    with pytest.raises(NotFound):
        finished(room.documents.reading(DocumentId("nothing")))


def test_what_was_turned_down_is_counted_as_left_out(desk: Desk) -> None:
    outcome = desk.add("a.json", glucose(), CONDITION)
    document_id = DocumentId(outcome.document_id)
    desk.review.reject(desk.review.open(document_id).proposals[0].record.id)
    assert finished(desk.room.documents.reading(document_id)).rejected == 1


def test_looking_into_what_was_read_can_be_stopped(room: Room, ann: Patient, desk: Desk) -> None:
    text = "\f".join(f"Page {n} tells of ferritin." for n in range(50))
    (outcome,) = finished(
        room.importing.import_files(put(desk.folder, long=f"%PDF-{text}"), ann.id)
    )
    work = room.documents.reading(DocumentId(outcome.document_id))
    for _ in range(3):
        next(work)
    work.close()
