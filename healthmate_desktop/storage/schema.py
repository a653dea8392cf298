"""Brings the tables to the newest revision, with a copy of the database kept before any change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.errors import VaultTooNew
from healthmate_desktop.storage.engine import WRITING, open_keyed
from healthmate_desktop.storage.errors import damaged
from healthmate_desktop.storage.files import make_private_file, put_in_place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import sqlalchemy as sa
    from alembic.config import Config

SCRIPTS = (
    "healthmate_desktop.storage:migrations"  # found through the package, so in a frozen build too
)


def create_tables(engine: sa.Engine, begin: Callable[[sa.Connection], None]) -> None:
    """`begin` makes the first rows, in the same transaction."""
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        _upgrade(connection)
        begin(connection)


def bring_up_to_date(
    engine: sa.Engine, path: Path, key: bytes, begin: Callable[[sa.Connection], None]
) -> None:
    """One transaction: the old tables or the new ones. Raises VaultTooNew, or VaultDamaged without any tables."""
    newest, known = _revisions()
    with engine.connect() as connection:
        current = _current(connection)
    if current is None:
        raise damaged()
    if current not in known:
        raise VaultTooNew
    if current == newest:
        for copy in path.parent.glob(
            f"{path.name}.before-*"
        ):  # this opening shows it is not needed
            copy.unlink()
        return
    copy_database(path, key, path.with_name(f"{path.name}.before-{newest}"))
    create_tables(engine, begin)


def copy_database(path: Path, key: bytes, target: Path) -> None:
    """An encrypted copy under the same key, taken while others read and write; durable when it returns."""
    draft = target.with_name(target.name + ".new")
    make_private_file(draft)
    source = open_keyed(path, key)
    try:
        copy = open_keyed(draft, key)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()  # so that it is one file
        finally:
            copy.close()
    finally:
        source.close()
    put_in_place(draft, target)


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _current(connection: sa.Connection) -> str | None:
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _revisions() -> tuple[str | None, set[str]]:
    """The newest and all known ones."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return scripts.get_current_head(), {script.revision for script in scripts.walk_revisions()}


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    return config
