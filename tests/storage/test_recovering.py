"""What a power cut leaves among the originals: set aside, never deleted, and nobody is kept out."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from kept_builders import (
    Kept,
    Seals,
    make_kept,
    points_of,
    run_failing,
    run_killed,
    spread,
    strace_works,
)
from storage_builders import verified

from healthmate_desktop.errors import NotFound, VaultError
from healthmate_desktop.storage.recovering import Recovered, recover

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from healthmate_desktop.storage.originals import Originals
    from healthmate_desktop.storage.vault import Vault

pytestmark = [pytest.mark.database, pytest.mark.security]
traced = pytest.mark.skipif(not strace_works(), reason="strace is not there or may not trace")


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return make_kept(tmp_path / "kept", sizes=(10, 100))


@pytest.fixture
def vault(kept: Kept) -> Iterator[Vault]:
    with kept.open(kept.seals()) as (vault, _):
        yield vault


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_what_nobody_knows_is_set_aside_and_never_deleted(kept: Kept, vault: Vault) -> None:
    folder, quarantine = kept.vault / "originals", kept.vault / "quarantine"
    known = names(folder)
    for content in (b"first", b"second"):
        (folder / "stray.age").write_bytes(content)
        (folder / f"{known[0]}.new").write_bytes(content)
        (folder / "a folder").mkdir()
        (folder / "nowhere").symlink_to("nothing")
        assert recover(vault) == Recovered(quarantined=4, missing=0)
    assert names(folder) == known
    assert len(names(quarantine)) == 8
    kept_bytes = sorted(path.read_bytes() for path in quarantine.iterdir() if path.is_file())
    assert kept_bytes == [b"first", b"first", b"second", b"second"]
    assert quarantine.stat().st_mode & 0o777 == 0o700
    assert recover(vault) == Recovered()


def test_a_missing_original_is_counted(kept: Kept, vault: Vault) -> None:
    lost, *_ = (kept.vault / "originals").iterdir()
    lost.unlink()
    assert recover(vault) == Recovered(quarantined=0, missing=1)


def test_without_the_folder_all_are_missing(kept: Kept, vault: Vault) -> None:
    (kept.vault / "originals").rename(kept.folder / "elsewhere")
    assert recover(vault) == Recovered(quarantined=0, missing=2)


def test_a_vault_without_originals_is_in_order(tmp_path: Path) -> None:
    kept = make_kept(tmp_path / "kept", sizes=())
    with kept.open(kept.seals()) as (vault, _):
        assert recover(vault) == Recovered()


def test_both_files_of_a_renewal_cut_off_are_known(kept: Kept, vault: Vault) -> None:
    folder = kept.vault / "originals"
    for path in list(folder.iterdir()):
        path.with_name(f"{path.stem}.2.age").write_bytes(b"sealed anew, and no row yet")
        path.with_name(f"{path.stem}.3.age").write_bytes(b"nobody makes this")
    assert recover(vault) == Recovered(quarantined=2, missing=0)
    assert len(names(folder)) == 4


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["mkdir", "rename", "listdir"])
def test_a_disk_that_takes_nothing_keeps_nobody_out(
    kept: Kept, vault: Vault, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    folder = kept.vault / "originals"
    lost, *_ = folder.iterdir()
    lost.unlink()
    (folder / "stray.age").write_bytes(b"x")

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, "from the disk")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        assert recover(vault) == Recovered(quarantined=0, missing=0 if call == "listdir" else 1)
    assert (folder / "stray.age").read_bytes() == b"x"


# --- the program is killed, or the disk fails


@traced
@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "count", [pytest.param(8, id="few"), pytest.param(1000, id="all", marks=pytest.mark.slow)]
)
def test_a_killed_program_keeps_what_it_said_was_kept(
    tmp_path: Path, kept: Kept, count: int
) -> None:
    points = points_of(kept.copy(tmp_path / "whole"), "put")
    for call, number in spread(points, count):
        hurt = kept.copy(tmp_path / "hurt")
        told = run_killed(hurt, "put", call, number).stdout
        _check(hurt, told, f"{call} {number}")


@traced
@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "count", [pytest.param(3, id="few"), pytest.param(100, id="all", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    ("error", "calls"),
    [
        ("ENOSPC", ("pwrite64", "write", "ftruncate", "mkdir", "rename")),
        ("EIO", ("fsync", "fdatasync")),
        ("EIO", ("pwrite64", "ftruncate")),
    ],
    ids=["full", "sync", "write"],
)
def test_a_full_or_failing_disk_is_told_and_keeps_what_was_kept(
    tmp_path: Path, kept: Kept, error: str, calls: tuple[str, ...], count: int
) -> None:
    points = points_of(kept.copy(tmp_path / "whole"), "put", calls)
    errors = set()
    for call, number in spread(points, count):
        hurt = kept.copy(tmp_path / "hurt")
        done = run_failing(hurt, "put", [call], error, number)
        where = f"{error} from {call} {number}"
        assert done.returncode in {0, 120}, (where, done)  # 120: it could not even say so
        assert not done.stderr or call == "write", (where, done.stderr)
        errors |= {line for line in done.stdout.splitlines() if line.startswith("error")}
        _check(hurt, done.stdout, where)
    assert errors
    assert errors <= {"error disk_full", "error disk_failed", "error read_only"}


def _check(kept: Kept, told: str, where: str) -> None:
    """All rows have their file, byte for byte, and nothing that was told to be kept is gone."""
    seals: Seals = kept.seals()
    lines = [line.split() for line in told.splitlines() if line]
    put = {name: name.encode() * 100 for what, name in lines if what == "put"}
    unsure = {name for what, name in lines if what == "removing"}
    with kept.open(seals) as (vault, originals):
        assert recover(vault).missing == 0, where
        assert recover(vault) == Recovered(), where
        rows = {row.document_id for row in originals.all()}
        for name, content in (kept.wanted() | put).items():
            if name in rows or name not in unsure:
                assert originals.get(name) == content, where
        for what, name in lines:
            if what == "removed":
                _assert_gone(originals, name)
        for name in rows - kept.wanted().keys():  # maybe not told of any more
            assert originals.get(name) == name.encode() * 100, where
        assert verified(vault).problems == (), where
        assert vault.check() == [], where


def _assert_gone(originals: Originals, name: str) -> None:
    with pytest.raises(NotFound):
        originals.get(name)


def test_only_the_database_can_keep_recovery_from_its_work(kept: Kept) -> None:
    with kept.open(kept.seals()) as (vault, _):
        vault.close()
        with pytest.raises(VaultError, match="locked"):
            recover(vault)
