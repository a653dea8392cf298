"""Records and files out of the vault: nothing is lost on the way, nothing goes out unasked, and the log knows of it."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest
from builders import finished

from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.documents import Document, DocumentKind
from healthmate_desktop.domain.facts import fingerprint
from healthmate_desktop.domain.ids import DocumentId, RecordId, new_id
from healthmate_desktop.domain.proposals import Proposal, Spot
from healthmate_desktop.domain.records import Record, RecordFilter
from healthmate_desktop.domain.summary import Period
from healthmate_desktop.errors import InvalidInput, NotAllowed, NotFound
from healthmate_desktop.interop.fhir import read_fhir
from healthmate_desktop.interop.tables.own import read_own
from healthmate_desktop.services.export import ExportOrder, ExportService
from healthmate_desktop.storage.files import writing_for_others

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.records import RecordState
    from healthmate_desktop.services.export import ExportFormat, ExportReport
    from services.conftest import Room

pytestmark = [pytest.mark.integration, pytest.mark.health]

Json = dict[str, Any]
PERSON = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"text": "Rosa Harlow"}],
    "birthDate": "1956-02-03",
}


def glucose(value: float, when: str, **more: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": new_id(),
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "15074-8"}], "text": "Glucose"},
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": "mmol/L"},
        **more,
    }


ASTHMA = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p1"},
    "code": {"text": 'Asthma, =1+1 "quoted",\nand a long one: ' + "x" * 40_000},
    "onsetDateTime": "1990",
}
PLAN = {
    "resourceType": "CarePlan",
    "id": "k1",
    "subject": {"reference": "Patient/p1"},
    "status": "active",
}


@dataclass(frozen=True)
class Desk:
    room: Room
    patient: Patient
    folder: Path

    @property
    def export(self) -> ExportService:
        return exporting(self.room)

    def keep(
        self, name: str, content: bytes, *resources: Json, state: RecordState = "accepted"
    ) -> DocumentId:
        """A document with what was read from it."""
        document_id = DocumentId(new_id())
        now, digest = datetime.now(UTC), hashlib.sha256(content).hexdigest()
        kind = DocumentKind.TEXT
        self.room.originals.put(
            Document(document_id, self.patient.id, name, kind, len(content), digest, now, "ready"),
            content,
        )
        records = [
            Record(
                RecordId(new_id()),
                self.patient.id,
                document_id,
                state,
                each,
                Spot("", 2),
                "",
                (),
                fingerprint(each),
            )
            for each in resources
        ]
        with self.room.vault.write() as tx:
            tx.records.add(records)
        return document_id

    def written(self, form: ExportFormat, **choices: Any) -> tuple[bytes, ExportReport]:
        file = self.folder / f"out-{new_id()}"
        report = finished(self.export.export(self.patient.id, ExportOrder(form, **choices), file))
        return file.read_bytes(), report


def exporting(room: Room) -> ExportService:
    return ExportService(room.access, writing_for_others, room.originals, Reader())


@pytest.fixture
def desk(room: Room, tmp_path: Path) -> Desk:
    folder = tmp_path / "stick"
    folder.mkdir()
    return Desk(room, room.patients.add("Rosa Harlow", date(1956, 2, 3), "female"), folder)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    desk.keep(
        "labs.txt",
        b"labs",
        PERSON,
        glucose(5.40, "2024-03-01"),
        glucose(7.9, "2025-03-01"),
        ASTHMA,
        PLAN,
    )
    desk.keep("new.txt", b"new", glucose(99, "2025-04-01"), state="proposed")
    desk.keep("no.txt", b"no", glucose(98, "2025-04-01"), state="rejected")
    return desk


def resources_in(content: bytes) -> list[Json]:
    return [entry["resource"] for entry in json.loads(content)["entry"]]


def test_fhir_out_and_in_again_is_the_same_resource_for_resource(filled: Desk) -> None:
    content, report = filled.written("fhir")
    assert (report.records, report.left_out, report.problems) == (5, 0, ())
    with filled.room.vault.read() as tx:
        kept = {
            each.fingerprint for each in tx.records.of_patient(filled.patient.id, RecordFilter())
        }
    again = [each.resource for each in read_fhir(content) if isinstance(each, Proposal)]
    assert {fingerprint(dict(each)) for each in again} == kept
    assert len(again) == 5
    assert b"5.4" in content
    assert b'"value":99' not in content
    assert b'"value":98' not in content


def test_csv_out_and_in_again_is_the_same_resource_for_resource(filled: Desk) -> None:
    content, _ = filled.written("csv")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) > 6  # the long one goes on in further rows
    found = list(read_own(enumerate(map(tuple, rows), 1)))
    assert all(isinstance(each, Proposal) for each in found)
    again = [dict(each.resource) for each in found if isinstance(each, Proposal)]
    assert sorted(json.dumps(each, default=str) for each in again) == sorted(
        json.dumps(with_numbers(each), default=str)
        for each in resources_in(filled.written("fhir")[0])
    )
    assert any(cell == "labs.txt" for row in rows for cell in row)


def with_numbers(resource: Json) -> Json:
    again: Json = json.loads(json.dumps(resource), parse_float=Decimal, parse_int=Decimal)
    return again


def test_a_patient_summary_holds_what_was_accepted(filled: Desk) -> None:
    content, _ = filled.written("ips")
    kinds = [each["resourceType"] for each in resources_in(content)]
    assert kinds[0] == "Composition"
    assert {"Patient", "Condition", "Observation"} <= set(kinds)


def test_a_summary_to_print_has_values_with_source_and_counts_what_waits(filled: Desk) -> None:
    content, report = filled.written("pdf")
    document = pymupdf.open(stream=content, filetype="pdf")
    text = " ".join("".join(page.get_text() for page in document).replace("\xa0", " ").split())
    for words in (
        *("Rosa Harlow", "3 Feb 1956", "Glucose 7.9 mmol/L", "labs.txt, page 2"),
        *("Earlier: 5.4 mmol/L, 1 Mar 2024", "1 record was left out that nobody has checked yet."),
        *("Allergies None recorded.", "1 record was left out of kinds"),
    ):
        assert words in text
    assert report.records == 5
    assert "99 mmol" not in text


@pytest.mark.parametrize(("form", "left"), [("fhir", 3), ("csv", 3), ("ips", None), ("pdf", None)])
def test_a_period_leaves_out_what_is_dated_outside_of_it(
    filled: Desk, form: ExportFormat, left: int | None
) -> None:
    filled.keep("undated.txt", b"undated", glucose(1.25, ""))
    content, report = filled.written(form, period=Period(date(2025, 1, 1)))
    assert (report.records, report.left_out) == (5, 1)
    if left is not None:
        assert b"2024-03-01" not in content
        assert b"1.25" in content
        assert b"1990" in content


def test_a_table_of_chosen_sections_has_only_those(filled: Desk) -> None:
    content, report = filled.written("csv", sections=frozenset({"results"}))
    assert (report.records, report.left_out) == (2, 3)
    assert b"CarePlan" not in content


@pytest.mark.parametrize(
    "choice",
    [
        {"form": "fhir", "sections": frozenset({"results"})},
        {"form": "pdf", "sections": frozenset()},
        {"form": "originals", "period": Period(date(2025, 1, 1))},
    ],
)
def test_a_choice_that_the_format_does_not_know_is_refused(choice: Json) -> None:
    with pytest.raises(InvalidInput):
        ExportOrder(**choice)


def test_the_log_tells_of_it_without_a_name(filled: Desk) -> None:
    content, _ = filled.written(
        "csv", sections=frozenset({"results", "vitals"}), period=Period(date(2025, 1, 1))
    )
    filled.written("originals")
    table, files = filled.room.events("patient.exported")
    assert table.subject == f"patient/{filled.patient.id}"
    assert table.details == {
        "form": "csv",
        "records": 1,
        "sections": "results-vitals",
        "left_out": 4,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert files.details["documents"] == 3
    assert files.details["records"] == 0


@pytest.mark.parametrize("form", ["fhir", "ips", "csv", "pdf", "originals"])
def test_only_who_may_take_records_out_can(filled: Desk, form: ExportFormat) -> None:
    order, file = ExportOrder(form), filled.folder / "out"
    for role, sees, refusal in (
        ("assistant", "all", NotAllowed),
        ("auditor", "all", NotAllowed),
        ("clinician", "assigned", NotFound),
    ):
        room = filled.room.signed_in(role, sees)  # type: ignore[arg-type]
        with pytest.raises(refusal):
            finished(exporting(room).export(filled.patient.id, order, file))
    assert not file.exists()
    clinician = filled.room.signed_in("clinician")
    finished(exporting(clinician).export(filled.patient.id, order, file))
    assert file.exists()


def test_a_file_that_is_there_is_left_as_it_is(filled: Desk) -> None:
    file = filled.folder / "out"
    file.write_text("mine")
    for place in (file, filled.folder / "nowhere" / "out"):
        with pytest.raises(InvalidInput):
            finished(filled.export.export(filled.patient.id, ExportOrder("csv"), place))
    assert file.read_text() == "mine"


def test_a_folder_that_may_not_be_written_to_says_so(
    filled: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InvalidInput, match="Choose another folder"):
        finished(filled.export.export(filled.patient.id, ExportOrder("csv"), filled.folder / "out"))


def test_a_file_made_by_another_program_meanwhile_is_left_as_it_is(filled: Desk) -> None:
    file = filled.folder / "out"
    work = filled.export.export(filled.patient.id, ExportOrder("csv"), file)
    next(work)
    file.write_text("mine")
    with pytest.raises(InvalidInput):
        finished(work)
    assert [each.name for each in filled.folder.iterdir()] == ["out"]
    assert file.read_text() == "mine"


@pytest.mark.parametrize("form", ["fhir", "csv", "pdf", "originals"])
def test_what_is_stopped_leaves_nothing_behind(filled: Desk, form: ExportFormat) -> None:
    work = filled.export.export(filled.patient.id, ExportOrder(form), filled.folder / "out")
    next(work)
    work.close()
    assert list(filled.folder.iterdir()) == []
    assert filled.room.events("patient.exported") == []


def test_stopped_in_the_middle_of_a_file_nothing_is_left_behind(desk: Desk) -> None:
    desk.keep("big.bin", bytes(5_000_000))
    work = desk.export.export(desk.patient.id, ExportOrder("originals"), desk.folder / "out")
    steps = [next(work), next(work), next(work)]
    assert steps == [(0, 4882), (1024, 4882), (2048, 4882)]
    work.close()
    assert list(desk.folder.iterdir()) == []


# --- the files as they came ---


def unzipped(content: bytes) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """The files, and the rows of the manifest."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    table = files.pop("manifest.csv").decode("utf-8-sig")
    return files, list(csv.DictReader(io.StringIO(table)))


