"""A backup holds everything, opens with what its owner has, and never harms the vault."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyrage
import pytest
from builders import finished
from sqlcipher3 import dbapi2 as sqlcipher

from composition.conftest import CANARY, PASSPHRASE, House, contents
from healthmate_desktop.composition import create_vault, restore_vault, vault_exists
from healthmate_desktop.domain.audit import AuditFilter
from healthmate_desktop.errors import (
    DiskFull,
    HealthMateError,
    InvalidInput,
    VaultBusy,
    VaultDamaged,
    VaultError,
    WrongPassphrase,
)
from healthmate_desktop.paths import Paths, resources_dir
from healthmate_desktop.security.kdf import FLOOR
from healthmate_desktop.storage import backup_files
from healthmate_desktop.storage import restoring as storage_restoring

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.backups import BackupReport

pytestmark = [pytest.mark.security, pytest.mark.integration, pytest.mark.database]


@pytest.fixture
def backup(house: House, tmp_path: Path) -> Path:
    target = tmp_path / "copy.hmb"
    with closing(house.open()) as services:
        finished(services.backup.make(target))
    return target


def restore(paths: Paths, backup: Path, secret: str = PASSPHRASE) -> BackupReport:
    return finished(restore_vault(paths, backup, secret))


def test_nothing_of_a_person_is_readable_in_a_backup(backup: Path) -> None:
    assert CANARY.encode() not in backup.read_bytes()
    assert backup.stat().st_mode & 0o777 == 0o600


def test_everything_comes_back_on_another_computer(
    house: House, backup: Path, tmp_path: Path
) -> None:
    with closing(house.open()) as services:
        wanted = contents(services)
    other = House(Paths(tmp_path / "other"), house.recovery_key)
    report = restore(other.paths, backup)
    assert (report.people, report.documents) == (1, 2)
    with closing(other.open()) as services:
        assert contents(services) == wanted
        assert not services.documents.check().problems
        assert finished(services.log.verify(deep=True)).ok
        assert not services.news.older
        restored = services.log.events(AuditFilter(kind="safety"))
        assert "vault.restored" in [event.action for event in restored]
    with closing(other.recover()) as services:
        assert contents(services) == wanted


def test_the_recovery_key_restores_too(house: House, backup: Path, tmp_path: Path) -> None:
    other = Paths(tmp_path / "other")
    assert restore(other, backup, house.recovery_key.lower()).documents == 2


def test_the_vault_that_was_there_is_kept(house: House, backup: Path) -> None:
    with closing(house.open()) as services:
        services.patients.add("Later")
        later = contents(services)
    restore(house.paths, backup)
    with closing(house.open()) as services:
        assert "Later" not in contents(services)["people"]
    (replaced,) = house.paths.data.glob("vault.replaced-*")
    shutil.rmtree(house.paths.vault)
    replaced.rename(house.paths.vault)
    with closing(house.open()) as services:
        assert contents(services) == later
        assert services.news.older  # than the one that was restored


def test_a_vault_in_use_is_not_replaced(house: House, backup: Path) -> None:
    with closing(house.open()) as services:
        before = contents(services)
        with pytest.raises(VaultBusy):
            restore(house.paths, backup)
        assert contents(services) == before
    assert not house.paths.restoring.exists()


def test_a_wrong_secret_and_a_foreign_file_change_nothing(
    house: House, backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "text.hmb").write_text("no backup", encoding="utf-8")
    attempts: list[tuple[Path, str, type[HealthMateError]]] = [
        (backup, "marble otter lantern fox quilt", WrongPassphrase),
        (backup, str(pyrage.x25519.Identity.generate()), WrongPassphrase),
        (tmp_path / "text.hmb", PASSPHRASE, VaultDamaged),
        (tmp_path / "none.hmb", PASSPHRASE, InvalidInput),
    ]
    for file, secret, error in attempts:
        with pytest.raises(error):
            restore(house.paths, file, secret)
    with closing(house.open()) as services:
        assert len(contents(services)["documents"]) == 2
    assert not list(house.paths.data.glob("vault.re*"))


@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    "count", [pytest.param(60, id="few"), pytest.param(1000, id="all", marks=pytest.mark.slow)]
)
def test_no_changed_backup_is_taken(house: House, backup: Path, tmp_path: Path, count: int) -> None:
    """F6. Through the open vault's keys, as thousands of passphrases would take hours; then some by passphrase."""
    chance = random.Random(count)
    whole, changed = backup.read_bytes(), tmp_path / "changed.hmb"
    with closing(house.open()) as services:
        for number in range(count):
            changed.write_bytes(mutated(whole, chance))
            with pytest.raises(HealthMateError):
                finished(services.backup.drill(changed))
            if number % 20 == 0:
                with pytest.raises(HealthMateError):
                    restore(Paths(tmp_path / "other"), changed)
                assert not vault_exists(Paths(tmp_path / "other"))
        assert finished(services.backup.drill(backup)).documents == 2


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Some bits, a cut, more at the end, a piece lost, doubled, swapped or overwritten."""
    start = chance.randrange(len(content))
    end = min(len(content), start + chance.randrange(1, 4096))
    piece = content[start:end]
    other = chance.randrange(len(content) - len(piece) + 1)
    kinds: list[Callable[[], bytes]] = [
        lambda: (
            content[:start]
            + bytes([content[start] ^ 1 << chance.randrange(8)])
            + content[start + 1 :]
        ),
        lambda: content[:start],
        lambda: content + os.urandom(chance.randrange(1, 600)),
        lambda: content[:start] + content[end:],
        lambda: content[:end] + piece + content[end:],
        lambda: content[:start] + bytes(reversed(piece)) + content[end:],
        lambda: content[:other] + piece + content[other + len(piece) :],
        lambda: content[:start] + os.urandom(len(piece)) + content[end:],
    ]
    while (result := chance.choice(kinds)()) == content:
        pass
    return result


def test_a_backup_opens_without_the_program(house: House, backup: Path, tmp_path: Path) -> None:
    """With tar, age (here its twin pyrage), the recovery key and SQLCipher, as the page inside says."""
    identity = pyrage.x25519.Identity.from_str(house.recovery_key)
    with tarfile.open(backup) as outer:
        names = outer.getnames()
        assert names == ["README.txt", "vault.hmv", "open_backup.py", "contents.age"]
        sealed = member(outer, "contents.age")
        page = member(outer, "README.txt").decode()
    assert "age" in page
    assert "sqlcipher" in page.lower()
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(sealed, [identity]))) as inner:
        keys = json.loads(member(inner, "keys.json"))
        (tmp_path / "copy.db").write_bytes(member(inner, "vault.db"))
        letters = [
            member(inner, name) for name in inner.getnames() if name.startswith("originals/")
        ]
    database = sqlcipher.connect(str(tmp_path / "copy.db"))
    database.execute(f"PRAGMA key=\"x'{keys['database_key']}'\"")
    assert database.execute("SELECT name FROM patient").fetchall() == [(f"{CANARY} Rosa",)]
    database.close()
    own = pyrage.x25519.Identity.from_str(keys["document_identity"])
    opened = sorted(pyrage.decrypt(letter, [own]) for letter in letters)
    assert opened == [f"{CANARY} letter {number}".encode() for number in (1, 2)]


def member(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    assert file is not None
    return file.read()


@pytest.mark.parametrize("way", ["recovery key", "passphrase"])
def test_the_program_inside_opens_it(house: House, backup: Path, tmp_path: Path, way: str) -> None:
    program = resources_dir() / "standalone" / "open_backup.py"
    secret = tmp_path / "secret.txt"
    secret.write_text(house.recovery_key if way == "recovery key" else PASSPHRASE, encoding="utf-8")
    option = "--recovery-key" if way == "recovery key" else "--passphrase"
    done = subprocess.run(
        [sys.executable, program, backup, tmp_path / "out", option, secret, "--plain"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    found = {p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert f"{CANARY} letter 1".encode() in found
    assert any(content.startswith(b"SQLite format 3") for content in found)


# --- cut off


def test_a_swap_cut_off_at_any_step_is_carried_through(
    house: House, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call that renames, removes or syncs in the swap is the last one before a power cut, in turn."""
    for stop in range(1, 12):
        before = house.paths.data.parent / "before"
        shutil.copytree(house.paths.data, before)
        calls = 0

        def count(call: Any) -> Any:
            def counted(*words: Any, **named: Any) -> Any:
                nonlocal calls
                calls += 1
                if calls == stop:  # noqa: B023 - used within this round only
                    raise KeyboardInterrupt
                return call(*words, **named)

            return counted

        with monkeypatch.context() as patch:
            begin = storage_restoring._begin_swap

            def begun(*words: Any) -> None:
                for name in ("rename", "unlink"):
                    patch.setattr(Path, name, count(getattr(Path, name)))
                patch.setattr(storage_restoring, "sync_folder", count(backup_files.sync_folder))
                begin(*words)  # noqa: B023

            patch.setattr(storage_restoring, "_begin_swap", begun)
            try:
                restore(house.paths, backup)
            except KeyboardInterrupt:
                pass
            else:
                break
        assert vault_exists(house.paths)
        with closing(house.open()) as services:
            assert len(contents(services)["documents"]) == 2
        assert not (house.paths.data / "vault.restoring").exists()
        assert not house.paths.restoring.exists()
        shutil.rmtree(house.paths.data)
        before.rename(house.paths.data)
    assert stop > 4


