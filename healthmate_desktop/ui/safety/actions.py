"""The events of the log in plain words."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING

from healthmate_desktop.domain.audit import kind_of
from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.safety.figures import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.audit import AuditEvent, Kind

ICONS: dict[Kind, str] = {"change": "edit", "view": "eye", "sign_in": "key", "safety": "shield"}
NOT_BY_WHO_IS_SIGNED_IN = {
    "session.failed",
    "clock.jumped",
}  # noted in their session, done by whoever

ACTIONS = {
    "audit.exported": "Wrote the log to a file for an auditor",
    "audit.older_accepted": "Went on with a vault older than the one last used",
    "audit.signed": "Signed the log up to here",
    "backup.drilled": "Checked that a backup opens",
    "backup.made": "Made a backup",
    "clock.jumped": "The clock of this computer was put back",
    "content.changed": "Kept what was read from a document",
    "document.added": "Added a document",
    "document.assigned": "Gave a document to another person",
    "document.changed": "A document could not be read",
    "document.confirmed": "Said that a document is this person's, though it names another",
    "document.read": "Read a document",
    "document.recorded": "A document was there when the log began",
    "document.removed": "Removed a document",
    "document.renamed": "Renamed a document",
    "grant.added": "Gave a person into someone's care",
    "grant.emergency_opened": "Opened a person's records in an emergency",
    "grant.ended": "Took a person out of someone's care",
    "grant.recorded": "Someone's care of a person was there when the log began",
    "grant.removed": "Took a person out of someone's care",
    "grant.seen": "Saw that records were opened in an emergency",
    "keys.renewed": "Renewed all keys",
    "original.added": "Kept the file of a document",
    "original.changed": "Encrypted the file of a document anew",
    "original.recorded": "The file of a document was there when the log began",
    "original.removed": "Removed the file of a document",
    "passphrase.changed": "Changed their passphrase",
    "patient.added": "Added a person",
    "patient.changed": "Changed a person's name or details",
    "patient.exported": "Wrote a person's records to a file",
    "patient.recorded": "A person was there when the log began",
    "patient.removed": "Removed a person",
    "patient.viewed": "Looked at these records",
    "preference.recorded": "A setting was there when the log began",
    "preference.removed": "Took a setting back",
    "preference.set": "Changed a setting",
    "record.added": "Took a value from a document",
    "record.changed": "Checked or corrected a value",
    "record.removed": "Removed a value",
    "record.replaced": "Put a value in the place of another",
    "recovery_key.renewed": "Made a new recovery key",
    "session.failed": "A wrong passphrase or recovery key was typed",
    "session.locked": "Locked the vault",
    "session.opened": "Unlocked the vault",
    "thread.added": "Began a chat",
    "thread.changed": "Went on with a chat",
    "thread.recorded": "A chat was there when the log began",
    "thread.removed": "Removed a chat",
    "turn.added": "Asked a question",
    "turn.recorded": "A question was there when the log began",
    "turn.removed": "Removed a question",
    "user.added": "Added someone who can sign in",
    "user.changed": "Changed someone's role",
    "user.key_set": "Began to sign the log with a key of their own",
    "user.removed": "Removed someone who could sign in",
    "vault.begun": "The log began",
    "vault.restored": "Put a backup in the place of the vault",
}

_SETTINGS = {
    "backup.drilled": "when a backup was checked last",
    "backup.folder": "where backups go",
    "backup.last": "when the last backup was made",
    "backup.problem": "whether the last backup was made",
    "lock.idle_minutes": "after how long without use it locks",
    "lock.session_hours": "after how long it locks at the latest",
}
_COUNTS = {
    "documents": ("document", "documents"),
    "events": ("entry", "entries"),
    "lost": ("lost file", "lost files"),
    "minutes": ("minute", "minutes"),
    "people": ("person", "people"),
    "seconds": ("second", "seconds"),
}
_TYPED = {"passphrase": "passphrase", "recovery_key": "recovery key"}
_CODES = {"sha256", "mac", "seq", "key", "by"}  # of no use to read, but to compare


def words_of_action(action: str) -> str:
    """Of an action that is not known here, of a later version, its own name: "Care plan: added"."""
    if known := ACTIONS.get(action):
        return known
    subject, _, verb = action.replace("_", " ").partition(".")
    words = f"{subject}: {verb}" if verb else subject
    return words[:1].upper() + words[1:]


def icon_of(action: str) -> str:
    return ICONS[kind_of(action)]


def words_of_details(event: AuditEvent, users: Mapping[str, str]) -> str:
    """What it was about, then counts with their unit; ids of users as their names."""
    table, _, key = event.subject.partition("/")
    parts = []
    if table == "user" and key != event.user_id:
        parts.append(users.get(key, key))
    if table == "preference":
        parts.append(_SETTINGS.get(key, key))
    parts += [_detail(name, value) for name, value in event.details.items()]
    return ", ".join(part for part in parts if part)


def codes_of(event: AuditEvent) -> list[str]:
    """What stands behind the words, for who compares the log with another copy."""
    codes = [
        f"Entry {event.seq:,}",
        event.action,
        event.subject,
        f"user {event.user_id}",
        f"session {event.session_id}",
    ]
    codes += [f"{name} {value}" for name, value in event.details.items() if name in _CODES]
    return [code for code in codes if code]


def _detail(name: str, value: str | int) -> str:
    """Empty for what is not for people."""
    if name in _CODES or name == "user" or (name == "lost" and not value):
        return ""
    if isinstance(value, int) and name in _COUNTS:
        return counted(value, *_COUNTS[name])
    if name == "kind" and value in _TYPED:
        return _TYPED[str(value)]
    if name == "at":
        with contextlib.suppress(ValueError):
            return f"on {moment(datetime.fromisoformat(str(value)))}"
    return f"{name.replace('_', ' ')}: {value}"
