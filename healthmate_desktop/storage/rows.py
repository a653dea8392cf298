"""What all record rows share: stamps when they are made or changed, and the deleted ones left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa

AUTHOR = "owner"  # the one user a vault has


def new_stamps() -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"created_at": now, "updated_at": now, "author": AUTHOR, "revision": 1}


def change_stamps(table: sa.Table) -> dict[str, Any]:
    return {
        "updated_at": datetime.now(UTC),
        "author": AUTHOR,
        "revision": table.c.revision + 1,
    }


def live(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.deleted_at.is_(None)
