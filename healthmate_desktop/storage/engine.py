"""The one place that opens the database: keyed, hardened, and shut for everything that could copy it out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

if TYPE_CHECKING:
    from pathlib import Path

WRITING = "healthmate_writing"  # execution option of a connection that may change records

_PRAGMAS = (
    "temp_store=MEMORY",
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",
    "checkpoint_fullfsync=ON",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "mmap_size=0",
    "busy_timeout=10000",
)
_ALLOWED_PRAGMAS = {
    # what SQLAlchemy, Alembic and this package ask; each can only tell, but query_only, wal_checkpoint and
    # busy_timeout, which cannot let anything out
    "read_uncommitted",
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
    "foreign_key_check",
    "data_version",  # FTS5
    "integrity_check",
    "quick_check",  # ALTER TABLE runs it
    "query_only",
    "wal_checkpoint",
    "busy_timeout",
}
_DENIED_FUNCTIONS = {"load_extension", "sqlcipher_export", "fts3_tokenizer"}
_FUNCTION = 31  # SQLITE_FUNCTION as an authorizer action; the module does not name it


def make_engine(path: Path, key: bytes) -> sa.Engine:
    """Connections open at first use, and only a file that is there. `key` is SQLCipher's raw key of 32 bytes.

    The key never enters a URL, so no repr and no log line can show it.
    """
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: connect(path, key),
        module=sqlcipher,
        poolclass=QueuePool,  # SQLAlchemy's choice for sqlite:// crashed the interpreter under threads
        pool_size=4,
        max_overflow=4,
        pool_timeout=30,
        hide_parameters=True,
    )
    sa.event.listen(engine, "begin", _begin)
    return engine


def connect(path: Path, key: bytes) -> Any:
    """A connection that can read and write records and nothing else. Raises sqlcipher3's errors."""
    raw = open_keyed(path, key)
    try:
        for pragma in _PRAGMAS:
            raw.execute(f"PRAGMA {pragma}").fetchall()
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()  # a wrong key shows here
    except BaseException:
        raw.close()
        raise
    raw.set_authorizer(_authorize)
    return raw


def open_keyed(path: Path, key: bytes) -> Any:
    """A bare connection with the key set and nothing read yet; for copies, which the authorizer would refuse."""
    text = key.hex()
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError(
            "a raw key has 32 bytes"
        )  # SQLCipher takes any other length as a passphrase
    raw = sqlcipher.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        check_same_thread=False,
        timeout=10,
        isolation_level=None,  # BEGIN is ours, see _begin
    )
    raw.execute("PRAGMA cipher_log_level=NONE").fetchall()  # it logs to stderr otherwise
    raw.execute(f"PRAGMA key=\"x'{text}'\"").fetchall()
    return raw


def _begin(connection: sa.Connection) -> None:
    writing = bool(connection.get_execution_options().get(WRITING))
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    denied = (
        action in {sqlcipher.SQLITE_ATTACH, sqlcipher.SQLITE_DETACH}
        or (action == sqlcipher.SQLITE_PRAGMA and (first or "").lower() not in _ALLOWED_PRAGMAS)
        or (action == _FUNCTION and (second or "").lower() in _DENIED_FUNCTIONS)
    )
    return int(sqlcipher.SQLITE_DENY if denied else sqlcipher.SQLITE_OK)
