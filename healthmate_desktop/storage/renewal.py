"""The store's part of a renewal of keys: the database, then each original. Can be cut off and gone on with anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.errors import VaultDamaged
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.folder import DATABASE

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.keys import VaultKeys
    from healthmate_desktop.storage.originals import Originals
    from healthmate_desktop.storage.vault import Vault


def renew(
    vault: Vault, originals: Originals, keys: VaultKeys
) -> Generator[tuple[int, int], None, int]:
    """Put everything under `keys`, the new ones: yield (originals done, in all); return how many there are.

    An original that can't be opened any more stays as it is: no key would bring it back. When this has returned,
    nothing that can be opened is under the older keys. Raises DiskFull or VaultError.
    """
    vault.rekey(keys.database_key)
    with disk_translated():
        for copy in vault.folder.glob(f"{DATABASE}.before-*"):  # under the older key
            copy.unlink()
    waiting = originals.all()
    for done, original in enumerate(waiting):
        yield done, len(waiting)
        if original.epoch == keys.epoch:
            continue
        try:
            originals.reseal(original)
        except VaultDamaged:
            continue  # `vault check` names it
    yield len(waiting), len(waiting)
    return len(waiting)
