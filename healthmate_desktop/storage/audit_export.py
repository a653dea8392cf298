"""The log as a file for an auditor, to be checked with `resources/standalone/verify_log.py` and no key."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.files import put_in_place

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.storage.vault import Vault


def export_log(vault: Vault, file: Path) -> int:
    """Write a new file, durable when it returns; return the number of events.

    Raises InvalidInput for a name in use or a folder that is not there, DiskFull or VaultError.
    """
    if os.path.lexists(file) or not file.parent.is_dir():
        raise InvalidInput(
            "The log can't be written there: the name is in use, or there is no such folder. Choose a new name."
        )
    draft = file.with_name(file.name + ".new")
    events = 0
    vault.sign_checkpoint()
    try:
        with disk_translated():
            draft.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            with (
                os.fdopen(os.open(draft, flags, 0o600), "w", encoding="utf-8") as out,
                vault.read() as tx,
            ):
                for line in tx.audit.export_lines():
                    events += line.startswith('{"event"')
                    out.write(line + "\n")
            put_in_place(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    return events
