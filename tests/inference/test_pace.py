from __future__ import annotations

import pytest

from healthmate_desktop.inference.pace import Pace

pytestmark = pytest.mark.unit

ALONE = {2: 0.009, 1: 0.012}  # seconds a token
CROWDED = {2: 0.500, 1: 0.014}


def run(pace: Pace, machine: dict[int, float], tokens: int) -> list[int]:
    used = []
    for _ in range(tokens):
        threads = pace.threads()
        used.append(threads)
        pace.took(threads, machine[threads])
    return used


def test_all_cores_are_used_on_an_idle_machine() -> None:
    used = run(Pace(2), ALONE, 300)
    assert used.count(2) >= 290


def test_a_single_thread_is_used_while_others_need_the_cores() -> None:
    pace = Pace(2)
    run(pace, ALONE, 100)
    used = run(pace, CROWDED, 300)
    assert used.count(1) >= 295


def test_one_slow_token_changes_nothing() -> None:
    pace = Pace(2)
    run(pace, ALONE, 10)
    pace.took(pace.threads(), 0.5)
    assert run(pace, ALONE, 30).count(2) >= 29


def test_all_cores_are_used_again_when_the_others_are_done() -> None:
    pace = Pace(2)
    run(pace, CROWDED, 100)
    run(pace, ALONE, 4000)
    assert run(pace, ALONE, 100).count(2) >= 95


def test_trying_the_slower_way_costs_little() -> None:
    used = run(Pace(2), CROWDED, 3000)
    spent = sum(CROWDED[threads] for threads in used)
    assert spent < 1.1 * CROWDED[1] * len(used)


def test_one_core_leaves_no_choice() -> None:
    assert set(run(Pace(1), {1: 0.01}, 50)) == {1}
