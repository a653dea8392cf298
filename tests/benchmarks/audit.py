"""How fast the log is checked: a vault with 100,000 events, `audit verify` without and with every record.

    python tests/benchmarks/audit.py [EVENTS]

Prints seconds and events per second. Wanted: 100,000 events in less than 2 seconds.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pyrage

from healthmate_desktop.domain.ids import PatientId, new_id
from healthmate_desktop.domain.keys import VaultKeys
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.services.steps import finished
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
EVENTS = 100_000
BATCH = 1000
PEOPLE = 2000


def main() -> int:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    identity = str(pyrage.x25519.Identity.generate())
    keys = VaultKeys(new_id(), os.urandom(32), identity, os.urandom(32))
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Vault.create(Path(folder), keys)) as vault,
    ):
        seconds, _ = timed(lambda: fill(vault, events))
        print(f"{events} events written in {seconds:.1f} s")
        anchor = vault.head()
        for deep in (False, True):
            seconds, report = timed(
                lambda deep=deep: finished(vault.verify(deep=deep, anchors=[anchor]))  # type: ignore[misc]
            )
            assert report.ok, report.problems
            name = "deep" if deep else "log"
            print(
                f"verify {name:5} {report.events} events in {seconds:.2f} s, {report.events / seconds:.0f} a second"
            )
    return 0


def fill(vault: Vault, events: int) -> None:
    """People first, then looks at them."""
    ids = [PatientId(new_id()) for _ in range(min(PEOPLE, events // 2))]
    for start in range(0, len(ids), BATCH):
        with vault.write() as tx:
            for number, patient_id in enumerate(ids[start : start + BATCH]):
                tx.patients.add(Patient(patient_id, f"Person {start + number}"))
    while (left := events - vault.head().seq) > 0:
        with vault.write() as tx:
            for number in range(min(BATCH, left)):
                seen = ids[number % len(ids)]
                tx.audit.add("patient.viewed", subject=f"patient/{seen}", patient_id=seen)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    sys.exit(main())
