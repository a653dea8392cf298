"""Event codes inside the vault: the newest are there, the oldest give way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from storage_builders import some_keys

from healthmate_desktop.storage import log_lines
from healthmate_desktop.storage.log_lines import add_log_lines, recent_log_lines
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.database


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault.create(tmp_path / "vault", some_keys())
    yield vault
    vault.close()


def test_lines_come_back_in_their_order(vault: Vault) -> None:
    add_log_lines(vault, [])
    add_log_lines(vault, ["one", "two"])
    add_log_lines(vault, ["three", "x" * 10_000])
    assert recent_log_lines(vault, 3) == ["two", "three", "x" * log_lines.LONGEST_LINE]


def test_the_oldest_give_way(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_lines, "LARGEST", 1000)
    for number in range(100):
        add_log_lines(vault, [f"{number:020}"])
    kept = recent_log_lines(vault, 1000)
    assert kept[-1] == f"{99:020}"
    assert len(kept) <= 50
    assert kept == sorted(kept)


def test_no_number_of_lines_is_too_many(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_lines, "LARGEST", 1000)
    add_log_lines(vault, [f"{number:020}" for number in range(1000)])
    kept = recent_log_lines(vault, 1000)
    assert 20 <= len(kept) <= 50
    assert kept[-1] == f"{999:020}"


def test_the_ring_counts_bytes(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_lines, "LARGEST", 1000)
    add_log_lines(vault, ["€" * 20] * 40)
    assert len(recent_log_lines(vault, 1000)) * 60 <= 1000
