"""Files inside files: a ZIP gives each file in it, and what is attached to records becomes a document too."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished

from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.proposals import Proposal, Spot
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.services.importing import ImportService
from healthmate_desktop.services.parts import attachments_of
from services.review_desk import StraightReader, glucose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.outcomes import FileOutcome
    from services.conftest import Room

pytestmark = pytest.mark.integration

NOTE = "Ferritin was 9 ug/L."


def zipped(files: dict[str, bytes | str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return content.getvalue()


def put(folder: Path, content: bytes, name: str = "papers.zip") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def import_file(room: Room, person: Patient, path: Path) -> list[FileOutcome]:
    return finished(room.importing.import_files([path], person.id))


def said(outcomes: list[FileOutcome], path: Path) -> list[tuple[str, str]]:
    return [(each.path.removeprefix(str(path)), each.status) for each in outcomes]


def names(room: Room, person: Patient) -> set[str]:
    return {document.name for document in room.documents.of_patient(person.id)}


def test_each_file_of_a_zip_is_a_document_of_its_own(room: Room, ann: Patient, desk: Path) -> None:
    path = put(desk, zipped({"a.txt": NOTE, "2024/b.txt": "Iron tablets."}))
    outcomes = import_file(room, ann, path)
    assert said(outcomes, path) == [("/a.txt", "imported"), ("/2024/b.txt", "imported")]
    documents = {each.name: each for each in room.documents.of_patient(ann.id)}
    assert set(documents) == {"a.txt", "b.txt"}
    assert room.originals.get(documents["a.txt"].id) == NOTE.encode()
    assert len({each.import_id for each in documents.values()}) == 1
    assert room.search.search("ferritin", ann.id, scope="person")


def test_zip_that_is_added_again_adds_nothing(room: Room, ann: Patient, desk: Path) -> None:
    path = put(desk, zipped({"a.txt": NOTE, "b.txt": "Iron."}))
    before = import_file(room, ann, path)
    after = import_file(room, ann, path)
    assert [each.status for each in after] == ["duplicate", "duplicate"]
    assert [each.document_id for each in after] == [each.document_id for each in before]
    assert len(room.documents.of_patient(ann.id)) == 2


def test_archive_in_an_archive_is_opened_but_no_deeper(
    room: Room, ann: Patient, desk: Path
) -> None:
    third = zipped({"deep.txt": "x"})
    second = zipped({"b.txt": "Iron.", "third.zip": third})
    path = put(desk, zipped({"a.txt": NOTE, "second.zip": second}))
    outcomes = import_file(room, ann, path)
    assert said(outcomes, path) == [
        ("/a.txt", "imported"),
        ("/second.zip/b.txt", "imported"),
        ("/second.zip/third.zip", "unreadable"),
    ]
    assert "too deep" in outcomes[-1].problems[0].message
    (kept,) = [d for d in room.documents.of_patient(ann.id) if d.kind is DocumentKind.ARCHIVE]
    assert outcomes[-1].document_id == kept.id
    assert room.originals.get(kept.id) == path.read_bytes()


def test_one_bad_file_in_a_zip_is_named_and_the_rest_goes_on(
    room: Room, ann: Patient, desk: Path
) -> None:
    path = put(desk, zipped({"a.txt": "DAMAGED", "../out.txt": "x", "b.txt": "Iron."}))
    outcomes = import_file(room, ann, path)
    assert said(outcomes, path) == [
        ("/a.txt", "unreadable"),
        ("/b.txt", "imported"),
        ("/../out.txt", "unreadable"),
    ]
    again = import_file(room, ann, path)
    assert [each.status for each in again] == ["unreadable", "duplicate", "unreadable"]
    assert len(room.documents.of_patient(ann.id)) == 3
    assert "leads out" in again[-1].problems[0].message


@pytest.mark.parametrize("content", [b"PK\x03\x04 and nothing more", zipped({"f/": ""})])
def test_zip_that_can_not_be_opened_is_kept_as_it_is(
    room: Room, ann: Patient, desk: Path, content: bytes
) -> None:
    path = put(desk, content)
    (outcome,) = finished(importing_with(room, Reader()).import_files([path], ann.id))
    assert (outcome.path, outcome.status) == (str(path), "unreadable")
    assert "archive" in outcome.problems[0].message
    assert names(room, ann) == {"papers.zip"}
    assert room.originals.get(room.documents.of_patient(ann.id)[0].id) == content


def test_import_that_was_cut_off_goes_on_in_the_middle_of_a_zip(
    room: Room, ann: Patient, desk: Path
) -> None:
    path = put(desk, zipped({f"{name}.txt": f"Text {name}." for name in "abc"}))
    work = room.importing.import_files([path], ann.id)
    for step in work:
        if step.outcome is not None:
            break
    room.importing.suspend()  # as a lock does
    work.close()
    assert names(room, ann) == {"a.txt"}
    outcomes = finished(room.importing.resume())
    assert said(outcomes, path) == [("/b.txt", "imported"), ("/c.txt", "imported")]
    assert finished(room.importing.resume()) == []
    assert len(room.documents.of_patient(ann.id)) == 3


def test_what_was_left_out_of_a_zip_is_told_once_over_a_cut(
    room: Room, ann: Patient, desk: Path
) -> None:
    bad, good = put(desk, zipped({"../x": "x"}), "a.zip"), put(desk, zipped({"c.txt": "Iron."}))
    work = room.importing.import_files([bad, good], ann.id)
    for step in work:
        if step.outcome is not None:
            break
    room.importing.suspend()
    work.close()
    outcomes = finished(room.importing.resume())
    assert said(outcomes, good) == [("/c.txt", "imported")]
    assert names(room, ann) == {"a.zip", "c.txt"}


def test_same_file_twice_in_a_zip_is_kept_once(room: Room, ann: Patient, desk: Path) -> None:
    path = put(desk, zipped({"a.txt": NOTE, "copy.txt": NOTE}))
    outcomes = import_file(room, ann, path)
    assert [each.status for each in outcomes] == ["imported", "duplicate"]
    assert names(room, ann) == {"a.txt"}


def test_zip_that_breaks_in_the_middle_gives_what_came(
    room: Room, ann: Patient, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(content: bytes) -> Iterator[tuple[str, bytes]]:
        yield "a.txt", NOTE.encode()
        raise UnreadableDocument(f"It broke after {len(content)} bytes.")

    monkeypatch.setattr(room.reader, "unpack", broken)
    path = put(desk, zipped({"a.txt": NOTE}))
    outcomes = import_file(room, ann, path)
    assert said(outcomes, path) == [("/a.txt", "imported"), ("", "unreadable")]
    assert names(room, ann) == {"a.txt", "papers.zip"}


def test_zip_can_be_left_out_while_it_is_read(room: Room, ann: Patient, desk: Path) -> None:
    path = put(desk, zipped({f"{name}.txt": f"Text {name}." for name in "abc"}))
    job = room.importing.begin([path], ann.id)
    statuses = []
    for step in room.importing.work(job):
        if step.outcome is not None:
            statuses.append(step.outcome.status)
            room.importing.leave_out(job, 0)
    assert statuses == ["imported", "left_out"]
    assert names(room, ann) == {"a.txt"}


# --- attachments


def reference(data: bytes, kind: str, **more: Any) -> dict[str, Any]:
    text = base64.b64encode(data).decode()
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": {"contentType": kind, "data": text, **more}}],
    }


def bundle(*resources: dict[str, Any]) -> bytes:
    entries = [{"resource": resource} for resource in resources]
    made = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return json.dumps(made).encode()


def importing_with(room: Room, reader: Any) -> ImportService:
    return ImportService(room.access, room.originals, reader, room.embedder)


def import_attached(room: Room, person: Patient, desk: Path, content: bytes) -> list[FileOutcome]:
    path = put(desk, content, "bundle.json")
    return finished(importing_with(room, StraightReader()).import_files([path], person.id))


def test_attached_file_is_a_document_of_its_own_of_the_same_person(
    room: Room, ann: Patient, desk: Path
) -> None:
    page = b"<!doctype html><title>Scan</title><p>Iron tablets were prescribed."
    outcomes = import_attached(room, ann, desk, bundle(reference(page, "text/html", title="Scan")))
    assert said(outcomes, desk / "bundle.json") == [("", "proposed"), ("/Scan.html", "imported")]
    documents = {each.id: each for each in room.documents.of_patient(ann.id)}
    whole, part = (documents[DocumentId(each.document_id)] for each in outcomes)
    assert room.originals.get(part.id) == page
    assert (part.patient_id, part.import_id) == (ann.id, whole.import_id)
    assert room.search.search("iron tablets", ann.id, scope="person")
    again = import_attached(room, ann, desk, bundle(reference(page, "text/html", title="Scan")))
    assert [each.status for each in again] == ["duplicate"]


def test_attachments_of_attachments_end_at_the_second(room: Room, ann: Patient, desk: Path) -> None:
    content = b"Slept well and ate well."
    for _ in range(4):
        content = bundle(reference(content, "application/octet-stream", title="Inside"))
    outcomes = import_attached(room, ann, desk, content)
    assert len(outcomes) == 3
    assert outcomes[-1].path.endswith("bundle.json/Inside/Inside")


def test_bad_attachment_is_named_and_harms_nothing_else(
    room: Room, ann: Patient, desk: Path
) -> None:
    damaged = reference(b"%PDF-1.7 and nothing more", "application/pdf", title="Letter/../x")
    path = put(desk, bundle(damaged), "bundle.json")
    whole, part = finished(importing_with(room, Reader()).import_files([path], ann.id))
    assert (whole.status, part.status) == ("proposed", "unreadable")
    assert names(room, ann) == {"bundle.json", "Letter-..-x.pdf"}


def test_attachments_that_were_not_read_yet_are_read_at_the_next_start(
    room: Room, ann: Patient, desk: Path
) -> None:
    page = reference(b"<!doctype html><p>Iron tablets.", "text/html", title="Scan")
    importing = importing_with(room, StraightReader())
    work = importing.import_files([put(desk, bundle(page), "bundle.json")], ann.id)
    for step in work:
        if step.outcome is not None:
            break
    importing.suspend()
    work.close()
    states = {each.name: each.state for each in room.documents.of_patient(ann.id)}
    assert states == {"bundle.json": "ready", "Scan.html": "importing"}
    (outcome,) = finished(importing.resume())
    assert (outcome.path, outcome.status) == ("Scan.html", "imported")


def test_what_is_no_file_is_no_attachment() -> None:
    words = reference(b"Slept well.", "text/plain; charset=utf-8")
    broken = reference(b"x", "application/pdf")
    broken["content"][0]["attachment"]["data"] = "no base 64!"
    nothing: list[dict[str, Any]] = [
        {"resourceType": "DocumentReference", "content": "x"},
        {"resourceType": "Media", "content": {"contentType": "image/png", "data": 3}},
        {"resourceType": "Binary", "data": "eA=="},
    ]
    proposals = [Proposal(each, Spot()) for each in (words, broken, *nothing)]
    assert list(attachments_of(proposals)) == []
    data = base64.b64encode(b"x").decode()
    files: list[dict[str, Any]] = [
        {"resourceType": "Binary", "contentType": "image/png", "data": data},
        {"resourceType": "Media", "content": {"contentType": "image/jpeg", "data": data}},
        {
            "resourceType": "DiagnosticReport",
            "presentedForm": [{"contentType": "application/pdf", "data": data}],
        },
    ]
    found = list(attachments_of(Proposal(each, Spot()) for each in files))
    assert found == [
        ("Attachment 1.png", b"x"),
        ("Attachment 2.jpg", b"x"),
        ("Attachment 3.pdf", b"x"),
    ]


# --- the same twice


def test_what_a_document_says_twice_counts_once(room: Room, ann: Patient, desk: Path) -> None:
    importing = importing_with(room, StraightReader())
    twice = bundle(glucose(), glucose(), glucose(5.5), glucose(id="a"), glucose(id="b"))
    path = put(desk, twice, "twice.json")
    (outcome,) = finished(importing.import_files([path], ann.id, accept_all=True))
    assert outcome.records == {"Observation": 5}
    states = record_states(room, ann)
    assert states == ["accepted", "rejected", "accepted", "rejected", "rejected"]


def test_what_a_document_says_twice_is_asked_once(room: Room, ann: Patient, desk: Path) -> None:
    numbers = [glucose(identifier=[{"value": number}]) for number in "ab"]
    path = put(desk, bundle(*numbers, glucose(5.5), glucose(5.5)), "twice.json")
    importing = importing_with(room, StraightReader())
    finished(importing.import_files([path], ann.id))
    assert record_states(room, ann) == ["proposed", "proposed", "proposed", "rejected"]


def record_states(room: Room, person: Patient) -> list[str]:
    with room.access.read(Action.VIEW) as tx:
        records = tx.records.of_patient(person.id, RecordFilter(state=""))
    return [each.state for each in sorted(records, key=lambda each: int(each.spot.where[6:]))]
