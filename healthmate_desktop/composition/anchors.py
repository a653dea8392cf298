"""The places where the end of the log is noted, so that an older vault put back is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthmate_desktop.domain.keys import Anchor
    from healthmate_desktop.security.anchor_file import AnchorFile
    from healthmate_desktop.security.key_file import KeyFile
    from healthmate_desktop.storage.vault import Vault


class VaultAnchors:
    """In the key file, and in a file outside the data folder. Structurally a services.ports.Anchors."""

    def __init__(self, vault: Vault, key_file: KeyFile, file: AnchorFile) -> None:
        self._vault = vault
        self._key_file = key_file
        self._file = file
        self.older = not all(vault.holds(anchor) for anchor in self.known())

    def known(self) -> list[Anchor]:
        return [anchor for anchor in (self._key_file.anchor, self._file.load()) if anchor]

    def renew(self) -> None:
        """Note the present end of the log in both places. Raises DiskFull or VaultError."""
        head = self._vault.head()
        self._key_file.save_anchor(head)
        self._file.save(head)
        self.older = False
