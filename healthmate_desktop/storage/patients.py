"""Rows of the people, and finding them by name."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.domain.sessions import Grant
from healthmate_desktop.errors import NotFound
from healthmate_desktop.storage.grants import insert_grant
from healthmate_desktop.storage.rows import change_stamps, live, new_stamps
from healthmate_desktop.storage.tables import PATIENT, PEOPLE_TEXT

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.storage.context import Context

_MOST_WORDS = 16  # of a search


class Patients:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def add(self, patient: Patient) -> None:
        """Who sees only people given to them is given this one."""
        values = _values(patient) | {"id": patient.id} | new_stamps(self._context)
        self._connection.execute(sa.insert(PATIENT).values(values))
        self._context.audit.touch("patient", patient.id, "added", patient.id)
        if self._context.scope.limited:
            user_id = self._context.session.user_id
            insert_grant(self._context, Grant(new_id(), user_id, patient.id, self._context.now()))

    def update(self, patient: Patient) -> None:
        """Raises NotFound."""
        change = (
            sa.update(PATIENT)
            .where(PATIENT.c.id == patient.id, live(PATIENT), self._in_scope())
            .values(_values(patient) | change_stamps(self._context, PATIENT))
        )
        if self._connection.execute(change).rowcount == 0:
            raise _not_found()
        self._context.audit.touch("patient", patient.id, "changed", patient.id)

    def get(self, patient_id: PatientId) -> Patient:
        """Raises NotFound."""
        query = sa.select(PATIENT).where(PATIENT.c.id == patient_id, live(PATIENT))
        row = self._connection.execute(query.where(self._in_scope())).one_or_none()
        if row is None:
            raise _not_found()
        return _patient(row)

    def all(self) -> list[Patient]:
        """In the order they were added."""
        query = sa.select(PATIENT).where(live(PATIENT), self._in_scope())
        return self._found(query.order_by(PATIENT.c.created_at, PATIENT.c.id))

    def count(self) -> int:
        query = sa.select(sa.func.count()).where(live(PATIENT), self._in_scope())
        return int(self._connection.execute(query).scalar_one())

    def find(self, text: str, limit: int) -> list[Patient]:
        """Whose names or birth date begin with each of the words, by name; without words, the newest."""
        return self._find(text, limit, self._in_scope())

    def find_others(self, text: str, limit: int) -> list[Patient]:
        """The same among people outside the session's scope, for an emergency: name and birth date only.

        Without words, nobody.
        """
        if not self._context.scope.limited or not _words(text):
            return []
        others = self._find(text, limit, sa.not_(self._in_scope()))
        return [Patient(other.id, other.name, other.birth_date) for other in others]

    def _find(self, text: str, limit: int, wanted: sa.ColumnElement[bool]) -> list[Patient]:
        query = sa.select(PATIENT).where(live(PATIENT), wanted).limit(limit)
        words = _words(text)
        if not words:
            return self._found(query.order_by(PATIENT.c.created_at.desc(), PATIENT.c.id.desc()))
        index: sa.ColumnClause[str] = sa.literal_column("patient_fts")
        match = index.op("MATCH")(" AND ".join(f'"{word}"*' for word in words))
        named = sa.select(PEOPLE_TEXT.c.patient_id).where(match)
        by_name = PATIENT.c.name.collate("NOCASE")
        return self._found(query.where(PATIENT.c.id.in_(named)).order_by(by_name, PATIENT.c.id))

    def _found(self, query: sa.Select[Any]) -> list[Patient]:
        return [_patient(row) for row in self._connection.execute(query)]

    def _in_scope(self) -> sa.ColumnElement[bool]:
        return self._context.scope.includes(PATIENT.c.id)


def is_in_reach(context: Context, patient_id: str) -> bool:
    """Whether there is such a person, in the session's scope."""
    query = sa.select(PATIENT.c.id).where(
        PATIENT.c.id == patient_id, live(PATIENT), context.scope.includes(PATIENT.c.id)
    )
    return context.connection.execute(query).first() is not None


def check_reach(context: Context, patient_id: str) -> None:
    """Before anything is written about this person. Raises NotFound."""
    if not is_in_reach(context, patient_id):
        raise _not_found()


def _words(text: str) -> list[str]:
    """As the index cuts them; a letter and its accent are one here, so that no word ends between them."""
    found = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).lower())
    return list(dict.fromkeys(found))[:_MOST_WORDS]


def _not_found() -> NotFound:
    return NotFound("That person is not in these records. Choose another one.")


def _values(patient: Patient) -> dict[str, Any]:
    return {
        "name": patient.name,
        "birth_date": patient.birth_date and patient.birth_date.isoformat(),
        "sex": patient.sex,
    }


def _patient(row: sa.Row[Any]) -> Patient:
    born = date.fromisoformat(row.birth_date) if row.birth_date else None
    return Patient(row.id, row.name, born, row.sex)
