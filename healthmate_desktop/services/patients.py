"""Whose records these are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.ids import PatientId, new_id
from healthmate_desktop.domain.patients import Patient, Sex
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from datetime import date

    from healthmate_desktop.services.ports import Vault


class PatientService:
    """Adds and lists the people of a vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def add(self, name: str, birth_date: date | None = None, sex: Sex = "") -> Patient:
        """Raises InvalidInput."""
        patient = Patient(PatientId(new_id()), storable(name.strip()), birth_date, sex)
        with self._vault.write() as tx:
            tx.patients.add(patient)
        return patient

    def all(self) -> list[Patient]:
        with self._vault.read() as tx:
            return tx.patients.all()

    def chosen(self, patient_id: str | None) -> Patient:
        """The person named by an id, or the only one there is. Raises InvalidInput or NotFound."""
        if patient_id:
            with self._vault.read() as tx:
                return tx.patients.get(PatientId(patient_id))
        people = self.all()
        if not people:
            raise InvalidInput(
                "There is no person here yet. Add one first: healthmate-cli person add NAME."
            )
        if len(people) > 1:
            raise InvalidInput(
                "There are several people here. Say whose records these are with --person ID."
            )
        return people[0]
