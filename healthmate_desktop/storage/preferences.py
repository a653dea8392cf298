"""What a vault is set to: named texts, the same for all its users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from healthmate_desktop.storage.tables import PREFERENCE

if TYPE_CHECKING:
    from healthmate_desktop.storage.context import Context


class Preferences:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def get(self, key: str, default: str = "") -> str:
        query = sa.select(PREFERENCE.c.value).where(PREFERENCE.c.key == key)
        value = self._connection.execute(query).scalar()
        return default if value is None else str(value)

    def set(self, key: str, value: str) -> None:
        """Saying again what is so is no event."""
        query = sa.select(PREFERENCE.c.value).where(PREFERENCE.c.key == key)
        if self._connection.execute(query).scalar() == value:
            return
        self._connection.execute(sa.delete(PREFERENCE).where(PREFERENCE.c.key == key))
        values = {
            "key": key,
            "value": value,
            "updated_at": self._context.now(),
            "author": self._context.session.user_id,
        }
        self._connection.execute(sa.insert(PREFERENCE).values(values))
        self._context.audit.touch("preference", key, "set")
