"""The store's part of a renewal of keys: the database, then each original. Can be cut off and gone on with anywhere."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from healthmate_desktop.errors import VaultDamaged
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.files import sync_folder
from healthmate_desktop.storage.folder import DATABASE
from healthmate_desktop.storage.originals import FOLDER, file_name
from healthmate_desktop.storage.recovering import QUARANTINE, set_aside

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.keys import VaultKeys
    from healthmate_desktop.storage.originals import Original, Originals
    from healthmate_desktop.storage.vault import Vault


def renew(
    vault: Vault, originals: Originals, keys: VaultKeys
) -> Generator[tuple[int, int], None, int]:
    """Put everything under `keys`, the new ones: yield (originals done, in all); return how many there are.

    `originals` must seal under them already. One that can't be opened any more goes to `quarantine/`: no key would
    bring it back, and its row stays, so that it is known to be damaged. When this has returned, nothing that can be
    opened is under the older keys. Nothing is done where none are renewed. Raises DiskFull or VaultError.
    """
    if keys.renewing is None:
        return 0
    vault.rekey(keys.database_key)
    with disk_translated():
        for copy in vault.folder.glob(f"{DATABASE}.before-*"):  # under the older key
            copy.unlink()
    waiting = originals.all()
    for done, original in enumerate(waiting):
        yield done, len(waiting)
        if original.epoch < keys.epoch:
            _reseal(vault, originals, original)
    _remove_replaced(vault, originals, keys)
    _reseal_set_aside(vault, originals, keys.renewing.epoch)
    yield len(waiting), len(waiting)
    return len(waiting)


def _reseal(vault: Vault, originals: Originals, original: Original) -> None:
    try:
        originals.reseal(original)
    except VaultDamaged:
        with contextlib.suppress(FileNotFoundError), disk_translated():
            set_aside(originals.path(original), vault.folder)


def _remove_replaced(vault: Vault, originals: Originals, keys: VaultKeys) -> None:
    """What was cut off between the row of a new file and the end of the old one."""
    folder = vault.folder / FOLDER
    if not folder.is_dir():
        return
    with disk_translated():
        found = {path.name for path in folder.iterdir()}
        for original in originals.all():
            if original.epoch == keys.epoch and original.name in found:
                older = {file_name(original.document_id, n) for n in range(1, keys.epoch)}
                for name in older & found:
                    (folder / name).unlink()
        sync_folder(folder)


def _reseal_set_aside(vault: Vault, originals: Originals, older: int) -> None:
    """A whole file of an import that a power cut ended; of others nobody knows what they are, and they stay."""
    folder = vault.folder / QUARANTINE
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            originals.reseal_file(path, older)
