"""Room on the disk: said early, asked before a write, and after a failure nothing is written until the next opening."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from kept_builders import make_kept
from storage_builders import a_document, a_patient, verified

from healthmate_desktop.domain.ids import PatientId
from healthmate_desktop.errors import DiskFull, VaultBusy, VaultReadOnly
from healthmate_desktop.storage import free_space
from healthmate_desktop.storage.errors import DiskFailed, disk_translated
from healthmate_desktop.storage.free_space import (
    KEPT_FREE,
    WARN_BELOW,
    DiskGuard,
    check_room,
    disk_words,
)
from healthmate_desktop.storage.recovering import recover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from healthmate_desktop.errors import VaultError
    from healthmate_desktop.storage.vault import Vault

pytestmark = [pytest.mark.database, pytest.mark.security]
MB = 1024**2


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Say how many bytes are free."""
    real = shutil.disk_usage(os.curdir)

    def say(free: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: real._replace(free=free))

    return say


@pytest.mark.parametrize(
    ("free", "said"),
    [
        (WARN_BELOW, ""),
        (WARN_BELOW - 1, "only 999 MB are left"),
        (KEPT_FREE, "only 67 MB are left"),
        (KEPT_FREE - 1, "no room is left"),
        (0, "no room is left"),
    ],
)
def test_a_disk_that_gets_full_is_said_early(
    tmp_path: Path, left: Callable[[int], None], free: int, said: str
) -> None:
    left(free)
    words = disk_words(tmp_path)
    assert said in words
    assert bool(words) == bool(said)
    assert not words or words.endswith(".")


def test_room_for_a_write_is_kept(tmp_path: Path, left: Callable[[int], None]) -> None:
    left(KEPT_FREE + 100)
    check_room(tmp_path, 100)
    with pytest.raises(DiskFull):
        check_room(tmp_path, 101)


@pytest.mark.parametrize(
    ("error", "ends"), [(DiskFull(), True), (DiskFailed(), True), (VaultBusy(), False)]
)
def test_only_a_disk_that_failed_ends_all_writing(
    tmp_path: Path, left: Callable[[int], None], error: VaultError, *, ends: bool
) -> None:
    guard = DiskGuard(tmp_path)
    left(0)
    with pytest.raises(DiskFull) as refused:
        guard.check()
    guard.met(refused.value)  # nothing was written
    left(WARN_BELOW)
    guard.check()
    guard.met(error)
    assert guard.read_only == ends
    with pytest.raises(VaultReadOnly) if ends else contextlib.nullcontext():
        guard.check()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EROFS, "vault_error"),
        (errno.EIO, "disk_failed"),
    ],
)
def test_what_a_disk_says_is_told_in_words(number: int, code: str) -> None:
    def fail() -> None:
        with disk_translated():
            raise OSError(number, "x")

    with pytest.raises(DiskFull if code == "disk_full" else Exception) as caught:
        fail()
    assert getattr(caught.value, "code", "") == code
    assert str(caught.value).endswith(".")


# --- a real small disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if sys.platform != "linux" or os.geteuid() or not shutil.which("mount"):
        pytest.skip("a small disk can only be mounted by root on Linux")
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=80m,mode=0700", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_on_a_full_disk_nothing_is_lost_and_room_makes_all_well(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = make_kept(small_disk / "kept", sizes=(10, 100_000))
    filler = small_disk / "filler"
    patient_id = PatientId((kept.folder / "patient").read_text())
    wanted = kept.wanted()

    with kept.open(kept.seals()) as (vault, originals):
        assert "MB are left" in disk_words(vault.folder)
        filler.write_bytes(bytes(shutil.disk_usage(small_disk).free - KEPT_FREE + MB))
        for size in (1, 10 * MB):
            with pytest.raises(DiskFull):
                originals.put(a_document(patient_id), bytes(size))
        assert not vault.read_only  # refused before anything was written

        monkeypatch.setattr(free_space, "KEPT_FREE", 0)  # another program fills the disk meanwhile
        _fill(small_disk / "more")
        with pytest.raises(DiskFull):
            _add_many(vault)
        assert vault.read_only
        with pytest.raises(VaultReadOnly):
            originals.put(a_document(patient_id), b"x")
        assert recover(vault).missing == 0
        assert {name: originals.get(name) for name in wanted} == wanted

    filler.unlink()
    (small_disk / "more").unlink()
    monkeypatch.undo()
    with kept.open(kept.seals()) as (vault, originals):
        assert not vault.read_only
        with vault.read() as tx:
            assert [patient.name for patient in tx.patients.all()] == ["Ann Example"]
        late = a_document(patient_id)
        originals.put(late, b"late")
        assert originals.get(late.id) == b"late"
        assert vault.check() == []
        assert verified(vault).problems == ()


def test_an_original_that_does_not_fit_leaves_nothing(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = make_kept(small_disk / "kept", sizes=(10,))
    document = a_document(PatientId((kept.folder / "patient").read_text()))
    with kept.open(kept.seals()) as (vault, originals):
        real = shutil.disk_usage(small_disk)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: real)  # as before it was filled
        _fill(small_disk / "filler", but=MB)
        with pytest.raises(DiskFull):
            originals.put(document, bytes(2 * MB))
        assert [path.name for path in (vault.folder / "originals").iterdir()] == [
            f"{name}.age" for name in kept.wanted()
        ]
        assert vault.read_only
    (small_disk / "filler").unlink()
    with kept.open(kept.seals()) as (_, originals):
        originals.put(document, bytes(2 * MB))


def test_a_vault_on_a_disk_without_any_room_says_so_and_opens_again(small_disk: Path) -> None:
    kept = make_kept(small_disk / "kept", sizes=(10,))
    filler = small_disk / "filler"
    _fill(filler)
    with pytest.raises(DiskFull, match="Free 200 MB"), kept.open(kept.seals()):
        pass
    filler.unlink()
    with kept.open(kept.seals()) as (vault, _):
        assert vault.check() == []


def _fill(path: Path, but: int = 0) -> None:
    """Take all of a disk, but so many bytes."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    size = path.stat().st_size
    os.truncate(path, size - but)


def _add_many(vault: Vault) -> None:
    with vault.write() as tx:
        for _ in range(1000):
            tx.patients.add(a_patient("Ben " + "x" * 100))
