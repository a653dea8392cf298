"""Files as they came, sealed in the age format: the standard `age` tool and the vault's identity open them."""

from __future__ import annotations

from typing import Any

from healthmate_desktop.errors import VaultDamaged


def seal(content: bytes, identity: str) -> bytes:
    """Encrypt to the age identity (AGE-SECRET-KEY-1...)."""
    import pyrage

    return bytes(pyrage.encrypt(content, [_identity(identity).to_public()]))


def unseal(sealed: bytes, identity: str) -> bytes:
    """The bytes that were sealed, whole or not at all. Raises VaultDamaged."""
    import pyrage

    try:
        return bytes(pyrage.decrypt(sealed, [_identity(identity)]))
    except pyrage.DecryptError as error:
        raise VaultDamaged(
            "This original is damaged or belongs to another vault. What was read from it is still here. "
            "Restore a backup to get the file back."
        ) from error


def _identity(text: str) -> Any:
    import pyrage

    return pyrage.x25519.Identity.from_str(text)
