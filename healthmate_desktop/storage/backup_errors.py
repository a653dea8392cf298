"""What can be wrong with a backup, said so that a person knows what is safe and what to do."""

from __future__ import annotations

from healthmate_desktop.errors import InvalidInput, VaultDamaged, VaultError, VaultTooNew


class BackupTooNew(VaultTooNew):
    """Made by a newer version of the program."""

    def __init__(self) -> None:
        super(VaultTooNew, self).__init__(
            "This backup was made by a newer HealthMate. Nothing was changed. "
            "Install the newer version to open it."
        )


def not_whole() -> VaultDamaged:
    return VaultDamaged(
        "This file is not a whole backup of HealthMate: it was cut short, changed, or is something else. "
        "Nothing was changed. Try another backup."
    )


def contents_differ() -> VaultDamaged:
    """Decrypted well, but not what the list in it says: a bug, or made by someone without the vault's keys."""
    return VaultDamaged(
        "What is in this backup does not fit together, so it can't be relied on. Nothing was changed. "
        "Try another backup."
    )


def of_another_vault() -> VaultError:
    return VaultError(
        "This backup belongs to another vault. Nothing was changed. Choose a backup of this vault."
    )


def of_older_keys() -> VaultError:
    return VaultError(
        "This backup was made before the keys of this vault were renewed, so that it can't be checked from here. "
        "It still opens with the passphrase or the recovery key of that time. Check a newer backup."
    )


def under_way() -> VaultError:
    return VaultError(
        "Another backup is being made or checked. Your records are safe. Wait until that has ended."
    )


def renewal_under_way() -> VaultError:
    return VaultError(
        "The keys of this vault are being renewed. Your records and older backups are safe. "
        "Back up when that has ended."
    )


def folder_missing() -> VaultError:
    return VaultError(
        "The folder for backups is not there. Your records are safe. Plug in the disk it is on, or choose another "
        "folder."
    )


def file_missing() -> InvalidInput:
    return InvalidInput(
        "There is no such backup. Check the name, or choose a file that ends in .hmb."
    )


def cannot_read() -> VaultError:
    return VaultError(
        "The disk does not give this backup back. Nothing was changed. Try again, or try another backup."
    )


def cannot_write() -> VaultError:
    return VaultError(
        "The backup could not be written in that place. Your records are safe. Check that you may write there and "
        "that the disk takes large files, or choose another folder."
    )


def inside_vault() -> InvalidInput:
    return InvalidInput(
        "Backups can't lie inside the vault they are of. Choose a folder on another disk."
    )


def keeps_changing() -> VaultError:
    return VaultError(
        "Documents were changed faster than they could be copied. Your records are safe. "
        "Make the backup again when nothing is being added."
    )
