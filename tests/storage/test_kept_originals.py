from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from storage_builders import CANARY, some_keys

from healthmate_desktop.domain.ids import new_id
from healthmate_desktop.errors import DiskFull, NotFound, VaultDamaged, VaultError
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.database
CONTENT = CANARY.encode() * 100


def turned(content: bytes) -> bytes:
    """Stands for sealing, which belongs to another room."""
    return bytes(byte ^ 0x5A for byte in content)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault.create(tmp_path / "vault", some_keys())
    yield vault
    vault.close()


@pytest.fixture
def originals(vault: Vault) -> Originals:
    return Originals(vault, turned, turned)


def test_an_original_comes_back_from_a_private_sealed_file(
    vault: Vault, originals: Originals
) -> None:
    document_id = new_id()
    originals.put(document_id, CONTENT)
    assert originals.get(document_id) == CONTENT
    (path,) = (vault.folder / "originals").iterdir()
    assert path.name == f"{document_id}.age"
    assert path.read_bytes() == turned(CONTENT)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_putting_again_replaces_it(originals: Originals) -> None:
    document_id = new_id()
    originals.put(document_id, CONTENT)
    originals.put(document_id, b"")
    assert originals.get(document_id) == b""


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
    vault: Vault, originals: Originals, spoil: Callable[[Path, Path], object]
) -> None:
    first, second = new_id(), new_id()
    originals.put(first, CONTENT)
    originals.put(second, b"another file")
    folder = vault.folder / "originals"
    spoil(folder / f"{first}.age", folder / f"{second}.age")
    with pytest.raises(VaultDamaged, match="Restore a backup"):
        originals.get(first)
    assert originals.get(second) == b"another file"


def test_a_removed_original_is_gone(vault: Vault, originals: Originals) -> None:
    document_id = new_id()
    originals.put(document_id, CONTENT)
    originals.remove(document_id)
    originals.remove(document_id)
    with pytest.raises(NotFound):
        originals.get(document_id)
    assert not list((vault.folder / "originals").iterdir())


@pytest.mark.parametrize("name", ["../vault", "", "a/b", "a.b", "x" * 65])
def test_an_id_never_leads_out_of_the_folder(originals: Originals, name: str) -> None:
    with pytest.raises(NotFound):
        originals.put(name, b"")
    with pytest.raises(NotFound):
        originals.get(name)
    with pytest.raises(NotFound):
        originals.remove(name)


@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, DiskFull), (errno.EROFS, VaultError), (errno.EIO, VaultError)],
)
def test_a_failed_put_keeps_nothing_and_the_file_before_it(
    vault: Vault,
    originals: Originals,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    error: type[VaultError],
) -> None:
    document_id = new_id()
    originals.put(document_id, CONTENT)

    def fail(*_: object) -> None:
        raise OSError(number, "from the disk")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(error):
            originals.put(document_id, b"new")
        with pytest.raises(error):
            originals.put(new_id(), b"new")
    assert originals.get(document_id) == CONTENT
    assert len(list((vault.folder / "originals").glob("*.age"))) == 1
