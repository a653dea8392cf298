"""Rows of work under way. Not in the log.

Of all users: what one began, the next start goes on with. But work for a person is known only where that person is in
the session's scope; its payload names them as "patient_id".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.errors import NotFound
from healthmate_desktop.storage.patients import check_reach
from healthmate_desktop.storage.tables import JOB

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import JobId
    from healthmate_desktop.storage.context import Context


class Jobs:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def add(self, job: Job) -> None:
        """Raises NotFound for a person out of reach."""
        if "patient_id" in job.payload:
            check_reach(self._context, job.payload["patient_id"])
        now = self._context.now()
        values = _values(job) | {"id": job.id, "created_at": now, "updated_at": now}
        self._connection.execute(sa.insert(JOB).values(values))

    def update(self, job: Job) -> None:
        """Raises NotFound."""
        values = _values(job) | {"updated_at": self._context.now()}
        change = sa.update(JOB).where(JOB.c.id == job.id, self._in_scope()).values(values)
        if self._connection.execute(change).rowcount == 0:
            raise _not_found()

    def get(self, job_id: JobId) -> Job:
        """Raises NotFound."""
        found = self._where(JOB.c.id == job_id)
        if not found:
            raise _not_found()
        return found[0]

    def unfinished(self) -> list[Job]:
        """Running, or cut off while they ran. Oldest first."""
        return self._where(JOB.c.state == "running")

    def failed(self) -> list[Job]:
        """For good, and not yet removed. Oldest first."""
        return self._where(JOB.c.state == "failed")

    def remove(self, job_id: JobId) -> None:
        """Nothing for one that is not there."""
        self._connection.execute(sa.delete(JOB).where(JOB.c.id == job_id, self._in_scope()))

    def _where(self, condition: sa.ColumnElement[bool]) -> list[Job]:
        query = sa.select(JOB).where(condition, self._in_scope())
        rows = self._connection.execute(query.order_by(JOB.c.created_at, JOB.c.id))
        return [_job(row) for row in rows]

    def _in_scope(self) -> sa.ColumnElement[bool]:
        person: sa.ColumnElement[str] = sa.func.json_extract(JOB.c.payload, "$.patient_id")
        return sa.or_(person.is_(None), self._context.scope.includes(person))


def _not_found() -> NotFound:
    return NotFound("That work is not known here any more. Start it again.")


def _values(job: Job) -> dict[str, Any]:
    return {
        "kind": job.kind,
        "state": job.state,
        "payload": json.dumps(dict(job.payload)),
        "attempt": job.attempt,
        "error": job.error,
    }


def _job(row: sa.Row[Any]) -> Job:
    return Job(row.id, row.kind, row.state, json.loads(row.payload), row.attempt, row.error)
