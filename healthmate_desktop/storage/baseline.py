"""How a log begins: with the vault itself, its first user, and a digest of each row that is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from healthmate_desktop.storage.context import SYSTEM, Actor
from healthmate_desktop.storage.digests import all_digests
from healthmate_desktop.storage.tables import AUDIT, DOCUMENT, PATIENT, THREAD, TURN, USER
from healthmate_desktop.storage.transaction import make_transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from healthmate_desktop.domain.sessions import User
    from healthmate_desktop.storage.audit import Audit
    from healthmate_desktop.storage.chain import LogKeys


def begin_log(
    connection: sa.Connection, keys: LogKeys, owner: User, now: Callable[[], datetime]
) -> None:
    """Nothing where a log has begun. To be called inside the transaction that brought the tables up to date."""
    if connection.execute(sa.select(AUDIT.c.seq).limit(1)).first() is not None:
        return
    tx = make_transaction(connection, Actor(SYSTEM), keys, now, lambda _, load: load())
    tx.audit.add("vault.begun")
    if connection.execute(sa.select(USER.c.id).limit(1)).first() is None:
        tx.users.add(owner)
    _touch_all(connection, tx.audit, keys)
    tx.audit.save()


def _touch_all(connection: sa.Connection, audit: Audit, keys: LogKeys) -> None:
    owners = _owners_of(connection)
    for subject, _ in all_digests(connection.connection.cursor(), keys.audit_key):
        table, row_id, *content = subject.split("/")
        patient_id = owners.get(row_id, "")
        if content:
            audit.touch_content(row_id, patient_id)
        elif table != "user":
            audit.touch(table, row_id, "recorded", patient_id)


def _owners_of(connection: sa.Connection) -> dict[str, str]:
    """Whose each row is, by its id."""
    documents = sa.select(DOCUMENT.c.id, DOCUMENT.c.patient_id)
    threads = sa.select(THREAD.c.id, THREAD.c.patient_id)
    turns = sa.select(TURN.c.id, THREAD.c.patient_id).join_from(TURN, THREAD)
    patients = sa.select(PATIENT.c.id, PATIENT.c.id)
    return {
        row_id: patient_id
        for query in (patients, documents, threads, turns)
        for row_id, patient_id in connection.execute(query)
    }
