"""Files as they came, sealed in the age format: the standard `age` tool and the vault's identity open them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.errors import VaultDamaged
from healthmate_desktop.security.age import open_with, recipient_of, seal_to
from healthmate_desktop.security.streams import seal_stream, unseal_stream

if TYPE_CHECKING:
    from healthmate_desktop.domain.keys import VaultKeys
    from healthmate_desktop.security.streams import Source, Target


class Sealer:
    """Seals to a vault's newest identity, and opens what was sealed to it or, during a renewal, to the older one."""

    def __init__(self, keys: VaultKeys) -> None:
        self.epoch = keys.epoch
        self._identities = {keys.epoch: keys.document_identity}
        if keys.renewing is not None:
            self._identities[keys.renewing.epoch] = keys.renewing.document_identity

    def seal(self, content: bytes) -> bytes:
        """For `self.epoch`."""
        return seal(content, self._identities[self.epoch])

    def unseal(self, sealed: bytes, epoch: int) -> bytes:
        """Raises VaultDamaged, also for an epoch whose keys are gone."""
        identity = self._identities.get(epoch)
        if identity is None:
            raise _damaged()
        return unseal(sealed, identity)

    def seal_stream(self, source: Source, target: Target) -> None:
        """For `self.epoch`, piece by piece. What the source or the target raises travels up."""
        seal_stream(source, target, self._identities[self.epoch])

    def unseal_stream(self, source: Source, target: Target, epoch: int) -> None:
        """As `unseal`; the target may have got a beginning when this fails."""
        identity = self._identities.get(epoch)
        if identity is None:
            raise _damaged()
        try:
            unseal_stream(source, target, identity)
        except VaultDamaged as error:  # it speaks of a backup
            raise _damaged() from error


def seal(content: bytes, identity: str) -> bytes:
    """Encrypt to the age identity (AGE-SECRET-KEY-1...)."""
    return seal_to([recipient_of(identity)], content)


def unseal(sealed: bytes, identity: str) -> bytes:
    """The bytes that were sealed, whole or not at all. Raises VaultDamaged."""
    content = open_with(identity, sealed)
    if content is None:
        raise _damaged()
    return content


def _damaged() -> VaultDamaged:
    return VaultDamaged(
        "This original is damaged or belongs to another vault. What was read from it is still here. "
        "Restore a backup to get the file back."
    )
