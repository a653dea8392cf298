"""D2: no statement, by whatever way it comes in, copies the records out, changes the key or weakens the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlcipher3 import dbapi2 as sqlcipher
from storage_builders import CANARY, a_patient, all_bytes, some_keys

from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.database, pytest.mark.security]
REFUSED = (
    r"(?i)not authorized|authorization denied|prohibited|no such function|unsafe use|"
    "cannot VACUUM from within a transaction"
)
STATEMENTS = [
    "ATTACH DATABASE ':memory:' AS copy KEY ''",
    "ATTACH DATABASE 'copy.db' AS copy KEY ''",
    "ATTACH DATABASE 'file:copy.db?mode=rwc' AS copy",
    "attach 'copy.db' as copy key 'x'",
    "/* a */ ATTACH /* b */ DATABASE 'copy.db' AS copy",
    "EXPLAIN ATTACH DATABASE 'copy.db' AS copy",
    "DETACH DATABASE main",
    "PRAGMA temp_store=1",
    "PRAGMA temp_store=FILE",
    "PRAGMA main.temp_store=FILE",
    "PRAGMA temp_store_directory='.'",
    "PRAGMA data_store_directory='.'",
    "PRAGMA rekey='x'",
    "PRAGMA main.ReKey = 'x'",
    "PRAGMA rekey(\"x''\")",
    "PRAGMA hexrekey='00'",
    "PRAGMA key='x'",
    "PRAGMA hexkey='00'",
    "PRAGMA cipher_log='log.txt'",
    "PRAGMA cipher_log_level=TRACE",
    "PRAGMA cipher_profile='profile.txt'",
    "PRAGMA cipher_plaintext_header_size=32",
    "PRAGMA cipher_use_hmac=OFF",
    "PRAGMA cipher_migrate",
    "PRAGMA cipher_salt",
    "PRAGMA kdf_iter=1",
    "PRAGMA writable_schema=ON",
    "PRAGMA trusted_schema=ON",
    "PRAGMA foreign_keys=OFF",
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA secure_delete=OFF",
    "PRAGMA locking_mode=NORMAL",
    "PRAGMA mmap_size=1000000",
    "SELECT sqlcipher_export('main')",
    "SELECT SQLCIPHER_EXPORT('main', 'copy')",
    "CREATE TEMP TABLE t AS SELECT sqlcipher_export('main')",
    "SELECT load_extension('x')",
    "SELECT load_extension('x', 'y')",
    "SELECT name FROM patient WHERE load_extension(name)",
    "SELECT fts3_tokenizer('simple')",
    "SELECT writefile('copy.txt', name) FROM patient",
    "SELECT readfile('vault/vault.db')",
    "SELECT edit('x')",
    "SELECT * FROM pragma_database_list",
    "VACUUM INTO 'copy.db'",
    "VACUUM",
]


def by_driver(vault: Vault, statement: str) -> None:
    raw = vault._engine.raw_connection()
    try:
        raw.cursor().execute(statement).fetchall()
    finally:
        raw.invalidate()


def by_driver_connection(vault: Vault, statement: str) -> None:
    raw = vault._engine.raw_connection()
    try:
        raw.driver_connection.execute(statement).fetchall()  # type: ignore[union-attr]  # it is open
    finally:
        raw.invalidate()


def by_script(vault: Vault, statement: str) -> None:
    raw = vault._engine.raw_connection()
    try:
        raw.driver_connection.executescript(f"SELECT 1; {statement};")  # type: ignore[union-attr]
    finally:
        raw.invalidate()


def by_many(vault: Vault, statement: str) -> None:
    raw = vault._engine.raw_connection()
    try:
        raw.cursor().executemany(statement, [()])
    finally:
        raw.invalidate()


def in_a_block(*, writing: bool, text: bool) -> Callable[[Vault, str], None]:
    def run(vault: Vault, statement: str) -> None:
        with vault.connection(writing=writing) as connection:
            if text:
                connection.execute(sa.text(statement.replace(":", r"\:"))).all()
            else:
                connection.exec_driver_sql(statement).all()

    return run


def by_transaction(vault: Vault, statement: str) -> None:
    with vault.write() as tx:
        tx.connection.exec_driver_sql(statement).all()


WAYS: dict[str, Callable[[Vault, str], None]] = {
    "driver": by_driver,
    "driver connection": by_driver_connection,
    "script": by_script,
    "many": by_many,
    "reading": in_a_block(writing=False, text=False),
    "reading text": in_a_block(writing=False, text=True),
    "writing": in_a_block(writing=True, text=False),
    "writing text": in_a_block(writing=True, text=True),
    "transaction": by_transaction,
}


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    monkeypatch.chdir(tmp_path)
    vault = Vault.create(tmp_path / "vault", some_keys())
    with vault.write() as tx:
        tx.patients.add(a_patient(CANARY))
    yield vault
    vault.close()


@pytest.mark.parametrize("way", WAYS)
def test_nothing_can_copy_the_records_out_or_weaken_the_file(
    vault: Vault, way: str, tmp_path: Path
) -> None:
    for statement in STATEMENTS:
        with pytest.raises((sa.exc.DBAPIError, sqlcipher.Error), match=REFUSED) as caught:
            WAYS[way](vault, statement)
        assert CANARY not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]
    assert CANARY.encode() not in all_bytes(tmp_path)
    with vault.read() as tx:
        assert [patient.name for patient in tx.patients.all()] == [CANARY]


def in_order(connection: sa.Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statements",
    [
        (
            "CREATE TRIGGER out AFTER INSERT ON preference BEGIN SELECT load_extension('x'); END",
            "INSERT INTO preference VALUES ('a', 'b', 'c', 'd')",
        ),
        ("CREATE VIEW out AS SELECT sqlcipher_export('main') AS x", "SELECT * FROM out"),
        ("CREATE TABLE t (x DEFAULT (load_extension('x')))", "INSERT INTO t DEFAULT VALUES"),
        ("CREATE TABLE t (x, y AS (fts3_tokenizer(x)))", "INSERT INTO t (x) VALUES (1)"),
        ("CREATE INDEX i ON preference (load_extension(value))",),
        ("WITH w AS (SELECT load_extension('x') AS y) SELECT * FROM w",),
        ("UPDATE patient SET name = sqlcipher_export('main')",),
    ],
)
def test_not_by_a_detour_either(vault: Vault, statements: tuple[str, ...]) -> None:
    with (
        pytest.raises(sa.exc.DBAPIError, match=REFUSED),
        vault.connection(writing=True) as connection,
    ):
        in_order(connection, *statements)


def test_extensions_stay_out_even_when_the_driver_is_asked_to_let_them_in(vault: Vault) -> None:
    raw = vault._engine.raw_connection()
    driver: Any = raw.driver_connection
    driver.enable_load_extension(True)
    with pytest.raises(sqlcipher.Error, match="not authorized"):
        driver.execute("SELECT load_extension('x')")
    raw.invalidate()


def test_a_copy_by_the_driver_without_a_key_is_refused(vault: Vault, tmp_path: Path) -> None:
    raw = vault._engine.raw_connection()
    driver: Any = raw.driver_connection
    for place in (":memory:", str(tmp_path / "copy.db")):
        target = sqlcipher.connect(place)
        with pytest.raises(sqlcipher.Error):
            driver.backup(target)
        target.close()
    raw.invalidate()
    assert CANARY.encode() not in all_bytes(tmp_path)


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA table_info(patient)",
        "PRAGMA integrity_check(1)",
        "SELECT count(*) FROM patient",
        "SELECT json_extract('{}', '$.a')",
    ],
)
def test_what_the_store_needs_is_let_through(vault: Vault, statement: str) -> None:
    """So that the refusals above are of these statements and not of any."""
    for way, run in WAYS.items():
        if way not in {"script", "many"}:  # these give no rows
            run(vault, statement)