def test_a_restore_that_is_stopped_leaves_everything(house: House, backup: Path) -> None:
    with closing(house.open()) as services:
        before = contents(services)
    work = restore_vault(house.paths, backup, PASSPHRASE)
    next(work)
    next(work)
    work.close()
    assert not (house.paths.data / "vault.restoring").exists()
    with closing(house.open()) as services:
        assert contents(services) == before


def test_what_a_cut_off_restore_left_is_cleared_away(house: House, backup: Path) -> None:
    (house.paths.data / "vault.restoring" / "originals").mkdir(parents=True)
    restore(house.paths, backup)
    assert not (house.paths.data / "vault.restoring").exists()


# --- the service


def test_a_folder_is_chosen_and_a_backup_is_due_each_day(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    with closing(house.open()) as services:
        assert services.backup.plan().folder == ""
        assert services.backup.existing() == []
        with pytest.raises(InvalidInput, match="Choose a folder"):
            finished(services.backup.make())
        for wrong in (tmp_path / "none", house.paths.vault):
            with pytest.raises(HealthMateError):
                services.backup.choose_folder(str(wrong))
        now = datetime.now(UTC)
        assert not services.backup.due(now)
        services.backup.choose_folder(str(folder))
        assert services.backup.due(now)
        report = finished(services.backup.make())
        plan = services.backup.plan()
        assert plan.last_backup == report.made_at
        assert plan.same_disk
        assert not plan.last_problem
        assert [file.path for file in services.backup.existing()] == [report.file]
        now = report.made_at
        assert not services.backup.due(now)
        assert services.backup.due(now + timedelta(days=1, minutes=1))
        assert services.backup.due(now - timedelta(days=2))  # the clock was set back
        finished(services.backup.drill(Path(report.file)))
        assert services.backup.plan().last_drill is not None
        actions = [event.action for event in services.log.events(AuditFilter(kind="safety"))]
        assert actions[:2] == ["backup.drilled", "backup.made"]


def test_only_the_newest_of_old_days_and_weeks_stay(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    with closing(house.open()) as services:
        services.backup.choose_folder(str(folder))
        made = Path(finished(services.backup.make()).file)
        start = made.name.rpartition("-")[0]
        for day in range(1, 41):
            time = datetime.now(UTC) - timedelta(days=day)
            shutil.copy(made, folder / f"{start}-{time:%Y%m%dT%H%M%SZ}.hmb")
        (folder / "holiday.hmb").write_bytes(b"not ours")
        made.unlink()
        newest = Path(finished(services.backup.make()).file)
        kept = [Path(file.path) for file in services.backup.existing()]
    assert kept[0] == newest
    assert 7 <= len(kept) <= 11
    assert (folder / "holiday.hmb").exists()


def test_a_backup_that_fails_says_why_until_one_succeeds(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    with closing(house.open()) as services:
        services.backup.choose_folder(str(folder))

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "full")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises((DiskFull, VaultError)):
                finished(services.backup.make())
        assert not list(folder.iterdir())
    with closing(house.open()) as services:  # it was read-only after the failed fsync
        finished(services.backup.make())
        assert not services.backup.plan().last_problem


def test_a_backup_cut_off_by_a_power_cut_is_told(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    with closing(house.open()) as services:
        services.backup.choose_folder(str(folder))
        work = services.backup.make()
        next(work)
        with services.vault.read() as tx:
            assert [job.kind for job in tx.jobs.unfinished()] == ["backup"]
        assert "cut off" in services.backup.plan().last_problem
        work.close()
        assert not services.backup.plan().last_problem
        assert not list(folder.iterdir())


def test_only_who_may_makes_backups(house: House, tmp_path: Path) -> None:
    with closing(house.open()) as services:
        services.users.add("Ana", "clinician", "all", "marble otter lantern fox quilt")
    with closing(house.open("marble otter lantern fox quilt", "ana")) as services:
        for work in (
            lambda: finished(services.backup.make(tmp_path / "x.hmb")),
            lambda: services.backup.choose_folder(str(tmp_path)),
            services.backup.plan,
            lambda: finished(services.backup.drill(tmp_path / "x.hmb")),
        ):
            with pytest.raises(HealthMateError, match="Your role, clinician"):
                work()


def test_a_backup_of_another_vault_is_not_ours(house: House, backup: Path, tmp_path: Path) -> None:
    other = House(
        Paths(tmp_path / "b"), create_vault(Paths(tmp_path / "b"), PASSPHRASE, cost=FLOOR)
    )
    with closing(other.open()) as services, pytest.raises(VaultError, match="another vault"):
        finished(services.backup.drill(backup))
    assert house.recovery_key != other.recovery_key
