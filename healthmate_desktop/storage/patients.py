"""Rows of the people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.errors import NotFound
from healthmate_desktop.storage.rows import live, new_stamps
from healthmate_desktop.storage.tables import PATIENT

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import PatientId


class Patients:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, patient: Patient) -> None:
        values = {
            "id": patient.id,
            "name": patient.name,
            "birth_date": patient.birth_date and patient.birth_date.isoformat(),
            "sex": patient.sex,
        }
        self._connection.execute(sa.insert(PATIENT).values(values | new_stamps()))

    def get(self, patient_id: PatientId) -> Patient:
        """Raises NotFound."""
        query = sa.select(PATIENT).where(PATIENT.c.id == patient_id, live(PATIENT))
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("That person is not in these records. Choose another one.")
        return _patient(row)

    def all(self) -> list[Patient]:
        """In the order they were added."""
        query = sa.select(PATIENT).where(live(PATIENT)).order_by(PATIENT.c.created_at, PATIENT.c.id)
        return [_patient(row) for row in self._connection.execute(query)]


def _patient(row: sa.Row[Any]) -> Patient:
    born = date.fromisoformat(row.birth_date) if row.birth_date else None
    return Patient(row.id, row.name, born, row.sex)
