"""Rows of the conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop.domain.answers import Thread, Turn
from healthmate_desktop.errors import NotFound
from healthmate_desktop.storage.answer_codec import answer_from_text, answer_to_text
from healthmate_desktop.storage.patients import check_reach
from healthmate_desktop.storage.rows import change_stamps, live, new_stamps
from healthmate_desktop.storage.tables import THREAD, TURN

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import PatientId, ThreadId
    from healthmate_desktop.storage.context import Context


class Chats:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def add_thread(self, thread: Thread) -> None:
        """Raises NotFound for a person out of reach."""
        check_reach(self._context, thread.patient_id)
        values = {"id": thread.id, "patient_id": thread.patient_id, "title": thread.title}
        stamps = new_stamps(self._context) | {"updated_at": thread.updated_at}
        self._connection.execute(sa.insert(THREAD).values(values | stamps))
        self._context.audit.touch("thread", thread.id, "added", thread.patient_id)

    def threads(self, patient_id: PatientId) -> list[Thread]:
        """The one spoken in last comes first."""
        query = (
            sa.select(THREAD)
            .where(THREAD.c.patient_id == patient_id, self._reachable())
            .order_by(THREAD.c.updated_at.desc(), THREAD.c.id.desc())
        )
        return [
            Thread(row.id, row.patient_id, row.title, row.updated_at)
            for row in self._connection.execute(query)
        ]

    def add_turn(self, turn: Turn) -> None:
        """Keep a question with its answer, and count its thread as spoken in then. Raises NotFound."""
        query = sa.select(THREAD.c.patient_id).where(
            THREAD.c.id == turn.thread_id, self._reachable()
        )
        patient_id = self._connection.execute(query).scalar()
        if patient_id is None:
            raise NotFound("That conversation is not in these records. Start a new one.")
        stamps = change_stamps(self._context, THREAD) | {"updated_at": turn.asked_at}
        self._connection.execute(
            sa.update(THREAD).where(THREAD.c.id == turn.thread_id).values(stamps)
        )
        self._context.audit.touch("thread", turn.thread_id, "changed", patient_id)
        values = {
            "id": turn.id,
            "thread_id": turn.thread_id,
            "question": turn.question,
            "answer": answer_to_text(turn.answer),
            "asked_at": turn.asked_at,
        }
        self._connection.execute(sa.insert(TURN).values(values | new_stamps(self._context)))
        self._context.audit.touch("turn", turn.id, "added", patient_id)

    def turns(self, thread_id: ThreadId) -> list[Turn]:
        """In the order they were asked."""
        query = (
            sa.select(TURN)
            .where(TURN.c.thread_id == thread_id, live(TURN), self._in_reachable_thread())
            .order_by(TURN.c.asked_at, TURN.c.id)
        )
        return [_turn(row) for row in self._connection.execute(query)]

    def _reachable(self) -> sa.ColumnElement[bool]:
        return sa.and_(live(THREAD), self._context.scope.includes(THREAD.c.patient_id))

    def _in_reachable_thread(self) -> sa.ColumnElement[bool]:
        return TURN.c.thread_id.in_(sa.select(THREAD.c.id).where(self._reachable()))


def _turn(row: sa.Row[Any]) -> Turn:
    return Turn(row.id, row.thread_id, row.question, answer_from_text(row.answer), row.asked_at)
