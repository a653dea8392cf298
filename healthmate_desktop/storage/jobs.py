"""Rows of work under way. Not in the log, and of all users: what one began, the next start goes on with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.errors import NotFound
from healthmate_desktop.storage.tables import JOB

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import JobId
    from healthmate_desktop.storage.context import Context


class Jobs:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def add(self, job: Job) -> None:
        now = self._context.now()
        values = _values(job) | {"id": job.id, "created_at": now, "updated_at": now}
        self._connection.execute(sa.insert(JOB).values(values))

    def update(self, job: Job) -> None:
        """Raises NotFound."""
        values = _values(job) | {"updated_at": self._context.now()}
        change = sa.update(JOB).where(JOB.c.id == job.id).values(values)
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
        self._connection.execute(sa.delete(JOB).where(JOB.c.id == job_id))

    def _where(self, condition: sa.ColumnElement[bool]) -> list[Job]:
        query = sa.select(JOB).where(condition).order_by(JOB.c.created_at, JOB.c.id)
        return [_job(row) for row in self._connection.execute(query)]


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
