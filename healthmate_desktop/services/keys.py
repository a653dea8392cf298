"""Passphrase, recovery key, and the renewal of all keys."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.errors import NotAllowed, VaultError

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.key_ports import KeySlots, Renewal

UNSEEN_KEY = (
    "The renewal of all keys was cut off, and it made a new recovery key. Your records are safe and open as before. "
    "Renew all keys once more, to be shown the new recovery key."
)


@dataclass(frozen=True, slots=True)
class RenewalReport:
    """`recovery_key` is set where the old one could not be kept; it is to be shown once."""

    documents: int
    recovery_key: str | None


class KeyService:
    """Everything here is confirmed with the passphrase. Each call takes about a second for each passphrase."""

    def __init__(
        self, access: Access, slots: KeySlots, renewal: Renewal, *, by_recovery_key: bool
    ) -> None:
        self._access = access
        self._slots = slots
        self._renewal = renewal
        self._by_recovery_key = by_recovery_key

    def confirm(self, passphrase: str) -> None:
        """Raises WrongPassphrase."""
        self._slots.confirm(passphrase)

    def change_passphrase(self, old: str, new: str) -> None:
        """Of who is signed in. Raises WrongPassphrase, or InvalidInput for a weak one."""
        self._slots.confirm(old)
        self._change(new)

    def set_passphrase(self, new: str) -> None:
        """After the recovery key opened the vault. Raises NotAllowed otherwise, or InvalidInput for a weak one."""
        if not self._by_recovery_key:
            raise NotAllowed("Type your present passphrase to change it.")
        self._change(new)
        self._by_recovery_key = False

    def new_recovery_key(self, passphrase: str) -> str:
        """The old one opens nothing from now on. To be shown once. Raises NotAllowed or WrongPassphrase."""
        self._access.session.require(Action.KEYS)
        self._slots.confirm(passphrase)
        key = self._slots.new_recovery_key()
        self._log("recovery_key.renewed")
        return key

    def renew(self, passphrase: str) -> Generator[tuple[int, int], None, RenewalReport]:
        """New keys for the database and every original: yield (documents done, documents in all).

        What was begun is finished, also after a power cut: closing the generator only puts it off.
        Raises NotAllowed, WrongPassphrase, DiskFull or VaultError.
        """
        self._access.session.require(Action.KEYS)
        self._slots.confirm(passphrase)
        recovery_key = self._renewal.begin()
        return (yield from self._go_on(recovery_key))

    def resume_renewal(self) -> Generator[tuple[int, int], None, RenewalReport]:
        """Finish what was begun before the last lock; nothing where nothing was begun.

        Raises VaultError where it made a recovery key that nobody may have seen: then `renew` goes on and tells it.
        """
        if self._renewal.under_way and self._renewal.begin() is not None:
            if self._access.session.may(Action.KEYS):
                raise VaultError(UNSEEN_KEY)
            return RenewalReport(0, None)
        return (yield from self._go_on(None))

    def _go_on(self, recovery_key: str | None) -> Generator[tuple[int, int], None, RenewalReport]:
        documents = 0
        if self._renewal.under_way:
            documents = yield from self._renewal.steps()
            self._log("keys.renewed", documents=documents)
        return RenewalReport(documents, recovery_key)

    def _change(self, new: str) -> None:
        user_id = self._access.session.user_id
        self._slots.change_passphrase(user_id, new)
        self._log("passphrase.changed", user=user_id)

    def _log(self, action: str, **details: str | int) -> None:
        """What was done is done, and a new recovery key must be shown, also when the disk takes no more words."""
        with contextlib.suppress(VaultError):
            self._access.log(action, details=details)
