"""Rows of who was given into whose care. Not limited by the session's scope: owners give, emergencies open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop.domain.sessions import Grant
from healthmate_desktop.errors import NotFound
from healthmate_desktop.storage.rows import change_stamps, live, new_stamps
from healthmate_desktop.storage.scope import grant_is_alive
from healthmate_desktop.storage.tables import GRANT, PATIENT, USER

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import PatientId, UserId
    from healthmate_desktop.storage.context import Context


class Grants:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def add(self, grant: Grant) -> None:
        """Raises NotFound for a person who is not there, or a user who is not or can't sign in any more."""
        user = sa.select(USER.c.id).where(
            USER.c.id == grant.user_id, live(USER), USER.c.active == 1
        )
        person = sa.select(PATIENT.c.id).where(PATIENT.c.id == grant.patient_id, live(PATIENT))
        if not all(self._connection.execute(query).first() for query in (user, person)):
            raise NotFound("That person or that user is not in this vault. Choose again.")
        insert_grant(self._context, grant)

    def end(self, grant_id: str) -> None:
        """For good; nothing for one that was ended before. Raises NotFound."""
        row = self._connection.execute(sa.select(GRANT).where(GRANT.c.id == grant_id)).one_or_none()
        if row is None:
            raise NotFound("That person is not in the care of this user any more.")
        if row.ended_at is None:
            self._change(row, "ended", ended_at=self._context.now())

    def of_user(self, user_id: UserId) -> list[Grant]:
        """Those that are alive now, oldest first."""
        return self._where(GRANT.c.user_id == user_id, grant_is_alive(self._context.now()))

    def live(self, user_id: UserId, patient_id: PatientId) -> bool:
        """Whether this person is in the care of this user now."""
        return any(grant.patient_id == patient_id for grant in self.of_user(user_id))

    def unseen(self) -> list[Grant]:
        """What was opened in an emergency and no owner has seen yet, also when its time is over."""
        return self._where(GRANT.c.reason != "", GRANT.c.seen_at.is_(None))

    def mark_seen(self) -> None:
        """All that `unseen` tells."""
        query = sa.select(GRANT).where(GRANT.c.reason != "", GRANT.c.seen_at.is_(None))
        for row in self._connection.execute(query).all():
            self._change(row, "seen", seen_at=self._context.now())

    def _change(self, row: sa.Row[Any], verb: str, **values: object) -> None:
        stamps = change_stamps(self._context, GRANT)
        self._connection.execute(
            sa.update(GRANT).where(GRANT.c.id == row.id).values(values | stamps)
        )
        self._context.audit.touch("access_grant", row.id, verb, row.patient_id)

    def _where(self, *conditions: sa.ColumnElement[bool]) -> list[Grant]:
        query = sa.select(GRANT).where(live(GRANT), *conditions).order_by(GRANT.c.since, GRANT.c.id)
        return [_grant(row) for row in self._connection.execute(query)]


def insert_grant(context: Context, grant: Grant) -> None:
    values = {
        "id": grant.id,
        "user_id": grant.user_id,
        "patient_id": grant.patient_id,
        "since": grant.since,
        "until": grant.until,
        "reason": grant.reason,
    }
    context.connection.execute(sa.insert(GRANT).values(values | new_stamps(context)))
    context.audit.touch("access_grant", grant.id, "added", grant.patient_id)


def _grant(row: sa.Row[Any]) -> Grant:
    return Grant(row.id, row.user_id, row.patient_id, row.since, row.until, row.reason)