def test_originals_come_out_as_they_went_in(desk: Desk) -> None:
    big = bytes(range(256)) * 4000
    desk.keep("one.bin", big)
    desk.keep("empty.txt", b"")
    content, report = desk.written("originals")
    files, manifest = unzipped(content)
    assert files == {"one.bin": big, "empty.txt": b""}
    assert (report.documents, report.records, report.problems) == (2, 0, ())
    row = next(row for row in manifest if row["File"] == "one.bin")
    assert (row["Name"], row["Bytes"], row["Type"]) == ("one.bin", str(len(big)), "text")
    assert row["SHA-256"] == hashlib.sha256(big).hexdigest()
    assert row["Added"] == datetime.now(UTC).date().isoformat()


def test_their_names_are_safe_and_each_is_there_once(desk: Desk) -> None:
    for name in ("../../evil.txt", "a.txt", "A.txt", "manifest.csv", "=1+1.txt", "no suffix"):
        desk.keep(name, name.encode())
    files, manifest = unzipped(desk.written("originals")[0])
    assert len(files) == 6
    assert not any("/" in name or "\\" in name for name in files)
    assert {"_.._evil.txt", "no suffix.txt", "manifest (2).csv"} <= set(files)
    assert {row["Name"] for row in manifest} == {
        *("../../evil.txt", "a.txt", "A.txt", "manifest.csv", "'=1+1.txt", "no suffix"),
    }
    for row in manifest:
        assert hashlib.sha256(files[row["File"].removeprefix("'")]).hexdigest() == row["SHA-256"]


def test_a_damaged_original_is_named_and_the_others_come_out(desk: Desk) -> None:
    desk.keep("good.txt", b"good")
    bad, gone = desk.keep("bad.txt", b"bad"), desk.keep("gone.txt", b"gone")
    originals = desk.room.vault.folder / "originals"
    (originals / f"{bad}.age").write_bytes(b"no age file")
    (originals / f"{gone}.age").unlink()
    content, report = desk.written("originals")
    files, manifest = unzipped(content)
    assert files == {"good.txt": b"good"}
    assert report.documents == 1
    assert {each.where for each in report.problems} == {"bad.txt", "gone.txt"}
    assert {row["Name"]: bool(row["Problem"]) for row in manifest} == {
        "good.txt": False,
        "bad.txt": True,
        "gone.txt": True,
    }


def test_of_nobodys_files_a_list_without_rows_comes_out(desk: Desk) -> None:
    files, manifest = unzipped(desk.written("originals")[0])
    assert (files, manifest) == ({}, [])
