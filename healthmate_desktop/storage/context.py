"""What the repositories of one transaction share: the connection, who works, whose records, and the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from healthmate_desktop.domain.ids import SessionId, UserId
from healthmate_desktop.domain.sessions import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from healthmate_desktop.storage.audit import Audit
    from healthmate_desktop.storage.scope import Scope

# Who works as long as nobody is signed in: what a vault does by itself.
SYSTEM = Session(
    id=SessionId("system"),
    user_id=UserId("system"),
    user_name="system",
    role="owner",
    sees="all",
    started_at=datetime.min.replace(tzinfo=UTC),
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who works, and with what the checkpoints of the log are signed; None = they are not signed."""

    session: Session
    signing_seed: bytes | None = field(default=None, repr=False)  # Ed25519, 32 bytes


@dataclass(frozen=True, slots=True)
class Context:
    connection: sa.Connection
    session: Session
    scope: Scope
    audit: Audit
    now: Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)
