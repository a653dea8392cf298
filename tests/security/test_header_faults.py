"""Killed, or told of an error by the disk, at each call that a change of the key file makes."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.domain.keys import Anchor
from healthmate_desktop.errors import HealthMateError, WrongPassphrase
from healthmate_desktop.security.header import open_header, open_with_recovery_key
from healthmate_desktop.security.header_document import decode
from healthmate_desktop.security.header_file import NAME, PREVIOUS
from healthmate_desktop.security.kdf import FLOOR
from healthmate_desktop.security.key_file import SavedOnce
from security.faults import Disk, Killed, faulty
from security.made import OTHER, PASSPHRASE, QUICK, THIRD, Made

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.security.kdf import Cost
    from healthmate_desktop.security.key_file import KeyFile

pytestmark = pytest.mark.security
ROOT = Path(__file__).resolve().parents[2]
ANCHOR = Anchor(7, "0c" * 32)

CHANGES: dict[str, Callable[[KeyFile, Cost], object]] = {
    "change_passphrase": lambda opened, cost: opened.change_passphrase("owner", OTHER, cost=cost),
    "new_recovery_key": lambda opened, _: opened.new_recovery_key(),
    "add_user": lambda opened, cost: opened.add_user("u3", "Bert", THIRD, cost=cost),
    "remove_user": lambda opened, _: opened.remove_user("u2"),
    "begin_renewal": lambda opened, _: opened.begin_renewal(),
    "finish_renewal": lambda opened, _: opened.finish_renewal(),
    "save_anchor": lambda opened, _: opened.save_anchor(ANCHOR),
}


@dataclass(frozen=True)
class Before:
    """A vault of two people, as it was before the change."""

    folder: Path
    recovery_key: str
    vault_id: str

    def copy(self, name: str) -> Path:
        place = self.folder.parent / name
        shutil.copytree(self.folder, place)
        return place


def prepared(folder: Path, change: str, cost: Cost) -> Before:
    made = Made(folder, cost)
    opened = made.open()
    opened.add_user("u2", "Anna", "two grey parrots talk", cost=cost)
    if change == "finish_renewal":
        opened.begin_renewal()
    return Before(folder, made.recovery_key, made.keys.vault_id)


def opens(folder: Path, passphrase: str, name: str) -> bool:
    try:
        open_header(folder, passphrase, name)
    except WrongPassphrase:
        return False
    return True


def check(before: Before, folder: Path, change: str) -> str:
    """Exactly the old or the new state is there, it opens in every way it should, and it goes on working."""
    document = decode((folder / NAME).read_bytes())
    decode((folder / PREVIOUS).read_bytes())
    old, new = opens(folder, PASSPHRASE, "owner"), opens(folder, OTHER, "owner")
    assert old != new
    assert not new or change == "change_passphrase"
    opened = open_header(folder, PASSPHRASE if old else OTHER, "owner")
    assert not opened.from_previous
    assert opened.keys.vault_id == before.vault_id
    names = {name for _, name in opened.users}
    assert {"owner"} <= names <= {"owner", "Anna", "Bert"}
    assert opens(folder, "two grey parrots talk", "Anna") == ("Anna" in names)
    assert opens(folder, THIRD, "Bert") == ("Bert" in names)
    recovery_key_kept = True
    try:
        assert open_with_recovery_key(folder, before.recovery_key).keys == opened.keys
    except WrongPassphrase:
        recovery_key_kept = False
        assert change == "new_recovery_key"
    state = f"{old} {sorted(names)} {opened.keys.epoch} {opened.keys.renewing is None} {recovery_key_kept}"
    state += f" {opened.anchor is None} {document['gen']}"
    opened.save_anchor(ANCHOR)  # life goes on, also with what the killed process left behind
    opened.new_recovery_key()
    (folder / NAME).unlink()
    assert open_header(folder, PASSPHRASE if old else OTHER, "owner").anchor == ANCHOR
    return state


@pytest.mark.usefixtures("cheap_unlocks")
@pytest.mark.parametrize("torn", [False, True], ids=["before the call", "in the middle"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_kill_at_any_call_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, change: str, torn: bool
) -> None:
    before = prepared(tmp_path / "vault", change, QUICK)
    counting = Disk()
    opened = open_header(before.copy("all"), PASSPHRASE, "owner")
    with faulty(counting):
        CHANGES[change](opened, QUICK)
    points = counting.done
    assert points >= (10 if change == "save_anchor" else 20)
    states = []
    for point in range(1, points + 1):
        folder = before.copy(f"at {point}")
        opened = open_header(folder, PASSPHRASE, "owner")
        with faulty(Disk(kill_at=point, torn=torn)), pytest.raises(Killed):
            CHANGES[change](opened, QUICK)
        states.append(check(before, folder, change))
        shutil.rmtree(folder)
    assert len(set(states)) == 2  # the change is there from one call on
    assert states == sorted(states, key=states.index)


@pytest.mark.usefixtures("cheap_unlocks")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["full", "broken"])
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("change", CHANGES)
def test_an_error_of_the_disk_at_any_call_is_told_truthfully(
    tmp_path: Path, change: str, lasting: bool, number: int
) -> None:
    before = prepared(tmp_path / "vault", change, QUICK)
    counting = Disk()
    opened = open_header(before.copy("all"), PASSPHRASE, "owner")
    with faulty(counting):
        CHANGES[change](opened, QUICK)
    after = seen(opened)
    for point in range(1, counting.done + 1):
        folder = before.copy(f"at {point}")
        opened = open_header(folder, PASSPHRASE, "owner")
        unchanged = seen(opened)
        disk = Disk(fail_at=point, works_from=0 if lasting else point + 1, number=number)
        with faulty(disk):
            told = outcome(CHANGES[change], opened)
        on_disk = open_header(
            folder, PASSPHRASE if opens(folder, PASSPHRASE, "owner") else OTHER, "owner"
        )
        assert seen(on_disk) == seen(opened)  # what is in memory is what is on the disk
        assert seen(opened) == (unchanged if told == "failed" else after)
        opened.save_anchor(Anchor(8, "0d" * 32))  # the disk is well again
        if change == "change_passphrase" and told != "failed":
            (folder / NAME).rename(folder / "aside")
            assert not opens(
                folder, PASSPHRASE, "owner"
            )  # nor is the old one in the second copy now
            (folder / "aside").rename(folder / NAME)
        check(before, folder, change)
        shutil.rmtree(folder)


def seen(opened: KeyFile) -> tuple[object, ...]:
    """What a change changes, without what is random."""
    keys = opened.keys
    return opened.users, opened.anchor, keys.epoch, keys.renewing is None, opened._document["gen"]


def outcome(change: Callable[[KeyFile, Cost], object], opened: KeyFile) -> str:
    try:
        change(opened, QUICK)
    except SavedOnce:
        return "saved once"
    except HealthMateError:
        return "failed"
    return "done"


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
sys.path.insert(0, sys.argv[3] + "/tests")
from security.test_header_faults import CHANGES, FLOOR, PASSPHRASE, open_header
CHANGES[sys.argv[1]](open_header(Path(sys.argv[2]), PASSPHRASE, "owner"), FLOOR)
"""
TRACED = "write,fsync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat"
NOTES = ("-e", f"trace={TRACED}", "-e", "signal=none")


