"""An open vault: transactions over the encrypted database, one process at a time."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy.exc import TimeoutError as ConnectionTimeout

from healthmate_desktop.domain.sessions import FIRST_USER, User
from healthmate_desktop.errors import VaultBusy, VaultDamaged, VaultError, VaultExists
from healthmate_desktop.storage import schema
from healthmate_desktop.storage.baseline import begin_log
from healthmate_desktop.storage.chain import LogKeys
from healthmate_desktop.storage.context import SYSTEM, Actor, utc_now
from healthmate_desktop.storage.engine import WRITING, make_engine, open_keyed, rekey
from healthmate_desktop.storage.errors import disk_translated, translated
from healthmate_desktop.storage.files import make_private_file, put_in_place
from healthmate_desktop.storage.folder import DATABASE, check_file, take_lock
from healthmate_desktop.storage.free_space import DiskGuard, check_room, told_when_full
from healthmate_desktop.storage.transaction import Transaction, make_transaction
from healthmate_desktop.storage.vectors import VectorCache
from healthmate_desktop.storage.verifying import verify_log

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    import sqlalchemy as sa
    from filelock import FileLock

    from healthmate_desktop.domain.audit import VerifyReport
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.domain.keys import Anchor, VaultKeys
    from healthmate_desktop.domain.sessions import Session
    from healthmate_desktop.storage.vectors import Matrix

    Clock = Callable[[], datetime]

_OWNER = User(FIRST_USER, "owner", "owner")


@dataclass(frozen=True, slots=True)
class _Database:
    engine: sa.Engine
    key: bytearray = field(repr=False)  # the engine's own, so that `rekey` changes both


class Vault:
    """Made by `create` or `open`. Usable from any thread; writers take turns."""

    def __init__(
        self,
        folder: Path,
        database: _Database,
        lock: FileLock,
        log_keys: LogKeys,
        clock: Clock,
    ) -> None:
        self.folder = folder
        self._key = database.key
        self._engine = database.engine
        self._lock = lock
        self._log_keys = log_keys
        self._clock = clock
        self._actor = Actor(SYSTEM)
        self._guard = DiskGuard(folder)
        self._writing = threading.RLock()
        self._vectors = VectorCache()
        self._closed = False

    @classmethod
    def create(
        cls, folder: Path, keys: VaultKeys, *, owner: User = _OWNER, clock: Clock = utc_now
    ) -> Vault:
        """Make an empty database, whole or not at all. Raises VaultExists, VaultBusy, DiskFull or VaultError."""
        path, draft = folder / DATABASE, folder / f"{DATABASE}.new"
        log_keys = LogKeys(keys.vault_id, keys.audit_key)
        with disk_translated():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = take_lock(folder)
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
                schema.create_tables(engine, lambda new: begin_log(new, log_keys, owner, clock))
                engine.dispose()  # the last connection puts everything into the one file
                put_in_place(draft, path)
            undo.pop_all()
        key = bytearray(keys.database_key)
        return cls(folder, _Database(make_engine(path, key), key), lock, log_keys, clock)

    @classmethod
    def open(cls, folder: Path, keys: VaultKeys, *, clock: Clock = utc_now) -> Vault:
        """While keys are being renewed, the new one is tried, then the older.

        Raises VaultBusy, VaultPlaintext, VaultTooNew, DiskFull, or VaultDamaged; changes nothing then.
        """
        check_file(folder / DATABASE)
        log_keys = LogKeys(keys.vault_id, keys.audit_key)
        with disk_translated():
            lock = take_lock(folder)
        with contextlib.ExitStack() as undo, told_when_full(folder):
            undo.callback(lock.release)
            try:
                database = _open_database(folder, keys.database_key, log_keys, clock)
            except VaultDamaged:
                if keys.renewing is None:
                    raise
                older = keys.renewing.database_key
                database = _open_database(folder, older, log_keys, clock)
            undo.pop_all()
        return cls(folder, database, lock, log_keys, clock)

    @property
    def read_only(self) -> bool:
        """Whether a failing or full disk was met, so that nothing is saved until the vault is opened anew."""
        return self._guard.read_only

    def act_as(self, session: Session, signing_seed: bytes | None = None) -> None:
        """Who works from now on: what they see, what the log says, and whose signature it bears."""
        self._actor = Actor(session, signing_seed)
        self._vectors.forget()

    @contextlib.contextmanager
    def read(self) -> Iterator[Transaction]:
        """The records at one moment; writing in it fails, also into the log. Raises VaultError."""
        generation = self._vectors.generation

        def kept(patient_id: PatientId, load: Callable[[], Matrix]) -> Matrix:
            return self._vectors.matrix(patient_id, generation, load)

        with self.connection(writing=False) as connection:
            tx = self._transaction(connection, kept)
            yield tx
            tx.audit.save()  # nothing, or it fails: an event must not be lost without a word

    @contextlib.contextmanager
    def write(self) -> Iterator[Transaction]:
        """Leaving the block saves, durably; an exception in it undoes all of it. Raises VaultError."""
        with self.connection(writing=True) as connection:
            tx = self._transaction(connection, lambda _, load: load())  # sees what was written here
            yield tx
            tx.audit.save()
        self._vectors.forget()

    @contextlib.contextmanager
    def connection(self, *, writing: bool) -> Iterator[sa.Connection]:
        """One transaction on a bare connection, for this package."""
        with contextlib.ExitStack() as stack:
            if writing:
                stack.enter_context(self._writing)
            self._check_open()
            if writing:
                stack.enter_context(self.guarded())
            stack.enter_context(translated())
            connection = stack.enter_context(self._engine.connect())
            connection.execution_options(**{WRITING: writing})
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def guarded(self) -> Iterator[None]:
        """For writes of this package, files too: none begins on a full or failing disk, and what one met is kept."""
        self._guard.check()
        try:
            yield
        except VaultError as error:
            self._guard.met(error)
            raise

    def head(self) -> Anchor:
        """The end of the log. Raises VaultError."""
        with self.read() as tx:
            return tx.audit.head()

    def holds(self, anchor: Anchor) -> bool:
        """Whether this end of a log is still in this one. Raises VaultError."""
        with self.read() as tx:
            return tx.audit.holds(anchor)

    def sign_checkpoint(self) -> None:
        """Have who works sign what no signature covers yet; nothing without a seed. Raises VaultError."""
        if self._actor.signing_seed is not None:
            with self.write() as tx:
                tx.audit.sign()

    def verify(
        self, *, deep: bool, anchors: Sequence[Anchor] = ()
    ) -> Generator[int, None, VerifyReport]:
        """Check the log, and when `deep` every record against it: yield how many events were checked.

        `anchors` are ends of the log noted elsewhere. Reads on a connection of its own. Raises VaultError.
        """
        self._check_open()
        with translated():
            raw = open_keyed(self.folder / DATABASE, self._key)
        with contextlib.closing(raw):
            return (yield from verify_log(raw, self._log_keys, deep=deep, anchors=anchors))

    def check(self) -> list[str]:
        """What is wrong with the database, in words; empty = nothing. Reads every page of it. Raises VaultError."""
        self._check_open()
        with translated(), contextlib.closing(open_keyed(self.folder / DATABASE, self._key)) as raw:
            # the check of pages reads the one file only, and what a power cut left may still be beside it
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            pages = raw.execute("PRAGMA cipher_integrity_check").fetchall()
            rows = raw.execute("PRAGMA integrity_check(100)").fetchall()
        return [str(row[0]) for row in (*pages, *rows) if row[0] != "ok"]

    def rekey(self, key: bytes) -> None:
        """Put the database under another key, for the renewal of keys; readers are waited for.

        Raises VaultError; the key before it stays then.
        """
        with self._writing:
            self._check_open()
            with self.guarded(), translated():
                if key != self._key:  # a copy of all of it is written beside it first
                    check_room(self.folder, (self.folder / DATABASE).stat().st_size)
                try:
                    rekey(self._engine, self.folder / DATABASE, self._key, key)
                except ConnectionTimeout as error:
                    raise VaultBusy from error

    def close(self) -> None:
        """Wait for the writer, sign the log, put everything into the one file, let other processes in.

        Safe to call twice.
        """
        with self._writing, contextlib.ExitStack() as end:
            if self._closed:
                return
            end.callback(self._lock.release)
            end.callback(self._engine.dispose)
            end.callback(self._forget)
            with contextlib.suppress(VaultError):  # a full disk must not keep a vault open
                self.sign_checkpoint()
            self._closed = True
            if not self.read_only:  # a disk that failed is not written to again
                with translated():
                    self._checkpoint()

    def _transaction(
        self,
        connection: sa.Connection,
        matrix_of: Callable[[PatientId, Callable[[], Matrix]], Matrix],
    ) -> Transaction:
        return make_transaction(connection, self._actor, self._log_keys, self._clock, matrix_of)

    def _check_open(self) -> None:
        if self._closed:
            raise VaultError("These records are locked. Unlock them, then try again.")

    def _forget(self) -> None:
        self._closed = True
        self._vectors.forget()
        self._actor = Actor(SYSTEM)
        self._key[:] = bytes(len(self._key))

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


def _open_database(folder: Path, key: bytes, log_keys: LogKeys, clock: Clock) -> _Database:
    path = folder / DATABASE
    kept = bytearray(key)
    engine = make_engine(path, kept)
    with contextlib.ExitStack() as undo, disk_translated(), translated():
        undo.callback(engine.dispose)
        schema.bring_up_to_date(
            engine, path, key, lambda old: begin_log(old, log_keys, _OWNER, clock)
        )
        undo.pop_all()
    return _Database(engine, kept)
