"""C2: a disk that is full, or broken, from some call on: a known error, reading goes on, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills import faults, judge

if TYPE_CHECKING:
    from drills.conftest import Report, Vaults
    from drills.stage import Stage

pytestmark = [pytest.mark.security, pytest.mark.database]
SHARES = {"plain": 200, "backup": 50, "renewal": 60, "creation": 20}
ERRORS = {"ENOSPC": faults.NO_SPACE, "EIO": faults.BAD_DISK}


@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "share",
    [pytest.param(0.02, id="few"), pytest.param(1.0, id="all", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("session", SHARES)
@pytest.mark.parametrize("error", ERRORS)
def test_c2_disk(
    strace: Stage, vaults: Vaults, report: Report, session: str, error: str, share: float
) -> None:
    points, _ = faults.points_of(strace, session, vaults.fresh())
    for point in faults.spread(points, max(2, int(SHARES[session] * share)), ERRORS[error]):
        folder = vaults.fresh()
        ended = faults.fail_from(strace, point, folder, error, ERRORS[error])
        where = f"{error} from {point.call} {point.number} ({point.place} of {len(points)})"
        said = problems_of(ended.notes, reads_on=session != "renewal")
        report.add(where, said + judge.foreign(ended.notes))
        assert ended.status == 0, (where, ended.status)
        report.count(
            points=1,
            told=any("code" in note for note in ended.notes),
            read_on=any(note.get("done") == "look" for note in ended.notes),
        )
        look = judge.judged_creation if session == "creation" else judge.judged
        report.add(where, look(folder, ended.notes))
    report.check("lost", "corrupt", "plaintext", "keys", "foreign", "unsaid")


def problems_of(notes: list[judge.Note], *, reads_on: bool) -> list[str]:
    """Known errors have a sentence; once saving failed, records can still be read.

    Not so when the database is being put under other keys: every connection is closed then, and SQLite opens none
    on a disk that takes not a byte. After that the records must all be there.
    """
    problems = [
        f"unsaid: {note['message']}"
        for note in notes
        if "code" in note and not note["message"].endswith(".")
    ]
    if reads_on:
        unread = [note for note in notes if note.get("failed") == "look"]
        problems += [f"unreadable: {note['message']}" for note in unread]
    return problems
