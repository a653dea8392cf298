"""Whose records these are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.ids import PatientId, new_id
from healthmate_desktop.domain.patients import Patient, Sex
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from datetime import date

    from healthmate_desktop.services.access import Access


class PatientService:
    """Adds and lists the people of a vault."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def add(self, name: str, birth_date: date | None = None, sex: Sex = "") -> Patient:
        """Raises InvalidInput."""
        patient = Patient(PatientId(new_id()), storable(name.strip()), birth_date, sex)
        with self._access.write(Action.ADD) as tx:
            tx.patients.add(patient)
        return patient

    def all(self) -> list[Patient]:
        with self._access.read(Action.VIEW) as tx:
            return tx.patients.all()

    def get(self, patient_id: PatientId) -> Patient:
        """Raises NotFound, also for a person outside one's care."""
        with self._access.read(Action.VIEW) as tx:
            return tx.patients.get(patient_id)

    def find(self, text: str, limit: int = 50) -> list[Patient]:
        """Those whose names or birth date begin with the words of `text`; without words, the newest."""
        with self._access.read(Action.VIEW) as tx:
            return tx.patients.find(text, limit)

    def count(self) -> int:
        with self._access.read(Action.VIEW) as tx:
            return tx.patients.count()

    def chosen(self, patient_id: str | None) -> Patient:
        """The person named by an id, or the only one there is. Raises InvalidInput or NotFound."""
        if patient_id:
            return self.get(PatientId(patient_id))
        people = self.find("", 2)
        if not people:
            raise InvalidInput(
                "There is no person here yet. Add one first: healthmate-cli person add NAME."
            )
        if len(people) > 1:
            raise InvalidInput(
                "There are several people here. Say whose records these are with --person ID."
            )
        return people[0]
