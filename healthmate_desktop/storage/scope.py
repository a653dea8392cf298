"""Whose records a transaction can reach: a condition that stands in every query and every change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from healthmate_desktop.storage.tables import GRANT

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from healthmate_desktop.domain.sessions import Session


class Scope:
    """The people whom a session may see: everyone, or those with a grant that is alive at the moment of the query."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self.limited = session.sees != "all"
        self._user_id = session.user_id
        self._now = now

    def includes(self, patient_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """Whether the person of a row is in scope."""
        if not self.limited:
            return sa.true()
        own = sa.select(GRANT.c.patient_id).where(
            GRANT.c.user_id == self._user_id, grant_is_alive(self._now())
        )
        return patient_id.in_(own)


def grant_is_alive(now: datetime) -> sa.ColumnElement[bool]:
    """Not ended, and for one with an end only between its times, so that a clock set back does not renew it."""
    within = sa.and_(GRANT.c.since <= now, GRANT.c.until > now)
    return sa.and_(
        GRANT.c.deleted_at.is_(None),
        GRANT.c.ended_at.is_(None),
        sa.or_(GRANT.c.until.is_(None), within),
    )
