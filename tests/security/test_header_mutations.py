"""Whatever is changed in a key file, by chance or by someone without the keys: it never opens, and never surprises."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.errors import VaultError
from healthmate_desktop.security.header import open_header, open_with_recovery_key, sign_in_names
from security.made import OTHER, PASSPHRASE, QUICK, Made, forged, mutated, old_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("cheap_unlocks")]

few_or_all = pytest.mark.parametrize(
    "count", [300, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)


def headers(folder: Path) -> list[tuple[bytes, str]]:
    """With the recovery key of each: one person, two, in the middle of a renewal, and of version 0.1.0.

    At odd places the recovery key is tried: what passphrases of version 0.1.0 cost can't be made less.
    """
    one = Made(folder / "one")
    two = Made(folder / "two")
    opened = two.open()
    opened.add_user("u2", "Anna", OTHER, cost=QUICK)
    before = two.path.read_bytes()
    opened.begin_renewal()
    old = old_vault(folder / "old")
    return [
        (one.content, one.recovery_key),
        (before, two.recovery_key),
        (two.path.read_bytes(), two.recovery_key),
        ((folder / "old" / "vault.hmv").read_bytes(), old),
    ]


@few_or_all
@pytest.mark.parametrize("change", [mutated, forged], ids=["damage", "forgery"])
def test_no_changed_key_file_opens(
    tmp_path: Path,
    change: Callable[[bytes, random.Random], bytes],
    count: int,
) -> None:
    """A forgery has the right shape and a fresh checksum, so that it gets as far as the seals."""
    known, place = headers(tmp_path), tmp_path / "changed"
    place.mkdir()
    ends: Counter[str] = Counter()
    for number in range(count):
        chance = random.Random(number)
        content, recovery_key = known[number % len(known)]
        (place / "vault.hmv").write_bytes(change(content, chance))
        sign_in_names(place)
        way, secret = (
            (open_with_recovery_key, recovery_key) if number % 2 else (open_header, PASSPHRASE)
        )
        with pytest.raises(VaultError) as caught:
            way(place, secret)
        ends[caught.value.code] += 1
    print(f"{count} changes: {dict(ends)}")
    assert set(ends) <= {"vault_damaged", "wrong_passphrase", "wrong_recovery_key", "vault_too_new"}
    assert ends["vault_damaged"] > count // 2
