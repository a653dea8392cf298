"""When this vault locks by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.sessions import Action, LockPolicy
from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Vault

IDLE, SESSION = "lock.idle_minutes", "lock.session_hours"


class PolicyService:
    """Everyone is held to it; who may change settings may change it."""

    def __init__(self, vault: Vault, access: Access) -> None:
        self._vault = vault
        self._access = access

    def get(self) -> LockPolicy:
        usual = LockPolicy()
        with self._vault.read() as tx:
            idle = tx.preferences.get(IDLE, str(usual.idle_minutes))
            hours = tx.preferences.get(SESSION, str(usual.session_hours))
        try:
            return LockPolicy(int(idle), int(hours))
        except (ValueError, InvalidInput):  # of a later version
            return usual

    def set(self, policy: LockPolicy) -> None:
        """Raises NotAllowed."""
        with self._access.write(Action.SETTINGS) as tx:
            tx.preferences.set(IDLE, str(policy.idle_minutes))
            tx.preferences.set(SESSION, str(policy.session_hours))
