"""The one place that opens the database: keyed, hardened, and shut for everything that could copy it out."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

from healthmate_desktop.errors import VaultError
from healthmate_desktop.storage.errors import DiskFailed
from healthmate_desktop.storage.free_space import check_room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLDEST_SQLITE = (
    3,
    51,
    3,
)  # before it two connections could corrupt a database by resetting its WAL
OLDEST_SQLCIPHER = (4, 18)

WRITING = "healthmate_writing"  # execution option of a connection that may change records

_KEPT_OPEN, _MOST_OPEN = 4, 8  # connections of one vault
_LONGEST_WAIT = 30  # seconds for one of them
_WAL_PAGES = 1000  # that wait to be put into the database before a write does it first

_EMPTY_WAL = "wal_checkpoint(TRUNCATE)"
_DURABLE = ("temp_store=MEMORY", "synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON")
_PRAGMAS = (
    *_DURABLE,
    "journal_mode=WAL",
    "wal_autocheckpoint=0",  # it hides what the disk says; see _begin
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "mmap_size=0",
    "cache_size=-65536",  # 64 MB at most: a page found here need not be decrypted again
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


def make_engine(path: Path, key: bytes | bytearray) -> sa.Engine:
    """Connections open at first use, and only a file that is there. `key` is SQLCipher's raw key of 32 bytes.

    It is read at each opening, so that `rekey` can change it. It never enters a URL, so no repr and no log line
    can show it.
    """
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: connect(path, key),
        module=sqlcipher,
        poolclass=QueuePool,  # SQLAlchemy's choice for sqlite:// crashed the interpreter under threads
        pool_size=_KEPT_OPEN,
        max_overflow=_MOST_OPEN - _KEPT_OPEN,
        pool_timeout=_LONGEST_WAIT,
        pool_use_lifo=True,  # the one used last has the most pages at hand
        hide_parameters=True,
    )
    sa.event.listen(engine, "begin", _begin)
    return engine


def connect(path: Path, key: bytes | bytearray) -> Any:
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


def open_keyed(path: Path, key: bytes | bytearray) -> Any:
    """A bare connection with the key set and nothing read yet; for copies, which the authorizer would refuse."""
    raw = sqlcipher.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        check_same_thread=False,
        timeout=10,
        isolation_level=None,  # BEGIN is ours, see _begin
    )
    try:
        _check_library(raw)
        raw.execute("PRAGMA cipher_log_level=NONE").fetchall()  # it logs to stderr otherwise
        raw.execute(f"PRAGMA key={_literal(key)}").fetchall()
    except BaseException:
        raw.close()
        raise
    return raw


def _check_library(raw: Any) -> None:
    """Refuse a library that is too old, or plain SQLite, which takes a key and writes in clear."""
    (cipher,) = raw.execute("PRAGMA cipher_version").fetchone() or ("",)
    version = tuple(int(number) for number in re.findall(r"\d+", cipher)[:3])
    if version < OLDEST_SQLCIPHER or sqlcipher.sqlite_version_info < OLDEST_SQLITE:
        raise VaultError(
            f"The encryption library on this computer is too old or missing (SQLCipher {cipher or 'none'}, SQLite "
            f"{sqlcipher.sqlite_version}), so nothing was opened. Install HealthMate again."
        )


def rekey(engine: sa.Engine, path: Path, key: bytearray, new: bytes) -> None:
    """Put the whole database under another key, in one transaction; `key` is what the engine was made with.

    Not for use inside a transaction of this thread. Others that read are waited for, and who comes meanwhile waits.
    Raises sqlcipher3's errors, DiskFull or VaultError, or SQLAlchemy's TimeoutError for a reader that stays. `key` is
    then the one that the database is under: also the new one, where the disk failed at what comes after.
    """
    with _alone(engine):
        try:
            with contextlib.closing(open_keyed(path, key)) as raw:
                for pragma in (*_DURABLE, "locking_mode=EXCLUSIVE", _EMPTY_WAL):
                    raw.execute(f"PRAGMA {pragma}").fetchall()
                if key != new:  # else it was done before, and maybe cut off at what comes after
                    _put_under(raw, path, new)
        finally:
            if _opens(path, new):
                key[:] = new


def _put_under(raw: Any, path: Path, new: bytes) -> None:
    """SQLCipher says "ok" also when the disk failed it; it is then left in a transaction, as the next step tells."""
    raw.execute(f"PRAGMA rekey={_literal(new)}").fetchall()
    try:
        raw.execute(f"PRAGMA {_EMPTY_WAL}").fetchall()  # no page of the old key stays
    except sqlcipher.OperationalError as error:
        if error.sqlite_errorcode == sqlcipher.SQLITE_LOCKED:
            check_room(path.parent)  # what filled the disk is still there
            raise DiskFailed from error
        raise


def _opens(path: Path, key: bytes) -> bool:
    try:
        with contextlib.closing(open_keyed(path, key)) as raw:
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher.Error:
        return False
    return True


@contextlib.contextmanager
def _alone(engine: sa.Engine) -> Iterator[None]:
    """Take all connections there may be and close them; they open anew, with the key of that time, afterwards."""
    with contextlib.ExitStack() as stack:
        for _ in range(_MOST_OPEN):
            taken = engine.raw_connection()
            stack.callback(taken.invalidate)
            taken.driver_connection.close()  # type: ignore[union-attr]  # it was just opened
        yield


def _literal(key: bytes | bytearray) -> str:
    text = key.hex()
    if not re.fullmatch("[0-9a-f]{64}", text):
        # SQLCipher takes any other length as a passphrase
        raise ValueError("a raw key has 32 bytes")
    return f"\"x'{text}'\""


def _begin(connection: sa.Connection) -> None:
    writing = bool(connection.get_execution_options().get(WRITING))
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
    if writing:
        _checkpoint(connection)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _checkpoint(connection: sa.Connection) -> None:
    """Put what was committed into the database from time to time; a disk that fails stops this write before it begins.

    SQLite's own checkpoints say nothing of a failure and try again, which a failed fsync must not be met with.
    """
    _, written, done = connection.exec_driver_sql("PRAGMA wal_checkpoint(NOOP)").one()
    if written - done >= _WAL_PAGES:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    denied = (
        action in {sqlcipher.SQLITE_ATTACH, sqlcipher.SQLITE_DETACH}
        or (action == sqlcipher.SQLITE_PRAGMA and (first or "").lower() not in _ALLOWED_PRAGMAS)
        or (action == _FUNCTION and (second or "").lower() in _DENIED_FUNCTIONS)
    )
    return int(sqlcipher.SQLITE_DENY if denied else sqlcipher.SQLITE_OK)
