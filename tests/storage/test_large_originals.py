"""Originals of any size: sealed, read and sealed anew as streams, with the promises that small ones have."""

from __future__ import annotations

import errno
import io
import os
import random
from typing import TYPE_CHECKING

import pytest
from kept_builders import Seals, real_keys
from storage_builders import a_document, a_patient

from healthmate_desktop.errors import (
    DiskFull,
    NotFound,
    UnreadableDocument,
    VaultDamaged,
    VaultError,
)
from healthmate_desktop.security.originals import Sealer
from healthmate_desktop.storage import free_space
from healthmate_desktop.storage import originals as module
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
CONTENT = random.Random(1).randbytes(1_000_000)


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large begins early."""
    for name in ("LARGEST_WHOLE", "LARGEST_HELD"):
        monkeypatch.setattr(module, name, 10_000)


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
def kept(vault: Vault, seals: Seals) -> Originals:
    return seals.originals(vault)


@pytest.fixture
def film(kept: Originals, ann: Patient) -> Document:
    document = a_document(ann.id, size=len(CONTENT))
    done = list(kept.put_stream(document, io.BytesIO(CONTENT)))
    assert done == sorted(done)
    assert done[-1] == len(CONTENT)
    return document


def read(originals: Originals, document_id: str) -> bytes:
    with originals.open(document_id) as stream:
        return b"".join(iter(lambda: stream.read(70_000), b""))


def files(vault: Vault) -> list[str]:
    return sorted(path.name for path in (vault.folder / "originals").iterdir())


def test_a_large_file_comes_back_as_a_stream_only(
    vault: Vault, kept: Originals, film: Document
) -> None:
    assert read(kept, film.id) == CONTENT
    kept.check(film.id)
    with pytest.raises(UnreadableDocument, match="too large"):
        kept.get(film.id)
    (path,) = (vault.folder / "originals").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert CONTENT[:100] not in path.read_bytes()


def test_a_small_one_comes_back_either_way(kept: Originals, ann: Patient) -> None:
    document = a_document(ann.id)
    kept.put(document, b"small")
    assert read(kept, document.id) == kept.get(document.id) == b"small"
    kept.check(document.id)


def test_what_is_not_read_to_its_end_leaves_nothing_running(
    kept: Originals, film: Document
) -> None:
    with kept.open(film.id) as stream:
        assert stream.read(10) == CONTENT[:10]
    assert read(kept, film.id) == CONTENT


def test_a_put_that_is_stopped_keeps_nothing(vault: Vault, kept: Originals, ann: Patient) -> None:
    document = a_document(ann.id, size=len(CONTENT))
    work = kept.put_stream(document, io.BytesIO(CONTENT))
    next(work)
    assert files(vault) == [f"{document.id}.age.part"]
    work.close()
    assert files(vault) == []
    with pytest.raises(NotFound):
        kept.open(document.id).__enter__()


def test_what_a_power_cut_left_of_a_put_is_removed(vault: Vault, film: Document) -> None:
    (vault.folder / "originals" / "another.age.part").write_bytes(b"the beginning")
    assert recover(vault) == Recovered()
    assert files(vault) == [f"{film.id}.age"]
    assert not (vault.folder / "quarantine").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_failed_put_keeps_nothing(
    vault: Vault,
    kept: Originals,
    ann: Patient,
    film: Document,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "from the disk")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(VaultError):
            list(kept.put_stream(a_document(ann.id), io.BytesIO(CONTENT)))
    assert files(vault) == [f"{film.id}.age"]
    assert vault.read_only


def test_room_is_asked_for_before_anything_is_written(
    vault: Vault, kept: Originals, ann: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = free_space.KEPT_FREE + len(CONTENT)
    monkeypatch.setattr(free_space, "_free", lambda _: free)
    with pytest.raises(DiskFull):
        list(kept.put_stream(a_document(ann.id, size=len(CONTENT)), io.BytesIO(CONTENT)))
    assert files(vault) == []
    assert not vault.read_only


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes() + b"x"),
        lambda path: path.write_bytes(b"\0" + path.read_bytes()[1:]),
    ],
)
def test_a_lost_or_changed_file_is_noticed(
    vault: Vault, kept: Originals, film: Document, spoil: Callable[[Path], object]
) -> None:
    spoil(vault.folder / "originals" / f"{film.id}.age")
    for look in (lambda: read(kept, film.id), lambda: kept.check(film.id)):
        with pytest.raises(VaultDamaged, match="Restore a backup"):
            look()


def test_a_source_that_fails_is_told_and_nothing_is_kept(
    vault: Vault, kept: Originals, ann: Patient
) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise UnreadableDocument("It changed.")
            return super().read(size)

    with pytest.raises(UnreadableDocument, match="It changed"):
        list(kept.put_stream(a_document(ann.id), Torn(CONTENT)))
    assert files(vault) == []
    assert not vault.read_only


def test_an_original_is_never_replaced(kept: Originals, film: Document) -> None:
    with pytest.raises(ValueError, match="never replaced"):
        list(kept.put_stream(film, io.BytesIO(b"other")))
    assert read(kept, film.id) == CONTENT


def test_new_keys_seal_large_files_too(
    vault: Vault, kept: Originals, film: Document, seals: Seals
) -> None:
    aside = vault.folder / "quarantine" / "whole.age"
    strange = vault.folder / "quarantine" / "strange.age"
    aside.parent.mkdir()
    aside.write_bytes(Sealer(seals.keys).seal(CONTENT))
    strange.write_bytes(b"?" * 20_000)
    seals.begin()
    assert read(kept, film.id) == CONTENT  # under the older ones
    list(renew(vault, kept, seals.keys))
    seals.finish()
    assert files(vault) == [f"{film.id}.2.age"]
    assert read(kept, film.id) == CONTENT
    assert Sealer(seals.keys).unseal(aside.read_bytes(), 2) == CONTENT
    assert strange.read_bytes() == b"?" * 20_000
    assert sorted(path.name for path in aside.parent.iterdir()) == ["strange.age", "whole.age"]


def test_keys_that_are_renewed_while_it_is_put_are_the_new_ones(
    vault: Vault, kept: Originals, ann: Patient, seals: Seals
) -> None:
    document = a_document(ann.id, size=len(CONTENT))
    work = kept.put_stream(document, io.BytesIO(CONTENT))
    next(work)
    seals.begin()
    list(renew(vault, kept, seals.keys))
    list(work)
    seals.finish()
    assert files(vault) == [f"{document.id}.2.age"]
    assert read(kept, document.id) == CONTENT


def test_a_file_is_read_while_it_is_sealed_anew(
    vault: Vault, kept: Originals, film: Document, seals: Seals
) -> None:
    """Between its row and the reading."""
    seals.begin()
    (before,) = kept.all()

    class Late(Originals):
        def _row(self, *_: object) -> object:  # type: ignore[override]
            return rows.pop(0)

    list(renew(vault, kept, seals.keys))
    (after,) = kept.all()
    rows = [before, after]
    sealer = Sealer(seals.keys)
    late = Late(vault, sealer.seal, sealer.unseal, lambda: 2, lambda: sealer)
    assert read(late, film.id) == CONTENT
    seals.finish()


def test_keys_of_another_vault_open_nothing(vault: Vault, film: Document) -> None:
    stranger = Sealer(real_keys())
    other = Originals(vault, stranger.seal, stranger.unseal, lambda: 1, lambda: stranger)
    with pytest.raises(VaultDamaged, match="Restore a backup"):
        read(other, film.id)
    with pytest.raises(VaultDamaged):
        stranger.unseal_stream(io.BytesIO(b""), io.BytesIO(), 7)
