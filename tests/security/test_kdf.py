"""What a guess costs: never less than the floor, never more than a computer bears, and told when memory is short."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import argon2.low_level
import pytest

from healthmate_desktop.errors import NotEnoughMemory, VaultDamaged, WrongPassphrase
from healthmate_desktop.security.header import create_header, open_header
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
from security.made import GOLDEN, OLD_PASSPHRASE, PASSPHRASE, with_checksum

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.security
ROOT = Path(__file__).resolve().parents[2]
SALT = b"0123456789abcdef"
GIB = 1024**3


def test_one_passphrase_gives_one_key_however_its_letters_are_composed() -> None:
    composed, decomposed = "Caf\u00e9 \u00fcber alles nicht", "Cafe\u0301 u\u0308ber alles nicht"
    key = derive_key(composed, SALT, FLOOR)
    assert len(key) == 32
    assert derive_key(decomposed, SALT, FLOOR) == key
    assert derive_key(composed.lower(), SALT, FLOOR) != key
    assert derive_key("a lone half \ud83d of a picture", SALT, FLOOR)


@pytest.fixture
def no_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    def hash_secret_raw(*_: object) -> bytes:
        raise AssertionError("it was hashed")

    monkeypatch.setattr(argon2.low_level, "hash_secret_raw", hash_secret_raw)


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
@pytest.mark.usefixtures("no_hashing")
def test_a_cost_out_of_bounds_is_refused_before_any_hashing(cost: Cost) -> None:
    with pytest.raises(VaultDamaged):
        derive_key("any", SALT, cost)


ATTACKS: list[dict[str, Any]] = [
    {"m": 8},
    {"m": FLOOR.memory - 1},
    {"m": CEILING.memory + 1},
    {"m": 2**31},
    {"m": 2**64},
    {"m": 0},
    {"m": -FLOOR.memory},
    {"m": float(FLOOR.memory)},
    {"m": str(FLOOR.memory)},
    {"m": None},
    {"t": 1},
    {"t": 2},
    {"t": 17},
    {"t": 2**32},
    {"t": True},
    {"p": 0},
    {"p": 17},
    {"p": 2**24},
    {"p": [1]},
    {"m": CEILING.memory, "t": 2**16, "p": 255},
    {"alg": "argon2i"},
    {"alg": "argon2d"},
    {"alg": "scrypt"},
    {"v": 16},
    {"v": 18},
    {"salt": ""},
    {"salt": "AAAA"},
    {"salt": "A" * 1000},
]


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
@pytest.mark.parametrize("file", ["vault-0.1.0/vault/vault.hmv", "header-v2/fresh.hmv"])
@pytest.mark.usefixtures("no_hashing")
def test_a_key_file_with_other_costs_is_refused_before_any_hashing(
    tmp_path: Path, file: str, attack: dict[str, Any]
) -> None:
    """K4. Cheaper ones would make the next passphrase easy to guess, dearer ones the computer stand still."""
    document = json.loads((GOLDEN.parent / file).read_bytes())
    (slot,) = (slot for slot in document["slots"] if slot["type"] == "passphrase")
    slot["kdf"] |= attack
    (tmp_path / "vault.hmv").write_bytes(with_checksum(document))
    with pytest.raises(VaultDamaged):
        open_header(tmp_path, OLD_PASSPHRASE)


@pytest.mark.usefixtures("no_hashing")
def test_nothing_is_made_at_a_cost_out_of_bounds(tmp_path: Path) -> None:
    with pytest.raises(VaultDamaged):
        create_header(tmp_path, PASSPHRASE, cost=Cost(8, 1, 1))
    assert not list(tmp_path.iterdir())


SHORT_OF_MEMORY = """
import resource, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests"]
from argon2.low_level import hash_secret_raw
import pyrage
from healthmate_desktop.errors import HealthMateError
from healthmate_desktop.security.header import open_header
from healthmate_desktop.security.kdf import CEILING, Cost, calibrate, derive_key
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 32 * 1024**2, resource.RLIM_INFINITY))
ways = [
    lambda: open_header(Path(sys.argv[2]), "another long sentence"),
    lambda: derive_key("any", bytes(16), Cost(CEILING.memory, 3, 1)),
    calibrate,
]
for way in ways:
    try:
        way()
    except HealthMateError as error:
        print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_too_little_memory_is_never_called_a_wrong_passphrase() -> None:
    folder = GOLDEN / "vault"
    command = [sys.executable, "-c", SHORT_OF_MEMORY, str(ROOT), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [NotEnoughMemory.__name__] * 3


@pytest.mark.parametrize("problem", [MemoryError, argon2.exceptions.HashingError])
def test_either_way_to_run_out_of_memory_is_told_alike(
    monkeypatch: pytest.MonkeyPatch, problem: type[Exception]
) -> None:
    def hash_secret_raw(*_: object) -> bytes:
        raise problem

    monkeypatch.setattr(argon2.low_level, "hash_secret_raw", hash_secret_raw)
    with pytest.raises(NotEnoughMemory, match="Close other programs"):
        derive_key("any", SALT, FLOOR)


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


@pytest.mark.parametrize(
    "ask",
    [
        lambda folder: open_header(folder, "another long sentence", "Anna"),
        lambda folder: open_header(folder, "another long sentence", "nobody of this name"),
    ],
    ids=["wrong passphrase", "unknown name"],
)
def test_an_unknown_name_costs_what_a_wrong_passphrase_costs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Path], object]
) -> None:
    """One hash of the same memory, passes and lanes; how long each takes is in tests/benchmarks/sign_in.py."""
    (tmp_path / "vault.hmv").write_bytes((GOLDEN.parent / "header-v2/two-people.hmv").read_bytes())
    costs: list[tuple[object, ...]] = []
    hashed = argon2.low_level.hash_secret_raw

    def hash_secret_raw(secret: bytes, salt: bytes, *cost: Any) -> bytes:
        costs.append((len(salt), *cost))
        return hashed(secret, salt, *cost)

    monkeypatch.setattr(argon2.low_level, "hash_secret_raw", hash_secret_raw)
    with pytest.raises(WrongPassphrase):
        ask(tmp_path)
    assert costs == [(16, 3, FLOOR.memory, 1, 32, argon2.low_level.Type.ID)]
