"""The links of the log: each event carries a hash over itself and all before it, and a keyed one over that.

Link 0 is SHA-256("healthmate/log/1/" + vault id), link n is SHA-256(link n-1 + canonical(event n)): anyone can follow
them, and signatures cover them. mac n is HMAC-SHA-256(audit key, link n), which only holders of the vault's keys make.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BEGINNING = "healthmate/log/1/"
COLUMNS = "seq, at, user_id, session_id, action, subject, patient_id, details, digest"
SIGNED, KEY_SET, CLOCK_JUMPED = "audit.signed", "user.key_set", "clock.jumped"
CLOCK_SLACK = timedelta(minutes=5)  # clocks are corrected by less, and that is no event

_ACTION = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")
_PLAIN = re.compile(r"[A-Za-z0-9_.:/+-]{0,128}")  # ids, counts and hashes, no sentences

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class LogKeys:
    """What the chain of one vault is made with."""

    vault_id: str
    audit_key: bytes = field(repr=False)


def canonical(values: Sequence[Any] | Mapping[str, Any]) -> bytes:
    """JSON with one spelling only."""
    return _encode(values).encode()


def first_link(vault_id: str) -> bytes:
    return hashlib.sha256((BEGINNING + vault_id).encode()).digest()


def next_link(link: bytes, event: Sequence[str | int]) -> bytes:
    """`event` is a row's COLUMNS as they are stored."""
    return hashlib.sha256(link + canonical(event)).digest()


def mac_of(audit_key: bytes, link: bytes) -> bytes:
    return hmac.digest(audit_key, link, "sha256")


def check_action(action: str) -> str:
    if not _ACTION.fullmatch(action):
        raise ValueError(f"not the name of an event: {action!r}")
    return action


def check_plain(text: str) -> str:
    """Health data must not get into the log, and what is no id or number could be some."""
    if not isinstance(text, str) or not _PLAIN.fullmatch(text):
        raise ValueError("the log takes ids, counts and hashes only")
    return text


def details_to_text(details: Mapping[str, str | int]) -> str:
    for key, value in details.items():
        check_plain(key)
        if type(value) is not int:
            check_plain(value)  # type: ignore[arg-type]  # of another type: refused
    return _encode(dict(details))
