"""Backups of an open vault, joined from storage, security and the guides that lie in each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.paths import resources_dir
from healthmate_desktop.security.header_file import NAME
from healthmate_desktop.security.streams import seal_stream, unseal_stream
from healthmate_desktop.services.backup import BackupService
from healthmate_desktop.storage.backup import Backups
from healthmate_desktop.storage.backup_format import KeyFileCopy, Streams

if TYPE_CHECKING:
    from healthmate_desktop.security.key_file import KeyFile
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.storage.vault import Vault

STREAMS = Streams(seal_stream, unseal_stream)


def make_backup_service(vault: Vault, access: Access, key_file: KeyFile) -> BackupService:
    def copy() -> KeyFileCopy:
        recipient = key_file.recovery_recipient
        content = (vault.folder / NAME).read_bytes()
        return KeyFileCopy(content, (recipient,) if recipient else ())

    guides = resources_dir() / "standalone"
    backups = Backups(vault, lambda: key_file.keys, copy, STREAMS, guides)
    backups.clear_away()
    return BackupService(access, backups)
