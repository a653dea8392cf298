"""What was lost in the vault costs no backup the rest, and a restore that was cut off is carried through."""

from __future__ import annotations

import errno
import json
import os
import shutil
from contextlib import closing, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from backup_builders import (
    MADE_AT,
    SPOIL,
    STREAMS,
    Home,
    everything_in,
    make_home,
    nothing_more,
    put_original,
    taken_apart,
    unlock,
)
from builders import finished

from healthmate_desktop.errors import DiskFull, VaultBusy, VaultDamaged, VaultError
from healthmate_desktop.storage.engine import open_keyed
from healthmate_desktop.storage.restoring import DRAFT, NOTE, finish_restore, restore

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from healthmate_desktop.storage.backup import Checked
    from healthmate_desktop.storage.vault import Vault

pytestmark = [pytest.mark.security, pytest.mark.database]
REPLACED = f"vault.replaced-{MADE_AT:%Y%m%dT%H%M%SZ}"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("template") / "home")


@pytest.fixture
def home(template: Home, tmp_path: Path) -> Home:
    return template.copy(tmp_path / "home")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


# --- what is not as it should be in the vault itself


@pytest.mark.parametrize("spoil", ["lost", "damaged"])
def test_a_spoilt_original_keeps_no_other_from_being_saved(home: Home, spoil: str) -> None:
    wanted = home.contents()
    victim = sorted(wanted)[0]
    original = home.vault / "originals" / f"{victim}.age"
    original.write_bytes(original.read_bytes()[:-1])
    if spoil == "lost":
        original.unlink()
    with home.open() as (_, backups):
        assert finished(backups.make(home.file, MADE_AT)).lost == 1
    home.restore()
    with home.open() as (vault, _):
        originals = home.originals(vault)
        with pytest.raises(VaultDamaged, match="Restore a backup"):
            originals.get(victim)
        rest = {name: originals.get(name) for name in wanted if name != victim}
    assert rest == {name: content for name, content in wanted.items() if name != victim}
    assert names(home.vault / "originals") == {f"{name}.age" for name in rest}


def test_records_that_do_not_fit_together_make_no_backup(home: Home) -> None:
    with closing(open_keyed(home.vault / "vault.db", home.keys.database_key)) as raw:
        for statement in SPOIL:
            raw.execute(statement).fetchall()
    stick = home.folder / "stick"
    stick.mkdir()
    damaged = pytest.raises(VaultDamaged, match="database of this vault is damaged")
    with home.open() as (_, backups), damaged:
        finished(backups.make(stick, MADE_AT))
    assert names(stick) == set()


def hurried(
    work: Generator[object, None, Checked], home: Home, vault: Vault, most: int
) -> Generator[object, None, Checked]:
    """The same work; after each of its first steps a document goes, and another comes."""
    with vault.read() as tx:
        (patient,) = tx.patients.all()
    there: list[str] = []
    while True:
        try:
            yield next(work)
        except StopIteration as end:
            checked: Checked = end.value
            return checked
        if most:
            most -= 1
            for document_id in there:
                home.originals(vault).remove(document_id)
            there = [put_original(home, vault, patient.id, os.urandom(9))]


def test_documents_that_come_and_go_under_the_work_are_in_a_backup_as_they_were(home: Home) -> None:
    """A copy of the records knows one whose file is gone by then, so that another copy is made."""
    with home.open() as (vault, backups):
        checked = finished(hurried(backups.make(home.file, MADE_AT), home, vault, 4))
    assert (checked.report.documents, checked.lost) == (3, 0)
    wanted = home.contents()
    home.restore()
    assert home.contents() == wanted


def test_documents_that_never_stop_coming_and_going_make_no_backup(home: Home) -> None:
    stick = home.folder / "stick"
    stick.mkdir()
    with home.open() as (vault, backups):
        work = hurried(backups.make(stick, MADE_AT), home, vault, 99)
        with pytest.raises(VaultError, match="changed faster than they could be copied"):
            finished(work)
    assert names(stick) == set()
    assert len(home.contents()) == 3


