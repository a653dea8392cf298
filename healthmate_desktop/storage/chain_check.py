"""Follows the links of the log from its beginning, event by event."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from healthmate_desktop.storage import chain
from healthmate_desktop.storage.signatures import is_signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.keys import Anchor

EVENTS = f"SELECT {chain.COLUMNS}, link, mac FROM audit ORDER BY seq"  # noqa: S608
SIGNATURES = "SELECT seq, user_id, public_key, signature FROM audit_signature"
_CHAINED = 9  # columns of an event that its link covers
_TYPES = [int, *[str] * 8, bytes, bytes]  # of EVENTS; a damaged page can give anything
_NEXT = (
    "Copy the vault's folder to a safe place, then compare it with the newest backup: the log in there shows "
    "what was so before."
)


class ChainCheck:
    """What was seen so far: `count` events, the newest digest of each subject, and problems in words."""

    def __init__(
        self, keys: chain.LogKeys, anchors: Sequence[Anchor], signatures: Sequence[Sequence[Any]]
    ) -> None:
        """`signatures` are the rows of SIGNATURES."""
        self.count = 0
        self.digests: dict[str, str] = {}
        self.problems: list[str] = []
        self._audit_key = keys.audit_key
        self._anchors: dict[int, set[str]] = {}
        for anchor in anchors:
            if anchor.seq > 0:
                self._anchors.setdefault(anchor.seq, set()).add(anchor.mac)
        self._signatures = {seq: tuple(signature) for seq, *signature in signatures}
        self._public_keys: dict[str, str] = {}  # as each user told the log
        self._owners: dict[str, str] = {}  # whose each key is, or was
        self._link = chain.first_link(keys.vault_id)
        self._next = 1
        self._at = ""

    def follow(self, events: Sequence[tuple[Any, ...]]) -> None:
        """Rows of EVENTS, in order. A broken link is told once; what follows is judged by what is stored."""
        for event in events:
            seq, at, link, mac = event[0], event[1], event[9], event[10]
            self.count += 1
            if list(map(type, event)) != _TYPES:
                self._tell(f"Event {seq} of the log is damaged.")
                continue
            if seq < self._next:
                self._tell(f"Event {seq} was put into the log by something else than HealthMate.")
                continue
            if seq > self._next:
                self._tell(f"{_numbered(self._next, seq - 1)} taken out of the log.")
                genuine = True  # as far as can be said: what it is linked to is gone
            else:
                genuine = chain.next_link(self._link, event[:_CHAINED]) == link
            if not genuine or not compare_digest(chain.mac_of(self._audit_key, link), mac):
                self._tell(
                    f"Event {seq} of the log was changed, moved or put in by something else than HealthMate."
                )
            self._look_at(event)
            self._link, self._at, self._next = link, at, seq + 1

    def end(self) -> None:
        """After the last event."""
        for seq in self._signatures:
            self._tell(f"There is a signature of event {seq} of the log that nobody made.")
        missing = [seq for seq in self._anchors if seq >= self._next]
        if missing:
            self._tell(
                f"The log ends with event {self._next - 1}, but it went on to event {max(missing)} before: its end "
                "was cut off, or an older copy of this vault was put in its place."
            )

    def _look_at(self, event: tuple[Any, ...]) -> None:
        seq, at, action, mac = event[0], event[1], event[4], event[10]
        if event[8]:
            self.digests[event[5]] = event[8]
        if at < self._at:
            self._check_clock(seq, at, action)
        if action == chain.KEY_SET:
            self._learn_key(event)
        elif action == chain.SIGNED:
            self._check_signature(event)
        if seq in self._anchors and self._anchors[seq] != {mac.hex()}:
            self._tell(
                f"Event {seq} of the log is not the one that was noted before: the log was made anew, or this is "
                "another copy of the vault."
            )

    def _check_clock(self, seq: int, at: str, action: str) -> None:
        with contextlib.suppress(ValueError):  # what is no time was told as a changed event
            back = datetime.fromisoformat(self._at) - datetime.fromisoformat(at)
            if back > chain.CLOCK_SLACK and action != chain.CLOCK_JUMPED:
                self._tell(f"Event {seq} of the log claims to be older than the one before it.")

    def _learn_key(self, event: tuple[Any, ...]) -> None:
        """Each user's own key only, told by that user, and never one that was another's.

        The newest one counts: after the recovery key was used, who sets a passphrase gets another one.
        """
        seq, user_id, subject = event[0], event[2], event[5]
        key = _key_in(event[7])
        if subject != f"user/{user_id}" or self._owners.setdefault(key, user_id) != user_id:
            self._tell(f"Event {seq} of the log sets the signature of someone else.")
        else:
            self._public_keys[user_id] = key

    def _check_signature(self, event: tuple[Any, ...]) -> None:
        seq, user_id, link = event[0], event[2], event[9]
        signature = self._signatures.pop(seq, None)
        if signature is None:
            self._tell(f"The signature of event {seq} of the log was taken away.")
            return
        signer, public_key, signed = signature
        whole = isinstance(public_key, bytes) and isinstance(signed, bytes)
        known = signer == user_id and whole and public_key.hex() == self._public_keys.get(user_id)
        if not known or not is_signed(public_key, signed, link):
            self._tell(
                f"The signature of event {seq} of the log is not of the one who made the event."
            )

    def _tell(self, problem: str) -> None:
        self.problems.append(f"{problem} {_NEXT}")


def _key_in(details: str) -> str:
    """Nothing in an event that was told as a changed one."""
    with contextlib.suppress(ValueError, AttributeError):
        return str(json.loads(details).get("key", ""))
    return ""


def _numbered(first: int, last: int) -> str:
    return f"Event {first} was" if first == last else f"Events {first} to {last} were"
