"""What is looked at in a vault's folder before its database is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from healthmate_desktop.errors import VaultBusy, VaultDamaged, VaultPlaintext
from healthmate_desktop.storage.errors import damaged, disk_translated

if TYPE_CHECKING:
    from pathlib import Path

DATABASE, LOCK = "vault.db", "vault.lock"
_PLAIN = b"SQLite format 3\0"  # how an unencrypted database begins


def take_lock(folder: Path) -> FileLock:
    """Keep other processes out. Raises VaultBusy."""
    lock = FileLock(folder / LOCK, timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise VaultBusy from error
    return lock


def check_file(path: Path) -> None:
    """Look before SQLite does: it would take an empty file for an empty database."""
    try:
        with disk_translated(), path.open("rb") as file:
            beginning = file.read(len(_PLAIN))
    except FileNotFoundError:
        beginning = b""
    if not beginning:
        raise VaultDamaged(
            "The database of this vault is missing. Nothing was changed. Restore a backup; if nothing was ever "
            "saved here, make a new vault in another folder."
        )
    if beginning == _PLAIN:
        raise VaultPlaintext
    if len(beginning) < len(_PLAIN):
        raise damaged()
