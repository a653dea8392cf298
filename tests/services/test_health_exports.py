"""Exports of Apple Health: read as streams by a real child, counted to the last reading, and taken away whole."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished

from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.domain.samples import samples_of
from healthmate_desktop.services.export import ExportOrder, ExportService
from healthmate_desktop.services.health_exports import is_health_export
from healthmate_desktop.services.records import RecordService
from healthmate_desktop.services.review import ReviewService
from healthmate_desktop.storage.files import writing_for_others
from services.cut_imports import jobs, killed

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.services.outcomes import FileOutcome
    from services.conftest import Room

pytestmark = [pytest.mark.integration, pytest.mark.health]
PHONE, WATCH = "iPhone of Ada", "Apple Watch of Ada"


def record(name: str, value: str, start: str, end: str = "", **more: str) -> str:
    said = {"type": f"HKQuantityTypeIdentifier{name}", "value": value} | more
    said |= {"startDate": f"{start} +0200", "endDate": f"{end or start} +0200"}
    attributes = " ".join(f'{key}="{text}"' for key, text in said.items())
    return f"<Record {attributes}/>"


def export(*parts: str, end: str = "</HealthData>\n") -> bytes:
    body = "\n ".join(('<ExportDate value="2024-06-01 12:00:00 +0200"/>', *parts))
    return f'<?xml version="1.0"?>\n<HealthData locale="de_AT">\n {body}\n{end}'.encode()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def steps(value: int, minute: int, day: int = 1, source: str = PHONE) -> str:
    start, end = (f"2024-03-{day:02} 08:{at:02}:00" for at in (minute, minute + 1))
    return record("StepCount", str(value), start, end, unit="count", sourceName=source)


def pulse(value: int, minute: int) -> str:
    at = f"2024-03-01 08:{minute:02}:00"
    return record("HeartRate", str(value), at, unit="count/min", sourceName=WATCH)


MORNING = [steps(10, 0), steps(20, 1), steps(5, 2, day=2), pulse(60, 0), pulse(71, 1)]


def put(folder: Path, content: bytes, name: str = "export.xml") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def take_in(room: Room, person: Patient, path: Path, *, accept_all: bool = True) -> FileOutcome:
    steps_of = room.importing.import_files([path], person.id, accept_all=accept_all)
    (outcome,) = finished(steps_of)
    return outcome


def counted(room: Room, person: Patient) -> dict[str, Decimal]:
    """The sum of each kind of readings that count."""
    found: Counter[str] = Counter()
    with room.vault.read() as tx:
        for _, chunk in tx.samples.of_patient(person.id, RecordFilter()):
            for sample in samples_of(chunk):
                found[chunk.kind.text] += Decimal(sample.value)  # type: ignore[assignment]
    return dict(found)  # type: ignore[arg-type]


def listed(room: Room, person: Patient, **wanted: Any) -> list[Record]:
    wanted.setdefault("type", "Observation")
    return RecordService(room.access).all(person.id, RecordFilter(**wanted))


def rows(room: Room) -> int:
    with room.vault.connection(writing=False) as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM sample").scalar_one())


@pytest.mark.parametrize("name", ["export.xml", "export.zip"])
def test_every_reading_arrives_and_is_told_of_by_day(
    room: Room, ann: Patient, desk: Path, name: str
) -> None:
    content = export(*MORNING)
    if name.endswith("zip"):
        content = zipped({"apple_health_export/export.xml": content})
    outcome = take_in(room, ann, put(desk, content, name))
    assert (outcome.status, outcome.kind) == ("imported", "apple_health")
    assert outcome.records == {"Observation": 5, "List": 2}
    assert counted(room, ann) == {"Steps": 35, "Heart rate": 131}
    said = [(r.facts.effective, r.facts.display, r.facts.value) for r in listed(room, ann)]
    assert said == [
        ("2024-03-01", "Heart rate, average of the day", "65.5 /min"),
        ("2024-03-01", "Steps, total of the day", "30 count"),
        ("2024-03-02", "Steps, total of the day", "5 count"),
    ]
    heart = listed(room, ann, code="8867-4")[0]
    assert [part.value for part in heart.facts.components] == ["2 readings", "60 /min", "71 /min"]
    assert heart.document_id == outcome.document_id
    assert "2 readings" in heart.text
    (document,) = room.documents.of_patient(ann.id)
    assert (document.kind, document.size) == (DocumentKind.APPLE_HEALTH, len(content))
    page = room.documents.page(document.id, 1).text
    assert "Shown day by day: 5 readings" in page
    assert "Steps: 3 readings, 2024-03-01 to 2024-03-02" in page
    with room.originals.open(document.id) as stream:
        assert b"".join(iter(lambda: stream.read(999), b"")) == content
    assert room.originals.get(document.id) == content


def test_days_are_listed_by_type_code_and_time(room: Room, ann: Patient, desk: Path) -> None:
    take_in(room, ann, put(desk, export(*MORNING)))
    assert [r.facts.effective for r in listed(room, ann, code="55423-8")] == [
        "2024-03-01",
        "2024-03-02",
    ]
    assert len(listed(room, ann, since=date(2024, 3, 2))) == 1
    assert len(listed(room, ann, until=date(2024, 3, 1))) == 2
    assert listed(room, ann, until=date(2024, 2, 1)) == []
    assert [r.type for r in listed(room, ann, type="List")] == ["List", "List"]
    assert listed(room, ann, type="Condition") == []
    assert listed(room, ann, state="proposed") == []


def test_of_two_devices_on_one_walk_one_counts_and_it_is_said(
    room: Room, ann: Patient, desk: Path
) -> None:
    both = [steps(100, 0, source=PHONE), steps(90, 0, source=WATCH)]
    outcome = take_in(room, ann, put(desk, export(*both)))
    assert outcome.records["Observation"] == 2
    (day,) = listed(room, ann)
    assert day.facts.value == "90 count"
    assert "1 more of other devices" in day.resource["note"][0]["text"]
    assert counted(room, ann) == {"Steps": 190}  # all is kept


def test_what_stands_in_the_file_twice_counts_once_and_is_told(
    room: Room, ann: Patient, desk: Path
) -> None:
    outcome = take_in(room, ann, put(desk, export(steps(10, 0), steps(10, 0))))
    assert outcome.records["Observation"] == 1
    (problem,) = outcome.problems
    assert "counted once: 1" in problem.message
    assert counted(room, ann) == {"Steps": 10}


def test_a_part_that_is_bad_is_named_and_the_rest_arrives(
    room: Room, ann: Patient, desk: Path
) -> None:
    bad = record("StepCount", "many", "2024-03-01 08:05:00", unit="count", sourceName=PHONE)
    outcome = take_in(room, ann, put(desk, export(*MORNING, bad, end="")))
    assert outcome.status == "imported"
    assert {problem.where for problem in outcome.problems} >= {"Steps", "the end of the file"}
    assert counted(room, ann) == {"Steps": 35, "Heart rate": 131}


def test_readings_that_nobody_accepted_do_not_count(room: Room, ann: Patient, desk: Path) -> None:
    outcome = take_in(room, ann, put(desk, export(*MORNING)), accept_all=False)
    assert outcome.status == "proposed"
    assert (counted(room, ann), listed(room, ann)) == ({}, [])
    review = ReviewService(room.access)
    found = review.open(DocumentId(outcome.document_id)).proposals
    assert [each.record.text for each in found] == ["Heart rate: 2 readings", "Steps: 3 readings"]
    review.accept(found[1].record.id)
    review.reject(found[0].record.id)
    assert counted(room, ann) == {"Steps": 35}


def test_the_same_file_again_is_known(room: Room, ann: Patient, desk: Path) -> None:
    path = put(desk, export(*MORNING))
    take_in(room, ann, path)
    assert take_in(room, ann, path).status == "duplicate"
    assert counted(room, ann) == {"Steps": 35, "Heart rate": 131}


def test_a_reading_of_two_files_counts_once_and_stays_when_one_goes(
    room: Room, ann: Patient, desk: Path
) -> None:
    first = take_in(room, ann, put(desk, export(*MORNING)))
    second = take_in(room, ann, put(desk, export(*MORNING, steps(7, 9)), "later.xml"))
    assert "here from another file too: 5." in second.problems[0].message
    assert [r.facts.value for r in listed(room, ann, code="55423-8")] == ["37 count", "5 count"]
    room.documents.remove(DocumentId(first.document_id))
    assert [r.facts.value for r in listed(room, ann, code="55423-8")] == ["37 count", "5 count"]
    room.documents.remove(DocumentId(second.document_id))
    assert (listed(room, ann), rows(room)) == ([], 0)
    assert verified(room)


def test_readings_go_to_another_person_with_their_document(
    room: Room, ann: Patient, desk: Path
) -> None:
    outcome = take_in(room, ann, put(desk, export(*MORNING)))
    bo = room.patients.add("Bo Example")
    room.documents.assign(DocumentId(outcome.document_id), bo.id)
    assert (counted(room, ann), listed(room, ann)) == ({}, [])
    assert counted(room, bo) == {"Steps": 35, "Heart rate": 131}
    assert verified(room)


def test_an_import_that_is_undone_takes_its_readings_away(
    room: Room, ann: Patient, desk: Path
) -> None:
    take_in(room, ann, put(desk, export(*MORNING)))
    (document,) = room.documents.of_patient(ann.id)
    assert room.documents.undo_import(document.import_id, ann.id) == 1
    assert (listed(room, ann), rows(room)) == ([], 0)
    assert list((room.vault.folder / "originals").iterdir()) == []


def test_who_may_not_see_a_person_sees_none_of_the_readings(
    room: Room, ann: Patient, desk: Path
) -> None:
    take_in(room, ann, put(desk, export(*MORNING)))
    clinician = room.signed_in("clinician", "assigned")
    assert counted(clinician, ann) == {}


def many(days: int) -> bytes:
    """Of several months, so that they come in several batches."""
    return export(
        *(
            record(
                "StepCount",
                str(number + 1),
                f"20{year}-{month:02}-{day:02} 08:{number:02}:00",
                f"20{year}-{month:02}-{day:02} 08:{number:02}:30",
                unit="count",
                sourceName=f"Source {day}",
            )
            for year in (21, 22)
            for month in range(1, 13)
            for day in range(1, days + 1)
            for number in range(10)
        )
    )


def test_an_import_cut_off_anywhere_goes_on_and_has_nothing_twice(room: Room, desk: Path) -> None:
    path = put(desk, many(12))
    whole = len(list(room.importing.import_files([path], room.patients.add("Bo").id)))
    assert whole >= 8
    for cut in range(1, whole):
        person = room.patients.add(f"Person {cut}")
        work = room.importing.import_files([path], person.id, accept_all=True)
        again = killed(room, work, cut)
        assert len(jobs(again)) == 1
        outcomes = finished(again.importing.resume())
        assert [outcome.status for outcome in outcomes] in (["imported"], [])
        assert counted(again, person) == {"Steps": Decimal(24 * 12 * 55)}
        assert len(again.documents.of_patient(person.id)) == 1
        assert jobs(again) == []
        room = again
    assert verified(room)
    kept = list((room.vault.folder / "originals").iterdir())
    assert all(path.suffix == ".age" for path in kept)


def test_an_import_that_is_stopped_is_read_when_it_is_added_again(
    room: Room, ann: Patient, desk: Path
) -> None:
    path = put(desk, many(12))
    work = room.importing.import_files([path], ann.id, accept_all=True)
    for step in work:
        if step.of_bytes and step.page:
            assert step.pages == path.stat().st_size
            break
    work.close()
    assert jobs(room) == []
    assert counted(room, ann) == {}
    assert take_in(room, ann, path).records["Observation"] == 24 * 12 * 10
    assert counted(room, ann) == {"Steps": Decimal(24 * 12 * 55)}


def test_of_a_document_that_is_deleted_while_it_is_read_nothing_stays(
    room: Room, ann: Patient, desk: Path
) -> None:
    work = room.importing.import_files([put(desk, many(12))], ann.id, accept_all=True)
    while not rows(room):
        next(work)
    (document,) = room.documents.of_patient(ann.id)
    room.documents.remove(document.id)
    finished(work)
    assert rows(room) == 0
    assert room.documents.of_patient(ann.id) == []
    assert verified(room)


@pytest.mark.parametrize("read", [False, True], ids=["while it is sealed", "while it is read"])
def test_one_that_is_left_out_is_not_kept(
    room: Room, ann: Patient, desk: Path, *, read: bool
) -> None:
    job = room.importing.begin([put(desk, many(12))], ann.id, accept_all=True)
    work = room.importing.work(job)
    for step in work:
        if step.of_bytes and (step.page or not read):
            room.importing.leave_out(job, 0)
            break
    assert [outcome.status for outcome in finished(work)] == ["left_out"]
    assert room.documents.of_patient(ann.id) == []
    assert rows(room) == 0
    assert list((room.vault.folder / "originals").glob("*")) == []
    assert verified(room)


def test_a_file_that_changes_while_it_is_read_is_not_kept(
    room: Room, ann: Patient, desk: Path
) -> None:
    path = put(desk, export(*MORNING))
    work = room.importing.import_files([path], ann.id)
    next(work)
    next(work)  # its hash is being taken
    path.write_bytes(export(*MORNING, steps(1, 30)))
    outcome = finished(work)[0]
    assert outcome.status == "unreadable"
    assert "changed" in outcome.problems[0].message
    assert room.documents.of_patient(ann.id) == []
    assert not list((room.vault.folder / "originals").glob("*"))


def test_a_file_that_only_says_it_is_one_is_named_and_kept(
    room: Room, ann: Patient, desk: Path
) -> None:
    content = b"<?xml version='1.0'?><!DOCTYPE HealthData []><Other/>"
    outcome = take_in(room, ann, put(desk, content))
    assert outcome.status == "unsupported"
    (document,) = room.documents.of_patient(ann.id)
    assert document.state == "unreadable"
    assert room.originals.get(document.id) == content
    again = finished(room.importing.work(room.importing.begin_again([document.id])))
    assert [each.status for each in again] == ["unsupported"]


def test_clinical_records_of_the_export_are_proposed(room: Room, ann: Patient, desk: Path) -> None:
    condition = {"resourceType": "Condition", "code": {"text": "Hypertension"}}
    files = {
        "apple_health_export/export.xml": export(*MORNING),
        "apple_health_export/clinical-records/Condition-1.json": json.dumps(condition).encode(),
        "apple_health_export/clinical-records/Condition-2.json": b'{"resourceType": "Condition"',
        "apple_health_export/export_cda.xml": b"<ClinicalDocument/>",
        "apple_health_export/workout-routes/route.gpx": b"<gpx></gpx>",
    }
    outcome = take_in(room, ann, put(desk, zipped(files), "export.zip"))
    assert outcome.records["Condition"] == 1
    said = " ".join(problem.message for problem in outcome.problems)
    assert "export_cda.xml" in said
    assert "Routes of workouts" in said
    assert any("Condition-2.json" in problem.where for problem in outcome.problems)


def test_other_files_are_no_exports(desk: Path) -> None:
    assert not is_health_export(put(desk, b"<html>", "a.html"))
    assert not is_health_export(desk / "gone")
    assert not is_health_export(desk)
    os.mkfifo(desk / "pipe")
    assert not is_health_export(desk / "pipe")


def test_the_fhir_export_has_each_reading(room: Room, ann: Patient, desk: Path) -> None:
    take_in(room, ann, put(desk, export(*MORNING)))
    take_in(room, ann, put(desk, export(*MORNING, steps(7, 9)), "later.xml"))
    out = desk / "out.json"
    report = finished(exports(room).export(ann.id, ExportOrder("fhir"), out))
    entries = json.loads(out.read_text())["entry"]
    found = [entry["resource"] for entry in entries]
    values = sorted(
        resource["valueQuantity"]["value"]
        for resource in found
        if resource["resourceType"] == "Observation"
    )
    assert values == [5, 7, 10, 20, 60, 71]
    assert len({entry["fullUrl"] for entry in entries}) == len(entries)
    patient = entries[0]["fullUrl"]
    assert {
        resource["subject"]["reference"]
        for resource in found
        if resource["resourceType"] == "Observation"
    } == {patient}
    assert report.records == 6 + 4  # and a List for each kind of each file


def test_the_table_has_each_day(room: Room, ann: Patient, desk: Path) -> None:
    take_in(room, ann, put(desk, export(*MORNING)))
    out = desk / "out.csv"
    finished(exports(room).export(ann.id, ExportOrder("csv"), out))
    assert '"Steps, total of the day",30,' in out.read_text()


def exports(room: Room) -> ExportService:
    printer: Any = None
    return ExportService(room.access, writing_for_others, room.originals, printer)


def verified(room: Room) -> bool:
    report = finished(room.vault.verify(deep=True))
    assert report.ok, report.problems
    return True
