"""After a vault was opened: what a power cut left is put in order, and what nobody knows is set aside.

Nothing that was whole is deleted: an unknown file goes to `quarantine/` in the vault's folder.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from healthmate_desktop.errors import VaultError
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.large_files import UNFINISHED
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
        originals = [(row.document_id, row.epoch) for row in rows]
    wanted = {file_name(*original) for original in originals}
    # a renewal of keys that was cut off goes on with these itself
    before_or_after = {
        file_name(document_id, epoch + step) for document_id, epoch in originals for step in (-1, 1)
    }
    folder = vault.folder / FOLDER
    quarantined, missing = 0, 0
    with contextlib.suppress(VaultError, FileNotFoundError), disk_translated():
        found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        missing = len(wanted - found)
        for name in sorted(found - wanted - before_or_after):
            if name.endswith(UNFINISHED):  # the file it was made from is still where it was
                (folder / name).unlink()
                continue
            set_aside(folder / name, vault.folder)
            quarantined += 1
    return Recovered(quarantined, missing)


def set_aside(path: Path, vault_folder: Path) -> None:
    """Moved within one disk, so there is no moment without it; never over another file. Raises OSError."""
    quarantine = vault_folder / QUARANTINE
    quarantine.mkdir(mode=0o700, exist_ok=True)
    target, count = quarantine / path.name, 1
    while os.path.lexists(target):
        count += 1
        target = quarantine / f"{path.name}.{count}"
    path.rename(target)
