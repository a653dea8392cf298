"""What all record rows share: stamps when they are made or changed, and the deleted ones left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa

    from healthmate_desktop.storage.context import Context


def new_stamps(context: Context) -> dict[str, Any]:
    now = context.now()
    author = context.session.user_id
    return {"created_at": now, "updated_at": now, "author": author, "revision": 1}


def change_stamps(context: Context, table: sa.Table) -> dict[str, Any]:
    return {
        "updated_at": context.now(),
        "author": context.session.user_id,
        "revision": table.c.revision + 1,
    }


def live(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.deleted_at.is_(None)
