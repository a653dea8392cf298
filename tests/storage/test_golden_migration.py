"""A vault as version 0.1.0 wrote it: it opens, keeps every row, and its log begins with what was there."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from storage_builders import actions, verified

from healthmate_desktop.domain.audit import AuditFilter
from healthmate_desktop.domain.sessions import FIRST_USER, User
from healthmate_desktop.security.header import open_header
from healthmate_desktop.security.originals import Sealer
from healthmate_desktop.storage.engine import connect
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from healthmate_desktop.domain.keys import VaultKeys

pytestmark = pytest.mark.database
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "vault-0.1.0" / "vault"
PASSPHRASE = "tangerine ladder quiet violin"
BEFORE = ("patient", "document", "original", "page", "passage", "vector", "thread", "turn")


@pytest.fixture(scope="module")
def keys() -> VaultKeys:
    return open_header(GOLDEN, PASSPHRASE).keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(GOLDEN, tmp_path / "vault")


def rows(folder: Path, keys: VaultKeys) -> dict[str, list[dict[str, Any]]]:
    """What version 0.1.0 kept, as it stands in the file."""
    found: dict[str, list[dict[str, Any]]] = {}
    with closing(connect(folder / "vault.db", keys.database_key)) as raw:
        for table in BEFORE:
            cursor = raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
            names = [column[0] for column in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor]
    return found


def test_every_row_of_an_older_vault_is_kept_as_it_was(folder: Path, keys: VaultKeys) -> None:
    before = rows(folder, keys)
    assert all(before.values())
    Vault.open(folder, keys).close()
    after = rows(folder, keys)
    assert {original.pop("epoch") for original in after["original"]} == {1}
    for document in after["document"]:
        assert (document.pop("people"), document.pop("import_id")) == (None, None)
    assert after == before


def test_its_records_are_shown_as_before(folder: Path, keys: VaultKeys) -> None:
    sealer = Sealer(keys)
    with closing(Vault.open(folder, keys)) as vault:
        originals = Originals(vault, sealer.seal, sealer.unseal, lambda: keys.epoch)
        with vault.read() as tx:
            (patient,) = tx.patients.all()
            (document,) = tx.documents.of_patient(patient.id)
            (thread,) = tx.chats.threads(patient.id)
            assert tx.chats.turns(thread.id)
            assert tx.passages.of_document(document.id)
            assert tx.patients.find(patient.name.split()[0], 5) == [patient]
            assert tx.users.all() == [User(FIRST_USER, "owner", "owner")]
        assert len(originals.get(document.id)) == document.size


def test_its_log_begins_with_what_was_there(folder: Path, keys: VaultKeys) -> None:
    before = rows(folder, keys)
    with closing(Vault.open(folder, keys)) as vault:
        with vault.read() as tx:
            events = tx.audit.events(AuditFilter())[::-1]
        assert [event.action for event in events[:2]] == ["vault.begun", "user.added"]
        assert {event.user_id for event in events} == {"system"}
        (patient,) = before["patient"]
        wanted = {
            f"{table}/{row['id']}"
            for table in ("patient", "thread", "turn", "document")
            for row in before[table]
        }
        documents = {f"document/{row['id']}/content" for row in before["document"]}
        originals = {f"original/{row['document_id']}" for row in before["original"]}
        recorded = {event.subject for event in events if event.patient_id == patient["id"]}
        assert recorded == wanted | documents | originals
        assert all(event.digest for event in events[1:])
        report = verified(vault, vault.head())
        assert report.ok, report.problems
        assert report.events == len(events)


def test_the_log_begins_once(folder: Path, keys: VaultKeys) -> None:
    Vault.open(folder, keys).close()
    assert (folder / "vault.db.before-0004").exists()
    with closing(Vault.open(folder, keys)) as again:
        assert actions(again).count("vault.begun") == 1
        assert not (folder / "vault.db.before-0004").exists()
        assert verified(again).ok
