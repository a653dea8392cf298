from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from storage_builders import (
    CANARY,
    a_patient,
    a_turn,
    add_letter,
    all_bytes,
    some_keys,
    vectors_for,
)

from healthmate_desktop.domain.answers import Thread
from healthmate_desktop.domain.ids import PatientId, ThreadId, new_id
from healthmate_desktop.errors import (
    DiskFull,
    HealthMateError,
    VaultBusy,
    VaultDamaged,
    VaultError,
    VaultExists,
    VaultPlaintext,
    VaultTooNew,
)
from healthmate_desktop.storage import engine
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.database, pytest.mark.security]
KEYS = some_keys()
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(folder: Path) -> Iterator[Vault]:
    vault = Vault.create(folder, KEYS)
    yield vault
    vault.close()


def names(vault: Vault) -> list[str]:
    with vault.read() as tx:
        return [patient.name for patient in tx.patients.all()]


def test_what_was_saved_is_there_after_closing_and_opening(folder: Path) -> None:
    vault = Vault.create(folder, KEYS)
    with vault.write() as tx:
        tx.patients.add(a_patient("Ann"))
    vault.close()
    again = Vault.open(folder, KEYS)
    assert names(again) == ["Ann"]
    again.close()


def test_a_closed_vault_is_one_file_private_to_its_owner(vault: Vault, folder: Path) -> None:
    with vault.write() as tx:
        tx.patients.add(a_patient())
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path.name
    assert folder.stat().st_mode & 0o777 == 0o700
    vault.close()
    vault.close()
    assert sorted(path.name for path in folder.iterdir()) == ["vault.db", "vault.lock"]


def test_no_byte_of_a_record_is_on_the_disk_in_clear(vault: Vault, folder: Path) -> None:
    patient = a_patient(f"{CANARY} name")
    thread = Thread(
        ThreadId(new_id()), patient.id, f"{CANARY} thread", a_turn(ThreadId("")).asked_at
    )
    with vault.write() as tx:
        tx.patients.add(patient)
        add_letter(tx, patient, *[f"{CANARY} page {number} " * 50 for number in range(40)])
        tx.chats.add_thread(thread)
        tx.chats.add_turn(a_turn(thread.id, f"{CANARY}?"))
        tx.passages.full_text(patient.id, CANARY, 5)
    assert (folder / "vault.db-wal").stat().st_size > 100_000
    for text in (CANARY.encode(), vectors_for(1).tobytes()[:64], KEYS.database_key):
        assert text not in all_bytes(folder)
    vault.close()
    assert CANARY.encode() not in all_bytes(folder)
    assert not (folder / "vault.db").read_bytes().startswith(b"SQLite")


def test_an_exception_in_a_write_block_undoes_all_of_it(vault: Vault) -> None:

    def fail_half_way() -> None:
        with vault.write() as tx:
            tx.patients.add(a_patient("never"))
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    assert names(vault) == []


def test_a_read_block_can_not_write(vault: Vault) -> None:
    with pytest.raises(VaultError), vault.read() as tx:
        tx.patients.add(a_patient("never"))
    assert names(vault) == []


def test_a_read_block_sees_one_moment(vault: Vault) -> None:
    with vault.read() as tx:
        assert tx.patients.all() == []
        with vault.write() as writing:
            writing.patients.add(a_patient())
        assert tx.patients.all() == []
    assert len(names(vault)) == 1


def test_a_second_instance_is_told_the_vault_is_busy(vault: Vault, folder: Path) -> None:
    with pytest.raises(VaultBusy):
        Vault.open(folder, KEYS)
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from healthmate_desktop.domain.keys import VaultKeys\n"
        "from healthmate_desktop.errors import VaultBusy\n"
        "from healthmate_desktop.storage.vault import Vault\n"
        "try:\n"
        f"    Vault.open(Path({str(folder)!r}), VaultKeys('', bytes(32), '', bytes(32)))\n"
        "except VaultBusy:\n"
        "    print('busy')\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert answer.stdout == "busy\n", answer.stderr
    vault.close()
    Vault.open(folder, KEYS).close()


def test_no_database_is_made_where_one_is(vault: Vault, folder: Path) -> None:
    vault.close()
    before = (folder / "vault.db").read_bytes()
    with pytest.raises(VaultExists):
        Vault.create(folder, some_keys())
    assert (folder / "vault.db").read_bytes() == before
    Vault.open(folder, KEYS).close()  # and the lock is free again


@pytest.mark.parametrize("content", [None, b""])
def test_a_missing_database_is_never_replaced_by_an_empty_one(
    folder: Path, content: bytes | None
) -> None:
    folder.mkdir()
    if content is not None:
        (folder / "vault.db").write_bytes(content)
    with pytest.raises(VaultDamaged, match=r"missing.*Restore a backup"):
        Vault.open(folder, KEYS)
    assert [p.name for p in folder.iterdir()] == ([] if content is None else ["vault.db"])


