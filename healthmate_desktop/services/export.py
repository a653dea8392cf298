"""A person's records out: as FHIR, for another country's doctor, as a table, on paper, or the files as they came."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Literal, Protocol

from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.domain.samples import observations
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.summary import TITLES, About, Period, section_of, summary_of
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.interop.fhir.export import bundle_pieces, patient_resource
from healthmate_desktop.interop.fhir.ips import write_ips
from healthmate_desktop.interop.tables.own import csv_rows
from healthmate_desktop.services.day_records import day_records, each_once
from healthmate_desktop.services.originals_zip import write_zip

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import BinaryIO

    from healthmate_desktop.domain.documents import Document, Problem
    from healthmate_desktop.domain.ids import DocumentId, PatientId
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.proposals import Resource
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.domain.samples import SampleChunk
    from healthmate_desktop.domain.summary import Paper, SectionKey, Summary
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.originals_zip import OriginalStreams

ExportFormat = Literal["fhir", "ips", "csv", "pdf", "originals"]
WITH_SECTIONS: tuple[ExportFormat, ...] = ("pdf", "csv")
_ROWS_A_STEP = 200  # of a table
_AT_ONCE = 500  # readings
ALL_SECTIONS: frozenset[SectionKey] = frozenset(TITLES)


class Printer(Protocol):
    """Draws a summary in the reader child."""

    def print_summary(self, summary: Summary) -> Generator[tuple[int, int], None, bytes]:
        """Yield (rows done, rows in all); return the PDF. Raises UnreadableDocument or ChildDied."""
        ...


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What is to be written. Raises InvalidInput for a choice that the format does not know."""

    form: ExportFormat
    sections: frozenset[SectionKey] = ALL_SECTIONS  # of a summary or table
    period: Period = field(default_factory=Period)
    paper: Paper = "a4"

    def __post_init__(self) -> None:
        if not self.sections:
            raise InvalidInput("Nothing is chosen. Choose at least one section.")
        if self.sections != ALL_SECTIONS and self.form not in WITH_SECTIONS:
            raise InvalidInput("Sections can be chosen for a summary (pdf) and a table (csv) only.")
        if self.form == "originals" and not self.period.open:
            raise InvalidInput("Originals are written whole, so they take no period.")


@dataclass(frozen=True, slots=True)
class ExportReport:
    records: int  # that were there to be written; a summary shows the latest of them
    documents: int  # files, of originals only
    left_out: int  # records outside the period or the sections
    problems: tuple[Problem, ...] = ()  # originals that are damaged


@dataclass(frozen=True, slots=True)
class _Contents:
    patient: Patient
    everything: list[Record]  # that was accepted
    records: list[Record]  # of it what is wanted
    documents: list[Document]  # newest first
    unreviewed: int


class ExportService:
    """Writes what was accepted into a file that is readable to everyone. `save` refuses a file that is there."""

    def __init__(
        self,
        access: Access,
        save: Callable[[Path], AbstractContextManager[BinaryIO]],
        originals: OriginalStreams,
        printer: Printer,
    ) -> None:
        self._access = access
        self._save = save
        self._originals = originals
        self._printer = printer

    def export(
        self, patient_id: PatientId, order: ExportOrder, file: Path
    ) -> Generator[tuple[int, int], None, ExportReport]:
        """Yield (done, in all) of whatever is written. Closing the generator leaves no file.

        Who calls has asked for the passphrase again: the window by KeyService.confirm. Raises NotAllowed, NotFound,
        InvalidInput for a file that is there, UnreadableDocument or ChildDied for a summary, DiskFull or VaultError.
        """
        contents = self._read(patient_id, order)
        with self._save(file) as raw:
            out = _Hashed(raw)
            problems, readings = yield from self._written(order, contents, out)
            report = _report(order, contents, problems, readings)
            # before the file gets its name: none is there that the log does not know of
            self._log(patient_id, order, report, out.digest.hexdigest())
        return report

    def _read(self, patient_id: PatientId, order: ExportOrder) -> _Contents:
        with self._access.read(Action.EXPORT, patient_id) as tx:
            patient = tx.patients.get(patient_id)
            records = tx.records.of_patient(patient_id, RecordFilter())
            if order.form in {"csv", "pdf"}:  # each day of the readings that come by the thousand
                records += day_records(tx, patient_id, RecordFilter())
            documents = tx.documents.of_patient(patient_id)
            counts = tx.records.counts(patient_id)
        chosen = [record for record in records if _is_wanted(record, order)]
        unreviewed = sum(count for (_, state), count in counts.items() if state == "proposed")
        return _Contents(patient, records, chosen, documents, unreviewed)

    def _written(
        self, order: ExportOrder, contents: _Contents, out: _Hashed
    ) -> Generator[tuple[int, int], None, tuple[list[Problem], int]]:
        """Also how many readings that come by the thousand: FHIR has each of them."""
        readings = 0
        if order.form == "originals":
            problems = yield from write_zip(contents.documents, self._originals, out)  # type: ignore[arg-type]
            return problems, 0
        if order.form == "pdf":
            out.write((yield from self._printer.print_summary(_summary(order, contents))))
        elif order.form == "csv":
            yield from _write_table(contents, out)
        elif order.form == "ips":
            yield 0, len(contents.records)
            out.write(_as_ips(contents))
        else:
            readings = yield from self._write_bundle(order, contents, out)
        return [], readings

    def _write_bundle(
        self, order: ExportOrder, contents: _Contents, out: _Hashed
    ) -> Generator[tuple[int, int], None, int]:
        resources = [record.resource for record in contents.records]
        done, total = len(resources), len(resources)
        yield 0, total
        with self._access.read(Action.EXPORT) as tx:
            patient_id = contents.patient.id
            found = _Readings(tx.samples.of_patient(patient_id, RecordFilter()), order.period)
            for piece in bundle_pieces(_about(contents.patient, resources), resources, found):
                out.write(piece)
                yield done + found.count, total + found.count
        return found.count

    def _log(
        self, patient_id: PatientId, order: ExportOrder, report: ExportReport, sha256: str
    ) -> None:
        details: dict[str, str | int] = {"form": order.form, "records": report.records}
        if report.documents:
            details["documents"] = report.documents
        if order.sections != ALL_SECTIONS:
            details["sections"] = "-".join(key for key in TITLES if key in order.sections)
        if not order.period.open:
            details["left_out"] = report.left_out
        with self._access.write(Action.EXPORT, patient_id) as tx:
            tx.audit.add(
                "patient.exported",
                subject=f"patient/{patient_id}",
                patient_id=patient_id,
                details=details | {"sha256": sha256},
            )


