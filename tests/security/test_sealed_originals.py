from __future__ import annotations

import random
import shutil
import subprocess
from typing import TYPE_CHECKING

import pyrage
import pytest

from healthmate_desktop.errors import VaultDamaged
from healthmate_desktop.security.originals import seal, unseal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.security
IDENTITY = str(pyrage.x25519.Identity.generate())
CANARY = b"CANARY-7f3a"


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 300_000])
def test_any_file_comes_back_as_it_was(size: int) -> None:
    content = random.Random(size).randbytes(size)
    assert unseal(seal(content, IDENTITY), IDENTITY) == content


def test_a_sealed_file_shows_nothing_of_its_content() -> None:
    sealed = seal(CANARY * 1000, IDENTITY)
    assert CANARY not in sealed
    assert sealed != seal(CANARY * 1000, IDENTITY)


def test_no_changed_file_is_ever_opened() -> None:
    sealed = seal(CANARY * 20_000, IDENTITY)
    chance = random.Random(1)
    for _ in range(1000):
        changed = bytearray(sealed)
        place = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[place] ^= 1 << chance.randrange(8)
            case 1:
                del changed[place:]
            case 2:
                del changed[place : place + chance.randrange(1, 100)]
            case _:
                changed[place:place] = chance.randbytes(chance.randrange(1, 100))
        with pytest.raises(VaultDamaged):
            unseal(bytes(changed), IDENTITY)


def test_another_vault_can_not_open_it() -> None:
    with pytest.raises(VaultDamaged) as caught:
        unseal(seal(CANARY, IDENTITY), str(pyrage.x25519.Identity.generate()))
    assert "CANARY" not in str(caught.value)


@pytest.mark.skipif(shutil.which("age") is None, reason="the age tool is not installed")
def test_the_standard_tool_opens_it(tmp_path: Path) -> None:
    identity, sealed = tmp_path / "identity", tmp_path / "sealed"
    identity.write_text(IDENTITY)
    sealed.write_bytes(seal(CANARY, IDENTITY))
    command = ["age", "--decrypt", "-i", str(identity), str(sealed)]
    assert subprocess.run(command, capture_output=True, check=True).stdout == CANARY
