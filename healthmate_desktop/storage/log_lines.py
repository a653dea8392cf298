"""Event codes of an open vault: a ring of at most 5 MB inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from healthmate_desktop.storage.tables import LOG_LINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.storage.vault import Vault

LARGEST = 5 * 1024 * 1024  # bytes of all lines
LONGEST_LINE = 4096  # letters


def add_log_lines(vault: Vault, lines: Sequence[str]) -> None:
    """The oldest give way. Raises VaultError."""
    rows = [{"line": line[:LONGEST_LINE]} for line in lines]
    if not rows:
        return
    with vault.connection(writing=True) as connection:
        connection.execute(sa.insert(LOG_LINE), rows)
        _forget_oldest(connection)


def recent_log_lines(vault: Vault, most: int) -> list[str]:
    """Oldest first. Raises VaultError."""
    query = sa.select(LOG_LINE.c.line).order_by(LOG_LINE.c.number.desc()).limit(most)
    with vault.connection(writing=False) as connection:
        return [row.line for row in connection.execute(query)][::-1]


def _forget_oldest(connection: sa.Connection) -> None:
    """A quarter at a time, so that it is seldom needed."""
    size = sa.select(sa.func.coalesce(sa.func.sum(sa.func.octet_length(LOG_LINE.c.line)), 0))
    count = sa.select(sa.func.count()).select_from(LOG_LINE)
    while connection.execute(size).scalar_one() > LARGEST:
        quarter = connection.execute(count).scalar_one() // 4 + 1
        oldest = sa.select(LOG_LINE.c.number).order_by(LOG_LINE.c.number).limit(quarter)
        connection.execute(sa.delete(LOG_LINE).where(LOG_LINE.c.number.in_(oldest)))
