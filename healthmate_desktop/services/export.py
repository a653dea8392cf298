"""A person's records out: as FHIR, as a summary for another country's doctor, or as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.interop.fhir.export import patient_resource, write_bundle
from healthmate_desktop.interop.fhir.ips import write_ips
from healthmate_desktop.interop.tables.own import csv_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.proposals import Resource
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.services.access import Access

ExportFormat = Literal["fhir", "ips", "csv"]


class ExportService:
    """Writes what was accepted into a file that is readable to everyone. `save` refuses a file that is there."""

    def __init__(self, access: Access, save: Callable[[Path, Iterable[bytes]], None]) -> None:
        self._access = access
        self._save = save

    def export(self, patient_id: PatientId, form: ExportFormat, file: Path) -> int:
        """How many records it holds. The caller has asked for the passphrase.

        Raises NotAllowed, NotFound, InvalidInput for a file that is there, DiskFull or VaultError.
        """
        with self._access.read(Action.EXPORT, patient_id) as tx:
            patient = tx.patients.get(patient_id)
            records = tx.records.of_patient(patient_id, RecordFilter())
            names = {document.id: document.name for document in tx.documents.of_patient(patient_id)}
        sources = [
            names.get(record.document_id, "") if record.document_id else "" for record in records
        ]
        self._save(file, _written(form, patient, records, sources))
        with self._access.write(Action.EXPORT, patient_id) as tx:
            details = {"form": form, "records": len(records)}
            tx.audit.add(
                "patient.exported",
                subject=f"patient/{patient_id}",
                patient_id=patient_id,
                details=details,
            )
        return len(records)


def _written(
    form: ExportFormat, patient: Patient, records: list[Record], sources: list[str]
) -> Iterable[bytes]:
    resources = [record.resource for record in records]
    if form == "csv":
        return csv_rows(resources, sources)
    about = _about(patient, resources)
    if form == "ips":
        return [write_ips(about, resources, datetime.now(UTC))]
    return [write_bundle(about, resources)]


def _about(patient: Patient, resources: list[Resource]) -> Resource:
    """The Patient resource that a file brought, so that the records of that file need no change; else our own."""
    own = (resource for resource in resources if resource.get("resourceType") == "Patient")
    return next(own, None) or patient_resource(patient)