def traced(folder: Path, change: str, *options: str) -> tuple[int, list[str]]:
    """Run the change in a process of its own under strace; its end, and its calls to the disk."""
    notes = folder.with_name(folder.name + " notes")
    command = ["strace", "-f", "-qq", "-o", str(notes), *NOTES, *options, sys.executable, "-B"]
    done = subprocess.run(
        [*command, "-c", CHILD, change, str(folder), str(ROOT)],
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
    )
    return done.returncode, notes.read_text(errors="replace").splitlines()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("change", CHANGES)
def test_a_process_killed_by_the_system_at_any_call_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, change: str
) -> None:
    """With SIGKILL and the real cost of a passphrase; nothing is replaced."""
    before = prepared(tmp_path / "vault", change, FLOOR)
    ended, calls = traced(before.copy("all"), change)
    assert ended == 0
    assert len(calls) >= 10
    names = [call.split()[1].partition("(")[0] for call in calls]
    states = []
    for point, name in enumerate(names, start=1):
        folder = before.copy(f"at {point}")
        count = names[:point].count(name)  # strace counts each kind of call for itself
        ended, _ = traced(folder, change, "-e", f"inject={name}:signal=KILL:when={count}")
        assert ended != 0
        states.append(check(before, folder, change))
        shutil.rmtree(folder)
    print(f"{change}: {len(calls)} kills")
    assert len(set(states)) == 2
    assert states == sorted(states, key=states.index)
