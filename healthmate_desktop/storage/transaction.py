"""The records as they are inside one `read` or `write` block, limited to what the session may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.storage.audit import Audit
from healthmate_desktop.storage.chats import Chats
from healthmate_desktop.storage.context import Context
from healthmate_desktop.storage.documents import Documents
from healthmate_desktop.storage.drafts import Drafts
from healthmate_desktop.storage.grants import Grants
from healthmate_desktop.storage.jobs import Jobs
from healthmate_desktop.storage.passages import Passages
from healthmate_desktop.storage.patients import Patients
from healthmate_desktop.storage.preferences import Preferences
from healthmate_desktop.storage.records import Records
from healthmate_desktop.storage.samples import Samples
from healthmate_desktop.storage.scope import Scope
from healthmate_desktop.storage.users import Users

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import sqlalchemy as sa

    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.storage.chain import LogKeys
    from healthmate_desktop.storage.context import Actor
    from healthmate_desktop.storage.vectors import Matrix


@dataclass(frozen=True, slots=True)
class Transaction:
    """Not to be used after its block. `connection` is for this package, and knows no scope."""

    patients: Patients
    documents: Documents
    passages: Passages
    records: Records
    samples: Samples
    chats: Chats
    users: Users
    grants: Grants
    jobs: Jobs
    drafts: Drafts
    preferences: Preferences
    audit: Audit
    connection: sa.Connection


def make_transaction(
    connection: sa.Connection,
    actor: Actor,
    log_keys: LogKeys,
    now: Callable[[], datetime],
    matrix_of: Callable[[PatientId, Callable[[], Matrix]], Matrix],
) -> Transaction:
    audit = Audit(connection, log_keys, actor, now)
    context = Context(connection, actor.session, Scope(actor.session, now), audit, now)
    return Transaction(
        patients=Patients(context),
        documents=Documents(context),
        passages=Passages(context, matrix_of),
        records=Records(context),
        samples=Samples(context),
        chats=Chats(context),
        users=Users(context),
        grants=Grants(context),
        jobs=Jobs(context),
        drafts=Drafts(context),
        preferences=Preferences(context),
        audit=audit,
        connection=connection,
    )
