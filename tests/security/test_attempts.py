"""Wrong passphrases at the locked window: how long the next has to wait, and what the person is told after."""

from __future__ import annotations

import errno
import json
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from healthmate_desktop.domain.sessions import FailedAttempt
from healthmate_desktop.security.attempts import KEPT, PAUSES, Attempts, pause_after
from security.faults import Disk, Killed, faulty

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.security, pytest.mark.unit]

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SCHEDULE = [0, 0, 0, 2, 5, 15, 30, 60, 120, 240, 480, 900]  # before the 1st try, the 2nd, and so on


@pytest.fixture
def attempts(tmp_path: Path) -> Attempts:
    return Attempts(tmp_path / "state.json")


def wrong(attempts: Attempts, times: int, now: datetime = NOW) -> None:
    for _ in range(times):
        attempts.failed(now, "passphrase")


def test_a_thousand_wrong_tries_wait_exactly_as_planned(tmp_path: Path) -> None:
    """K5. Each try comes at the first moment it may, from a program started anew."""
    now, path = NOW, tmp_path / "state.json"
    for number in range(1000):
        pause = SCHEDULE[min(number, len(SCHEDULE) - 1)]
        assert Attempts(path).wait(now) == pause
        if pause:
            assert Attempts(path).wait(now + (pause - 1) * SECOND) == 1
            assert Attempts(path).wait(now + pause * SECOND - timedelta(microseconds=1)) == 1
        now += pause * SECOND
        assert Attempts(path).wait(now) == 0
        Attempts(path).failed(now, "passphrase")
    assert Attempts(path).wait(now) == 900
    assert len(Attempts(path).succeeded()) == KEPT == 1000
    assert not path.exists()


def test_tries_during_a_pause_count_too(attempts: Attempts) -> None:
    wrong(attempts, 4)
    assert attempts.wait(NOW) == 5
    attempts.failed(NOW + SECOND, "passphrase")
    assert attempts.wait(NOW + SECOND) == 15


def test_a_right_one_ends_the_pauses_and_tells_of_the_wrong_ones(tmp_path: Path) -> None:
    attempts = Attempts(tmp_path / "state.json")
    local = NOW.astimezone(timezone(timedelta(hours=-7)))
    attempts.failed(NOW, "passphrase")
    attempts.failed(local + SECOND, "recovery_key")
    expected = [FailedAttempt(NOW, "passphrase"), FailedAttempt(NOW + SECOND, "recovery_key")]
    assert Attempts(tmp_path / "state.json").succeeded() == expected
    assert attempts.succeeded() == []
    wrong(attempts, 3)
    assert attempts.wait(NOW) == 2


def test_only_the_last_thousand_are_told_of(attempts: Attempts) -> None:
    for number in range(KEPT + 5):
        attempts.failed(NOW + number * SECOND, "passphrase")
    told = attempts.succeeded()
    assert (len(told), told[0].at) == (KEPT, NOW + 5 * SECOND)


def test_the_file_names_nobody_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "data" / "state.json"
    Attempts(path).failed(NOW, "passphrase")
    assert json.loads(path.read_bytes()) == {
        "failures": 1,
        "last": NOW.isoformat(),
        "attempts": [[NOW.isoformat(), "passphrase"]],
    }
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_deleted_file_takes_the_pauses_away(tmp_path: Path) -> None:
    """It is no protection, so it needs none."""
    attempts = Attempts(tmp_path / "state.json")
    wrong(attempts, 9)
    (tmp_path / "state.json").unlink()
    assert attempts.wait(NOW) == 0
    assert attempts.succeeded() == []


@pytest.mark.parametrize("set_back", [SECOND, timedelta(days=1), timedelta(days=9999)])
def test_a_clock_set_back_keeps_nobody_out_longer(attempts: Attempts, set_back: timedelta) -> None:
    wrong(attempts, 99)
    earlier = NOW - set_back
    assert attempts.wait(earlier) == 900
    assert attempts.wait(earlier + 899 * SECOND) == 1
    assert attempts.wait(earlier + 900 * SECOND) == 0


