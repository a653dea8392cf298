"""Files as they came: kept sealed with their document or not at all, and noticed when they are not what was kept."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from storage_builders import CANARY, a_document, a_patient, some_keys

from healthmate_desktop.domain.ids import DocumentId, new_id
from healthmate_desktop.errors import DiskFull, NotFound, VaultDamaged, VaultError
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.recovering import Recovered, recover
from healthmate_desktop.storage.renewal import renew
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.patients import Patient

pytestmark = [pytest.mark.database, pytest.mark.security]
CONTENT = CANARY.encode() * 100


class Seals:
    """Stands for sealing, which belongs to another room: each epoch turns the bytes in another way."""

    def __init__(self) -> None:
        self.epoch = 1
        self.broken: set[bytes] = set()

    def seal(self, content: bytes) -> bytes:
        return bytes(byte ^ (0x5A + self.epoch) for byte in content)

    def unseal(self, sealed: bytes, epoch: int) -> bytes:
        content = bytes(byte ^ (0x5A + epoch) for byte in sealed)
        if content in self.broken:
            raise VaultDamaged("This original is damaged.")
        return content


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault.create(tmp_path / "vault", some_keys())
    yield vault
    vault.close()


@pytest.fixture
def ann(vault: Vault) -> Patient:
    patient = a_patient()
    with vault.write() as tx:
        tx.patients.add(patient)
    return patient


@pytest.fixture
def seals() -> Seals:
    return Seals()


@pytest.fixture
def originals(vault: Vault, seals: Seals) -> Originals:
    return Originals(vault, seals.seal, seals.unseal, lambda: seals.epoch)


@pytest.fixture
def letter(originals: Originals, ann: Patient) -> Document:
    document = a_document(ann.id)
    originals.put(document, CONTENT)
    return document


def files(vault: Vault) -> list[str]:
    return sorted(path.name for path in (vault.folder / "originals").iterdir())


def test_an_original_comes_back_from_a_private_sealed_file(
    vault: Vault, originals: Originals, letter: Document
) -> None:
    assert originals.get(letter.id) == CONTENT
    (path,) = (vault.folder / "originals").iterdir()
    assert path.name == f"{letter.id}.age"
    assert CANARY.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with vault.read() as tx:
        assert tx.documents.get(letter.id).name == letter.name


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path, _: path.unlink(),
        lambda path, _: path.write_bytes(path.read_bytes()[:-1]),
        lambda path, _: path.write_bytes(path.read_bytes() + b"x"),
        lambda path, other: path.write_bytes(other.read_bytes()),
    ],
)
def test_a_lost_changed_or_swapped_file_is_noticed(
    vault: Vault,
    originals: Originals,
    ann: Patient,
    letter: Document,
    spoil: Callable[[Path, Path], object],
) -> None:
    second = a_document(ann.id)
    originals.put(second, b"another file")
    folder = vault.folder / "originals"
    spoil(folder / f"{letter.id}.age", folder / f"{second.id}.age")
    with pytest.raises(VaultDamaged, match="Restore a backup"):
        originals.get(letter.id)
    assert originals.get(second.id) == b"another file"


def test_a_removed_original_is_gone(vault: Vault, originals: Originals, letter: Document) -> None:
    originals.remove(letter.id)
    originals.remove(letter.id)
    with pytest.raises(NotFound):
        originals.get(letter.id)
    assert files(vault) == []


@pytest.mark.parametrize("name", ["../vault", "", "a/b", "a.b", "x" * 65])
def test_an_id_never_leads_out_of_the_folder(originals: Originals, ann: Patient, name: str) -> None:
    with pytest.raises(NotFound):
        originals.put(a_document(ann.id, id=DocumentId(name)), b"")
    with pytest.raises(NotFound):
        originals.get(name)
    with pytest.raises(NotFound):
        originals.remove(name)


def test_a_file_for_nobody_is_not_kept(vault: Vault, originals: Originals, ann: Patient) -> None:
    assert ann.id
    with pytest.raises(NotFound):
        originals.put(a_document(a_patient().id), CONTENT)
    assert not (vault.folder / "originals").exists()


@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, DiskFull), (errno.EROFS, VaultError), (errno.EIO, VaultError)],
)
def test_a_failed_put_keeps_nothing(
    vault: Vault,
    originals: Originals,
    ann: Patient,
    letter: Document,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    error: type[VaultError],
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "from the disk")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(error):
            originals.put(a_document(ann.id), b"new")
    assert files(vault) == [f"{letter.id}.age"]
    with vault.read() as tx:
        assert [document.id for document in tx.documents.of_patient(ann.id)] == [letter.id]


# --- after a power cut


def test_what_nobody_knows_is_set_aside_and_never_deleted(
    vault: Vault, originals: Originals, letter: Document
) -> None:
    folder, quarantine = vault.folder / "originals", vault.folder / "quarantine"
    for content in (b"first", b"second"):
        (folder / "stray.age").write_bytes(content)
        (folder / f"{letter.id}.age.new").write_bytes(content)
        assert recover(vault) == Recovered(quarantined=2, missing=0)
    assert files(vault) == [f"{letter.id}.age"]
    kept = {path.name: path.read_bytes() for path in quarantine.iterdir()}
    assert sorted(kept.values()) == [b"first", b"first", b"second", b"second"]
    assert quarantine.stat().st_mode & 0o777 == 0o700
    assert recover(vault) == Recovered()
    assert originals.get(letter.id) == CONTENT


def test_a_missing_original_is_counted(vault: Vault, letter: Document) -> None:
    (vault.folder / "originals" / f"{letter.id}.age").unlink()
    assert recover(vault) == Recovered(quarantined=0, missing=1)


def test_a_vault_without_originals_is_in_order(vault: Vault) -> None:
    assert recover(vault) == Recovered()


def test_a_folder_that_takes_nothing_keeps_nobody_out(
    vault: Vault, letter: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    (vault.folder / "originals" / "stray.age").write_bytes(b"x")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    with monkeypatch.context() as patch:
        patch.setattr(os, "mkdir", fail)
        assert recover(vault) == Recovered()
    assert "stray.age" in files(vault)
    assert f"{letter.id}.age" in files(vault)


# --- a renewal of keys


def renewed(vault: Vault, originals: Originals, seals: Seals, key: bytes, steps: int = 99) -> None:
    """Go on with a renewal to its end, or until `steps` of it are done."""
    seals.epoch = 2
    keys = some_keys(database_key=key, epoch=2)
    work = renew(vault, originals, keys)
    for _ in range(steps):
        if next(work, None) is None:
            return
    work.close()


def test_a_renewal_cut_off_anywhere_goes_on_and_loses_nothing(
    vault: Vault, originals: Originals, seals: Seals, ann: Patient
) -> None:
    wanted = {}
    for number in range(4):
        document = a_document(ann.id, f"{number}.txt")
        wanted[document.id] = f"letter {number}".encode()
        originals.put(document, wanted[document.id])
    key = os.urandom(32)
    for steps in range(4):
        renewed(vault, originals, seals, key, steps)
        assert {document: originals.get(document) for document in wanted} == wanted
        assert recover(vault) == Recovered()
    renewed(vault, originals, seals, key)
    assert {original.epoch for original in originals.all()} == {2}
    assert files(vault) == sorted(f"{document}.2.age" for document in wanted)
    assert {document: originals.get(document) for document in wanted} == wanted


def test_after_a_renewal_only_the_new_key_opens_the_database(
    vault: Vault, originals: Originals, seals: Seals, letter: Document
) -> None:
    old, key = bytes(vault._key), os.urandom(32)
    (vault.folder / "vault.db.before-0002").write_bytes(b"under the old key")
    log_keys = vault._log_keys
    renewed(vault, originals, seals, key)
    assert originals.get(letter.id) == CONTENT
    assert not (vault.folder / "vault.db.before-0002").exists()
    vault.close()
    same = {"vault_id": log_keys.vault_id, "audit_key": log_keys.audit_key}
    with pytest.raises(VaultDamaged):
        Vault.open(vault.folder, some_keys(database_key=old, **same))
    Vault.open(vault.folder, some_keys(database_key=key, **same)).close()


def test_an_original_that_can_not_be_opened_stays_and_the_rest_is_renewed(
    vault: Vault, originals: Originals, seals: Seals, ann: Patient, letter: Document
) -> None:
    other = a_document(ann.id)
    originals.put(other, b"whole")
    seals.broken.add(CONTENT)
    renewed(vault, originals, seals, os.urandom(32))
    assert originals.get(other.id) == b"whole"
    assert files(vault) == sorted([f"{letter.id}.age", f"{other.id}.2.age"])
    with pytest.raises(VaultDamaged):
        originals.get(letter.id)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_in_a_renewal_leaves_each_original_under_one_key(
    vault: Vault,
    originals: Originals,
    seals: Seals,
    letter: Document,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    key = os.urandom(32)
    renewed(vault, originals, seals, key, 1)

    def fail(*_: object) -> None:
        raise OSError(number, "from the disk")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(VaultError):
            renewed(vault, originals, seals, key)
    assert originals.get(letter.id) == CONTENT
    renewed(vault, originals, seals, key)
    assert originals.get(letter.id) == CONTENT
    assert files(vault) == [f"{letter.id}.2.age"]


def test_ids_are_new_for_each_original(originals: Originals, ann: Patient) -> None:
    document = a_document(ann.id, id=DocumentId(new_id()))
    originals.put(document, b"x")
    assert [original.document_id for original in originals.all()] == [document.id]
