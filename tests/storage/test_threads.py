"""D1: many threads at once lose nothing, mix up nothing and leave no file open."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.pool import QueuePool
from storage_builders import a_patient, some_keys, vectors_for, verified
from storage_builders import add_letter as a_letter

from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.database, pytest.mark.security]
THREADS = 24


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


class Crowd:
    """Threads that write and read, each its own people, and find them all again."""

    def __init__(self, vault: Vault, rounds: int) -> None:
        self.vault, self.rounds = vault, rounds
        self.failures: list[BaseException] = []
        self.start = threading.Barrier(THREADS)
        self.most_connections = 0

    def wave(self, number: int) -> None:
        names = [f"w{number}t{thread:02d}" for thread in range(THREADS)]
        threads = [threading.Thread(target=self._work, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, name: str) -> None:
        try:
            self.start.wait()
            for turn in range(self.rounds):
                self._turn(name, turn)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            self.failures.append(error)

    def _turn(self, name: str, turn: int) -> None:
        patient = a_patient(f"{name} r{turn}")
        with self.vault.write() as tx:
            tx.patients.add(patient)
            if turn % 10 == 0:
                a_letter(tx, patient, f"words of {name}")
        with self.vault.read() as tx:
            assert tx.patients.get(patient.id) == patient
            assert len(tx.patients.find(name, 1000)) == turn + 1
            found = tx.passages.nearest(patient.id, vectors_for(1)[0], 5)
            assert len(found) == (turn % 10 == 0)
        pool = self.vault._engine.pool
        assert isinstance(pool, QueuePool)
        self.most_connections = max(self.most_connections, pool.checkedout())


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("rounds", "waves"), [(6, 1), pytest.param(60, 3, marks=pytest.mark.slow)])
def test_many_threads_lose_and_mix_up_nothing(
    tmp_path: Path, rounds: int, waves: int, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = some_keys()
    Vault.create(tmp_path / "vault", keys).close()
    base = open_files() if os.path.exists("/proc/self/fd") else 0  # noqa: PTH110
    vault = Vault.open(tmp_path / "vault", keys)
    crowd = Crowd(vault, rounds)
    for number in range(waves):
        crowd.wave(number)
        assert crowd.failures == []
    assert crowd.most_connections <= 8
    with vault.read() as tx:
        assert tx.patients.count() == THREADS * rounds * waves
    report = verified(vault)
    assert report.ok, report.problems
    assert report.events >= THREADS * rounds * waves
    assert vault.check() == []
    vault.close()
    if base:
        assert open_files() == base
    with capsys.disabled():
        print(f"\nD1 transactions={THREADS * rounds * waves} writing, errors={len(crowd.failures)}")


def test_no_writer_waits_for_a_reader(tmp_path: Path) -> None:
    """Seven readers in the middle of their blocks, and the eighth connection writes."""
    vault = Vault.create(tmp_path / "vault", some_keys())
    inside, go_on = threading.Barrier(8), threading.Event()
    counts: list[int] = []

    def read() -> None:
        with vault.read() as tx:
            before = tx.patients.count()
            inside.wait()
            go_on.wait()
            counts.append(tx.patients.count() - before)

    readers = [threading.Thread(target=read) for _ in range(7)]
    for reader in readers:
        reader.start()
    inside.wait()
    with vault.write() as tx:
        tx.patients.add(a_patient())
    go_on.set()
    for reader in readers:
        reader.join()
    assert counts == [0] * 7  # each saw its one moment
    vault.close()
