"""The end of the log, where events are written and checkpoints signed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.keys import Anchor
from healthmate_desktop.storage import chain
from healthmate_desktop.storage.signatures import public_key_of, sign
from healthmate_desktop.storage.tables import time_to_text

if TYPE_CHECKING:
    from healthmate_desktop.storage.context import Actor

_LAST = "SELECT seq, at, link, mac FROM audit ORDER BY seq DESC LIMIT 1"
_INSERT = f"INSERT INTO audit ({chain.COLUMNS}, link, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_KEY_OF_USER = (
    "SELECT details FROM audit WHERE subject = ? AND action = ? ORDER BY seq DESC LIMIT 1"
)


class Tail:
    """For one writing transaction. `cursor` is the driver's."""

    def __init__(self, cursor: Any, keys: chain.LogKeys, actor: Actor, now: datetime) -> None:
        self._cursor = cursor
        self._keys = keys
        self._actor = actor
        self._now = now
        self._at = time_to_text(now)
        last = cursor.execute(_LAST).fetchone()
        self._seq: int
        self._last_at: str
        self._link: bytes
        self._mac: bytes
        self._seq, self._last_at, self._link, self._mac = last or (
            (0, self._at, chain.first_link(keys.vault_id), b"")
        )

    @property
    def head(self) -> Anchor:
        return Anchor(self._seq, self._mac.hex())

    @property
    def unsigned(self) -> int:
        """How many events the newest signature does not cover."""
        query = "SELECT coalesce(max(seq), 0) FROM audit_signature"
        signed: int = self._cursor.execute(query).fetchone()[0]
        return self._seq - signed

    def append(
        self,
        action: str,
        *,
        subject: str = "",
        patient_id: str = "",
        details: str = "{}",
        digest: str = "",
    ) -> None:
        back = datetime.fromisoformat(self._last_at) - self._now
        self._last_at = self._at
        if back > chain.CLOCK_SLACK:
            seconds = chain.details_to_text({"seconds": int(back.total_seconds())})
            self.append(chain.CLOCK_JUMPED, details=seconds)
        session = self._actor.session
        event = (
            *(self._seq + 1, self._at, session.user_id, session.id),
            *(action, subject, patient_id, details, digest),
        )
        self._seq += 1
        self._link = chain.next_link(self._link, event)
        self._mac = chain.mac_of(self._keys.audit_key, self._link)
        self._cursor.execute(_INSERT, (*event, self._link, self._mac))

    def sign(self) -> None:
        """An event for the signature itself, which it covers, so that a signature taken away is missed.

        Nothing without a seed. The first time, the log is told the public key of who signs.
        """
        seed = self._actor.signing_seed
        if seed is None:
            return
        user_id = self._actor.session.user_id
        mine = f"user/{user_id}"
        announced = chain.details_to_text({"key": public_key_of(seed).hex()})
        known = self._cursor.execute(_KEY_OF_USER, (mine, chain.KEY_SET)).fetchone()
        if known != (announced,):
            self.append(chain.KEY_SET, subject=mine, details=announced)
        self.append(chain.SIGNED)
        self._cursor.execute(
            "INSERT INTO audit_signature (seq, user_id, public_key, signature) VALUES (?, ?, ?, ?)",
            (self._seq, user_id, *sign(seed, self._link)),
        )
