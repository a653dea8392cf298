"""A database put under another key is under the old one or the new, and we know which, whatever the disk does."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import backup_builders
import pytest
from backup_builders import NEW_KEY, OLD_KEY, ROWS, make_database, rekeyed, rows_under
from kept_builders import ROOT, make_kept, strace_works

from healthmate_desktop.errors import VaultError
from healthmate_desktop.storage import engine as storage_engine
from healthmate_desktop.storage.engine import make_engine, open_keyed, rekey
from healthmate_desktop.storage.renewal import renew

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.database, pytest.mark.security]
SYNCS = "fsync,fdatasync"
MOST = 40  # calls that settle something on the disk


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (tmp_path / "whole").mkdir()
    path = tmp_path / "whole" / "vault.db"
    make_database(path)
    return path


def traced(path: Path, *words: str) -> dict[str, Any]:
    """In a child whose calls are looked at."""
    program = [sys.executable, backup_builders.__file__, str(path)]
    done = subprocess.run(
        ["strace", "-f", "-qq", *words, *program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def copies(database: Path) -> Iterator[Path]:
    for number in range(1, MOST):
        folder = database.parent.parent / str(number)
        yield Path(shutil.copytree(database.parent, folder)) / database.name


@pytest.mark.skipif(not strace_works(), reason="strace is not there or may not trace")
def test_a_disk_that_fails_once_leaves_all_under_one_known_key(database: Path) -> None:
    """The answer of the disk gets lost after the records went over, in one of the calls."""
    outcomes = set()
    for number, path in enumerate(copies(database), 1):
        log = path.parent / "calls"
        words = ["-o", str(log), "-e", f"trace={SYNCS}"]
        found = traced(path, *words, "-e", f"inject={SYNCS}:error=EIO:when={number}")
        if "INJECTED" not in log.read_text():
            break
        key, other = (NEW_KEY, OLD_KEY) if found["new"] else (OLD_KEY, NEW_KEY)
        assert found["rows"] == ROWS, (number, found)
        assert rows_under(path, key) == ROWS, (number, found)
        assert rows_under(path, other) == 0, (number, found)
        outcomes.add((bool(found["said"]), found["new"]))
    assert {(True, False), (True, True)} <= outcomes


@contextmanager
def no_larger_than(size: int) -> Iterator[None]:
    """A disk that takes no larger files, for this process."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_takes_no_more_leaves_the_old_key_and_the_next_try_works(
    database: Path,
) -> None:
    with no_larger_than(database.stat().st_size // 2):
        assert rekeyed(database) == {"said": "DiskFailed", "new": False, "rows": ROWS}
    assert rekeyed(database) == {"said": "", "new": True, "rows": ROWS}
    assert rows_under(database, OLD_KEY) == 0


def test_a_renewal_that_the_disk_did_not_take_is_told_and_can_be_gone_on_with(
    tmp_path: Path,
) -> None:
    """The library says that all went well; believing it would shut the records until the next unlock."""
    kept = make_kept(tmp_path / "kept", sizes=(10,))
    seals = kept.seals()
    seals.begin()
    with kept.open(seals) as (vault, originals):
        work = renew(vault, originals, seals.keys)
        told = pytest.raises(VaultError, match="The disk reported an error")
        with no_larger_than((kept.vault / "vault.db").stat().st_size // 2), told:
            next(work)
        assert vault.read_only
        assert {name: originals.get(name) for name in kept.wanted()} == kept.wanted()
    with kept.open(seals) as (vault, originals):
        assert list(renew(vault, originals, seals.keys)) == [(0, 1), (1, 1)]
        assert {name: originals.get(name) for name in kept.wanted()} == kept.wanted()


def test_what_is_under_the_new_key_already_stays_so(database: Path) -> None:
    key = bytearray(OLD_KEY)
    rekey(make_engine(database, key), database, key, OLD_KEY)
    assert rows_under(database, OLD_KEY) == ROWS


@pytest.mark.parametrize("key", [b"", b"short", bytes(33)])
def test_a_key_that_would_be_taken_for_a_passphrase_opens_nothing(
    database: Path, key: bytes
) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        open_keyed(database, key)


def test_a_library_that_would_write_in_clear_is_refused() -> None:
    plain = sqlite3.connect(":memory:")
    with pytest.raises(VaultError, match="SQLCipher none"):
        storage_engine._check_library(plain)
    plain.close()
