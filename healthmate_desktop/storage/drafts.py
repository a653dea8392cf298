"""Rows of words being typed: each user's own, by place and person. Not in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from healthmate_desktop.storage.patients import check_reach, is_in_reach
from healthmate_desktop.storage.tables import DRAFT

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.storage.context import Context


class Drafts:
    """Without a person, a draft belongs to none."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def save(self, place: str, patient_id: PatientId | None, text: str) -> None:
        """In place of what was there. Raises NotFound for a person out of reach."""
        if patient_id:
            check_reach(self._context, patient_id)
        self.remove(place, patient_id)
        values = {
            "user_id": self._context.session.user_id,
            "place": place,
            "patient_id": patient_id or "",
            "text": text,
            "updated_at": self._context.now(),
        }
        self._connection.execute(sa.insert(DRAFT).values(values))

    def get(self, place: str, patient_id: PatientId | None) -> str:
        """An empty text where there is none, or for a person out of reach."""
        if patient_id and not is_in_reach(self._context, patient_id):
            return ""
        query = sa.select(DRAFT.c.text).where(*self._is(place, patient_id))
        return str(self._connection.execute(query).scalar() or "")

    def remove(self, place: str, patient_id: PatientId | None) -> None:
        self._connection.execute(sa.delete(DRAFT).where(*self._is(place, patient_id)))

    def _is(self, place: str, patient_id: PatientId | None) -> list[sa.ColumnElement[bool]]:
        return [
            DRAFT.c.user_id == self._context.session.user_id,
            DRAFT.c.place == place,
            DRAFT.c.patient_id == (patient_id or ""),
        ]
