"""The log: who saw or changed what, and when. No health data, only ids, counts and digests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

GONE = "gone"  # the digest of a row that was deleted

Kind = Literal["change", "view", "sign_in", "safety"]


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """`subject` is a table and an id, "document/0192…", or "" for the vault; `digest` is keyed."""

    seq: int
    at: datetime
    user_id: str
    session_id: str
    action: str  # "document.added": a subject and a past participle
    subject: str
    patient_id: str = ""
    details: Mapping[str, str | int] = field(default_factory=dict)
    digest: str = ""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events to show, newest first. "" and None do not limit."""

    user_id: str = ""
    patient_id: str = ""
    kind: Kind | Literal[""] = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None  # only events with a smaller seq: the next page
    limit: int = 100


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """`problems` in words a person can act on; empty = the log and, when `deep`, every record it tells of is whole."""

    events: int
    deep: bool
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def kind_of(action: str) -> Kind:
    """For the filter of the log's screen."""
    subject, _, verb = action.partition(".")
    if verb in {"viewed", "searched", "asked"}:
        return "view"
    if subject == "session":
        return "sign_in"
    if subject in {
        "user",
        "grant",
        "backup",
        "keys",
        "passphrase",
        "recovery_key",
        "audit",
        "vault",
        "clock",
    }:
        return "safety"
    return "change"
