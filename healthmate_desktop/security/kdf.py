"""A passphrase becomes a key: Argon2id (RFC 9106) over the NFKD form, as slow as this computer can bear."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import dataclass

from healthmate_desktop.errors import NotEnoughMemory, VaultDamaged

MIB = 1024  # KiB
QUICKEST, SLOWEST, WANTED = 0.5, 1.0, 0.75  # seconds of one unlock, SECURITY 4.2
KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB, passes over it, lanes."""

    memory: int
    passes: int
    lanes: int


DEFAULT = Cost(256 * MIB, 3, 2)
FLOOR = Cost(64 * MIB, 3, 1)
CEILING = Cost(1024 * MIB, 16, 16)


def check_cost(cost: Cost) -> None:
    """Refuse numbers that would make guessing cheap or the computer stand still. Raises VaultDamaged."""
    if not (
        FLOOR.memory <= cost.memory <= CEILING.memory
        and FLOOR.passes <= cost.passes <= CEILING.passes
        and FLOOR.lanes <= cost.lanes <= CEILING.lanes
    ):
        raise VaultDamaged(
            "The key file asks for an unlock that HealthMate never sets up. Nothing was changed. Restore a backup."
        )


def derive_key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """32 bytes. Takes about a second, and `cost.memory`. Raises VaultDamaged or NotEnoughMemory."""
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw

    check_cost(cost)
    secret = unicodedata.normalize("NFKD", passphrase).encode("utf-8", "surrogatepass")
    try:
        return hash_secret_raw(
            secret, salt, cost.passes, cost.memory, cost.lanes, KEY_LENGTH, Type.ID
        )
    except (HashingError, MemoryError) as error:  # the cost is sound, so memory or threads ran out
        raise NotEnoughMemory from error


def calibrate() -> Cost:
    """The cost for a new vault: the default where it takes 0.5 to 1 s here. Raises NotEnoughMemory."""
    import psutil

    most = most_memory(psutil.virtual_memory().total)
    start = min(DEFAULT.memory, most)
    before = time.perf_counter()
    derive_key("calibration", bytes(16), Cost(start, DEFAULT.passes, DEFAULT.lanes))
    memory = fitting_memory(start, time.perf_counter() - before, most)
    return Cost(memory, DEFAULT.passes, DEFAULT.lanes)


def most_memory(ram: int) -> int:
    """KiB that an unlock may take on a computer with `ram` bytes: a quarter, within floor and ceiling."""
    return max(FLOOR.memory, min(CEILING.memory, ram // 1024 // 4))


def fitting_memory(memory: int, seconds: float, most: int) -> int:
    """KiB for 0.5 to 1 s where `memory` took `seconds`: time grows with memory."""
    if QUICKEST <= seconds <= SLOWEST:
        return memory
    wanted = int(memory * WANTED / seconds) // MIB * MIB
    return max(FLOOR.memory, min(most, wanted))
