from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from healthmate_desktop.errors import NotEnoughMemory, VaultDamaged
from healthmate_desktop.security.kdf import (
    CEILING,
    DEFAULT,
    FLOOR,
    MIB,
    Cost,
    calibrate,
    derive_key,
    fitting_memory,
    most_memory,
)

pytestmark = pytest.mark.security
SALT = b"0123456789abcdef"
GIB = 1024**3


def test_one_passphrase_gives_one_key_however_its_letters_are_composed() -> None:
    composed, decomposed = "Caf\u00e9 \u00fcber alles nicht", "Cafe\u0301 u\u0308ber alles nicht"
    key = derive_key(composed, SALT, FLOOR)
    assert len(key) == 32
    assert derive_key(decomposed, SALT, FLOOR) == key
    assert derive_key(composed.lower(), SALT, FLOOR) != key
    assert derive_key("a lone half \ud83d of a picture", SALT, FLOOR)


@pytest.mark.parametrize(
    "cost",
    [
        Cost(FLOOR.memory - 1, 3, 2),
        Cost(CEILING.memory + 1, 3, 2),
        Cost(2**40, 3, 2),
        Cost(FLOOR.memory, 2, 2),
        Cost(FLOOR.memory, 17, 2),
        Cost(FLOOR.memory, 3, 0),
        Cost(FLOOR.memory, 3, 17),
        Cost(-1, -1, -1),
    ],
)
def test_a_cost_out_of_bounds_is_refused_before_any_hashing(cost: Cost) -> None:
    started = time.perf_counter()
    with pytest.raises(VaultDamaged):
        derive_key("any", SALT, cost)
    assert time.perf_counter() - started < 0.05


def test_too_little_memory_is_never_called_a_wrong_passphrase() -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + 256 * MIB * 1024, before[1]))
    try:
        with pytest.raises(NotEnoughMemory):
            derive_key("any", SALT, Cost(CEILING.memory, 3, 1))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def test_calibration_stays_within_floor_and_ceiling() -> None:
    cost = calibrate()
    assert FLOOR.memory <= cost.memory <= CEILING.memory
    assert (cost.passes, cost.lanes) == (DEFAULT.passes, DEFAULT.lanes)


@pytest.mark.parametrize(
    ("seconds", "memory"),
    [
        (0.5, 256 * MIB),
        (1.0, 256 * MIB),
        (0.25, 768 * MIB),  # a quick computer takes more
        (0.01, CEILING.memory),
        (1.5, 128 * MIB),  # a slow one takes less
        (60.0, FLOOR.memory),
    ],
)
def test_memory_is_chosen_for_half_a_second_to_one(seconds: float, memory: int) -> None:
    assert fitting_memory(DEFAULT.memory, seconds, CEILING.memory) == memory


@pytest.mark.parametrize(
    ("ram", "most"),
    [(GIB // 8, FLOOR.memory), (GIB, 256 * MIB), (2 * GIB, 512 * MIB), (64 * GIB, CEILING.memory)],
)
def test_an_unlock_takes_at_most_a_quarter_of_the_memory(ram: int, most: int) -> None:
    assert most_memory(ram) == most