def test_what_the_records_know_nothing_of_is_left_out_and_the_last_of_a_name_counts(
    home: Home,
) -> None:
    """An original that was sealed anew under the work is in a backup twice."""
    wanted = home.contents()
    forgery = taken_apart(home)
    (twice, _) = forgery.originals
    forgery.inner.insert(1, (twice, b"as it was before"))
    forgery.inner.insert(1, ("originals/stray.age", b"of a document that was removed"))
    forgery.list_all()
    home.restore(forgery.write(home.folder / "twice.hmb"))
    assert home.contents() == wanted
    assert names(home.vault / "originals") == {f"{name}.age" for name in wanted}


# --- the swap


def test_one_restores_at_a_time(home: Home) -> None:
    first = restore(home.file, home.data, unlock, STREAMS, MADE_AT, nothing_more)
    next(first)
    with pytest.raises(VaultBusy):
        home.restore()
    with pytest.raises(VaultBusy):
        finish_restore(home.data)
    finished(first)
    finish_restore(home.data)
    assert names(home.data) == {"vault", REPLACED}
    home.restore()  # within the same second: both of the older ones are kept
    assert names(home.data) == {"vault", REPLACED, f"{REPLACED}x"}


def test_a_restore_that_can_not_be_completed_changes_nothing(home: Home) -> None:
    def complete(_: Path) -> None:
        raise DiskFull

    before = everything_in(home.data)
    with pytest.raises(DiskFull):
        finished(restore(home.file, home.data, unlock, STREAMS, MADE_AT, complete))
    assert everything_in(home.data) == before


def test_a_swap_that_a_failing_disk_ended_is_carried_through(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note is there, so what was restored must come, and a vault is there all the time."""
    settle = os.fsync

    def fail(handle: int) -> None:
        with suppress(FileNotFoundError):
            if (home.data / NOTE).exists() and os.path.samestat(os.fstat(handle), home.data.stat()):
                raise OSError(errno.EIO, "from the disk")
        settle(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(VaultError, match="The disk reported an error"):
            home.restore()
    assert {DRAFT, NOTE, "vault"} <= names(home.data)
    finish_restore(home.data)
    assert names(home.data) == {"vault", REPLACED}
    assert len(home.contents()) == 2


@pytest.mark.parametrize(
    "note",
    [
        json.dumps({"replaced": REPLACED}),
        json.dumps({"replaced": "../../escaped"}),
        json.dumps({"replaced": None}),
        json.dumps([]),
        "{}",
        "cut sho",
    ],
)
def test_a_note_that_says_nothing_changes_only_a_name(home: Home, note: str) -> None:
    shutil.copytree(home.vault, home.data / DRAFT)
    (home.vault / "of the one before").touch()
    (home.data / NOTE).write_text(note)
    finish_restore(home.data)
    (replaced,) = names(home.data) - {"vault"}
    assert replaced.startswith("vault.replaced-")
    assert (replaced == REPLACED) == (REPLACED in note)
    assert (home.data / replaced / "of the one before").exists()
    assert names(home.folder) == {"data", "whole.hmb"}
    assert len(home.contents()) == 2


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_a_swap_goes_on_where_it_was_cut_off(home: Home, done: int) -> None:
    """Before the note, or after one, two or three of the names were changed."""
    shutil.copytree(home.vault, home.data / DRAFT)
    (home.data / DRAFT / "new").touch()
    (home.data / NOTE).write_text(json.dumps({"replaced": REPLACED}))
    if done == 0:
        (home.data / NOTE).unlink()
    if done >= 2:
        home.vault.rename(home.data / REPLACED)
    if done == 3:
        (home.data / DRAFT).rename(home.vault)
    finish_restore(home.data)
    assert names(home.data) == ({"vault"} if done == 0 else {"vault", REPLACED})
    assert (home.vault / "new").exists() == (done > 0)
    assert len(home.contents()) == 2


def test_a_link_to_a_disk_that_is_not_there_is_replaced_too(home: Home) -> None:
    shutil.rmtree(home.vault)
    home.vault.symlink_to(home.folder / "a disk")
    home.restore()
    assert (home.data / REPLACED).is_symlink()
    assert len(home.contents()) == 2


def test_backups_of_a_restored_vault_go_on(home: Home) -> None:
    home.restore()
    later = home.folder / "later.hmb"
    with home.open() as (_, backups):
        assert finished(backups.make(later, MADE_AT + timedelta(days=1))).report.documents == 2
    home.restore(later, MADE_AT + timedelta(days=2))
    assert len(home.contents()) == 2
