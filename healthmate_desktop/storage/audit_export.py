"""The log as a file for an auditor, to be checked with `resources/standalone/verify_log.py` and no key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.storage.files import write_for_others

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from healthmate_desktop.storage.vault import Vault


def export_log(vault: Vault, file: Path) -> int:
    """Write a new file, durable when it returns; return the number of events.

    Raises InvalidInput for a name in use or a folder that is not there, DiskFull or VaultError.
    """
    vault.sign_checkpoint()
    events = 0

    def lines() -> Iterator[bytes]:
        nonlocal events
        with vault.read() as tx:
            for line in tx.audit.export_lines():
                events += line.startswith('{"event"')
                yield line.encode() + b"\n"

    write_for_others(file, lines())
    return events
