"""After a vault was opened: what a power cut left is put in order, and what nobody knows is set aside.

Nothing is deleted: an unknown file goes to `quarantine/` in the vault's folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from healthmate_desktop.errors import VaultError
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.originals import FOLDER, file_name
from healthmate_desktop.storage.tables import ORIGINAL

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.storage.vault import Vault

QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What `recover` met: files set aside, and originals whose file is missing."""

    quarantined: int = 0
    missing: int = 0


def recover(vault: Vault) -> Recovered:
    """Quick: one listing and one query. A full or failing disk does not keep the vault from being used.

    Raises VaultError only when the database can't be read.
    """
    with vault.connection(writing=False) as connection:
        rows = connection.execute(sa.select(ORIGINAL.c.document_id, ORIGINAL.c.epoch))
        known = {file_name(row.document_id, row.epoch) for row in rows}
    folder = vault.folder / FOLDER
    try:
        with disk_translated():
            found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
            unknown = sorted(found - known)
            for name in unknown:
                _set_aside(folder / name, vault.folder / QUARANTINE)
    except (VaultError, FileNotFoundError):
        return Recovered(0, 0)
    return Recovered(len(unknown), len(known - found))


def _set_aside(path: Path, quarantine: Path) -> None:
    """Moved within one disk, so there is no moment without it; never over another file."""
    quarantine.mkdir(mode=0o700, exist_ok=True)
    target, count = quarantine / path.name, 1
    while os.path.lexists(target):
        count += 1
        target = quarantine / f"{path.name}.{count}"
    path.rename(target)