def test_an_encrypted_database_without_tables_is_not_taken_for_new_records(folder: Path) -> None:
    from healthmate_desktop.storage.engine import open_keyed

    folder.mkdir()
    (folder / "vault.db").touch()
    raw = open_keyed(folder / "vault.db", KEYS.database_key)
    raw.execute("PRAGMA user_version=1")
    raw.close()
    with pytest.raises(VaultDamaged):
        Vault.open(folder, KEYS)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"not a database",
        lambda _: os.urandom(8192),
        lambda content: content[:3000],
        lambda content: content[:100] + b"\0" * 100 + content[200:],
    ],
)
def test_damage_is_reported_and_nothing_changed(
    vault: Vault, folder: Path, spoil: Callable[[bytes], bytes]
) -> None:
    vault.close()
    path = folder / "vault.db"
    content = spoil(path.read_bytes())
    path.write_bytes(content)
    with pytest.raises(VaultDamaged, match="restore a backup"):
        Vault.open(folder, KEYS)
    assert path.read_bytes() == content


def test_damage_in_the_middle_is_reported_when_it_is_read(vault: Vault, folder: Path) -> None:
    vault.close()
    path = folder / "vault.db"
    empty = path.stat().st_size // 4096  # pages
    opened = Vault.open(folder, KEYS)
    patient = a_patient()
    with opened.write() as tx:
        tx.patients.add(patient)
        add_letter(tx, patient, *["words " * 300] * 60)
    opened.close()
    content = bytearray(path.read_bytes())
    for page in range(empty, len(content) // 4096):
        content[page * 4096 + 100] ^= 1
    path.write_bytes(content)
    again = Vault.open(folder, KEYS)
    with again.read() as tx:
        (document,) = tx.documents.of_patient(patient.id)
    with pytest.raises(VaultDamaged), again.read() as tx:
        tx.documents.pages(document.id)
    again.close()


def test_a_wrong_key_opens_nothing(
    vault: Vault, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    vault.close()
    with pytest.raises(VaultDamaged):
        Vault.open(folder, some_keys())
    assert capfd.readouterr() == ("", "")  # SQLCipher would tell the terminal
    Vault.open(folder, KEYS).close()


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_a_bug_not_a_passphrase(folder: Path, length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault.create(folder, some_keys(database_key=os.urandom(length)))
    assert not (folder / "vault.db").exists()


def test_an_unencrypted_database_is_refused(folder: Path) -> None:
    folder.mkdir()
    plain = sqlite3.connect(folder / "vault.db")
    plain.execute("CREATE TABLE patient (id)")
    plain.commit()
    plain.close()
    with pytest.raises(VaultPlaintext):
        Vault.open(folder, KEYS)


def test_a_newer_database_is_refused_and_left_as_it_is(vault: Vault, folder: Path) -> None:
    with vault.connection(writing=True) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    vault.close()
    with pytest.raises(VaultTooNew):
        Vault.open(folder, KEYS)
    assert not list(folder.glob("*before*"))


def test_a_closed_vault_says_it_is_locked(vault: Vault) -> None:
    vault.close()
    for block in (vault.read, vault.write):
        with pytest.raises(VaultError, match="locked"), block():
            pass


def test_closing_waits_for_the_writer_and_not_for_readers(vault: Vault, folder: Path) -> None:
    inside, closing = threading.Event(), threading.Event()

    def write() -> None:
        with vault.write() as tx:
            inside.set()
            closing.wait()
            tx.patients.add(a_patient("in time"))

    writer = threading.Thread(target=write)
    writer.start()
    inside.wait()
    with vault.read() as tx:
        tx.patients.all()
        closer = threading.Thread(target=vault.close)
        closer.start()
        closing.set()
        closer.join()
        writer.join()
    again = Vault.open(folder, KEYS)
    assert names(again) == ["in time"]
    again.close()


def test_a_full_database_says_the_records_are_safe(vault: Vault) -> None:
    with vault.write() as tx:
        tx.patients.add(a_patient("safe"))
    raw = vault._engine.raw_connection()
    raw.driver_connection.set_authorizer(None)  # type: ignore[union-attr]
    raw.driver_connection.execute("PRAGMA max_page_count=1").fetchall()  # type: ignore[union-attr]
    raw.close()
    patient = a_patient("safe too")
    with vault.write() as tx:
        tx.patients.add(patient)
    with pytest.raises(DiskFull), vault.write() as tx:
        add_letter(tx, patient, *["words " * 500] * 20)
    assert names(vault) == ["safe", "safe too"]


def test_two_processes_past_the_lock_still_hear_busy(vault: Vault, folder: Path) -> None:
    from healthmate_desktop.storage.engine import connect

    other = connect(folder / "vault.db", KEYS.database_key)
    other.execute("BEGIN IMMEDIATE")
    raw = vault._engine.raw_connection()
    raw.driver_connection.execute("PRAGMA busy_timeout=1")  # type: ignore[union-attr]
    raw.close()
    with pytest.raises(VaultBusy), vault.write():
        pass
    other.execute("ROLLBACK")
    other.close()


def test_a_place_without_leave_to_write_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VaultError):
        Vault.create(tmp_path / "file" / "vault", KEYS)


def test_errors_hide_what_was_saved_and_the_key(vault: Vault) -> None:
    patient = a_patient(CANARY)
    with vault.write() as tx:
        tx.patients.add(patient)
    with pytest.raises(sa.exc.IntegrityError) as caught, vault.write() as tx:
        tx.patients.add(patient)
    texts = [str(caught.value), repr(caught.value), repr(vault._engine), str(vault._engine.url)]
    assert not any(CANARY in text or KEYS.database_key.hex() in text for text in texts)
    with pytest.raises(HealthMateError) as known, vault.read() as tx:
        tx.patients.get(PatientId(CANARY))
    assert CANARY not in str(known.value)


def test_every_connection_is_set_up_for_safety(vault: Vault) -> None:
    raw = vault._engine.raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    driver.set_authorizer(None)
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "temp_store": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "secure_delete": 1,
        "cipher_memory_security": "0",
    }
    found = {name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    driver.execute("SELECT count(*) FROM sqlite_master")
    assert tuple(
        int(n) for n in driver.execute("SELECT sqlite_version()").fetchone()[0].split(".")
    ) >= (3, 51, 3)
    raw.invalidate()
    assert found == wanted


WRITER = """
import sys
sys.path[:0] = [{root!r}, {root!r} + "/tests", {tests!r}]
from pathlib import Path
from healthmate_desktop.domain.keys import VaultKeys
from healthmate_desktop.storage.vault import Vault
from storage_builders import a_patient, add_letter
vault = Vault.open(Path({folder!r}), VaultKeys({vault_id!r}, bytes.fromhex({key!r}), "", bytes.fromhex({audit_key!r})))
while True:
    patient = a_patient("x" * 50)
    with vault.write() as tx:
        tx.patients.add(patient)
        add_letter(tx, patient, "some words " * 30, "other words " * 30)
    print(patient.id, flush=True)
"""


def test_a_killed_program_loses_nothing_it_called_saved(vault: Vault, folder: Path) -> None:
    vault.close()
    program = WRITER.format(
        root=str(ROOT),
        tests=str(Path(__file__).parent),
        folder=str(folder),
        vault_id=KEYS.vault_id,
        key=KEYS.database_key.hex(),
        audit_key=KEYS.audit_key.hex(),
    )
    saved: set[str] = set()
    for kill in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        for _ in range(10 + 7 * kill):
            saved.add(writer.stdout.readline().strip())
        writer.send_signal(signal.SIGKILL)
        saved |= {line.strip() for line in writer.stdout if line.endswith("\n")}
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL
        again = Vault.open(folder, KEYS)
        with again.read() as tx:
            people = tx.patients.all()
            for patient in people:
                (document,) = tx.documents.of_patient(patient.id)
                assert tx.passages.count(document.id) == 2
        with again.connection(writing=False) as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert saved <= {str(patient.id) for patient in people}
        again.close()
    assert len(saved) > 100


def test_a_killed_creation_can_be_done_again(folder: Path) -> None:
    folder.mkdir()
    for name in ("vault.db.new", "vault.db.new-wal", "vault.db.new-shm"):
        (folder / name).write_bytes(b"half")
    Vault.create(folder, KEYS).close()
    Vault.open(folder, KEYS).close()
    assert sorted(path.name for path in folder.iterdir()) == ["vault.db", "vault.lock"]


def test_plain_sqlite_never_stands_in_for_the_encrypted_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take the key without a word and write the records in clear."""
    monkeypatch.setattr(engine, "sqlcipher", sqlite3)
    with pytest.raises(VaultError, match="Install HealthMate again"):
        Vault.create(folder, KEYS)
    assert all_bytes(folder) == b""


@pytest.mark.parametrize("oldest", ["OLDEST_SQLITE", "OLDEST_SQLCIPHER"])
def test_a_library_too_old_to_be_trusted_opens_nothing(
    vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch, oldest: str
) -> None:
    vault.close()
    monkeypatch.setattr(engine, oldest, (99, 0, 0))
    with pytest.raises(VaultError, match="too old or missing"):
        Vault.open(folder, KEYS)
