"""The log inside one transaction: what happened is gathered, and written when the transaction ends.

Rows are named with `touch`; their digests are taken at the end, so each event tells what was really saved.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop.domain.audit import GONE, AuditEvent, AuditFilter, kind_of
from healthmate_desktop.storage import chain
from healthmate_desktop.storage.digests import CONTENT, digest_of
from healthmate_desktop.storage.tables import AUDIT
from healthmate_desktop.storage.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from healthmate_desktop.domain.keys import Anchor
    from healthmate_desktop.storage.context import Actor

SIGN_AFTER = 256  # events without a signature
_SPOKEN = {"access_grant": "grant"}  # what the name of an event calls a table


@dataclass(slots=True)
class _Pending:
    action: str
    subject: str
    patient_id: str
    details: str = "{}"
    of_row: bool = True


class Audit:
    """Events of the transaction under way, and those written before."""

    def __init__(
        self,
        connection: sa.Connection,
        keys: chain.LogKeys,
        actor: Actor,
        now: Callable[[], datetime],
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._actor = actor
        self._now = now
        self._pending: list[_Pending] = []
        self._touched: dict[str, _Pending] = {}

    def add(
        self,
        action: str,
        *,
        subject: str = "",
        patient_id: str = "",
        details: Mapping[str, str | int] | None = None,
    ) -> None:
        """Tell of something that is no change of a row. Raises ValueError for what could be health data."""
        text = chain.details_to_text(details or {})
        event = _pending(action, subject, patient_id, text, of_row=False)
        self._pending.append(event)

    def touch(self, table: str, row_id: str, verb: str, patient_id: str = "") -> None:
        """Tell that a row is new, changed or gone: one event, however often in this transaction."""
        self._touch(f"{_SPOKEN.get(table, table)}.{verb}", f"{table}/{row_id}", patient_id)

    def touch_content(self, document_id: str, patient_id: str) -> None:
        """The same for all that was read from a document."""
        self._touch("content.changed", f"document/{document_id}/{CONTENT}", patient_id)

    def head(self) -> Anchor:
        """The last event that is written."""
        return self._tail().head

    def holds(self, anchor: Anchor) -> bool:
        """Whether this end of a log is still in this one; an empty log ends in all of them."""
        query = sa.select(AUDIT.c.mac).where(AUDIT.c.seq == anchor.seq)
        mac = self._connection.execute(query).scalar()
        return anchor.seq == 0 or (mac is not None and mac.hex() == anchor.mac)

    def events(self, wanted: AuditFilter) -> list[AuditEvent]:
        """Newest first; what this transaction adds is not among them yet."""
        query = sa.select(AUDIT).where(*_conditions(wanted)).order_by(AUDIT.c.seq.desc())
        found: list[AuditEvent] = []
        with self._connection.execute(query.execution_options(yield_per=200)) as rows:
            for row in rows:
                if len(found) >= wanted.limit:
                    break
                if not wanted.kind or kind_of(row.action) == wanted.kind:
                    found.append(_event(row))
        return found

    def export_lines(self) -> Iterator[str]:
        """The whole log as lines of JSON that can be checked without any key; see `chain` for the rule.

        First the beginning, then each event as the very list its link covers, and each signature after its event.
        """
        columns = chain.COLUMNS.split(", ")
        yield json.dumps(
            {"vault_id": self._keys.vault_id, "beginning": chain.BEGINNING, "columns": columns}
        )
        query = (
            f"SELECT {', '.join(f'audit.{name}' for name in columns)}, link, mac, "  # noqa: S608
            "audit_signature.user_id, public_key, signature FROM audit "
            "LEFT JOIN audit_signature ON audit_signature.seq = audit.seq ORDER BY audit.seq"
        )
        for *event, link, mac, user_id, public_key, signature in self._cursor().execute(query):
            line = {"event": event, "link": link.hex(), "mac": mac.hex()}
            yield json.dumps(line, ensure_ascii=False)
            if signature is not None:
                signed = {"public_key": public_key.hex(), "signature": signature.hex()}
                yield json.dumps({"seq": event[0], "user_id": user_id} | signed)

    def save(self) -> None:
        """Write what was gathered, and sign when much is unsigned. To be called last in a transaction."""
        if not self._pending:
            return
        cursor, tail = self._cursor(), self._tail()
        for event in self._pending:
            digest = digest_of(cursor, self._keys.audit_key, event.subject) if event.of_row else ""
            action = event.action
            if digest == GONE and not event.subject.endswith(f"/{CONTENT}"):
                action = f"{action.partition('.')[0]}.removed"
            tail.append(
                action,
                subject=event.subject,
                patient_id=event.patient_id,
                details=event.details,
                digest=digest,
            )
        self._pending.clear()
        self._touched.clear()
        if tail.unsigned >= SIGN_AFTER:
            tail.sign()

    def sign(self) -> None:
        """Sign what no signature covers yet; nothing without a seed."""
        self.save()
        tail = self._tail()
        if tail.unsigned:
            tail.sign()

    def _touch(self, action: str, subject: str, patient_id: str) -> None:
        event = self._touched.get(subject)
        if event is None:
            event = self._touched[subject] = _pending(action, subject, patient_id)
            self._pending.append(event)
        elif not event.action.endswith(".added"):
            event.action = action

    def _tail(self) -> Tail:
        return Tail(self._cursor(), self._keys, self._actor, self._now())

    def _cursor(self) -> Any:
        return self._connection.connection.cursor()


def _pending(
    action: str, subject: str, patient_id: str, details: str = "{}", *, of_row: bool = True
) -> _Pending:
    chain.check_action(action)
    return _Pending(
        action, chain.check_plain(subject), chain.check_plain(patient_id), details, of_row
    )


def _conditions(wanted: AuditFilter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.user_id:
        yield AUDIT.c.user_id == wanted.user_id
    if wanted.patient_id:
        yield AUDIT.c.patient_id == wanted.patient_id
    if wanted.since is not None:
        yield AUDIT.c.at >= wanted.since
    if wanted.until is not None:
        yield AUDIT.c.at < wanted.until
    if wanted.before is not None:
        yield AUDIT.c.seq < wanted.before


def _details(text: str) -> dict[str, str | int]:
    """Nothing of what is no object, so that a spoilt event can still be shown with the others."""
    with contextlib.suppress(ValueError):
        found = json.loads(text)
        if isinstance(found, dict):
            return found
    return {}


def _event(row: sa.Row[Any]) -> AuditEvent:
    return AuditEvent(
        seq=row.seq,
        at=row.at,
        user_id=row.user_id,
        session_id=row.session_id,
        action=row.action,
        subject=row.subject,
        patient_id=row.patient_id,
        details=_details(row.details),
        digest=row.digest,
    )
