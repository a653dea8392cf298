"""Alembic's entry: runs on the connection, and inside the transaction, that storage/schema.py hands over."""

from __future__ import annotations

from alembic import context

from healthmate_desktop.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
