"""Files as they came: kept sealed with their document or not at all, and noticed when they are not what was kept."""

from __future__ import annotations

import errno
import hashlib
import os
import random
from typing import TYPE_CHECKING

import pytest
from kept_builders import Seals, real_keys
from storage_builders import CANARY, a_document, a_grant, a_patient, a_session, a_user, actions

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.errors import DiskFull, NotFound, VaultDamaged, VaultError, VaultReadOnly
from healthmate_desktop.storage import free_space
from healthmate_desktop.storage.context import utc_now
from healthmate_desktop.storage.originals import Original, Originals
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.patients import Patient

pytestmark = [pytest.mark.database, pytest.mark.security]
CONTENT = CANARY.encode() * 100


@pytest.fixture
def seals() -> Seals:
    return Seals(real_keys())


@pytest.fixture
def vault(tmp_path: Path, seals: Seals) -> Iterator[Vault]:
    vault = Vault.create(tmp_path / "vault", seals.keys)
    yield vault
    vault.close()


@pytest.fixture
def ann(vault: Vault) -> Patient:
    patient = a_patient()
    with vault.write() as tx:
        tx.patients.add(patient)
    return patient


@pytest.fixture
def originals(vault: Vault, seals: Seals) -> Originals:
    return seals.originals(vault)


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


def test_after_a_failed_put_the_vault_takes_nothing_more(
    vault: Vault, originals: Originals, ann: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "from the disk")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(VaultError):
            originals.put(a_document(ann.id), b"new")
    assert vault.read_only
    with pytest.raises(VaultReadOnly):
        originals.put(a_document(ann.id), b"new")
    assert files(vault) == []


def test_a_file_too_large_for_the_disk_is_refused_before_it_is_written(
    vault: Vault, originals: Originals, ann: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free_space, "_free", lambda _: free_space.KEPT_FREE + 1000)
    with pytest.raises(DiskFull):
        originals.put(a_document(ann.id), bytes(2000))
    originals.put(a_document(ann.id), b"small")  # under 1000 bytes, sealed
    assert not vault.read_only
    assert len(files(vault)) == 1


def test_a_kept_file_is_never_replaced(originals: Originals, letter: Document) -> None:
    with pytest.raises(ValueError, match="never replaced"):
        originals.put(letter, b"another file")
    assert originals.get(letter.id) == CONTENT


def test_the_log_tells_of_each_original(
    vault: Vault, originals: Originals, letter: Document
) -> None:
    assert actions(vault)[-2:] == ["document.added", "original.added"]
    originals.remove(letter.id)
    assert actions(vault)[-1] == "original.removed"


def test_originals_of_other_people_are_not_there(
    vault: Vault, originals: Originals, ann: Patient, letter: Document
) -> None:
    user, ben = a_user(), a_patient("Ben Example")
    with vault.write() as tx:
        tx.users.add(user)
        tx.patients.add(ben)
        tx.grants.add(a_grant(user.id, ben.id, since=utc_now()))
    vault.act_as(a_session(user.id, sees="assigned", role="clinician"))
    with pytest.raises(NotFound):
        originals.get(letter.id)
    with pytest.raises(NotFound):
        originals.remove(letter.id)
    with pytest.raises(NotFound):
        originals.put(a_document(ann.id), b"for Ann")
    own = a_document(ben.id)
    originals.put(own, b"for Ben")
    assert originals.get(own.id) == b"for Ben"
    assert files(vault) == sorted([f"{letter.id}.age", f"{own.id}.age"])


# --- F1: whatever becomes of a sealed file, it is opened as it was or not at all


@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "count", [pytest.param(300, id="few"), pytest.param(10_000, id="all", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("kind", ["mutated", "garbage"])
def test_f1_no_changed_original_is_ever_opened(
    vault: Vault, originals: Originals, ann: Patient, kind: str, count: int
) -> None:
    """By the row, which knows the digest, and by the seal alone, as if someone could write rows too."""
    document = a_document(ann.id)
    originals.put(document, random.Random(1).randbytes(70_000))
    (path,) = (vault.folder / "originals").iterdir()
    (row,) = originals.all()
    sealed = path.read_bytes()
    chance = random.Random(f"{kind} {count}")
    for number in range(count):
        changed = mutated(sealed, chance) if kind == "mutated" else garbage(sealed, chance)
        path.write_bytes(changed)
        digest = hashlib.sha256(changed).hexdigest()
        forged = Original(row.document_id, len(changed), digest, row.epoch)
        for original in (row, forged):
            with pytest.raises(VaultDamaged, match="Restore a backup"):
                originals.content(original)
        if number % 100 == 0:
            with pytest.raises(VaultDamaged):
                originals.get(document.id)
    path.write_bytes(sealed)
    assert len(originals.get(document.id)) == 70_000


def mutated(sealed: bytes, chance: random.Random) -> bytes:
    changed = bytearray(sealed)
    place = chance.choice([chance.randrange(len(changed)), chance.randrange(300)])
    size = chance.randrange(1, 200)
    match chance.randrange(7):
        case 0:
            changed[place] ^= 1 << chance.randrange(8)
        case 1:
            del changed[place:]
        case 2:
            del changed[place : place + size]
        case 3:
            changed[place:place] = chance.randbytes(size)
        case 4:
            changed[place : place + size] = bytes(size)
        case 5:
            changed += changed[place:]
        case _:
            end = place + size
            changed[place:end], changed[-size:] = changed[-size:], changed[place:end]
    return bytes(changed) if changed != sealed else bytes(changed[:-1])


def garbage(sealed: bytes, chance: random.Random) -> bytes:
    """Noise, with as much of a true beginning as an age file has fixed words."""
    kept = chance.choice([0, 0, 21, 22, 30, 100, 150, 200])
    return sealed[:kept] + chance.randbytes(chance.randrange(3000))
