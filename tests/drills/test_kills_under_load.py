"""C3: killed at a random moment while three threads write and read."""

from __future__ import annotations

import os
import random
import select
import signal
from typing import TYPE_CHECKING

import pytest

from drills import judge

if TYPE_CHECKING:
    from pathlib import Path

    from drills.conftest import Report, Vaults
    from drills.stage import Ended, Stage

pytestmark = [pytest.mark.security, pytest.mark.database]
ROUNDS = 10  # kills that one vault lives through
LONGEST = 0.6  # seconds until a kill


@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "kills", [pytest.param(6, id="few"), pytest.param(500, id="all", marks=pytest.mark.slow)]
)
def test_c3_killed_under_load(stage: Stage, vaults: Vaults, report: Report, kills: int) -> None:
    chance = random.Random(kills)
    for number in range(kills):
        if number % ROUNDS == 0:
            folder, notes = vaults.fresh(), list[judge.Note]()
        ended = killed_after(stage, folder, chance.uniform(0.01, LONGEST))
        (folder / "board").unlink()
        notes += ended.notes
        report.count(
            kills=1, killed=ended.killed, acknowledged=sum("done" in n for n in ended.notes)
        )
        report.add(f"kill {number}", judge.foreign(ended.notes) + judge.judged(folder, notes))
        if report.problems:  # what comes after is no proof of anything
            break
    report.check("lost", "corrupt", "plaintext", "keys", "foreign")


def killed_after(stage: Stage, folder: Path, seconds: float) -> Ended:
    pid = stage.call("load", folder)
    handle = os.pidfd_open(pid)
    stage.start()
    select.select([handle], [], [], seconds)
    signal.pidfd_send_signal(handle, signal.SIGKILL)
    os.close(handle)
    return stage.end(folder)
