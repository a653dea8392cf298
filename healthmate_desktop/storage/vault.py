"""An open vault: transactions over the encrypted database, one process at a time."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from healthmate_desktop.errors import (
    VaultBusy,
    VaultDamaged,
    VaultError,
    VaultExists,
    VaultPlaintext,
)
from healthmate_desktop.storage import schema
from healthmate_desktop.storage.chats import Chats
from healthmate_desktop.storage.documents import Documents
from healthmate_desktop.storage.engine import WRITING, make_engine, open_keyed
from healthmate_desktop.storage.errors import damaged, disk_translated, translated
from healthmate_desktop.storage.files import make_private_file, put_in_place
from healthmate_desktop.storage.passages import Passages
from healthmate_desktop.storage.patients import Patients
from healthmate_desktop.storage.vectors import VectorCache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import sqlalchemy as sa

    from healthmate_desktop.domain.keys import VaultKeys

DATABASE, LOCK = "vault.db", "vault.lock"
_PLAIN = b"SQLite format 3\0"  # how an unencrypted database begins


@dataclass(frozen=True, slots=True)
class Transaction:
    """The records as they are inside one `read` or `write` block. Not to be used after it."""

    patients: Patients
    documents: Documents
    passages: Passages
    chats: Chats


class Vault:
    """Made by `create` or `open`. Usable from any thread; writers take turns."""

    def __init__(self, folder: Path, key: bytes, engine: sa.Engine, lock: FileLock) -> None:
        self.folder = folder
        self._key = key
        self._engine = engine
        self._lock = lock
        self._writing = threading.RLock()
        self._vectors = VectorCache()
        self._closed = False

    @classmethod
    def create(cls, folder: Path, keys: VaultKeys) -> Vault:
        """Make an empty database, whole or not at all. Raises VaultExists, VaultBusy, DiskFull or VaultError."""
        path, draft = folder / DATABASE, folder / f"{DATABASE}.new"
        with disk_translated():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = _take_lock(folder)
        with contextlib.ExitStack() as undo:
            undo.callback(lock.release)
            if os.path.lexists(path):
                raise VaultExists
            with disk_translated(), translated():
                for left in folder.glob(f"{draft.name}*"):  # of an earlier try
                    left.unlink()
                make_private_file(draft)
                engine = make_engine(draft, keys.database_key)
                undo.callback(engine.dispose)
                schema.create_tables(engine)
                engine.dispose()  # the last connection puts everything into the one file
                put_in_place(draft, path)
            undo.pop_all()
        return cls(folder, keys.database_key, make_engine(path, keys.database_key), lock)

    @classmethod
    def open(cls, folder: Path, keys: VaultKeys) -> Vault:
        """Raises VaultBusy, VaultPlaintext, VaultTooNew, DiskFull, or VaultDamaged; changes nothing then."""
        path = folder / DATABASE
        _check_file(path)
        with disk_translated():
            lock = _take_lock(folder)
        with contextlib.ExitStack() as undo:
            undo.callback(lock.release)
            engine = make_engine(path, keys.database_key)
            undo.callback(engine.dispose)
            with disk_translated(), translated():
                schema.bring_up_to_date(engine, path, keys.database_key)
            undo.pop_all()
        return cls(folder, keys.database_key, engine, lock)

    @contextlib.contextmanager
    def read(self) -> Iterator[Transaction]:
        """The records at one moment; writing in it fails. Raises VaultError."""
        generation = self._vectors.generation
        with self.connection(writing=False) as connection:
            yield Transaction(
                Patients(connection),
                Documents(connection),
                Passages(
                    connection,
                    lambda patient, load: self._vectors.matrix(patient, generation, load),
                ),
                Chats(connection),
            )

    @contextlib.contextmanager
    def write(self) -> Iterator[Transaction]:
        """Leaving the block saves, durably; an exception in it undoes all of it. Raises VaultError."""
        with self.connection(writing=True) as connection:
            yield Transaction(
                Patients(connection),
                Documents(connection),
                Passages(connection, lambda _, load: load()),  # sees what this block wrote
                Chats(connection),
            )
        self._vectors.forget()

    @contextlib.contextmanager
    def connection(self, *, writing: bool) -> Iterator[sa.Connection]:
        """One transaction on a bare connection, for this package."""
        with contextlib.ExitStack() as stack:
            if writing:
                stack.enter_context(self._writing)
            if self._closed:
                raise VaultError("These records are locked. Unlock them, then try again.")
            stack.enter_context(translated())
            connection = stack.enter_context(self._engine.connect())
            connection.execution_options(**{WRITING: writing})
            with connection.begin():
                yield connection

    def check(self) -> list[str]:
        """What is wrong with the database, in words; empty = nothing. Reads every page of it. Raises VaultError."""
        with translated():
            raw = open_keyed(self.folder / DATABASE, self._key)
            try:
                pages = raw.execute("PRAGMA cipher_integrity_check").fetchall()
                rows = raw.execute("PRAGMA integrity_check(100)").fetchall()
            finally:
                raw.close()
        return [str(row[0]) for row in (*pages, *rows) if row[0] != "ok"]

    def close(self) -> None:
        """Wait for the writer, put everything into the one file, let other processes in. Safe to call twice."""
        with self._writing:
            if self._closed:
                return
            self._closed = True
            try:
                with translated():
                    self._checkpoint()
            finally:
                self._vectors.forget()
                self._engine.dispose()
                self._lock.release()

    def _checkpoint(self) -> None:
        raw = self._engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA query_only=OFF")
            cursor.execute("PRAGMA busy_timeout=1000")  # a reader left over may keep its -wal
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
            cursor.close()
        finally:
            raw.close()


def _take_lock(folder: Path) -> FileLock:
    """Raises VaultBusy."""
    lock = FileLock(folder / LOCK, timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise VaultBusy from error
    return lock


def _check_file(path: Path) -> None:
    """Look before SQLite does: it would take an empty file for an empty database."""
    try:
        with disk_translated(), path.open("rb") as file:
            beginning = file.read(len(_PLAIN))
    except FileNotFoundError:
        beginning = b""
    if not beginning:
        raise VaultDamaged(
            "The database of this vault is missing. Nothing was changed. Restore a backup; if nothing was ever "
            "saved here, make a new vault in another folder."
        )
    if beginning == _PLAIN:
        raise VaultPlaintext
    if len(beginning) < len(_PLAIN):
        raise damaged()
