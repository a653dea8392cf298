from __future__ import annotations

import threading

import pytest

from healthmate_desktop.inference.turns import Turns

pytestmark = pytest.mark.unit


def test_turns_come_in_the_order_they_were_asked_for() -> None:
    turns, served, threads = Turns(), list[int](), []

    def ask(number: int) -> None:
        with turns:
            served.append(number)

    with turns:
        for number in range(8):
            thread = threading.Thread(target=ask, args=(number,))
            thread.start()
            threads.append(thread)
            while len(turns._waiting) <= number:
                assert thread.is_alive()
    for thread in threads:
        thread.join()
    assert served == list(range(8))


def test_only_one_is_served_at_a_time() -> None:
    turns, inside, most = Turns(), 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(300):
            with turns:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_asking_twice_in_one_thread_is_an_error_and_not_a_standstill() -> None:
    turns = Turns()
    with turns, pytest.raises(RuntimeError, match="close it"), turns:
        pass
    with turns:
        pass
