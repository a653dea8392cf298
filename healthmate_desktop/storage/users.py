"""Rows of those who can sign in, and of those who could."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from healthmate_desktop.domain.sessions import User
from healthmate_desktop.errors import InvalidInput, NotFound
from healthmate_desktop.storage.rows import change_stamps, live, new_stamps
from healthmate_desktop.storage.tables import USER

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import UserId
    from healthmate_desktop.storage.context import Context


class Users:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._connection = context.connection

    def add(self, user: User) -> None:
        """Raises InvalidInput for a name that someone signs in with."""
        self._check_name(user)
        values = _values(user) | {"id": user.id} | new_stamps(self._context)
        self._connection.execute(sa.insert(USER).values(values))
        self._context.audit.touch("user", user.id, "added")

    def update(self, user: User) -> None:
        """Raises NotFound, or InvalidInput for a name that someone else signs in with."""
        self._check_name(user)
        change = (
            sa.update(USER)
            .where(USER.c.id == user.id, live(USER))
            .values(_values(user) | change_stamps(self._context, USER))
        )
        if self._connection.execute(change).rowcount == 0:
            raise _not_found()
        self._context.audit.touch("user", user.id, "changed" if user.active else "removed")

    def get(self, user_id: UserId) -> User:
        """Raises NotFound."""
        query = sa.select(USER).where(USER.c.id == user_id, live(USER))
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise _not_found()
        return _user(row)

    def all(self) -> list[User]:
        """In the order they were added, with those who were removed."""
        query = sa.select(USER).where(live(USER)).order_by(USER.c.created_at, USER.c.id)
        return [_user(row) for row in self._connection.execute(query)]

    def _check_name(self, user: User) -> None:
        """As the key file compares them; SQLite would compare A to Z only."""
        taken = {_plain(other.name) for other in self.all() if other.active and other.id != user.id}
        if user.active and _plain(user.name) in taken:
            raise InvalidInput("Someone signs in with that name already. Choose another one.")


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded)


def _not_found() -> NotFound:
    return NotFound("That user is not in this vault. Choose another one.")


def _values(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "sees": user.sees,
        "active": int(user.active),
    }


def _user(row: sa.Row[Any]) -> User:
    return User(row.id, row.name, row.role, row.sees, active=bool(row.active))
