"""Documents: listed, drawn, a citation shown where it stands, and damage told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import finished, put

from healthmate_desktop.domain.answers import Citation
from healthmate_desktop.errors import NotFound, UnreadableDocument, VaultDamaged

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.ids import DocumentId
    from healthmate_desktop.domain.patients import Patient
    from services.conftest import Room

pytestmark = pytest.mark.integration

PAGES = "Ferritin was 9 ug/L.\fIron tablets were prescribed."


def import_one(room: Room, person: Patient, desk: Path, content: str, name: str = "a") -> Document:
    (outcome,) = finished(room.importing.import_files(put(desk, **{name: content}), person.id))
    return next(d for d in room.documents.of_patient(person.id) if d.id == outcome.document_id)


def cite(document_id: DocumentId, quote: str, page: int, start: int) -> Citation:
    return Citation("p", document_id, "person", "a.txt", quote, page, start)


def sealed(room: Room, document: Document) -> Path:
    return room.vault.folder / "originals" / f"{document.id}.age"


def test_newest_document_is_listed_first(room: Room, ann: Patient, desk: Path) -> None:
    for name in ("first", "second", "third"):
        import_one(room, ann, desk, f"Content of {name}.", name)
    names = [document.name for document in room.documents.of_patient(ann.id)]
    assert names == ["third.txt", "second.txt", "first.txt"]


def test_each_person_has_their_own_documents(room: Room, ann: Patient, desk: Path) -> None:
    import_one(room, ann, desk, PAGES)
    assert room.documents.of_patient(room.patients.add("Bob").id) == []


def test_citation_is_lit_on_the_picture_of_its_page(room: Room, ann: Patient, desk: Path) -> None:
    document = import_one(room, ann, desk, "%PDF-" + PAGES)
    place = room.documents.place(cite(document.id, "tablets were", 2, 5))
    assert place.text == "Iron tablets were prescribed."
    assert place.text[place.citation.start :].startswith(place.citation.quote)
    assert (place.width, place.height, place.page_count) == (595, 842, 2)
    (box,) = place.boxes
    assert (box.x0, box.x1, box.y0, box.y1) == (10, 29, 20, 30)


def test_text_has_a_place_but_no_boxes(room: Room, ann: Patient, desk: Path) -> None:
    document = import_one(room, ann, desk, PAGES)
    place = room.documents.place(cite(document.id, "Ferritin", 1, 0))
    assert (place.text, place.boxes) == ("Ferritin was 9 ug/L.", ())


def test_place_of_nothing_is_not_found(room: Room, ann: Patient, desk: Path) -> None:
    document = import_one(room, ann, desk, PAGES)
    citation = cite(document.id, "Ferritin", 3, 0)
    for missing in (citation, replace(citation, document_id="other")):
        with pytest.raises(NotFound):
            room.documents.place(missing)


def test_page_is_drawn_from_the_kept_original(room: Room, ann: Patient, desk: Path) -> None:
    document = import_one(room, ann, desk, "%PDF-" + PAGES)
    shutil.rmtree(desk)
    assert room.documents.picture(document.id, 2, 400) == b"Iron tablets were prescribed. 400"


def test_original_that_cannot_be_drawn_says_why(room: Room, ann: Patient, desk: Path) -> None:
    document = import_one(room, ann, desk, "DAMAGED")
    with pytest.raises(UnreadableDocument):
        room.documents.picture(document.id, 1, 400)


def test_sound_vault_has_no_problems(room: Room, ann: Patient, desk: Path) -> None:
    import_one(room, ann, desk, PAGES)
    import_one(room, room.patients.add("Bob"), desk, "DAMAGED", "b")
    report = room.documents.check()
    assert (report.documents, report.problems) == (2, ())


def test_check_reports_each_original_that_is_not_the_one_that_was_kept(
    room: Room, ann: Patient, desk: Path
) -> None:
    documents = [
        import_one(room, ann, desk, f"%PDF-Content of {name}.", name)
        for name in ("swapped", "other", "changed", "gone", "fine")
    ]
    swapped, other, changed, gone, _ = documents
    one, two = sealed(room, swapped).read_bytes(), sealed(room, other).read_bytes()
    sealed(room, swapped).write_bytes(two)
    sealed(room, other).write_bytes(one)
    content = bytearray(sealed(room, changed).read_bytes())
    content[-1] ^= 1
    sealed(room, changed).write_bytes(content)
    sealed(room, gone).unlink()
    report = room.documents.check()
    assert report.documents == 5
    assert {problem.where for problem in report.problems} == {
        f"document {document.id}" for document in (swapped, other, changed, gone)
    }
    with pytest.raises(VaultDamaged, match="Restore a backup"):
        room.documents.picture(swapped.id, 1, 400)


@pytest.mark.parametrize("part", [0.3, 0.5, 0.7, 0.9])
def test_check_reports_a_damaged_database(
    room: Room, ann: Patient, desk: Path, part: float
) -> None:
    import_one(room, ann, desk, "Some words of a letter. " * 2000)
    database = room.vault.folder / "vault.db"
    room.vault._checkpoint()
    content = bytearray(database.read_bytes())
    content[int(len(content) * part)] ^= 0xFF
    database.write_bytes(content)
    report = room.documents.check()
    assert {problem.where for problem in report.problems} >= {"database"}
    assert "letter" not in str(report)
