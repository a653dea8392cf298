"""The events of the log in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.audit import kind_of
from healthmate_desktop.ui.safety.figures import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.audit import Kind

ICONS: dict[Kind, str] = {"change": "edit", "view": "eye", "sign_in": "key", "safety": "shield"}

ACTIONS = {
    "audit.checked": "Checked the log",
    "audit.exported": "Wrote the log to a file for an auditor",
    "audit.older_accepted": "Went on with a vault older than the one last used",
    "audit.signed": "Signed the log up to here",
    "backup.drilled": "Checked that a backup opens",
    "backup.failed": "A backup was not made",
    "backup.made": "Made a backup",
    "backup.removed": "Removed an old backup",
    "backup.restored": "Put a backup in the place of the vault",
    "clock.jumped": "The clock of this computer was put back",
    "content.added": "Kept what was read from a document",
    "content.changed": "Kept what was read from a document",
    "content.recorded": "What was read from a document was there when the log began",
    "document.added": "Added a document",
    "document.changed": "Changed a document",
    "document.exported": "Took a document out",
    "document.opened": "Opened a document",
    "document.recorded": "A document was there when the log began",
    "document.removed": "Removed a document",
    "document.viewed": "Looked at a document",
    "grant.added": "Gave a person into someone's care",
    "grant.changed": "Changed who cares for a person",
    "grant.emergency_opened": "Opened a person's records in an emergency",
    "grant.ended": "Took a person out of someone's care",
    "grant.recorded": "Someone's care of a person was there when the log began",
    "grant.seen": "Saw that records were opened in an emergency",
    "keys.renewal_begun": "Began to renew all keys",
    "keys.renewed": "Renewed all keys",
    "original.added": "Kept the file of a document",
    "original.changed": "Encrypted the file of a document anew",
    "original.recorded": "The file of a document was there when the log began",
    "original.removed": "Removed the file of a document",
    "passphrase.changed": "Changed their passphrase",
    "patient.added": "Added a person",
    "patient.asked": "Asked a question about these records",
    "patient.changed": "Changed a person's name or details",
    "patient.exported": "Took a person's records out",
    "patient.recorded": "A person was there when the log began",
    "patient.removed": "Removed a person",
    "patient.searched": "Searched these records",
    "patient.viewed": "Looked at these records",
    "preference.added": "Changed a setting",
    "preference.changed": "Changed a setting",
    "preference.removed": "Changed a setting",
    "preference.set": "Changed a setting",
    "recovery_key.made": "Made the recovery key",
    "recovery_key.renewed": "Made a new recovery key",
    "recovery_key.used": "Opened the vault with the recovery key",
    "session.closed": "Locked the vault",
    "session.ended": "Locked the vault",
    "session.failed": "A passphrase or recovery key was wrong",
    "session.locked": "Locked the vault",
    "session.opened": "Unlocked the vault",
    "session.recovered": "Unlocked the vault with the recovery key",
    "session.refused": "A passphrase or recovery key was wrong",
    "session.started": "Unlocked the vault",
    "session.unlocked": "Unlocked the vault",
    "thread.added": "Began a chat",
    "thread.changed": "Went on with a chat",
    "thread.recorded": "A chat was there when the log began",
    "thread.removed": "Removed a chat",
    "turn.added": "Asked a question",
    "turn.recorded": "A question was there when the log began",
    "turn.removed": "Removed a question",
    "user.added": "Added someone who can sign in",
    "user.changed": "Changed someone's role",
    "user.key_set": "Someone's signature for the log was set",
    "user.recorded": "Someone who can sign in was there when the log began",
    "user.removed": "Removed someone who could sign in",
    "vault.begun": "The log began",
    "vault.created": "Made the vault",
    "vault.migrated": "The vault was brought up to this version",
    "vault.opened": "Opened the vault",
    "vault.restored": "Put a backup in the place of the vault",
}

_COUNTS = {
    "attempts": ("attempt", "attempts"),
    "documents": ("document", "documents"),
    "events": ("entry", "entries"),
    "files": ("file", "files"),
    "minutes": ("minute", "minutes"),
    "pages": ("page", "pages"),
    "people": ("person", "people"),
    "seconds": ("second", "seconds"),
}


def words_of_action(action: str) -> str:
    """Of an action that is not known here, of a later version, its own name: "Care plan: added"."""
    if known := ACTIONS.get(action):
        return known
    subject, _, verb = action.replace("_", " ").partition(".")
    words = f"{subject}: {verb}" if verb else subject
    return words[:1].upper() + words[1:]


def icon_of(action: str) -> str:
    return ICONS[kind_of(action)]


def words_of_details(details: Mapping[str, str | int], users: Mapping[str, str]) -> str:
    """Counts with their unit; ids of users as their names."""
    parts = []
    for key, value in details.items():
        if isinstance(value, int) and key in _COUNTS:
            parts.append(counted(value, *_COUNTS[key]))
        else:
            said = users.get(value, value) if isinstance(value, str) else f"{value:,}"
            parts.append(f"{key.replace('_', ' ')}: {said}")
    return ", ".join(parts)