def test_a_clock_set_forward_ends_the_pause(attempts: Attempts) -> None:
    wrong(attempts, 99)
    assert attempts.wait(NOW + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        b"9" * 5000,
        {"failures": 5},
        {"failures": -1, "last": None, "attempts": []},
        {"failures": True, "last": None, "attempts": []},
        {"failures": 9.0, "last": NOW.isoformat(), "attempts": []},
        {"failures": 9, "last": "yesterday", "attempts": []},
        {"failures": 9, "last": 7, "attempts": []},
        {"failures": 9, "last": "2026-11-20T08:30:00", "attempts": []},
        {"failures": 9, "last": NOW.isoformat(), "attempts": None},
        {"failures": 9, "last": NOW.isoformat(), "attempts": [1]},
        {"failures": 9, "last": NOW.isoformat(), "attempts": ["ab"]},
        {"failures": 9, "last": NOW.isoformat(), "attempts": [[NOW.isoformat(), "a name"]]},
        {"failures": 9, "last": NOW.isoformat(), "attempts": [[NOW.isoformat(), []]]},
        {"failures": 9, "last": NOW.isoformat(), "attempts": [[NOW.isoformat(), "passphrase", 1]]},
    ],
    ids=lambda stored: repr(stored)[:40],
)
def test_a_damaged_file_counts_as_none(tmp_path: Path, stored: Any) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(stored if isinstance(stored, bytes) else json.dumps(stored).encode())
    assert Attempts(path).wait(NOW) == 0
    assert Attempts(path).succeeded() == []


def test_whatever_the_file_holds_nobody_waits_longer_than_the_longest_pause(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    wrong(Attempts(path), 20)
    content, chance = path.read_bytes(), random.Random(9)
    for _ in range(500):
        changed = bytearray(content)
        changed[chance.randrange(len(changed))] = chance.choice(b'0123456789-:T"+{}[],. ')
        path.write_bytes(changed)
        attempts = Attempts(path)
        assert 0 <= attempts.wait(NOW) <= PAUSES[-1]
        assert attempts.wait(NOW + PAUSES[-1] * SECOND) == 0


def test_a_huge_count_waits_as_long_as_any(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    stored = {"failures": 10**300, "last": NOW.isoformat(), "attempts": []}
    path.write_text(json.dumps(stored), encoding="ascii")
    assert Attempts(path).wait(NOW) == pause_after(10**300) == 900


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_disk_that_takes_nothing_keeps_nobody_out_and_the_count_in_memory(
    tmp_path: Path, number: int
) -> None:
    path = tmp_path / "state.json"
    attempts = Attempts(path)
    wrong(attempts, 2)
    with faulty(Disk(fail_at=1, number=number)):
        wrong(attempts, 3)
        assert attempts.wait(NOW) == 15
        assert len(attempts.succeeded()) == 5
        assert attempts.wait(NOW) == 0  # also where the file can't be removed
        assert attempts.succeeded() == []
    assert len(Attempts(path).succeeded()) == 2


def test_a_folder_in_the_place_of_the_file_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "state.json").mkdir()
    attempts = Attempts(tmp_path / "state.json")
    wrong(attempts, 4)
    assert attempts.wait(NOW) == 5
    attempts.succeeded()
    assert attempts.wait(NOW) == 0


def test_a_kill_at_any_call_leaves_the_count_before_or_after(tmp_path: Path) -> None:
    counting = Disk()
    with faulty(counting):
        Attempts(tmp_path / "all").failed(NOW, "passphrase")
    assert counting.done >= 5
    for torn in (False, True):
        for point in range(1, counting.done + 1):
            path = tmp_path / f"{torn} {point}"
            wrong(Attempts(path), 4)
            with faulty(Disk(kill_at=point, torn=torn)), pytest.raises(Killed):
                Attempts(path).failed(NOW, "passphrase")
            assert Attempts(path).wait(NOW) in {5, 15}
            Attempts(path).failed(NOW, "passphrase")  # what the killed process left is no hindrance
            assert Attempts(path).wait(NOW) in {15, 30}
