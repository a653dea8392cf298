"""Ids: fresh, ordered by time, of the standard's form."""

from __future__ import annotations

import time
import uuid

import pytest

from healthmate_desktop.domain.ids import new_id

pytestmark = pytest.mark.unit


def test_id_is_a_version_7_uuid() -> None:
    found = uuid.UUID(new_id())
    assert (found.version, found.variant) == (7, uuid.RFC_4122)


def test_id_carries_the_time_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    milliseconds = uuid.UUID(new_id()).int >> 80
    assert before <= milliseconds <= time.time_ns() // 1_000_000


def test_ids_sort_by_the_time_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for second in (1, 2, 1_700_000_000, 4_000_000_000):
        monkeypatch.setattr(time, "time_ns", lambda second=second: second * 1_000_000_000)
        made.append(new_id())
    assert made == sorted(made)


def test_no_two_ids_are_the_same() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000
