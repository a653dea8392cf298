"""A backup in the place of the vault, opened with its own passphrase or recovery key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from healthmate_desktop.composition.backups import STREAMS
from healthmate_desktop.composition.door import try_secret
from healthmate_desktop.paths import state_dir
from healthmate_desktop.security.anchor_file import AnchorFile
from healthmate_desktop.security.header import open_header, open_with_recovery_key
from healthmate_desktop.storage.restoring import restore
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from healthmate_desktop.domain.backups import BackupProgress, BackupReport
    from healthmate_desktop.domain.keys import Anchor, VaultKeys
    from healthmate_desktop.paths import Paths
    from healthmate_desktop.security.key_file import KeyFile

RECOVERY = "AGE-SECRET-KEY-1"


def restore_vault(
    paths: Paths, file: Path, secret: str
) -> Generator[BackupProgress, None, BackupReport]:
    """`secret` is a passphrase of anyone who could sign in when it was made, or the recovery key of that time.

    Raises TooManyAttempts, WrongPassphrase, VaultBusy, DiskFull, InvalidInput or VaultDamaged; nothing is changed then.
    """

    def unlock(folder: Path) -> VaultKeys:
        return _try(paths, folder, secret).keys

    ends: list[tuple[str, Anchor]] = []

    def complete(folder: Path) -> None:
        ends.append(_tell_log(folder, _open(folder, secret)))

    checked = yield from restore(file, paths.data, unlock, STREAMS, datetime.now(UTC), complete)
    for vault_id, head in ends:
        AnchorFile(state_dir(), vault_id).save(head)  # it is the newest now, as the person wanted
    return checked.report


def _try(paths: Paths, folder: Path, secret: str) -> KeyFile:
    kind = "recovery_key" if _is_recovery_key(secret) else "passphrase"
    return try_secret(paths, kind, lambda: _open(folder, secret))[0]  # type: ignore[arg-type]


def _open(folder: Path, secret: str) -> KeyFile:
    if _is_recovery_key(secret):
        return open_with_recovery_key(folder, secret)
    return open_header(folder, secret)


def _is_recovery_key(secret: str) -> bool:
    return "".join(secret.split()).upper().startswith(RECOVERY)


def _tell_log(folder: Path, key_file: KeyFile) -> tuple[str, Anchor]:
    """That it was restored, and from where in the log; its id and the end of the log after that."""
    vault = Vault.open(folder, key_file.keys)
    try:
        head = vault.head()
        with vault.write() as tx:
            tx.audit.add("vault.restored", details={"seq": head.seq, "mac": head.mac})
        head = vault.head()
        key_file.save_anchor(head)
    finally:
        vault.close()
    return key_file.keys.vault_id, head
