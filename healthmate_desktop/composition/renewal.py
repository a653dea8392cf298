"""The renewal of all keys: the key file and the store, step by step. Structurally a services.ports.Renewal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.storage.renewal import renew

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.security.key_file import KeyFile
    from healthmate_desktop.storage.originals import Originals
    from healthmate_desktop.storage.vault import Vault


class KeyRenewal:
    """`begin` is durable in both copies of the key file before anything is under the new keys."""

    def __init__(self, vault: Vault, originals: Originals, key_file: KeyFile) -> None:
        self._vault = vault
        self._originals = originals
        self._key_file = key_file

    @property
    def under_way(self) -> bool:
        return self._key_file.keys.renewing is not None

    def begin(self) -> str | None:
        """A recovery key to be shown once, where the old one could not be kept."""
        return self._key_file.begin_renewal()[1]

    def steps(self) -> Generator[tuple[int, int], None, int]:
        """Yield (originals done, in all); return how many there are. Can be gone on with after any end."""
        total = yield from renew(self._vault, self._originals, self._key_file.keys)
        self._key_file.finish_renewal()
        return total
