"""C1: killed at any call that writes, a session loses nothing it had finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import faults, judge

if TYPE_CHECKING:
    from drills.conftest import Report, Vaults
    from drills.stage import Stage

pytestmark = [pytest.mark.security, pytest.mark.database]
SHARES = {"plain": 320, "backup": 110, "renewal": 120, "creation": 40}


@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "share",
    [pytest.param(0.03, id="few"), pytest.param(1.0, id="all", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("session", SHARES)
def test_c1_killed(
    strace: Stage, vaults: Vaults, report: Report, session: str, share: float
) -> None:
    points, undisturbed = faults.points_of(strace, session, vaults.fresh())
    assert undisturbed.notes[-1] == {"ended": "well"}
    report.count(calls=len(points))
    for point in faults.spread(points, max(3, int(SHARES[session] * share))):
        folder = vaults.fresh()
        ended = faults.kill_at(strace, point, folder)
        report.count(
            points=1, killed=ended.killed, acknowledged=sum("done" in n for n in ended.notes)
        )
        look = judge.judged_creation if session == "creation" else judge.judged
        where = f"{point.call} {point.number} ({point.place} of {len(points)})"
        report.add(where, judge.foreign(ended.notes) + look(folder, ended.notes))
    report.check("lost", "corrupt", "plaintext", "keys", "foreign")
    missed = report.counts["points"] - report.counts["killed"]
    assert missed <= max(1, 0.05 * report.counts["points"])  # threads: a run may make fewer calls