def _report(
    order: ExportOrder, contents: _Contents, problems: list[Problem], readings: int
) -> ExportReport:
    if order.form == "originals":
        return ExportReport(0, len(contents.documents) - len(problems), 0, tuple(problems))
    left_out = len(contents.everything) - len(contents.records)
    return ExportReport(len(contents.records) + readings, 0, left_out)


class _Hashed:
    """A file under way, and what was written into it. Can't be gone back in, so that nothing written is changed."""

    def __init__(self, file: BinaryIO) -> None:
        self.digest = hashlib.sha256()
        self._file = file

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        return self._file.write(piece)

    def flush(self) -> None:
        self._file.flush()


def _is_wanted(record: Record, order: ExportOrder) -> bool:
    facts = record.facts
    if not order.period.holds(facts):
        return False
    return order.sections == ALL_SECTIONS or section_of(record.resource, facts) in order.sections


def _summary(order: ExportOrder, contents: _Contents) -> Summary:
    about = About(
        contents.patient,
        datetime.now().astimezone().date(),
        contents.documents,
        contents.unreviewed,
        order.sections,
        order.period,
        order.paper,
    )
    return summary_of(about, contents.everything)


def _write_table(contents: _Contents, out: _Hashed) -> Generator[tuple[int, int], None, None]:
    names = {document.id: document.name for document in contents.documents}
    sources = [_source(record, names) for record in contents.records]
    resources = [record.resource for record in contents.records]
    for done, piece in enumerate(csv_rows(resources, sources)):
        out.write(piece)
        if done % _ROWS_A_STEP == 0:
            yield min(done, len(resources)), len(resources)


def _source(record: Record, names: dict[DocumentId, str]) -> str:
    return names.get(record.document_id, "") if record.document_id else ""


class _Readings:
    """Readings that come by the thousand as observations, some at a time, counted as they go."""

    def __init__(self, found: Iterator[tuple[DocumentId, SampleChunk]], period: Period) -> None:
        self.count = 0
        self._found = found
        self._period = period

    def __iter__(self) -> Iterator[list[Resource]]:
        for _, chunk in each_once(self._found):
            wanted = (
                resource
                for resource in observations(chunk)
                if self._period.open or self._period.holds(facts_of(resource))
            )
            while some := list(islice(wanted, _AT_ONCE)):
                self.count += len(some)
                yield some


def _as_ips(contents: _Contents) -> bytes:
    resources = [record.resource for record in contents.records]
    return write_ips(_about(contents.patient, resources), resources, datetime.now(UTC))


def _about(patient: Patient, resources: Sequence[Resource]) -> Resource:
    """The Patient resource that a file brought, so that the records of that file need no change; else our own."""
    own = (resource for resource in resources if resource.get("resourceType") == "Patient")
    return next(own, None) or patient_resource(patient)
