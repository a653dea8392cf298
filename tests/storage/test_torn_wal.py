"""C4: the -wal as a power cut may leave it. What is read is what was there after some commit, whole."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest
from storage_builders import a_patient, add_letter, some_keys, verified

from healthmate_desktop.storage import engine
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.database, pytest.mark.security]
KEYS = some_keys()
COMMITS, IN_THE_FILE = 60, 5  # of which so many are in the database itself
SECTOR = 512


def truncate(wal: bytearray, chance: random.Random) -> None:
    del wal[chance.randrange(len(wal) + 1) :]


def spoil_a_sector(wal: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(wal) // SECTOR) * SECTOR
    wal[place : place + SECTOR] = chance.randbytes(SECTOR)


def blank_the_tail(wal: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(wal))
    wal[place:] = bytes(len(wal) - place)


WAYS: list[Callable[[bytearray, random.Random], None]] = [truncate, spoil_a_sector, blank_the_tail]


@pytest.fixture
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault's folder as a stop without warning leaves it: all but a few commits are only in the -wal."""
    monkeypatch.setattr(engine, "_WAL_PAGES", 1_000_000)
    folder, copy = tmp_path / "vault", tmp_path / "stopped"
    vault = Vault.create(folder, KEYS)
    for number in range(COMMITS):
        if number == IN_THE_FILE:
            vault.close()
            vault = Vault.open(folder, KEYS)
        with vault.write() as tx:
            patient = a_patient(f"person {number:03}")
            tx.patients.add(patient)
            add_letter(tx, patient, f"letter {number}", "and more")
    copy.mkdir()
    for name in ("vault.db", "vault.db-wal"):
        shutil.copy(folder / name, copy)
    vault.close()
    return copy


@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "count", [pytest.param(60, id="few"), pytest.param(1_000, id="all", marks=pytest.mark.slow)]
)
def test_c4_a_torn_wal_is_a_prefix_of_what_was_saved(
    tmp_path: Path, stopped: Path, count: int
) -> None:
    whole = (stopped / "vault.db-wal").read_bytes()
    chance = random.Random(count)
    found = set()
    for number in range(count):
        wal = bytearray(whole)
        WAYS[number % len(WAYS)](wal, chance)
        found.add(_people_after(wal, stopped, tmp_path / "torn", deep=number % 10 == 0))
    assert min(found) < COMMITS / 3
    assert max(found) > COMMITS / 2
    assert _people_after(bytearray(whole), stopped, tmp_path / "torn", deep=True) == COMMITS


def _people_after(wal: bytearray, stopped: Path, folder: Path, *, deep: bool) -> int:
    """How many commits are left of it; all parts of each, and nothing of the one after."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(stopped, folder)
    (folder / "vault.db-wal").write_bytes(wal)
    vault = Vault.open(folder, KEYS)
    try:
        with vault.read() as tx:
            people = sorted(tx.patients.all(), key=lambda patient: patient.name)
            assert [patient.name for patient in people] == [
                f"person {number:03}" for number in range(len(people))
            ]
            assert len(people) >= IN_THE_FILE
            for patient in people:
                (document,) = tx.documents.of_patient(patient.id)
                assert len(tx.documents.pages(document.id)) == 2
                assert tx.passages.count(document.id) == 2
        assert verified(vault, deep=deep).problems == ()
        if deep:
            assert vault.check() == []
            with vault.write() as tx:  # and it goes on
                tx.patients.add(a_patient("person 999"))
    finally:
        vault.close()
    return len(people)
