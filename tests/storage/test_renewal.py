"""A renewal of keys: everything comes under the new ones, wherever it was cut off, and no original is lost (C5)."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from kept_builders import (
    Kept,
    Seals,
    make_kept,
    points_of,
    run_killed,
    spread,
    strace_works,
)
from storage_builders import a_document, actions, verified

from healthmate_desktop.domain.ids import DocumentId, PatientId
from healthmate_desktop.errors import DiskFull, NotFound, VaultDamaged, VaultError
from healthmate_desktop.security.originals import Sealer
from healthmate_desktop.storage import free_space
from healthmate_desktop.storage.originals import Original, Originals
from healthmate_desktop.storage.recovering import Recovered, recover
from healthmate_desktop.storage.renewal import renew

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.keys import VaultKeys
    from healthmate_desktop.storage.vault import Vault

pytestmark = [pytest.mark.database, pytest.mark.security]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return make_kept(tmp_path / "kept", sizes=(0, 10, 5_000))


@pytest.fixture
def seals(kept: Kept) -> Seals:
    """With new keys, which nothing is under yet."""
    seals = kept.seals()
    seals.begin()
    return seals


def to_the_end(vault: Vault, originals: Originals, seals: Seals) -> list[tuple[int, int]]:
    return list(renew(vault, originals, seals.keys))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def contents(originals: Originals) -> dict[str, bytes]:
    return {row.document_id: originals.get(row.document_id) for row in originals.all()}


def under(keys: VaultKeys, epoch: int, folder: Path) -> list[str]:
    """Files anywhere in a vault that open with the document identity of that epoch."""
    found = []
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                Sealer(keys).unseal(path.read_bytes(), epoch)
                found.append(path.name)
        except VaultDamaged:
            pass
    return sorted(found)


def test_everything_comes_under_the_new_keys(kept: Kept, seals: Seals) -> None:
    (kept.vault / "vault.db.before-0003").write_bytes(b"under the old key")
    with kept.open(seals) as (vault, originals):
        assert to_the_end(vault, originals, seals) == [(0, 3), (1, 3), (2, 3), (3, 3)]
        assert contents(originals) == kept.wanted()
        assert {row.epoch for row in originals.all()} == {2}
        assert actions(vault)[-3:] == ["original.changed"] * 3
        assert verified(vault).problems == ()
    assert names(kept.vault / "originals") == sorted(f"{name}.2.age" for name in kept.wanted())
    assert names(kept.vault) == ["originals", "vault.db", "vault.lock"]
    assert seals.keys.renewing is not None
    assert not kept.opens(seals.keys.renewing.database_key)
    seals.finish()
    with kept.open(seals) as (vault, originals):
        assert contents(originals) == kept.wanted()
        assert list(renew(vault, originals, seals.keys)) == []


def test_a_renewal_put_off_anywhere_goes_on(kept: Kept, seals: Seals) -> None:
    for steps in range(1, 6):
        with kept.open(seals) as (vault, originals):
            assert recover(vault) == Recovered()
            work = renew(vault, originals, seals.keys)
            for _ in range(steps):
                next(work, None)
            work.close()
            assert contents(originals) == kept.wanted()
    assert under(seals.keys, 1, kept.vault) == []


def test_keys_can_be_renewed_again_and_again(kept: Kept, seals: Seals) -> None:
    for epoch in range(2, 5):
        with kept.open(seals) as (vault, originals):
            to_the_end(vault, originals, seals)
            assert {row.epoch for row in originals.all()} == {epoch}
        seals.begin()
    with kept.open(seals) as (_, originals):
        assert contents(originals) == kept.wanted()


@pytest.mark.parametrize("spoil", ["change", "cut", "lose"])
def test_a_damaged_original_ends_no_renewal_and_is_not_lost(
    kept: Kept, seals: Seals, spoil: str
) -> None:
    *_, victim = sorted(kept.wanted(), key=lambda name: len(kept.wanted()[name]))
    path = kept.vault / "originals" / f"{victim}.age"
    spoilt = path.read_bytes()[:-1] + (b"" if spoil == "cut" else b"!")
    path.write_bytes(spoilt)
    if spoil == "lose":
        path.unlink()
    with kept.open(seals) as (vault, originals):
        to_the_end(vault, originals, seals)
        with pytest.raises(VaultDamaged, match="Restore a backup"):
            originals.get(DocumentId(victim))
        rest = {name: content for name, content in kept.wanted().items() if name != victim}
        assert {name: originals.get(name) for name in rest} == rest
        assert recover(vault) == Recovered(quarantined=0, missing=1)
    set_aside = kept.vault / "quarantine" / f"{victim}.age"
    assert [path.read_bytes() for path in [set_aside] if path.exists()] == (
        [] if spoil == "lose" else [spoilt]
    )


def test_what_was_set_aside_comes_under_the_new_keys_too(kept: Kept, seals: Seals) -> None:
    quarantine = kept.vault / "quarantine"
    quarantine.mkdir()
    old = kept.seals().keys
    (quarantine / "whole.age").write_bytes(Sealer(old).seal(b"from a cut off import"))
    (quarantine / "half.age.new").write_bytes(Sealer(old).seal(b"x")[:-3])
    (quarantine / "folder").mkdir()
    half = (quarantine / "half.age.new").read_bytes()
    with kept.open(seals) as (vault, originals):
        to_the_end(vault, originals, seals)
    assert under(seals.keys, 1, kept.vault) == []
    whole = (quarantine / "whole.age").read_bytes()
    assert Sealer(seals.keys).unseal(whole, 2) == b"from a cut off import"
    assert (quarantine / "half.age.new").read_bytes() == half
    assert names(quarantine) == ["folder", "half.age.new", "whole.age"]


def test_an_old_file_whose_removal_was_cut_off_is_removed(kept: Kept, seals: Seals) -> None:
    before = kept.copy(kept.folder.parent / "before")
    with kept.open(seals) as (vault, originals):
        to_the_end(vault, originals, seals)
    for path in (before.vault / "originals").iterdir():
        shutil.copy(path, kept.vault / "originals")
    with kept.open(seals) as (vault, originals):
        assert recover(vault) == Recovered()
        to_the_end(vault, originals, seals)
        assert contents(originals) == kept.wanted()
    assert under(seals.keys, 1, kept.vault) == []
    assert len(names(kept.vault / "originals")) == 3


def test_a_vault_without_originals_is_renewed(tmp_path: Path) -> None:
    kept = make_kept(tmp_path / "kept", sizes=())
    seals = kept.seals()
    seals.begin()
    with kept.open(seals) as (vault, originals):
        assert to_the_end(vault, originals, seals) == [(0, 0)]
    assert kept.opens(seals.keys.database_key)


# --- others work meanwhile


def test_a_file_put_while_keys_are_renewed_is_under_the_new_ones(kept: Kept) -> None:
    """The keys change after the file was sealed, and before its row is there."""
    seals = kept.seals()
    late = a_document(PatientId((kept.folder / "patient").read_text()))
    with kept.open(seals) as (vault, originals):
        asked = iter([False, True])  # the second time it is sealed

        def epoch() -> int:
            now = seals.keys.epoch
            if next(asked, False):
                seals.begin()
                to_the_end(vault, originals, seals)
            return now

        def unseal(sealed: bytes, epoch: int) -> bytes:
            return Sealer(seals.keys).unseal(sealed, epoch)

        Originals(vault, lambda content: Sealer(seals.keys).seal(content), unseal, epoch).put(
            late, b"late"
        )
        seals.finish()
        assert originals.get(late.id) == b"late"
    assert f"{late.id}.2.age" in names(kept.vault / "originals")
    assert f"{late.id}.age" not in names(kept.vault / "originals")


def test_the_keys_of_a_file_are_those_its_row_tells_of(kept: Kept) -> None:
    """They change between the question which they are and the sealing."""
    seals = kept.seals()
    late = a_document(PatientId((kept.folder / "patient").read_text()))
    with kept.open(seals) as (vault, originals):

        def seal(content: bytes) -> bytes:
            if seals.keys.epoch == 1:
                seals.begin()
            return Sealer(seals.keys).seal(content)

        hurried = Originals(vault, seal, lambda sealed, _: sealed, lambda: seals.keys.epoch)
        hurried.put(late, b"late")
        assert originals.get(late.id) == b"late"


class _Overtaken(Originals):
    """A file is sealed anew between its row and the reading."""

    overtakes: Originals | None = None

    def content(self, original: Original) -> bytes:
        if self.overtakes is not None:
            self.overtakes.reseal(original)
            self.overtakes = None
        return super().content(original)


def test_a_file_is_read_while_it_is_sealed_anew(kept: Kept, seals: Seals) -> None:
    with kept.open(seals) as (vault, originals):
        for name, content in kept.wanted().items():
            sealer = Sealer(seals.keys)
            reader = _Overtaken(vault, sealer.seal, sealer.unseal, lambda: 2)
            reader.overtakes = originals
            assert reader.get(name) == content


def test_an_original_removed_meanwhile_stays_removed(kept: Kept, seals: Seals) -> None:
    with kept.open(seals) as (vault, originals):
        work = renew(vault, originals, seals.keys)
        next(work)
        for name in kept.wanted():
            originals.remove(name)
        list(work)
        assert originals.all() == []
        with pytest.raises(NotFound):
            originals.get(next(iter(kept.wanted())))
        assert verified(vault).problems == ()
    assert names(kept.vault / "originals") == []


# --- the disk fails, or the program is killed


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_leaves_each_original_under_one_key(
    kept: Kept, seals: Seals, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "from the disk")

    with kept.open(seals) as (vault, originals):
        work = renew(vault, originals, seals.keys)
        next(work)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fail)
            with pytest.raises(VaultError):
                list(work)
        assert vault.read_only
        assert contents(originals) == kept.wanted()
    with kept.open(seals) as (vault, originals):
        assert recover(vault) == Recovered()
        to_the_end(vault, originals, seals)
        assert contents(originals) == kept.wanted()


def test_without_room_for_a_copy_of_the_database_nothing_is_begun(
    kept: Kept, seals: Seals, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (kept.vault / "vault.db").stat().st_size
    with kept.open(seals) as (vault, originals):
        free = shutil.disk_usage(kept.vault).free
        monkeypatch.setattr(free_space, "_free", lambda _: free_space.KEPT_FREE + size - 1)
        with pytest.raises(DiskFull):
            to_the_end(vault, originals, seals)
        assert not vault.read_only
        monkeypatch.setattr(free_space, "_free", lambda _: free)
        to_the_end(vault, originals, seals)


@pytest.mark.skipif(not strace_works(), reason="strace is not there or may not trace")
@pytest.mark.parametrize(
    "count",
    [
        pytest.param(12, id="few"),
        pytest.param(300, id="all", marks=(pytest.mark.slow, pytest.mark.timeout(0))),
    ],
)
def test_c5_a_killed_renewal_loses_nothing(tmp_path: Path, count: int) -> None:
    kept = make_kept(tmp_path / "kept")
    quarantine = kept.vault / "quarantine"
    quarantine.mkdir()
    (quarantine / "x.age").write_bytes(Sealer(kept.seals().keys).seal(b"set aside"))
    seals = kept.seals()
    seals.begin()
    kept.save(seals)
    points = points_of(kept.copy(tmp_path / "whole"), "renew")
    found = {_after_a_kill(kept.copy(tmp_path / "hurt"), *point) for point in spread(points, count)}
    assert found == {1, 2}  # kills before and after the database came under the new key


def _after_a_kill(kept: Kept, call: str, number: int) -> int:
    """The epoch whose key alone opened the database."""
    run_killed(kept, "renew", call, number)
    seals, where = kept.seals(), (call, number)
    assert seals.keys.renewing is not None
    older = seals.keys.renewing.database_key
    looked = kept.copy(kept.folder.parent / "looked")  # a look puts the -wal into the database
    opens = [
        epoch for epoch, key in ((1, older), (2, seals.keys.database_key)) if looked.opens(key)
    ]
    assert len(opens) == 1, where
    with kept.open(seals) as (vault, originals):
        assert recover(vault).missing == 0, where
        assert contents(originals) == kept.wanted(), where
        to_the_end(vault, originals, seals)
        assert contents(originals) == kept.wanted(), where
        assert verified(vault).problems == (), where
        assert vault.check() == [], where
        assert under(seals.keys, 1, kept.vault) == [], where
        copied = kept.copy(kept.folder.parent / "looked")
        (copied.vault / "vault.db-wal").unlink(missing_ok=True)
        assert not copied.opens(older), where  # not even the one file without what is beside it
    assert names(kept.vault / "originals") == sorted(f"{name}.2.age" for name in kept.wanted())
    return opens[0]
